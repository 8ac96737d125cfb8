/// Bytes read from a stream and not yet passed on: a buffer leased from the loop while it holds any, its own memory when
/// a frame must be held whole and does not fit. Confined to its loop.
public struct StreamBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    public private(set) var capacity = 0
    /// Offset of the first byte not yet consumed.
    public private(set) var head = 0
    /// Offset behind the last byte read.
    public private(set) var tail = 0
    private let pool: BufferPool

    public init(pool: BufferPool) { self.pool = pool }

    deinit {
        if let base { Self.free(base, capacity, pool) }
    }

    @inline(__always) public var count: Int { tail - head }
    @inline(__always) public var isEmpty: Bool { tail == head }

    /// The bytes held. Valid until the next mutation.
    @inline(__always)
    public var readable: UnsafeRawBufferPointer {
        guard let base else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: base + head, count: tail - head)
    }

    /// Free space behind the bytes held; leases a buffer, or moves the bytes down when the end is near.
    @inline(__always)
    public mutating func space() -> UnsafeMutableRawBufferPointer {
        if base == nil {
            base = pool.take()
            capacity = BufferPool.bufferSize
        } else if capacity - tail < capacity / 4, head > 0 {
            compact()
        }
        return UnsafeMutableRawBufferPointer(start: base.unsafelyUnwrapped + tail, count: capacity - tail)
    }

    public var isFull: Bool { base != nil && head == 0 && tail == capacity }

    private mutating func compact() {
        guard let base else { return }
        base.copyMemory(from: base + head, byteCount: tail - head)
        tail -= head
        head = 0
    }

    /// Marks `count` bytes behind the held ones as read.
    @inline(__always)
    public mutating func advance(_ count: Int) {
        precondition(count >= 0 && count <= capacity - tail)
        tail += count
    }

    /// Drops `count` bytes from the front; an empty buffer goes back to the pool.
    @inline(__always)
    public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= tail - head)
        head += count
        if head == tail { giveBack() }
    }

    /// Makes the buffer hold at least `size` bytes in one piece. The caller has checked `size` against its limit.
    public mutating func grow(to size: Int) {
        guard size > capacity else { return }
        let bigger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        let held = count
        if let base { bigger.copyMemory(from: base + head, byteCount: held) }
        giveBack()
        base = bigger
        capacity = size
        tail = held
    }

    public mutating func clear() { giveBack() }

    /// After a read that brought nothing.
    public mutating func releaseIfEmpty() {
        if isEmpty { giveBack() }
    }

    private mutating func giveBack() {
        if let base { Self.free(base, capacity, pool) }
        base = nil
        capacity = 0
        head = 0
        tail = 0
    }

    private static func free(_ base: UnsafeMutableRawPointer, _ capacity: Int, _ pool: BufferPool) {
        if capacity == BufferPool.bufferSize { pool.give(base) } else { base.deallocate() }
    }
}
