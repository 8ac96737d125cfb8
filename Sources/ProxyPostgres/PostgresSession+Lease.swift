internal import Bytes
internal import Core
internal import Pooling
internal import Proxy
internal import Sockets
internal import Telemetry
internal import WirePostgres

// A server connection is leased with the first request of a transaction and goes back when the server says that it is idle,
// nothing is outstanding, and nothing on it belongs to this client alone.
extension PostgresSession {
    /// The leased connection; nil when the client must wait for one, in which case the frame at the cursor stays.
    @inline(__always)
    func leased(_ cursor: inout FrameCursor) -> PostgresServer? {
        if let server { return server }
        return requestLease()
    }

    private func requestLease() -> PostgresServer? {
        followConfiguration()
        lease.fingerprint = settings.fingerprint
        if shard.request(lease) {
            leaseChanged()
            if let server { return server }
        }
        isInputBlocked = true
        return nil
    }

    /// The pool granted, failed, or wants the client told that it waits.
    func leaseChanged() {
        if lease.noticeDue {
            lease.noticeDue = false
            PostgresNotice.waiting.encode(onto: &output)
        }
        if let failure = lease.takeFailure() {
            leaseFailed(failure)
        } else if let granted = lease.take() {
            begin(granted)
        }
    }

    private func begin(_ granted: PostgresServer) {
        server = granted
        granted.lend(to: signal)
        granted.transaction = .idle
        granted.unnamed = granted.unnamed === unnamed ? unnamed : nil
        armTimer()
        guard granted.settings.fingerprint != settings.fingerprint else { return adoptParameters(granted) }
        restore(granted)
    }

    /// Brings the connection to the client's settings with one query ahead of the client's own.
    private func restore(_ server: PostgresServer) {
        context.metrics.add(route.metrics.stateRestores)
        let commands = settings.commands(from: server.settings)
        let flight = Flight(kind: .settings, startedNs: loop.nowNs)
        commands.withUnsafeBytes { QueryMessage.encode($0, onto: &server.output) }
        _ = server.tracker.expect(.query, .swallow, tag: server.flights.append(flight))
        isRestoring = true
        server.settings.adopt(settings)
    }

    /// Tells the client where this server's reported values differ from those of the one before.
    func adoptParameters(_ server: PostgresServer) {
        guard server.parameters.fingerprint != reported.fingerprint else { return }
        for entry in server.parameters.changes(from: reported) {
            ParameterStatus.encode(name: entry.name, value: entry.value, onto: &output)
        }
        reported = server.parameters
    }

    private func leaseFailed(_ failure: LeaseFailure) {
        isInputBlocked = false
        if case .deadline = failure { context.metrics.add(route.metrics.poolTimeouts) }
        fail(PostgresFailure(failure))
    }

    // MARK: The way back

    /// After each read from the server: gives the connection back if it is free of this client.
    func answersRelayed(_ server: PostgresServer) {
        if self.server === server, server.tracker.needsProbe { askForCertainty(server) }
        guard self.server === server, server.transaction == .idle, server.tracker.isQuiescent,
            server.output.isEmpty, server.input.isEmpty, server.streaming == 0, streaming == 0
        else { return }
        if phase == .finishing { return }
        if needsProbe { return probe(server) }
        // A statement that only this connection has, unnamed, may still be bound.
        guard mode != .session, !pins.isPinned, unnamed?.number != 0 else { return }
        release(server)
        if isDraining { endIfDrained() }
        if hangUpDeadlineNs > 0, !client.canRead, input.isEmpty { finish(.clientGone) }
    }

    /// After a COPY that failed behind an early Sync it can't be told how many answers are still to come; the answer to an
    /// empty query marks the end.
    private func askForCertainty(_ server: PostgresServer) {
        let flight = Flight(startedNs: loop.nowNs)
        guard server.tracker.expect(.query, .swallow, tag: server.flights.append(flight)) == .accepted else {
            return abandon(server)
        }
        QueryMessage.encode("" as StaticString, onto: &server.output)
        _ = flushToServer(server)
    }

    /// Asks the server what the session holds, before anybody else may have the connection.
    func probe(_ server: PostgresServer) {
        needsProbe = false
        isProbing = true
        settings.beginProbe()
        settings.probeQuery.withUnsafeBytes { QueryMessage.encode($0, onto: &server.output) }
        let flight = Flight(kind: .probe, startedNs: loop.nowNs)
        _ = server.tracker.expect(.query, .swallow, tag: server.flights.append(flight))
        _ = flushToServer(server)
    }

    /// The connection is idle and clean: the pool's again.
    func release(_ server: PostgresServer) {
        self.server = nil
        queryDeadlineNs = 0
        if isCleaning {
            server.settings = ServerSettings()
            server.prepared.removeAll()
            server.unnamed = nil
        } else {
            server.settings.adopt(settings)
        }
        portals.removeAll()
        portal = nil
        if server.pendingCancels > 0 {
            // A cancel still under way would hit the next client: it ends first (see PostgresCanceller).
            let shard = shard
            server.onCancelsEnded = {
                server.watchIdle()
                shard.release(server, reusable: server.isUsable)
            }
            return
        }
        server.watchIdle()
        shard.release(server, reusable: server.isUsable)
    }

    /// The connection can't be used by anybody else.
    func discard(_ server: PostgresServer) {
        self.server = nil
        server.markBroken()
        shard.release(server, reusable: false)
    }

    /// The server went away, or broke the protocol: its clients are told, nothing is run again.
    func serverDied(_ server: PostgresServer) {
        guard self.server === server else { return }
        let wasIdle = server.tracker.isQuiescent && server.transaction == .idle && streaming == 0
        flightsLost(server)
        discard(server)
        context.metrics.add(route.metrics.backendError("connection_lost"))
        guard phase == .open else { return finished() }
        // A server that said why it ends has been heard.
        if server.saidGoodbye { return finish(.failed) }
        // Outside a transaction nothing was lost but what the connection alone had.
        if wasIdle, pins.isEmpty, mode != .session { return }
        fail(.serverLost)
    }
}
