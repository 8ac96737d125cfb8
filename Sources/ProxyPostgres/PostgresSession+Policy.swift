internal import Audit
internal import Core
internal import Credentials
internal import Identity
internal import Inspection
internal import Policy
internal import Proxy
internal import Sockets
internal import Telemetry
internal import WirePostgres

/// What a session may do, as of a snapshot.
struct SessionAccess {
    /// Of the snapshot that says so.
    var epoch: UInt64
    /// Nil: what its account at the server may.
    var policy: AccessPolicy?
    var injection = InjectionRule()
    var profile = DetectionProfile.app
    /// Statements are looked at for more than limits.
    var isActive = false
    /// The schemas of the search path under `names`; nil where they are not known.
    var path: [String]?
    /// Tells search paths apart; 0 is none seen yet.
    var names: UInt64 = 0
    /// What has a name where names are the server's own; kept under a policy only.
    var own: OwnStatements
    /// The frame at the front of the input was judged and waits for a connection: what counts statements has counted it.
    var hasCounted = false

    init(_ opening: SessionOpening, epoch: UInt64) {
        self.epoch = epoch
        policy = opening.permit.record.access
        own = OwnStatements(isComplete: policy != nil)
        injection = opening.route.injection
        profile = opening.permit.record.profile
        isActive = policy != nil || injection.action != .off
    }
}

// What the policy says of a statement: by everything that its text names, whichever way it comes.
extension PostgresSession {
    /// After a reload: rights are those of now, for open sessions too.
    func renewAccess() {
        let snapshot = context.runtime.snapshot
        access.epoch = snapshot.epoch
        if let record = snapshot.identity.user(named: permit.user) {
            (access.policy, access.profile) = (record.access, record.profile)
            if record.access == nil { access.own = OwnStatements(isComplete: false) }
        }
        if let found = snapshot.route(listener: listener.name, database: login.database) {
            access.injection = found.injection
        }
        access.isActive = access.policy != nil || access.injection.action != .off
    }

    /// By policy, then by its structure.
    func judgeSafety(
        _ statement: StatementInfo, _ text: UnsafeRawBufferPointer, isWhole: Bool, isAgain: Bool
    ) -> StatementRefusal? {
        if let policy = access.policy, let refusal = judge(statement, text, isWhole: isWhole, by: policy) {
            return refusal
        }
        return access.injection.action == .off || isAgain ? nil : judgeInjection(text)
    }

    private func judgeInjection(_ text: UnsafeRawBufferPointer) -> StatementRefusal? {
        let rule = access.injection
        let detection = InjectionDetector.judge(postgres: text, settings.lexing, profile: access.profile)
        let verdict = detection.verdict(rule.thresholds)
        if verdict == .allow { return nil }
        if rule.action == .block, verdict == .block {
            context.metrics.add(route.metrics.injectionsBlocked)
            return .injection(detection, id: makeErrorID())
        }
        if rule.action != .log { context.metrics.add(route.metrics.injectionsAlerted) }
        let fields: [AuditField] = [.text("verdict", verdict.rawValue)] + detection.fields
        context.audit?.record("injection_suspected", session: record.audit, fields: fields, at: loop.wallNs)
        return nil
    }

    private func judge(
        _ statement: StatementInfo, _ text: UnsafeRawBufferPointer, isWhole: Bool, by policy: AccessPolicy
    ) -> StatementRefusal? {
        let lexing = settings.lexing
        if let refusal = refusal(of: text, isWhole: isWhole, lexing, by: policy) { return refusal }
        guard !statement.isPlain else { return nil }
        for effect in statement.summary.effects {
            switch effect {
            case .prepare(let name, let body):
                remember(name.bytes, UnsafeRawBufferPointer(rebasing: text[body.clamped(to: 0..<text.count)]))
            case .execute(let name), .plan(let name):
                if let refusal = judgeExecuted(name.bytes, by: policy) { return refusal }
            case .setting(.set(let name, _, _)), .setting(.reset(let name, _)):
                // All clients of a shared account would be the same.
                guard name == "role" || name == "session_authorization" else { continue }
                let ruling = policy.judgeServer(.admin, at: place(policy), now: now)
                if let refusal = ruling.refusal { return refused(refusal) }
            default: break
            }
        }
        return nil
    }

    /// A prepared statement, again: rights and the search path may have changed since it was prepared.
    func judge(_ statement: PreparedStatement, by policy: AccessPolicy) -> StatementRefusal? {
        if statement.isStandIn { return nil }
        // The client's own at the server, from before there were rules.
        guard !statement.body.isEmpty else { return refusalOfUnknown(by: policy) }
        return statement.body.withUnsafeBytes { body in
            let end = statement.source == .sql ? body.count : body.firstIndex(of: 0) ?? body.count
            let text = UnsafeRawBufferPointer(rebasing: body[..<end])
            return refusal(of: text, isWhole: true, statement.parsing.lexing, by: policy)
        }
    }

    /// A text that gets a name, where the name is the server's own.
    func remember(_ name: [UInt8], _ text: UnsafeRawBufferPointer) {
        guard access.policy != nil, !sharesStatements else { return }
        access.own.insert(name, text, settings.lexing, now: loop.nowNs)
    }

    /// The text of a Parse message, under a name or unnamed.
    func rememberParsed(_ name: [UInt8], _ text: UnsafeRawBufferPointer, _ statement: StatementInfo) {
        guard access.policy != nil, !sharesStatements else { return }
        if !name.isEmpty { remember(name, text) }
        if statement.summary.namesPrepared { access.own.mayMakeOthers() }
    }

