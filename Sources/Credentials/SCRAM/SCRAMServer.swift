/// The server's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677) as PostgreSQL speaks it: who logs in is known
/// from the startup packet, so the name inside is not read. Two HMACs for each verifier: fit for a loop.
///
/// `clientFirst`, then `clientFinal`; any error ends the exchange.
public struct SCRAMServer: ~Copyable, Sendable {
    private enum State {
        /// → challenged, ended
        case waiting
        /// → ended
        case challenged(clientFirstBare: [UInt8], challenge: [UInt8], header: [UInt8], nonce: [UInt8])
        case ended
    }

    /// What a right proof gives.
    public struct Success: Equatable, Sendable {
        /// server-final-message, for the client.
        public let message: [UInt8]
        /// Index of the verifier that fits.
        public let verifier: Int
        /// Recovered from the proof: good for logging in to a server that holds the same verifier.
        public let keys: SCRAMKeys
    }

    private let verifiers: [SCRAMVerifier]
    private let channelBinding: [UInt8]?
    private let nonce: [UInt8]
    private var state = State.waiting

    /// `verifiers`: several secrets of one user, all with one salt and iteration count. `channelBinding`: the
    /// tls-server-end-point data of this connection if SCRAM-SHA-256-PLUS is offered, nil otherwise.
    public init(verifiers: [SCRAMVerifier], channelBinding: [UInt8]?) throws(SCRAMError) {
        try self.init(
            verifiers: verifiers, channelBinding: channelBinding,
            nonce: Base64.encode(SecureRandom.bytes(SCRAMLimits.nonce)))
    }

    init(verifiers: [SCRAMVerifier], channelBinding: [UInt8]?, nonce: [UInt8]) throws(SCRAMError) {
        guard let first = verifiers.first,
            verifiers.allSatisfy({ $0.salt == first.salt && $0.iterations == first.iterations })
        else { throw .verifiersDiffer }
        self.verifiers = verifiers
        self.channelBinding = channelBinding
        self.nonce = nonce
    }

    /// The mechanisms to offer, the stronger first.
    public var mechanisms: [String] {
        (channelBinding == nil ? [SCRAMMechanism.sha256] : [.sha256Plus, .sha256]).map(\.rawValue)
    }

    /// Takes the client's choice and first message; gives the server's first message.
    public mutating func clientFirst(mechanism: String, _ message: [UInt8]) throws(SCRAMError) -> [UInt8] {
        guard case .waiting = state else {
            state = .ended
            throw .unexpectedMessage
        }
        state = .ended
        try SCRAMMessage.checkLength(message)
        guard let mechanism = SCRAMMechanism(rawValue: mechanism), mechanism == .sha256 || channelBinding != nil else {
            throw .unknownMechanism
        }
        var rest = message[...]
        let header = try header(of: &rest, mechanism: mechanism)
        let bare = Array(rest)
        guard rest.first != UInt8(ascii: "m") else { throw .extensionRequired }
        _ = try SCRAMMessage.take("n", from: &rest)
        let clientNonce = try SCRAMMessage.take("r", from: &rest)
        guard SCRAMMessage.isNonce(clientNonce) else { throw .malformed(field: "r") }
        try SCRAMMessage.skipExtensions(rest)
        let nonce = clientNonce + nonce
        let challenge =
            Array("r=".utf8) + nonce + Array(",s=".utf8) + Base64.encode(verifiers[0].salt)
            + Array(",i=\(verifiers[0].iterations)".utf8)
        state = .challenged(clientFirstBare: bare, challenge: challenge, header: header, nonce: Array(nonce))
        return challenge
    }

    /// Takes the gs2-header off the front, checked against the mechanism and our offer (RFC 5802 §6).
    private func header(
        of rest: inout ArraySlice<UInt8>, mechanism: SCRAMMechanism
    ) throws(SCRAMError) -> [UInt8] {
        let flag = rest.prefix { $0 != UInt8(ascii: ",") }
        switch flag.first {
        case UInt8(ascii: "n"), UInt8(ascii: "y"):
            guard flag.count == 1 else { throw .malformed(field: "-") }
            if mechanism == .sha256Plus { throw .channelBindingMissing }
            if flag.first == UInt8(ascii: "y"), channelBinding != nil { throw .downgrade }
        case UInt8(ascii: "p"):
            if mechanism == .sha256 { throw .channelBindingUnexpected }
            guard flag.elementsEqual("p=tls-server-end-point".utf8) else { throw .channelBindingType }
        default: throw .malformed(field: "-")
        }
        rest = rest[flag.endIndex...].dropFirst()
        if rest.first == UInt8(ascii: "a") { throw .authorizationIdentity }
        guard rest.first == UInt8(ascii: ",") else { throw .malformed(field: "a") }
        rest = rest.dropFirst()
        return Array(flag) + Array(",,".utf8)
    }

    /// Takes the client's proof; gives what the client must hear, or `.wrongProof`.
    public mutating func clientFinal(_ message: [UInt8]) throws(SCRAMError) -> Success {
        guard case .challenged(let bare, let challenge, let header, let nonce) = state else {
            state = .ended
            throw .unexpectedMessage
        }
        state = .ended
        try SCRAMMessage.checkLength(message)
        var rest = message[...]
        let binding = try SCRAMMessage.take("c", from: &rest)
        let expected = header + (header == SCRAMMessage.endPointHeader ? channelBinding ?? [] : [])
        guard let bound = Base64.decode(binding) else { throw .malformed(field: "c") }
        guard constantTimeEquals(bound, expected) else { throw .channelBindingMismatch }
        guard constantTimeEquals(Array(try SCRAMMessage.take("r", from: &rest)), nonce) else { throw .nonceMismatch }
        let (withoutProof, proof) = try proof(in: message, rest: rest)
        let authMessage = SCRAMMessage.authMessage(bare, challenge, withoutProof)
        return try verify(proof, authMessage: authMessage)
    }

    /// The proof is the last field; extensions may stand before it.
    private func proof(
        in message: [UInt8], rest: ArraySlice<UInt8>
    ) throws(SCRAMError) -> (withoutProof: [UInt8], proof: [UInt8]) {
        let last = message.lastIndex(of: UInt8(ascii: ",")) ?? message.startIndex
        guard last + 1 >= rest.startIndex, message.last != UInt8(ascii: ",") else { throw .malformed(field: "p") }
        try SCRAMMessage.skipExtensions(message[rest.startIndex..<(last + 1)])
        var field = message[(last + 1)...]
        guard let proof = Base64.decode(try SCRAMMessage.take("p", from: &field)), proof.count == SCRAMLimits.key else {
            throw .malformed(field: "p")
        }
        return (Array(message[..<last]), proof)
    }

    /// Tries all verifiers, whichever fits, so that the time does not tell.
    private func verify(_ proof: [UInt8], authMessage: [UInt8]) throws(SCRAMError) -> Success {
        var found: Success?
        for (index, verifier) in verifiers.enumerated() {
            let clientSignature = HMAC.sha256(key: verifier.storedKey, authMessage)
            let clientKey = exclusiveOr(proof, clientSignature)
            let serverSignature = HMAC.sha256(key: verifier.serverKey, authMessage)
            let fits = constantTimeEquals(Digest.sha256(clientKey), verifier.storedKey)
            if fits, !verifier.isMock, found == nil {
                found = Success(
                    message: Array("v=".utf8) + Base64.encode(serverSignature), verifier: index,
                    keys: SCRAMKeys(clientKey: clientKey, serverKey: verifier.serverKey))
            }
        }
        guard let found else { throw .wrongProof }
        return found
    }
}
