/// Buffers of one size that streams lease while bytes are pending. Confined to its loop.
///
/// The last one given back is the next one lent, so that the few in use stay in the cache; pages of a buffer that were
/// never written cost no memory.
public final class BufferPool {
    /// Bytes of a leased buffer. Large enough that bulk data costs a few system calls per MiB.
    public static let bufferSize = 64 * 1024
    /// Buffers kept when nobody uses them; 4 MiB a loop at most.
    static let keptIdle = 64

    private var idle: [UnsafeMutableRawPointer] = []
    /// Buffers lent at present.
    public private(set) var lent = 0

    init() {}

    public func take() -> UnsafeMutableRawPointer {
        lent += 1
        return idle.popLast() ?? .allocate(byteCount: Self.bufferSize, alignment: 64)
    }

    public func give(_ buffer: UnsafeMutableRawPointer) {
        lent -= 1
        if idle.count < Self.keptIdle {
            idle.append(buffer)
        } else {
            buffer.deallocate()
        }
    }
}