    private func judgeExecuted(_ name: [UInt8], by policy: AccessPolicy) -> StatementRefusal? {
        if !sharesStatements { return judgeOwn(name, by: policy) }
        // If there is none of that name the server says so, or it was made by this very text, which is judged already.
        return prepared[name].flatMap { judge($0, by: policy) }
    }

    private func judgeOwn(_ name: [UInt8], by policy: AccessPolicy) -> StatementRefusal? {
        let texts = access.own[name]
        if texts.isEmpty, !access.own.isComplete { return refusalOfUnknown(by: policy) }
        for text in texts {
            let found = text.bytes.withUnsafeBytes { refusal(of: $0, isWhole: true, text.lexing, by: policy) }
            if let found { return found }
        }
        return nil
    }

    /// Of a statement whose text nobody knows.
    private func refusalOfUnknown(by policy: AccessPolicy) -> StatementRefusal? {
        policy.allowsUnparsed ? nil : refused(.unknown)
    }

    /// A call by the function-call message.
    func judgeCall() -> StatementRefusal? {
        if access.epoch != context.runtime.snapshot.epoch { renewAccess() }
        guard let policy = access.policy else { return nil }
        return policy.judgeCall(at: place(policy), now: now).refusal.map { refused($0) }
    }

    /// A bound statement.
    func judgeBound(_ statement: PreparedStatement?, named name: [UInt8]) -> StatementRefusal? {
        if access.epoch != context.runtime.snapshot.epoch { renewAccess() }
        guard let policy = access.policy else { return nil }
        if !sharesStatements, !name.isEmpty { return judgeOwn(name, by: policy) }
        return statement.flatMap { judge($0, by: policy) }
    }

    private func refusal(
        of text: UnsafeRawBufferPointer, isWhole: Bool, _ lexing: PostgresLexing, by policy: AccessPolicy
    ) -> StatementRefusal? {
        let judged = context.policies.find(text, isWhole: isWhole, lexing: lexing)
        let place = place(policy)
        return judged.ruling(by: policy, names: access.names, at: place, now: now).refusal.map { refused($0) }
    }

    private func refused(_ refusal: Ruling.Refusal) -> StatementRefusal {
        .policy(refusal, id: makeErrorID())
    }

    private func makeErrorID() -> String {
        SecureRandom.bytes(8).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    private var now: Int64 { Int64(clamping: loop.wallNs / 1_000_000_000) }

    private func place(_ policy: AccessPolicy) -> PolicyPlace {
        let names = settings.parsing.identity | 1
        if access.names != names {
            access.names = names
            access.path = settings.value("search_path").flatMap { schemas($0.description) }
        }
        return PolicyPlace(
            database: login.database, serverDatabase: route.database ?? login.database, searchPath: access.path)
    }

    /// The schemas of a search path as it is set; nil when it can't be read.
    private func schemas(_ text: String) -> [String]? {
        var path: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            var name = part.drop { $0 == " " }
            while name.last == " " { name.removeLast() }
            if name.hasPrefix("\""), name.hasSuffix("\""), name.count >= 2 {
                name = name.dropFirst().dropLast()
            } else if name.isEmpty {
                continue
            }
            guard !name.contains("\"") else { return nil }
            path.append(name == "$user" ? ServerAccount(login, permit, route).user : String(name))
        }
        return path
    }

    // MARK: Refusing

    /// What is refused on a connection that the client has fails at the server too, so that a transaction, or a batch, is
    /// as an error leaves it: the server gets a text that it can't read, and the client its own error for the server's.
    func refuse(
        _ refusal: StatementRefusal, _ kind: ResponseKind, _ server: PostgresServer, _ header: PostgresFrameHeader,
        _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        recordRefused(refusal)
        var flight = Flight(startedNs: loop.nowNs)
        flight.refusal = RefusalNotice(refusal.notice)
        cutRun(&cursor)
        try submit(kind, flight, server)
        if kind == .query {
            server.unnamed = nil
            (unnamed, portal) = (nil, nil)
            QueryMessage.encode(Self.refused, onto: &server.output)
        } else {
            let body = Array(UnsafeBufferPointer(start: Self.refused.utf8Start, count: Self.refused.utf8CodeUnitCount))
            let name = Array("\(PreparedStatement.namePrefix)refused".utf8)
            ParseMessage.encode(name: name, body: body + [0, 0, 0], onto: &server.output)
        }
        discard(header, &cursor)
        return true
    }

    /// No statement, whatever the server's version.
    private static let refused: StaticString = "refused by ArticDBM"
}

/// What a client is told in place of the server's error. An object, since few flights have one.
final class RefusalNotice {
    let notice: PostgresNotice

    init(_ notice: PostgresNotice) { self.notice = notice }
}

extension Detection {
    /// For the audit log.
    var fields: [AuditField] {
        [
            .number("score", UInt64(clamping: score)),
            .text("reasons", reasons.names.map { "\($0)" }.joined(separator: ",")),
        ]
    }
}

extension Ruling.Refusal {
    /// Of a statement whose text nobody knows.
    fileprivate static let unknown = Ruling.Refusal(cause: .unparsed, kind: .statement, name: "", actions: [], rule: "")

    /// As the server would say it; nothing of the rule.
    func notice(id: String) -> PostgresNotice {
        var notice: PostgresNotice
        switch cause {
        case .unparsed:
            notice = PostgresNotice(
                .error, .insufficientPrivilege, "permission denied for a statement that can't be inspected")
        case .denied, .notGranted:
            let object = name.isEmpty ? "" : " \(name)"
            notice = PostgresNotice(.error, .insufficientPrivilege, "permission denied for \(kind.rawValue)\(object)")
        }
        notice.detail = "Error id: \(id)"
        return notice
    }
}
