/// Follows, for one server connection, which answers are still to come and whose they are.
///
/// The server answers in the order in which it was asked, so the tracker is a queue: `expect` is called for every
/// message at the moment it is sent (or would be), `received` for every message that comes back. It decides alone what
/// reaches the client; a mistake here gives one client another's answer. Whatever does not fit is a violation that
/// closes the server connection, never a guess.
///
/// How to drive it: after every `expect` and after the last byte of every message given to `received`, take
/// `nextFollowUp` until it is nil. One event is O(1), except for the scan to the next Sync after an error and for a
/// Sync inside a copy; no event allocates, except when the queue outgrows its storage, which is kept.
///
/// Rules followed (PostgreSQL documentation, "Message Flow", and `tcop/postgres.c`, `commands/copyfromparse.c`):
/// - An error in an extended-query message makes the server ignore everything up to the next Sync, simple queries and
///   function calls too. An error in a query, a function call or a Sync does not.
/// - In copy-in mode the server ignores Sync. Whether it read a Sync before or after an error that ended the copy cannot
///   be seen from outside, so such a Sync may still bring one more ReadyForQuery: `needsProbe`.
/// - Notices, parameters and notifications come at any time.
public struct ResponseTracker: ~Copyable {
    /// How much of the answer of the queue's first entry has come.
    @usableFromInline
    enum Phase: UInt8 {
        /// None. → any
        case waiting
        /// RowDescription of a query, or the first row of an execute. → between
        case rows
        /// ParameterDescription of a describe. → waiting of the next entry
        case parameters
        /// The client is to send data. → copyInEnded, failed
        case copyIn
        /// It has sent all. → between, failed
        case copyInEnded
        /// The server sends data. → copyOutEnded, failed
        case copyOut
        /// The server has sent all; CommandComplete is still to come. → between, failed
        case copyOutEnded
        /// Both send. → copyBothServerEnded, copyBothClientEnded
        case copyBoth
        /// The server has sent CopyDone, though PostgreSQL may still send a keepalive. → copyBothEnded
        case copyBothServerEnded
        /// The client has sent all. → copyBothEnded
        case copyBothClientEnded
        /// Both have sent CopyDone; a keepalive may still come. → rows, between, failed
        case copyBothEnded
        /// A statement of a query is answered: another one or ReadyForQuery follows. → any but parameters
        case between
        /// A function call is answered; only ReadyForQuery may follow.
        case answered
        /// A query or function call failed; only ReadyForQuery may follow.
        case failed
    }

    /// Entries above which the caller should take no more messages from the client.
    public static let limit = 65_536

    // A ring: `count` entries from `head` on, in storage whose size is a power of two.
    var ring: [ExpectedResponse] = []
    var head = 0
    var count = 0
    @usableFromInline var phase = Phase.waiting
    /// The action for each row or piece of a copy while `phase` is rows or copyOut.
    @usableFromInline var streaming = ResponseAction(.forward)
    /// Entries at the front that an error discarded and `nextFollowUp` is to report.
    var discards = 0
    /// The server ignores everything up to a Sync that has not been sent yet.
    var isSkipping = false
    /// The proxy refused a message: the client's are discarded up to its Sync.
    var isRefusing = false
    /// Syncs sent during the copy-in at the front.
    var copySyncs = 0
    /// ReadyForQuery messages that may come or not, from Syncs around a copy that failed.
    var spareReady = 0
    /// The query that settles `spareReady` is in the queue.
    var isProbing = false
    /// Extended-query messages were answered and no ReadyForQuery since.
    var isBatchOpen = false

    /// As of the last ReadyForQuery.
    public internal(set) var status: TransactionStatus

    public init(status: TransactionStatus = .idle) {
        self.status = status
    }

    /// Answers to come, synthesised ones and marks of copies included.
    public var outstanding: Int { count }

