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

/// One client connection from accept to close: counted, logged in, served, recorded.
///
/// `@unchecked Sendable`: confined to its loop.
final class PostgresConnection: @unchecked Sendable {
    private let context: PostgresLoop
    private let rules: ListenerRules
    private let signal = Signal()
    /// Until the session begins.
    private var login: PostgresLogin?
    private var relayed: RelayedLogin?
    private var place: ConnectionPermit?

    /// Nil when the connection was refused before a word was said.
    init?(_ socket: AcceptedSocket, rules: ListenerRules, context: PostgresLoop) {
        self.context = context
        self.rules = rules
        context.metrics.add(rules.metrics.accepted)
        do throws(SocketError) {
            let login = try PostgresLogin(socket, rules: rules, context: context, signal: signal)
            self.login = login
        } catch {
            return nil
        }
        do throws(ConnectionRefusal) {
            // Whom a balancer speaks for is not known yet.
            let address = socket.peer.ipAddress.flatMap { rules.isBalancer($0) ? nil : $0 }
            place = try context.service.limits.admit(address, listener: rules.name, maximum: rules.maxConnections)
        } catch {
            refuse(login)
            return nil
        }
    }

    private func refuse(_ login: PostgresLogin?) {
        context.metrics.add(rules.metrics.refused("connection_limit"))
        login?.refuse(.tooManyConnections)
    }

    func run() async {
        context.metrics.adjust(rules.metrics.active, by: 1)
        defer { context.metrics.adjust(rules.metrics.active, by: -1) }
        // In a task of its own: the frames of logging in, several KiB, are freed with it instead of being kept until the
        // client leaves. A continuation takes less of this one's stack than waiting for the task does.
        let session = await withUnsafeContinuation { continuation in
            _ = Task(executorPreference: context.loop) {
                let session = await self.context.loop.home.run { await self.logIn() }
                continuation.resume(returning: session)
            }
        }
        if let session { await serve(session) }
        relayed?.close()
    }

    /// Nil: the client was not let in, and knows.
    private func logIn() async -> PostgresSession? {
        guard let login = login.take() else { return nil }
        defer { relayed = login.relayed }
        do throws(PostgresLogin.Outcome) {
            if let address = try await login.identifyPeer(), !isAdmitted(address) {
                refuse(login)
                return nil
            }
            try await login.open()
            let opening = try await login.establish { (permit) throws(PostgresLogin.Outcome) in try admit(permit) }
            let session = PostgresSession(opening, login: login)
            context.runtime.sessions.insert(session)
            context.metrics.observe(rules.metrics.loginDuration, nanoseconds: context.loop.nowNs &- login.startedNs)
            return session
        } catch {
            await login.end(error)
            return nil
        }
    }

    /// The limits of the address that a balancer named count from here.
    private func isAdmitted(_ address: IPAddress) -> Bool { (try? place?.attribute(to: address)) != nil }

    /// The user's own connection limit counts from here.
    private func admit(_ permit: SessionPermit) throws(PostgresLogin.Outcome) {
        do throws(ConnectionRefusal) {
            try place?.authenticate(user: permit.user, maximum: permit.limits.connections)
        } catch {
            throw .failed(.refused(.tooManyConnections))
        }
    }

    private func serve(_ session: PostgresSession) async {
        session.recordOpened()
        await session.run()
        session.recordClosed()
        context.runtime.sessions.remove(session)
        if relayed != nil { context.service.removePool(session.pool) }
    }
}
