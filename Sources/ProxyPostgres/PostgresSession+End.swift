internal import Bytes
internal import Core
internal import Credentials
internal import Inspection
internal import Pooling
internal import Proxy
internal import Sockets
internal import Telemetry
internal import WirePostgres

// How a session ends: the client leaves or dies, the server does, an operator or a deadline says so. Whatever the way, the
// server connection is made clean or closed, and nothing that was forwarded is run twice.
extension PostgresSession {
    enum Ending: Equatable {
        /// Terminate: what was asked before it is still worked off.
        case clientTerminated
        /// The client is gone: its running statement is cancelled.
        case clientGone
        /// Told why; the running statement is cancelled.
        case failed
    }

    /// After EOF: ends the session as soon as what was asked before has been answered. The client may have closed its side
    /// only.
    func finishAtEnd() {
        if isAtEnd, isIdle, !isInputBlocked { finish(.clientGone) }
    }

    /// The client closed its side, or is dead: both look the same. What runs for it has a moment to end by itself.
    func clientHungUp() {
        guard hangUpDeadlineNs == 0 else { return }
        hangUpDeadlineNs = loop.nowNs &+ Self.hangUpGraceNs
        armTimer()
    }

    /// Time for answers on their way to a client that may still read; longer work is cancelled.
    static let hangUpGraceNs: UInt64 = 500_000_000

    /// Nothing of this client is at a server or waits for one.
    private var isIdle: Bool { lease.phase == .idle && (server?.tracker.isQuiescent ?? true) && streaming == 0 }

    func clientDied() {
        output.clear()
        client.close()
        if phase == .open { finish(.clientGone) }
    }

    /// Ends the session with an error that the client sees.
    func fail(_ failure: PostgresFailure) {
        guard phase == .open else { return }
        record.failure = failure
        failure.notice.encode(onto: &output)
        finish(.failed)
    }

    /// No more requests are read; what the server still does for this client is ended, then the session is.
    func finish(_ ending: Ending) {
        guard phase == .open else { return }
        phase = .finishing
        input.clear()
        streaming = streaming > 0 && streamingForwards ? streaming : 0
        if lease.phase != .idle { shard.cancel(lease) }
        _ = output.isEmpty || flushToClient()
        isMuted = true
        guard let server else { return finished() }
        armFinishDeadline()
        if streaming > 0 {
            // Half a message is at the server: nothing else can follow it.
            return abandon(server)
        }
        let isWorking = !server.tracker.isQuiescent
        // What the proxy itself asked for is let be.
        if isWorking, ending != .clientTerminated, !isProbing, !isRestoring { context.cancel(server) }
        if server.tracker.isCopyingIn {
            CopyFailMessage.encode(reason: "the client is gone", onto: &server.output)
            _ = server.tracker.copyEnded()
        }
        if isWorking {
            // Ends a batch whose Sync will not come; after a simple query it does no harm.
            server.output.appendEmptyMessage(FrontendMessageType.sync)
            _ = server.tracker.expect(.sync, .swallow, tag: server.flights.append(Flight(kind: .sync)))
        }
        _ = server.output.isEmpty || flushToServer(server)
        signal.notify()
    }

    /// While finishing: goes on as soon as the server is ready. True when the session has ended.
    func finishIfDone() -> Bool {
        guard let server else {
            finished()
            return true
        }
        if loop.nowNs >= finishDeadlineNs {
            context.metrics.add(route.metrics.backendError("timeout"))
            abandon(server)
            return true
        }
        guard server.tracker.isQuiescent, server.output.isEmpty, server.streaming == 0, !isProbing, !isRestoring else {
            return false
        }
        guard server.isUsable else {
            abandon(server)
            return true
        }
        if server.transaction != .idle {
            settings.apply(.transaction(.rollback(chain: false)))
            _ = pins.apply(.transaction(.rollback(chain: false)), statement: nil)
            inject(Array("ROLLBACK".utf8), kind: .other, server)
            return false
        }
        if login.isAlone || server.tracker.isUncertain || pins.isTainted {
            abandon(server)
            return true
        }
        if !isCleaning, mode == .session || needsProbe || !pins.isEmpty || mayHideState {
            // What only this client had goes with it.
            pins = SessionPins()
            needsProbe = false
            exposure = []
            isCleaning = true
            inject(Array("DISCARD ALL".utf8), kind: .cleanUp, server)
            return false
        }
        release(server)
        finished()
        return true
    }

    private func inject(_ commands: [UInt8], kind: Flight.Kind, _ server: PostgresServer) {
        server.unnamed = nil
        commands.withUnsafeBytes { QueryMessage.encode($0, onto: &server.output) }
        _ = server.tracker.expect(.query, .swallow, tag: server.flights.append(Flight(kind: kind)))
        _ = flushToServer(server)
    }