    /// Too many answers are outstanding: read no more from the client until some have come. Never while the server waits
    /// for the client's copy data.
    public var isFull: Bool { count >= Self.limit && phase != .copyIn }

    /// A ReadyForQuery may still come that belongs to no entry.
    public var isUncertain: Bool { spareReady > 0 }

    /// Before anything but a Sync goes to the server, an empty query is to be sent, to be swallowed: its
    /// EmptyQueryResponse shows that no further ReadyForQuery can come from before it. Without it the next message is
    /// refused.
    public var needsProbe: Bool { spareReady > 0 && !isProbing && !isSkipping }

    /// A ReadyForQuery is still to come for a request that was sent. O(n).
    public var awaitsReady: Bool {
        for index in 0..<count {
            let kind = entry(index).kind
            if kind == .sync || kind == .query || kind == .functionCall { return true }
        }
        return false
    }

    /// Extended-query messages were sent and no Sync behind them. O(n) behind a copy, else O(1).
    public var isInBatch: Bool {
        for index in (0..<count).reversed() {
            switch entry(index).kind {
            case .sync, .query, .functionCall: return false
            case .copyEnd: continue
            case .parse, .bind, .describeStatement, .describePortal, .execute, .close, .refusal: return true
            }
        }
        return isSkipping || isBatchOpen
    }

    /// An error was sent to the client and the server ignores everything up to the client's next Sync.
    public var isSkippingToSync: Bool { isSkipping }

    /// Nothing is outstanding, nothing can still come, and the last word was ReadyForQuery. With `status` idle the
    /// connection can be given to someone else.
    public var isQuiescent: Bool { count == 0 && !isSkipping && spareReady == 0 && !isBatchOpen }

    /// The server is in copy-in or copy-both mode and the client has not ended its side.
    public var isCopyingIn: Bool { phase == .copyIn || phase == .copyBoth || phase == .copyBothServerEnded }

    /// The server sends copy data.
    public var isCopyingOut: Bool { phase == .copyOut || phase == .copyBoth || phase == .copyBothClientEnded }

    /// A CopyData of the client's can matter to the server: it copies, or something is outstanding that may begin to.
    /// Others are to be dropped, as the server would.
    public var acceptsCopyData: Bool {
        if isSkipping || count == 0 { return false }
        switch phase {
        case .copyIn, .copyBoth, .copyBothServerEnded: return true
        case .copyInEnded, .copyBothClientEnded, .copyBothEnded, .failed, .answered: return count > 1
        case .waiting, .rows, .parameters, .copyOut, .copyOutEnded, .between: return true
        }
    }

    /// Forgets everything, for another client. Storage is kept unless it grew large.
    public mutating func reset(status: TransactionStatus = .idle) {
        if ring.count > 256 { ring = [] }
        head = 0
        count = 0
        phase = .waiting
        discards = 0
        isSkipping = false
        isRefusing = false
        copySyncs = 0
        spareReady = 0
        isProbing = false
        isBatchOpen = false
        self.status = status
    }

    // MARK: Messages to the server

    /// A message is about to be sent, or answered in the server's place.
    ///
    /// Flush and Terminate are answered by nothing and not told to the tracker; CopyDone and CopyFail are told by
    /// `copyEnded`. Sync is never synthesised: only the server knows what ReadyForQuery says.
    public mutating func expect(
        _ kind: ResponseKind, _ disposition: ResponseDisposition = .forward, tag: UInt32 = 0
    ) -> ExpectResult {
        precondition(kind != .copyEnd && (kind != .refusal || disposition == .synthesize))
        if kind == .sync { return expectSync(disposition, tag: tag) }
        if spareReady > 0, !isProbing {
            // Whether the server still ignores us is in doubt too, and so is where an answer of ours would belong.
            guard !isSkipping, kind == .query, disposition == .swallow else { return .refused }
            isProbing = true
        }
        if isSkipping || isRefusing { return .discarded }
        if isCopyingIn { return .refused }
        isRefusing = kind == .refusal
        append(ExpectedResponse(kind, disposition, tag: tag))
        return .accepted
    }

