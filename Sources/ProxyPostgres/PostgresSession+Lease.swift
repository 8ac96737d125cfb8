internal import Bytes
internal import Core
internal import Inspection
internal import Pooling
internal import Proxy
internal import Sockets
internal import Synchronization
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

    /// The same for a frame that has been judged: it will be again, and counted only this once.
    @inline(__always)
    func leasedJudged(_ cursor: inout FrameCursor) -> PostgresServer? {
        let server = leased(&cursor)
        access.hasCounted = server == nil
        return server
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
        granted.session = self
        granted.transaction = .idle
        granted.unnamed = granted.unnamed === unnamed ? unnamed : nil
        armTimer()
        let forgets = survey.usesSequenceMemory && holdsOthersSequences(granted)
        guard granted.settings.fingerprint != settings.fingerprint || forgets else { return adoptParameters(granted) }
        restore(granted, forgets: forgets)
    }

    /// Brings the connection to the client's settings with one query ahead of the client's own.
    private func restore(_ server: PostgresServer, forgets: Bool = false) {
        context.metrics.add(route.metrics.stateRestores)
        var commands = settings.commands(from: server.settings)
        if forgets {
            server.sequenceUser = 0
            if !commands.isEmpty { commands.append(0x3B) }
            commands += Array("DISCARD SEQUENCES".utf8)
        }
        let flight = Flight(kind: .settings, startedNs: loop.nowNs)
        server.unnamed = nil
        commands.withUnsafeBytes { QueryMessage.encode($0, onto: &server.output) }
        _ = server.tracker.expect(.query, .swallow, tag: server.flights.append(flight))
        isRestoring = true
        serverLags = false
        server.settings.adopt(settings)
    }

    /// Tells the client where this server's reported values differ from those of the one before.
    func adoptParameters(_ server: PostgresServer) {
        guard server.parameters.fingerprint != reported.fingerprint, TrackedFeature.parameters.isOn else { return }
        for entry in server.parameters.changes(from: reported) {
            ParameterStatus.encode(name: entry.name, value: entry.value, onto: &output)
        }
        reported = server.parameters
    }

    private func leaseFailed(_ failure: LeaseFailure) {
        if case .deadline = failure { context.metrics.add(route.metrics.poolTimeouts) }
        if failure == .draining { return fail(.shuttingDown) }
        // Nothing of the request has run: it is refused, and may be tried again.
        queuedRefusal = .unavailable(PostgresFailure(failure))
    }

    // MARK: The way back

    /// After each read from the server: gives the connection back if it is free of this client.
    func answersRelayed(_ server: PostgresServer) {
        if self.server === server, server.tracker.needsProbe { askForCertainty(server) }
        guard self.server === server, server.transaction == .idle, server.tracker.isQuiescent,
            server.output.isEmpty, server.input.isEmpty, server.streaming == 0, streaming == 0
        else { return }
        if phase == .finishing { return }
        if mode != .session, askCatalogues(server) { return }
        // A statement that only this connection has, unnamed, may still be bound.
        guard mode != .session, !pins.isPinned, unnamed?.number != 0 else {
            if serverLags {
                restore(server)
                _ = flushToServer(server)
            }
            return
        }
        release(server)
        if isDraining { endIfDrained() }
    }

    /// After a COPY that failed behind an early Sync it can't be told how many answers are still to come; the answer to an
    /// empty query marks the end.
    private func askForCertainty(_ server: PostgresServer) {
        let flight = Flight(startedNs: loop.nowNs)
        guard server.tracker.expect(.query, .swallow, tag: server.flights.append(flight)) == .accepted else {
            return abandon(server)
        }
        server.unnamed = nil
        QueryMessage.encode("" as StaticString, onto: &server.output)
        _ = flushToServer(server)
    }

    /// Asks what must be known before anybody else may have the connection. True when something was asked.
    @inline(__always)
    private func askCatalogues(_ server: PostgresServer) -> Bool {
        if exposure.contains(.defines) { definitionsChanged() }
        let epoch = context.service.definitions.load(ordering: .relaxed)
        if survey.isDue(now: loop.nowNs, epoch: epoch) {
            surveyDatabase(server, epoch)
            return true
        }
        // What is hidden may as well wait until the connection is to go back.
        guard TrackedFeature.probe.isOn else { return false }
        guard needsProbe || !pins.isPinned && survey.mustProbe(exposure, epoch: epoch) else { return false }
        probe(server)
        return true
    }

    private func definitionsChanged() {
        exposure.remove(.defines)
        context.service.definitions.add(1, ordering: .relaxed)
    }

    private func surveyDatabase(_ server: PostgresServer, _ epoch: UInt64) {
        survey.began(now: loop.nowNs, epoch: epoch)
        isProbing = true
        isSurveying = true
        server.unnamed = nil
        DatabaseSurvey.query.withUnsafeBytes { QueryMessage.encode($0, onto: &server.output) }
        _ = server.tracker.expect(
            .query, .swallow, tag: server.flights.append(Flight(kind: .survey, startedNs: loop.nowNs)))
        _ = flushToServer(server)
    }

    /// What may have run out of sight: to be asked for if the session does not end in good order.
    var mayHideState: Bool {
        survey.mustProbe(exposure, epoch: context.service.definitions.load(ordering: .relaxed))
    }

    // MARK: Sequences

    /// `currval` and `lastval` could give another client's values.
    private func holdsOthersSequences(_ server: PostgresServer) -> Bool {
        server.sequenceUser != 0 && server.sequenceUser != id && TrackedFeature.sequences.isOn
    }

    /// Before a statement: has the server forget what others have left that would change its answer.
    @inline(__always)
    func guardState(
        _ info: StatementInfo, _ server: PostgresServer, _ cursor: inout FrameCursor, inBatch: Bool
    ) throws(PostgresWireError) {
        if plansAreStale { try discardPlans(server, &cursor, inBatch: inBatch) }
        try guardSequences(info, server, &cursor, inBatch: inBatch)
    }

    /// Of a sequence's value that is used in sight. What is used out of sight is known to the survey, and forgotten when
    /// the connection is leased.
    @inline(__always)
    private func guardSequences(
        _ info: StatementInfo, _ server: PostgresServer, _ cursor: inout FrameCursor, inBatch: Bool
    ) throws(PostgresWireError) {
        if info.exposure.isDisjoint(with: [.sequences, .asksSequences]) { return }
        if info.summary.flags.contains(.usesCurrvalOrLastval) { survey.usesSequenceMemory = true }
        guard mode != .session, holdsOthersSequences(server), server.transaction != .failed else { return }
        let flight = Flight(change: .forgetsSequences(of: server.sequenceUser), startedNs: loop.nowNs)
        server.sequenceUser = 0
        try runSilently("DISCARD SEQUENCES", flight, server, &cursor, inBatch: inBatch)
    }

    private func runSilently(
        _ text: StaticString, _ flight: Flight, _ server: PostgresServer, _ cursor: inout FrameCursor, inBatch: Bool
    ) throws(PostgresWireError) {
        cutRun(&cursor)
        let command = Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        if inBatch { return try appendSilently(command, flight, server) }
        try submit(.query, flight, server, .swallow)
        server.unnamed = nil
        command.withUnsafeBytes { QueryMessage.encode($0, onto: &server.output) }
    }

    // MARK: Temporary relations

    /// A client's first temporary relation comes before others in the search path from then on, so that the server finds
    /// the relations of its prepared statements anew. A connection that has had one before does not.
    func temporaryMade(_ server: PostgresServer) {
        if server.hasHadTemporary, !hasHadTemporary { plansAreStale = mode != .session }
        server.hasHadTemporary = true
        hasHadTemporary = true
    }

    private func discardPlans(
        _ server: PostgresServer, _ cursor: inout FrameCursor, inBatch: Bool
    ) throws(PostgresWireError) {
        guard server.transaction != .failed else { return }
        plansAreStale = false
        try runSilently("DISCARD PLANS", Flight(startedNs: loop.nowNs), server, &cursor, inBatch: inBatch)
    }

    private func noteSequences(_ server: PostgresServer) {
        guard !exposure.isDisjoint(with: [.writes, .sequences]) else { return }
        server.sequenceUser = server.sequenceUser == 0 || server.sequenceUser == id ? id : .max
    }

    // MARK: Back to the pool

    /// Asks the server what the session holds, before anybody else may have the connection.
    func probe(_ server: PostgresServer) {
        needsProbe = false
        if exposure.contains(.writes) { exposure.insert(.sequences) }
        exposure.subtract(.all)
        isProbing = true
        settings.beginProbe()
        settings.learnCustomNames(survey.customNames)
        server.unnamed = nil
        settings.probeQuery.withUnsafeBytes { QueryMessage.encode($0, onto: &server.output) }
        let flight = Flight(kind: .probe, startedNs: loop.nowNs)
        _ = server.tracker.expect(.query, .swallow, tag: server.flights.append(flight))
        _ = flushToServer(server)
    }

    /// The connection is idle and clean: the pool's again.
    func release(_ server: PostgresServer) {
        self.server = nil
        server.session = nil
        queryDeadlineNs = 0
        if isCleaning {
            server.settings = ServerSettings()
            server.prepared.removeAll()
            server.unnamed = nil
            server.sequenceUser = 0
        } else {
            if !serverLags, server.settings.fingerprint != settings.fingerprint { server.settings.adopt(settings) }
            noteSequences(server)
        }
        serverLags = false
        exposure = []
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
        server.session = nil
        server.markBroken()
        shard.release(server, reusable: false)
    }

    /// The server went away, or broke the protocol: its clients are told, nothing is run again.
    func serverDied(_ server: PostgresServer) {
        guard self.server === server else { return }
        let isQuiet = server.tracker.isQuiescent || isOnlySurveying(server)
        let wasIdle = isQuiet && server.transaction == .idle && streaming == 0
        isProbing = false
        isSurveying = false
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

    /// Everything of the client's is answered, and nothing of it can be left on the connection.
    private func isOnlySurveying(_ server: PostgresServer) -> Bool {
        isSurveying && server.tracker.outstanding == 1 && !needsProbe && !mayHideState
    }
}
