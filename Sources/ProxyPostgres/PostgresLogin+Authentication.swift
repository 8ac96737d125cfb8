internal import Bytes
internal import Core
internal import Credentials
internal import Identity
internal import Limits
internal import Proxy
internal import Sockets
internal import WirePostgres

/// What a successful authentication brings along.
struct ProvenLogin {
    var proof: LoginProof
    /// Logs in at the backend in the client's name; passthrough only.
    var secret = ServerAccount.Secret.none
}

extension PostgresLogin {
    /// Runs the exchange of authentication. Users who do not exist get the same questions, at the same cost.
    func authenticate() async throws(Outcome) -> ProvenLogin {
        if rules.tlsMode.isMandatory, !exchange.stream.isEncrypted, peer.ipAddress != nil {
            throw .failed(.tlsRequired)
        }
        let delay = context.service.throttle.attempt(user: user, address: peer.ipAddress, now: context.loop.nowNs)
        if delay > 0 {
            do throws(LoginStream.End) { try await exchange.pause(delay) } catch { throw outcome(of: error) }
        }
        do throws(Outcome) {
            let proven = try await proveIdentity()
            context.service.throttle.succeeded(user: user, address: peer.ipAddress)
            return proven
        } catch {
            if case .authenticationFailed = error {
                context.service.throttle.failed(user: user, address: peer.ipAddress, now: context.loop.nowNs)
            }
            throw error
        }
    }

    private func proveIdentity() async throws(Outcome) -> ProvenLogin {
        switch rules.authentication {
        case .managed: try await authenticateManaged()
        case .passthrough: try await authenticatePassthrough()
        case .relay: try await authenticateRelayed()
        }
    }

    // MARK: Managed users

    private func authenticateManaged() async throws(Outcome) -> ProvenLogin {
        let identity = snapshot.identity
        if let proof = certificateProof() { return ProvenLogin(proof: proof) }
        if rules.tlsMode == .verifyFull, peer.ipAddress != nil { throw .authenticationFailed(.wrongCertificate) }
        if rules.allowsPassword, exchange.stream.isEncrypted {
            AuthenticationRequest.encodeCleartextPassword(onto: &exchange.output)
            machine.passwordRequested()
            let password = ClearPassword(try await nextPassword())
            return ProvenLogin(
                proof: try proof(await context.service.verifiers.check(password, of: user, in: identity)))
        }
        if rules.allowsMD5, identity.user(named: user)?.hasOnlyMD5 ?? false {
            let (response, salt) = try await askMD5()
            return ProvenLogin(proof: try proof(identity.proof(of: user, md5: response, salt: salt)))
        }
        let verifiers: [SCRAMVerifier]
        if let known = context.service.verifiers.verifiersAtHand(for: user, in: identity) {
            verifiers = known
        } else {
            verifiers = await context.service.verifiers.verifiers(for: user, in: identity)
        }
        let success = try await askSCRAM(verifiers)
        return ProvenLogin(proof: identity.proof(of: user, by: success))
    }

    private func proof(_ result: Result<LoginProof, Refusal>) throws(Outcome) -> LoginProof {
        switch result {
        case .success(let proof): return proof
        case .failure(let refusal): throw .authenticationFailed(refusal)
        }
    }

    /// A verified client certificate that is mapped to the user.
    private func certificateProof() -> LoginProof? {
        guard rules.allowsCertificate, let names = exchange.stream.withTLS({ $0.peerNames }) ?? nil else { return nil }
        let result = snapshot.identity.proof(
            of: user, commonName: names.commonName, distinguishedName: names.distinguishedName)
        return try? result.get()
    }

    // MARK: Passthrough

    private func authenticatePassthrough() async throws(Outcome) -> ProvenLogin {
        let identity = snapshot.identity
        guard let route = snapshot.route(listener: rules.name, database: database) else {
            // The database's absence is told after authentication only, and without it there is none.
            _ = try await askSCRAM([identity.mockVerifier(for: user)])
            throw .authenticationFailed(.unknownUser)
        }
        let account = PassthroughCache.Account(backend: route.backend.name, user: user)
        let found: PasswordVerifier?
        switch await context.service.passthroughVerifier(account, route: route, database: database, on: context) {
        case .success(let verifier): found = verifier
        case .failure(let refusal): throw .failed(.refused(refusal))
        }
        do throws(Outcome) {
            return try await prove(found, account)
        } catch {
            if case .authenticationFailed = error {
                context.service.passthrough.loginFailed(account, now: context.loop.nowNs)
            }
            throw error
        }
    }

