/// Memory of one kind.
public struct MemoryInfo: Sendable, Equatable {
    /// `stream_buffers loop 0`, `statement_cache`, `resident`, …
    public var name: String
    /// Bytes of one; 0 when they differ.
    public var size: UInt64
    public var used: UInt64
    /// Kept for later use.
    public var free: UInt64
    /// Bytes in all.
    public var total: UInt64

    public init(name: String, size: UInt64, used: UInt64, free: UInt64, total: UInt64) {
        self.name = name
        self.size = size
        self.used = used
        self.free = free
        self.total = total
    }
}
