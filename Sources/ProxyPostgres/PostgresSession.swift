internal import Bytes
internal import Core
internal import Identity
internal import Limits
internal import Pooling
internal import Proxy
internal import Sockets
internal import WirePostgres

/// One client after login: relays its requests to leased server connections and their answers back.
///
/// The session's task waits in one place, on `signal`; whatever happened, `pump` then moves bytes until nothing moves any
/// more. Requests are recognised frame by frame and travel untouched where nothing must be changed; each direction stops
/// reading while the other side's output is not taken, so a slow reader costs one buffer.
///
/// `@unchecked Sendable`: confined to its loop.
final class PostgresSession: ManagedSession, TurnEndWork, @unchecked Sendable {
    let id: UInt64
    let context: PostgresLoop
    let listener: ListenerRules
    /// As of the last lease: a reload may lead elsewhere.
    var route: DatabaseRoute
    /// When the server connection goes back.
    var mode: PoolMode
    let permit: SessionPermit
    let login: LoginFacts
    /// Of the first lease.
    let pool: PoolKey
    var shard: PoolShard<PostgresServer>
    /// Of the snapshot that `route` comes from.
    var routedEpoch: UInt64

    // Client side.
    let signal: Signal
    let client: SocketStream
    var input: StreamBuffer
    /// Bytes for the client that its socket did not take yet, and what the proxy itself says.
    var output = ByteBuffer()
    /// What is in `output` goes out at the end of the loop's turn.
    var isGathering = false
    /// Bytes still to come of a client's message that is passed on in pieces.
    var streaming = 0
    /// Whether they go to the server; if not they are dropped.
    var streamingForwards = false
    /// Input is there that could not be acted on: no lease yet, or the server takes no more.
    var isInputBlocked = false
    /// An extended query was refused: everything up to Sync is dropped.
    var isSkippingToSync = false

    // Server side.
    var server: PostgresServer?
    let lease: LeaseRequest<PostgresServer>

    // What follows the client from connection to connection.
    var settings: SessionSettings
    var pins = SessionPins()
    var reported: ReportedParameters
    var prepared = PreparedNames()
    var unnamed: PreparedStatement?
    /// What the unnamed portal runs, and what named ones do.
    var portal: BoundPortal?
    var portals: [[UInt8]: BoundPortal] = [:]
    /// Names of statements, and with a zero byte before them of portals, that were put back after an error.
    var restoredNames: Set<[UInt8]> = []
    /// What requests on their way may yet change.
    var doubts = Doubts()
    /// The request at the front of the input depends on it, and waits for this.
    var wait = Doubts.Wait.nothing
    /// What code may be hidden in the database, and what this lease did to run it since the connection was last proven
    /// clean.
    let survey: DatabaseSurvey
    var exposure: StatementExposure = []
    /// An opaque statement ran since the connection was last proven clean.
    var needsProbe = false
    var isProbing = false
    /// What is asked is not the session's state but what the database hides.
    var isSurveying = false
    /// The connection is being emptied of what this client left.
    var isCleaning = false
    /// The client's settings are being brought to the server connection.
    var isRestoring = false
    /// The connection is known not to have the client's settings, for the time being.
    var serverLags = false
    /// It has made a temporary relation.
    var hasHadTemporary = false
    /// Plans at the server are to be made anew before the next statement.
    var plansAreStale = false
    /// Queries on their way hold statements that the client did not write.
    var addsStatements = false
    /// A request is to be refused: first everything before it must be answered.
    var waitsForQuiet = false

    // The end.
    var phase = Phase.open
    var timer: LoopTimer?
    /// Loop clock, ns: when the request under way must have been answered; 0 is none.
    var queryDeadlineNs: UInt64 = 0
    /// The query deadline has passed and a cancel was sent.
    var isQueryCancelled = false
    var finishDeadlineNs: UInt64 = 0
    /// To end as soon as it is between transactions.
    var isDraining = false
    /// Why the request at the front of the input, which waited for a connection, gets none.
    var queuedRefusal: StatementRefusal?
    /// Loop clock, ns: when a client that closed its side counts as gone; 0 while it has not.
    var hangUpDeadlineNs: UInt64 = 0
    /// The client's last byte has been read.
    var isAtEnd = false
    /// Nothing is sent to the client any more.
    var isMuted = false
    /// What the user may do, as of the last statement.
    var access: SessionAccess
    /// The user's statements per second; nil is no limit.
    let allowance: RateAllowance?
    /// Loop clock, ns: the last time the client said something.
    var lastRequestNs: UInt64
    var statementCount: UInt64 = 0
    /// Its database in the table of digests.
    let digestDatabase: UInt32
    /// Loop clock, ns: when the transaction under way began; 0 between transactions.
    var transactionStartedNs: UInt64 = 0
    var record: SessionRecord

    enum Phase: Equatable {
        case open
        /// No more requests are read; the server's present work is waited for.
        case finishing
        case ended
    }

    init(_ opening: SessionOpening, login: PostgresLogin) {
        id = login.id
        context = login.context
        listener = login.rules
        route = opening.route
        mode = opening.mode
        permit = opening.permit
        self.login = opening.facts
        pool = opening.pool
        shard = opening.shard
        routedEpoch = login.snapshot.epoch
        client = login.exchange.stream
        input = login.exchange.takeInput()
        survey = login.context.survey(opening.pool)
        settings = opening.settings
        reported = opening.reported
        record = login.makeRecord(opening.route, opening.facts)
        digestDatabase = login.context.runtime.digests.number(
            of: opening.route.name == "*" ? opening.facts.database : opening.route.name)
        lastRequestNs = login.context.loop.nowNs
        access = SessionAccess(opening, epoch: login.snapshot.epoch)
        allowance = login.context.rates.allowance(for: permit.user)
        let signal = login.exchange.signal
        self.signal = signal
        lease = LeaseRequest { signal.notify() }
    }

