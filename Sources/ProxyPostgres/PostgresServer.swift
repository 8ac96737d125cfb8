internal import Bytes
internal import Core
internal import Pooling
internal import Proxy
internal import Sockets
internal import WirePostgres

/// A logged-in connection to a PostgreSQL server and all that is known of the state it is in.
///
/// `@unchecked Sendable`: confined to one loop; it moves to another only while idle, by `detach` and `attach`.
final class PostgresServer: PooledConnection, @unchecked Sendable {
    var poolSlot = -1

    let target: BackendTarget
    /// What the pool was made for; a connection never serves another one.
    let key: PoolKey
    let processID: Int32
    let cancelKey: [UInt8]
    private(set) var stream: SocketStream
    /// Bytes from the server not yet passed on. Empty while idle.
    var input: StreamBuffer
    /// Bytes for the server that the socket did not take yet. Empty while idle.
    var output = ByteBuffer()
    var tracker = ResponseTracker()
    var flights = FlightQueue()
    /// Of the last ReadyForQuery.
    var transaction = TransactionStatus.idle
    /// Values that the server reported, in their present state.
    var parameters: ReportedParameters
    /// Settings, role and so on as the session left them.
    var settings = ServerSettings()
    var prepared: PreparedCache
    /// What the server's unnamed statement is.
    var unnamed: PreparedStatement?
    /// The session whose sequence values `currval` and `lastval` would give: 0 is none, `.max` several.
    var sequenceUser: UInt64 = 0
    /// Somebody has made a temporary relation.
    var hasHadTemporary = false
    /// Requests to cancel that may still hit whatever runs here.
    var pendingCancels = 0
    /// Bytes still to come of a message that is passed on in pieces.
    var streaming = 0
    /// Whether that message goes to the client.
    var streamingForwards = false
    private(set) var isBroken = false
    /// The server told its client why it ends.
    var saidGoodbye = false
    let openedNs: UInt64
    /// Loop clock of the last release, for SHOW SERVERS.
    var idleSinceNs: UInt64 = 0
    /// A client has it; what the server says is that client's business.
    private(set) var isLent = false
    /// The session that has it, for as long as it does; strong, since a weak reference made every use of the session
    /// by anybody slower.
    var session: PostgresSession?
    /// Called when the connection is closed.
    var onClosed: (() -> Void)?
    /// Called once no cancel can hit this connection any more.
    var onCancelsEnded: (() -> Void)?
    /// Told when the server hangs up or breaks the protocol while nobody uses it.
    var onIdleDeath: ((PostgresServer) -> Void)?
    /// Among the connections to its backend, while it is open.
    var place: BackendPlace?
    private var idleSignal: Signal?

    init(login: ServerLogin, target: BackendTarget, key: PoolKey, prepared: PreparedLimits) {
        self.target = target
        self.key = key
        stream = login.stream
        processID = login.processID
        cancelKey = login.cancelKey
        parameters = login.parameters
        input = StreamBuffer(pool: login.stream.loop.buffers)
        self.prepared = PreparedCache(limit: prepared.count, byteLimit: prepared.bytes)
        openedNs = login.stream.loop.nowNs
        watchIdle()
    }

    // MARK: PooledConnection

    var stateFingerprint: UInt64 { settings.fingerprint }

    var isUsable: Bool { !isBroken && stream.isOpen }

    func detach() {
        stream.channel.detach()
    }

    func attach(to loop: EventLoop) {
        input = StreamBuffer(pool: loop.buffers)
        do throws(SocketError) {
            try stream.channel.attach(to: loop)
            watchIdle()
        } catch {
            isBroken = true
        }
    }

    func close() {
        guard stream.isOpen else { return }
        isBroken = true
        if tracker.isQuiescent, output.isEmpty {
            var goodbye = ByteBuffer()
            goodbye.appendEmptyMessage(FrontendMessageType.terminate)
            _ = stream.write(goodbye.readable)
        }
        stream.close()
        place = nil
        input.clear()
        flights.removeAll()
        onClosed?()
        onClosed = nil
    }

    // MARK: Use

    /// Events go to `signal` from now on.
    func lend(to signal: Signal) {
        isLent = true
        stream.channel.signal = signal
    }

    /// A cancel request was carried out, or given up.
    func cancelEnded() {
        pendingCancels -= 1
        guard pendingCancels == 0, let then = onCancelsEnded else { return }
        onCancelsEnded = nil
        then()
    }

    /// Nobody waits for it any more: watches for what an idle server may say.
    func watchIdle() {
        isLent = false
        idleSinceNs = stream.loop.nowNs
        let signal = idleSignal ?? Signal { [unowned self] in self.idleEvent() }
        idleSignal = signal
        stream.channel.signal = signal
        // Bytes that came together with the last answer give no further event.
        if stream.canRead { idleEvent() }
    }

    func markBroken() { isBroken = true }

    /// An idle server speaks only to report a parameter, to tell something, or to say that it ends.
    private func idleEvent() {
        guard !isBroken, stream.isOpen, !isLent else { return }
        while stream.canRead {
            let space = input.space()
            switch stream.read(into: space) {
            case .bytes(let count):
                input.advance(count)
                guard takeIdleMessages() else { return die() }
            case .wouldBlock, .wantsRead, .wantsWrite:
                input.releaseIfEmpty()
                return
            case .end, .failed:
                return die()
            }
        }
    }

    /// False when the connection is of no more use.
    private func takeIdleMessages() -> Bool {
        while true {
            let bytes = input.readable
            guard let (header, type) = try? PostgresFrameHeader.peekBackend(bytes) else { return bytes.count < 5 }
            guard header.frameCount <= bytes.count else {
                return header.frameCount <= BufferPool.bufferSize
            }
            switch type {
            case .parameterStatus:
                let payload = UnsafeRawBufferPointer(rebasing: bytes[5..<header.frameCount])
                guard let status = try? ParameterStatus(payload: payload) else { return false }
                parameters.set(payload.slice(status.name).text, payload.slice(status.value).text)
            case .noticeResponse, .notificationResponse:
                break
            default:
                return false
            }
            input.consume(header.frameCount)
        }
    }

    private func die() {
        isBroken = true
        input.clear()
        onIdleDeath?(self)
    }
}
