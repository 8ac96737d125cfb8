internal import Audit
internal import Core
internal import Identity
internal import Limits
internal import Logging
internal import Pooling
internal import Proxy
internal import Sockets
internal import Telemetry
internal import WirePostgres

/// One client connection from accept to close: counted, logged in, served, recorded. Confined to its loop.
final class PostgresConnection {
    private let context: PostgresLoop
    private let rules: ListenerRules
    private let signal = Signal()
    private let login: PostgresLogin
    private var place: ConnectionPermit?

    /// Nil when the connection was refused before a word was said.
    init?(_ socket: AcceptedSocket, rules: ListenerRules, context: PostgresLoop) {
        self.context = context
        self.rules = rules
        context.metrics.add(rules.metrics.accepted)
        do throws(SocketError) {
            login = try PostgresLogin(socket, rules: rules, context: context, signal: signal)
        } catch {
            return nil
        }
        do throws(ConnectionRefusal) {
            place = try context.service.limits.admit(
                socket.peer.ipAddress, listener: rules.name, maximum: rules.maxConnections)
        } catch {
            context.metrics.add(rules.metrics.refused("connection_limit"))
            login.refuse(.tooManyConnections)
            return nil
        }
    }

    func run() async {
        context.metrics.adjust(rules.metrics.active, by: 1)
        defer { context.metrics.adjust(rules.metrics.active, by: -1) }
        do throws(PostgresLogin.Outcome) {
            try await login.open()
            let opening = try await login.establish { (permit) throws(PostgresLogin.Outcome) in try admit(permit) }
            await serve(opening)
        } catch {
            await login.end(error)
        }
        login.relayed?.close()
    }

    /// The user's own connection limit counts from here.
    private func admit(_ permit: SessionPermit) throws(PostgresLogin.Outcome) {
        do throws(ConnectionRefusal) {
            try place?.authenticate(user: permit.user, maximum: permit.limits.connections)
        } catch {
            throw .failed(.refused(.tooManyConnections))
        }
    }

    private func serve(_ opening: SessionOpening) async {
        let session = PostgresSession(opening, login: login)
        context.runtime.sessions.insert(session)
        context.metrics.observe(rules.metrics.loginDuration, nanoseconds: context.loop.nowNs &- login.startedNs)
        session.recordOpened()
        await session.run()
        session.recordClosed()
        context.runtime.sessions.remove(session)
        if login.relayed != nil { context.service.removePool(opening.pool) }
    }
}
