import Glibc

/// Whole lines on their way from one loop to the file. Belongs to the loop that fills it, then to the writer.
final class AuditChunk: @unchecked Sendable {  // Handed over under the queue's lock; one owner at a time.
    let base: UnsafeMutablePointer<UInt8>
    let capacity: Int
    var count = 0
    var events: UInt64 = 0
    /// The last event in it, and the loop that waits for it.
    var lastSequence: UInt64 = 0
    var lane: AuditLane?
    var kind = Kind.events
    /// The chain after its last line; nil while its links are to be filled.
    var sealed: ChainHead?

    enum Kind: Equatable {
        case events
        /// Says where the chain stands, so it is made anew when something else comes to stand before it.
        case header
        case checkpoint
        /// Files that may be removed when this is safe.
        case pruned([String])

        /// Stands at a file's beginning, before its first event.
        var isPreamble: Bool {
            switch self {
            case .header, .pruned: true
            case .events, .checkpoint: false
            }
        }
    }

    init(capacity: Int, lane: AuditLane?) {
        base = .allocate(capacity: capacity)
        self.capacity = capacity
        self.lane = lane
    }

    deinit { base.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// A copy without the free space.
    func shrunk() -> AuditChunk {
        let copy = AuditChunk(capacity: max(count, 1), lane: lane)
        memcpy(copy.base, base, count)
        copy.count = count
        copy.events = events
        copy.lastSequence = lastSequence
        return copy
    }

    func reset() {
        count = 0
        events = 0
        sealed = nil
    }
}