    var loop: EventLoop { context.loop }

    // MARK: Life

    /// Runs until client and server are done with each other. On the session's loop.
    func run() async {
        armTimer()
        await signal.serve(on: loop) {
            self.pump()
            return self.phase == .ended
        }
        timer?.cancel()
        client.close()
        input.clear()
    }

    /// Moves what can be moved.
    func pump() {
        var rounds = Self.roundsPerTurn
        repeat {
            guard phase != .ended else { return }
            checkDeadlines()
            if lease.phase != .idle { leaseChanged() }
            if client.channel.isHungUp, hangUpDeadlineNs == 0 { clientHungUp() }
            var moved = false
            if !output.isEmpty, !isGathering { moved = flushToClient() }
            if let server {
                if !server.output.isEmpty, flushToServer(server) { moved = true }
                if server.stream.canRead {
                    // More than one read of it: no use in waiting.
                    if isGathering { turnEnded() }
                    if output.isEmpty, receiveFromServer(server) { moved = true }
                }
            }
            if phase == .open {
                if receiveFromClient() { moved = true }
            } else if phase == .finishing, finishIfDone() {
                return
            }
            rounds -= moved ? 1 : rounds
        } while rounds > 0
        if phase == .open, isAtEnd { finishAtEnd() }
        // A session with more to do than fits in its share goes on after the others.
        if phase != .ended, hasWorkLeft { signal.notify() }
    }

    /// Reads from either side in one go before other sessions have their turn: 16 × 64 KiB.
    static let roundsPerTurn = 16

    private var hasWorkLeft: Bool {
        if output.isEmpty, let server, server.output.isEmpty, server.stream.canRead { return true }
        return phase == .open && client.canRead && !isAtEnd && !isInputBlocked && output.isEmpty
            && (server?.output.isEmpty ?? true)
    }

    // MARK: Writing

    /// Sends what is kept for the client. True when anything went out.
    func flushToClient() -> Bool {
        guard client.isOpen else {
            output.clear()
            return true
        }
        guard client.channel.isWritable, record.heldReply == nil || !isReplyHeld else { return false }
        switch client.write(output.readable) {
        case .bytes(let count):
            output.consume(count)
            // A client without a server connection may be idle for long.
            if output.isEmpty, server == nil || output.capacity > Self.keptCapacity { output.release() }
            return true
        case .wouldBlock, .wantsRead, .wantsWrite:
            return false
        case .end, .failed:
            clientDied()
            return true
        }
    }

    func flushToServer(_ server: PostgresServer) -> Bool {
        guard server.stream.channel.isWritable, record.heldRequest == nil || !isRequestHeld else { return false }
        switch server.stream.write(server.output.readable) {
        case .bytes(let count):
            server.output.consume(count)
            if server.output.isEmpty, server.output.capacity > Self.keptCapacity { server.output.release() }
            return true
        case .wouldBlock, .wantsRead, .wantsWrite:
            return false
        case .end, .failed:
            serverDied(server)
            return true
        }
    }

    /// An output buffer larger than this is given back once it is empty.
    static let keptCapacity = 16 * 1024

    /// Takes a whole answer, or the end of one, to be sent at the end of the turn: a client that works with several
    /// connections is then woken once for all its answers, and the servers' work goes out first.
    @inline(__always)
    func gatherForClient(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= Self.gatheredAnswer, !isMuted, output.isEmpty else { return sendToClient(bytes) }
        output.append(bytes)
        isGathering = true
        loop.callAtTurnEnd(self)
    }

    /// Larger answers are sent from the buffer that they are in.
    static let gatheredAnswer = 4096

    func turnEnded() {
        guard isGathering else { return }
        isGathering = false
        guard phase != .ended, !output.isEmpty else { return }
        _ = flushToClient()
        // Whatever waited for room.
        if phase != .open || isInputBlocked || isAtEnd || hasWorkLeft { signal.notify() }
    }

    /// Sends `bytes` behind what is kept, or at once when nothing is; keeps what the socket does not take.
    @inline(__always)
    func sendToClient(_ bytes: UnsafeRawBufferPointer) {
        guard !isMuted, !bytes.isEmpty else { return }
        guard output.isEmpty, client.channel.isWritable, record.heldReply == nil else { return output.append(bytes) }
        switch client.write(bytes) {
        case .bytes(let count):
            if count < bytes.count { output.append(UnsafeRawBufferPointer(rebasing: bytes[count...])) }
        case .wouldBlock, .wantsRead, .wantsWrite:
            output.append(bytes)
        case .end, .failed:
            clientDied()
        }
    }

    @inline(__always)
    func sendToServer(_ server: PostgresServer, _ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        guard server.output.isEmpty, server.stream.channel.isWritable, record.heldRequest == nil else {
            return server.output.append(bytes)
        }
        switch server.stream.write(bytes) {
        case .bytes(let count):
            if count < bytes.count { server.output.append(UnsafeRawBufferPointer(rebasing: bytes[count...])) }
        case .wouldBlock, .wantsRead, .wantsWrite:
            server.output.append(bytes)
        case .end, .failed:
            serverDied(server)
        }
    }
}