    /// Gives the server connection up: its state can't be known or made clean in time.
    func abandon(_ server: PostgresServer) {
        flightsLost(server)
        discard(server)
        finished()
    }

    /// Both sides are done.
    func finished() {
        phase = .ended
        if client.isOpen, !output.isEmpty { _ = flushToClient() }
        signal.notify()
    }

    // MARK: Deadlines

    private func armFinishDeadline() {
        finishDeadlineNs = loop.nowNs + max(context.timeouts.cancel, 1_000_000_000)
        armTimer()
    }

    /// The timer wakes the session at the earliest deadline; which one passed is found out here.
    func checkDeadlines() {
        let now = loop.nowNs
        guard let timer, !timer.isArmed else { return }
        // The one that fired may have been set before the session began to end.
        if phase == .finishing { return armTimer() }
        guard phase == .open else { return }
        if hangUpDeadlineNs > 0, now >= hangUpDeadlineNs { return finish(.clientGone) }
        if queryDeadlineNs > 0, now >= queryDeadlineNs, let server, !server.tracker.isQuiescent {
            queryTimedOut(server)
        } else if let server, server.tracker.isQuiescent {
            if server.transaction != .idle, passed(context.timeouts.idleTransaction) { fail(.idleTransaction) }
        }
        if phase == .open, server == nil || mode == .session, passed(context.timeouts.clientIdle),
            server?.transaction ?? .idle == .idle, server?.tracker.isQuiescent ?? true, lease.phase == .idle
        {
            fail(.idleClient)
        }
        if phase == .open { armTimer() }
    }

    private func passed(_ timeout: UInt64) -> Bool { timeout > 0 && loop.nowNs >= lastRequestNs &+ timeout }

    /// First the statement is cancelled; if the server does not answer that, the session ends.
    private func queryTimedOut(_ server: PostgresServer) {
        if isQueryCancelled { return fail(.queryTimeout) }
        isQueryCancelled = true
        queryDeadlineNs = loop.nowNs &+ context.timeouts.cancel
        context.cancel(server)
    }

    /// Arms the timer for the earliest deadline there can be; without any deadline there is no timer.
    func armTimer() {
        let timeouts = context.timeouts
        guard timeouts.hasSessionDeadlines || hangUpDeadlineNs > 0 || phase == .finishing else { return }
        var earliest = UInt64.max
        if hangUpDeadlineNs > 0 { earliest = hangUpDeadlineNs }
        if queryDeadlineNs > 0 { earliest = min(earliest, queryDeadlineNs) }
        for timeout in [timeouts.idleTransaction, timeouts.clientIdle, timeouts.query] where timeout > 0 {
            earliest = min(earliest, max(lastRequestNs &+ timeout, loop.nowNs &+ Self.timerGrain))
        }
        if phase == .finishing { earliest = finishDeadlineNs }
        guard earliest != .max else { return }
        if timer == nil {
            let signal = signal
            timer = LoopTimer(loop: loop) { signal.notify() }
        }
        guard let timer else { return }
        // A deadline that moves on is compared when the timer fires, not moved with every request.
        if !timer.isArmed || timer.deadlineNs > earliest { timer.arm(at: earliest) }
    }

    static let timerGrain: UInt64 = 10_000_000

    // MARK: From the control side

    func kill() { fail(.killed) }

    func drain() {
        takeWhatIsThere()
        isDraining = true
        endIfDrained()
    }

    /// A draining session ends between transactions.
    func endIfDrained() {
        guard isDraining, phase == .open, server == nil || isIdleInServer else { return }
        fail(.shuttingDown)
        signal.notify()
    }

    private var isIdleInServer: Bool {
        guard let server else { return true }
        return server.transaction == .idle && server.tracker.isQuiescent && streaming == 0
    }

    /// Reads what the client sent before this moment and may lie in the socket still: an order from elsewhere is meant
    /// to come after it.
    private func takeWhatIsThere() {
        guard phase == .open, client.isOpen else { return }
        client.channel.isReadable = true
        pump()
        signal.notify()
    }

    /// A CancelRequest with this session's number came in, on any loop.
    func cancel(key: [UInt8]) -> Bool {
        guard constantTimeEquals(key, login.cancelKey) else { return false }
        takeWhatIsThere()
        if lease.phase == .queued {
            shard.cancel(lease)
            cancelWhileQueued()
        } else if let server, !server.tracker.isQuiescent {
            context.cancel(server)
        }
        return true
    }

    /// The request at the front of the input is dropped and answered as PostgreSQL answers a cancelled one.
    private func cancelWhileQueued() {
        queuedRefusal = .cancelled
        isInputBlocked = true
        signal.notify()
    }
}