    private mutating func expectSync(_ disposition: ResponseDisposition, tag: UInt32) -> ExpectResult {
        precondition(disposition != .synthesize)
        isRefusing = false
        switch phase {
        case .copyIn:
            copySyncs += 1
            return .accepted
        case .copyBoth, .copyBothServerEnded:
            return .refused
        case .waiting, .rows, .parameters, .copyInEnded, .copyOut, .copyOutEnded, .copyBothClientEnded,
            .copyBothEnded, .between, .answered, .failed:
            isSkipping = false
            append(ExpectedResponse(.sync, disposition, tag: tag))
            return .accepted
        }
    }

    /// The client's CopyDone or CopyFail is about to be sent. It may come before the server has said that it copies.
    public mutating func copyEnded() -> ExpectResult {
        guard count > 0, !isSkipping else { return .discarded }
        switch phase {
        case .copyIn: phase = .copyInEnded
        case .copyBoth: phase = .copyBothClientEnded
        case .copyBothServerEnded: phase = .copyBothEnded
        case .waiting, .rows, .parameters, .copyInEnded, .copyOut, .copyOutEnded, .copyBothClientEnded,
            .copyBothEnded, .between, .answered, .failed:
            guard acceptsCopyData else { return .discarded }
            append(ExpectedResponse(.copyEnd))
        }
        return .accepted
    }

    // MARK: What follows

    /// What is to be done next behind the last event; nil when nothing is.
    public mutating func nextFollowUp() -> ResponseFollowUp? {
        while discards > 0 {
            discards -= 1
            let entry = removeFirst()
            if entry.kind != .copyEnd { return .discarded(entry) }
        }
        dropCopyEnds()
        guard count > 0, ring[head].disposition == .synthesize else { return nil }
        return .synthesize(removeFirst())
    }

    /// Whether `nextFollowUp` has anything to say.
    public var hasFollowUp: Bool { discards > 0 || (count > 0 && ring[head].disposition == .synthesize) }

    // MARK: The queue

    func entry(_ index: Int) -> ExpectedResponse { ring[(head &+ index) & (ring.count &- 1)] }

    /// Makes the client the one who gets the answer of an entry.
    mutating func forwardEntry(_ index: Int) {
        let old = entry(index)
        ring[(head &+ index) & (ring.count &- 1)] = ExpectedResponse(old.kind, .forward, tag: old.tag)
    }

    private mutating func append(_ entry: ExpectedResponse) {
        if count == ring.count { grow() }
        ring[(head &+ count) & (ring.count &- 1)] = entry
        count += 1
    }

    private mutating func grow() {
        var bigger: [ExpectedResponse] = []
        bigger.reserveCapacity(max(16, ring.count * 2))
        for index in 0..<count { bigger.append(entry(index)) }
        let empty = ExpectedResponse(.copyEnd)
        while bigger.count < max(16, ring.count * 2) { bigger.append(empty) }
        ring = bigger
        head = 0
    }

    private mutating func removeFirst() -> ExpectedResponse {
        let entry = ring[head]
        head = (head &+ 1) & (ring.count &- 1)
        count -= 1
        return entry
    }

    private mutating func dropCopyEnds() {
        while count > 0, ring[head].kind == .copyEnd { _ = removeFirst() }
    }

    /// The first entry is answered: the next one is.
    mutating func finishFirst() {
        _ = removeFirst()
        phase = .waiting
        dropCopyEnds()
    }

    /// Takes `skipped` entries behind the first out of the queue.
    mutating func removeBehindFirst(_ skipped: Int) {
        let first = ring[head]
        head = (head &+ skipped) & (ring.count &- 1)
        ring[head] = first
        count -= skipped
    }
}