    private func prove(
        _ verifier: PasswordVerifier?, _ account: PassthroughCache.Account
    ) async throws(Outcome) -> ProvenLogin {
        switch verifier {
        case .scram(let verifier):
            let success = try await askSCRAM([verifier])
            context.service.passthrough.remember(success.keys, of: account, provenBy: verifier)
            return ProvenLogin(proof: snapshot.identity.proof(of: user, by: success), secret: .scramKeys(success.keys))
        case .md5(let verifier) where rules.allowsMD5:
            let (response, salt) = try await askMD5()
            let proof = try proof(snapshot.identity.proof(of: user, by: verifier, md5: response, salt: salt))
            return ProvenLogin(proof: proof, secret: .md5(verifier))
        case .md5, .clear, nil:
            _ = try await askSCRAM([snapshot.identity.mockVerifier(for: user)])
            throw .authenticationFailed(.unknownUser)
        }
    }

    // MARK: Questions

    func askSCRAM(_ verifiers: [SCRAMVerifier]) async throws(Outcome) -> SCRAMServer.Success {
        let binding = exchange.stream.withTLS { $0.channelBindingServerEndPoint } ?? nil
        var server: SCRAMServer
        do throws(SCRAMError) {
            server = try SCRAMServer(verifiers: verifiers, channelBinding: binding)
        } catch {
            throw Self.outcome(of: error)
        }
        let mechanisms = server.mechanisms
        AuthenticationRequest.encodeSASL(mechanisms: mechanisms, onto: &exchange.output)
        machine.saslRequested(mechanisms: mechanisms)
        let (mechanism, first) = try await nextSCRAM()
        do throws(SCRAMError) {
            let challenge = try server.clientFirst(mechanism: mechanism, first)
            AuthenticationRequest.encodeSASLContinue(challenge, onto: &exchange.output)
            machine.saslContinued()
        } catch {
            throw Self.outcome(of: error)
        }
        let (_, last) = try await nextSCRAM()
        do throws(SCRAMError) {
            let success = try server.clientFinal(last)
            AuthenticationRequest.encodeSASLFinal(success.message, onto: &exchange.output)
            return success
        } catch {
            throw Self.outcome(of: error)
        }
    }

    private static func outcome(of error: SCRAMError) -> Outcome {
        .authenticationFailed(error == .wrongProof ? .wrongPassword : .protocolViolation)
    }

    private func askMD5() async throws(Outcome) -> (response: [UInt8], salt: [UInt8]) {
        let salt = SecureRandom.bytes(4)
        AuthenticationRequest.encodeMD5Password(salt: salt.reduce(0) { $0 << 8 | UInt32($1) }, onto: &exchange.output)
        machine.passwordRequested()
        return (try await nextPassword(), salt)
    }

    // MARK: Answers

    private func nextProof() async throws(Outcome) -> (ClientAuthMachine.Proof, [UInt8]) {
        let type: UInt8
        let payload: [UInt8]
        do throws(LoginStream.End) {
            try await exchange.flush()
            (type, payload) = try await exchange.message(limit: PostgresLimits.authentication)
        } catch {
            throw outcome(of: error)
        }
        do throws(PostgresWireError) {
            guard let known = FrontendMessageType(rawValue: type) else { throw .unknownMessage(type: type) }
            return (try machine.messageReceived(known, payload: payload), payload)
        } catch {
            throw .failed(.protocolViolation(error))
        }
    }

    func nextSCRAM() async throws(Outcome) -> (mechanism: String, data: [UInt8]) {
        switch try await nextProof() {
        case (.saslInitial(let mechanism, let response), let payload):
            return (mechanism, response.map { Array(payload[$0]) } ?? [])
        case (.saslResponse(let data), let payload):
            return ("", Array(payload[data]))
        case (.password, _):
            throw .authenticationFailed(.protocolViolation)
        }
    }

    func nextPassword() async throws(Outcome) -> [UInt8] {
        guard case (.password(let range), let payload) = try await nextProof() else {
            throw .authenticationFailed(.protocolViolation)
        }
        return Array(payload[range])
    }
}
