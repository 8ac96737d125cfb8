internal import Audit
internal import Bytes
internal import Core
internal import Identity
internal import Proxy
internal import Sockets
internal import Telemetry
internal import WirePostgres

extension PostgresLogin {
    /// Tells a client that could not be let in, and records why.
    func end(_ outcome: Outcome) async {
        switch outcome {
        case .closed:
            break
        case .failed(let failure):
            count(failure)
            recordRefused(failure.reason, failure.state)
            await say(failure.notice)
        case .authenticationFailed(let refusal):
            context.metrics.add(rules.metrics.failure(refusal.rawValue))
            recordRefused(refusal.rawValue, .invalidPassword)
            // One text for every cause: nothing here tells a wrong password from a user who does not exist.
            await say(PostgresNotice(.fatal, .invalidPassword, "password authentication failed for user \"\(user)\""))
        }
        exchange.stream.close()
    }

    private func count(_ failure: PostgresFailure) {
        if case .refused(let refusal) = failure {
            context.metrics.add(rules.metrics.failure(refusal.rawValue))
        } else {
            context.metrics.add(rules.metrics.refused(failure.reason))
        }
    }

    private func say(_ notice: PostgresNotice) async {
        notice.encode(onto: &exchange.output)
        try? await exchange.flush()
    }

    /// Refuses a connection that may not even log in; whatever does not go out at once is dropped.
    func refuse(_ failure: PostgresFailure) {
        failure.notice.encode(onto: &exchange.output)
        _ = exchange.stream.write(exchange.output.readable)
        exchange.stream.close()
    }

    private func recordRefused(_ reason: String, _ state: SQLState) {
        guard let audit = context.audit else { return }
        let session = AuditSession(
            id: id, protocolName: "postgresql", listener: rules.name, client: clientText, tls: tls.isEmpty ? nil : tls,
            user: user, application: startup["application_name"] ?? "", backend: nil, database: database)
        let fields: [AuditField] = [.text("reason", reason), .text("error", state.description)]
        audit.record("session_refused", session: session, fields: fields, at: context.loop.wallNs)
    }

    var clientText: String { peer.ipAddress == nil ? "unix" : "\(peer)" }
}
