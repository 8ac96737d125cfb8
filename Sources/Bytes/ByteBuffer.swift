/// A growable run of bytes with a read position: `[head, tail)` is filled, `[tail, capacity)` is free.
///
/// Owns its memory and is not copyable, so that nobody copies a megabyte by accident. Not synchronised: it belongs to
/// one loop at a time. Numbers are written in network byte order unless the name says otherwise.
@safe
public struct ByteBuffer: ~Copyable, @unchecked Sendable {
    // The pointer is owned by this value alone (noncopyable), which is why it may cross to another thread with it.
    @usableFromInline var base: UnsafeMutableRawPointer?
    public private(set) var capacity: Int
    /// Offset of the first byte not yet consumed.
    @usableFromInline var head = 0
    /// Offset behind the last byte written.
    @usableFromInline var tail = 0

    /// Allocates nothing until the first byte is written when `capacity` is 0.
    public init(capacity: Int = 0) {
        self.capacity = capacity
        unsafe base = capacity > 0 ? .allocate(byteCount: capacity, alignment: 16) : nil
    }

    deinit { unsafe base?.deallocate() }

    @inlinable public var count: Int { tail - head }
    @inlinable public var isEmpty: Bool { tail == head }

    /// The filled bytes. Valid until the next mutation.
    @inlinable
    public var readable: UnsafeRawBufferPointer {
        guard let base = unsafe base else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
        return unsafe UnsafeRawBufferPointer(start: base + head, count: tail - head)
    }

    /// Drops `count` bytes from the front; forgets positions when that empties the buffer.
    @inlinable
    public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= tail - head)
        head += count
        if head == tail {
            head = 0
            tail = 0
        }
    }

    @inlinable
    public mutating func clear() {
        head = 0
        tail = 0
    }

    /// Gives the memory back.
    public mutating func release() {
        unsafe base?.deallocate()
        unsafe base = nil
        capacity = 0
        clear()
    }

    /// Makes room for `count` more bytes behind `tail`: moves the filled bytes down first, grows by doubling after.
    @inlinable
    public mutating func reserve(_ count: Int) {
        if capacity - tail < count { grow(count) }
    }

    @usableFromInline
    mutating func grow(_ count: Int) {
        let filled = tail - head
        let needed = filled + count
        if let base = unsafe base, needed <= capacity {
            unsafe base.copyMemory(from: base + head, byteCount: filled)
        } else {
            let size = max(needed, min(capacity * 2, capacity + (1 << 20)), 256)
            let bigger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
            if let base = unsafe base {
                unsafe bigger.copyMemory(from: base + head, byteCount: filled)
                unsafe base.deallocate()
            }
            unsafe base = bigger
            capacity = size
        }
        head = 0
        tail = filled
    }

    // MARK: Writing

    @inlinable
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base.unsafelyUnwrapped.storeBytes(of: byte, toByteOffset: tail, as: UInt8.self)
        tail += 1
    }

    /// Big-endian (network order).
    @inlinable
    public mutating func append<T: FixedWidthInteger>(bigEndian value: T) {
        reserve(MemoryLayout<T>.size)
        unsafe base.unsafelyUnwrapped.storeBytes(of: value.bigEndian, toByteOffset: tail, as: T.self)
        tail += MemoryLayout<T>.size
    }

    @inlinable
    public mutating func append<T: FixedWidthInteger>(littleEndian value: T) {
        reserve(MemoryLayout<T>.size)
        unsafe base.unsafelyUnwrapped.storeBytes(of: value.littleEndian, toByteOffset: tail, as: T.self)
        tail += MemoryLayout<T>.size
    }

    @inlinable
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, unsafe !bytes.isEmpty else { return }
        reserve(bytes.count)
        unsafe (base.unsafelyUnwrapped + tail).copyMemory(from: source, byteCount: bytes.count)
        tail += bytes.count
    }

    @inlinable
    public mutating func append(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }

    @inlinable
    public mutating func append(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }

    @inlinable
    public mutating func append(_ text: StaticString) {
        unsafe append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The text's UTF-8, without a terminator.
    @inlinable
    public mutating func append(utf8 text: String) {
        var text = text
        text.withUTF8 { unsafe append(UnsafeRawBufferPointer($0)) }
    }

    /// The text's UTF-8 and a zero byte. The caller has checked that the text holds no zero byte of its own.
    @inlinable
    public mutating func append(cString text: String) {
        append(utf8: text)
        append(0 as UInt8)
    }

    /// A decimal number in ASCII.
    public mutating func append<T: FixedWidthInteger>(decimal value: T) {
        reserve(41)
        var digits = value.magnitude
        if value < 0 { append(UInt8(ascii: "-")) }
        let start = tail
        repeat {
            append(UInt8(truncatingIfNeeded: digits % 10) &+ 48)
            digits /= 10
        } while digits > 0
        var bytes = unsafe UnsafeMutableRawBufferPointer(start: base.unsafelyUnwrapped + start, count: tail - start)
        unsafe bytes.reverse()
    }

    /// Overwrites 4 bytes at `offset` (counted from the first unconsumed byte): the usual way to fill in a length.
    public mutating func patch(bigEndian value: UInt32, at offset: Int) {
        precondition(offset >= 0 && head + offset + 4 <= tail)
        unsafe base.unsafelyUnwrapped.storeBytes(of: value.bigEndian, toByteOffset: head + offset, as: UInt32.self)
    }

    // MARK: Filling from a socket

    /// The free bytes behind the filled ones, at least `count` of them, for a read to fill; then call `advance`.
    @inlinable
    public mutating func writable(_ count: Int) -> UnsafeMutableRawBufferPointer {
        reserve(count)
        return unsafe UnsafeMutableRawBufferPointer(start: base.unsafelyUnwrapped + tail, count: capacity - tail)
    }

    /// Marks `count` bytes behind the filled ones as filled.
    @inlinable
    public mutating func advance(_ count: Int) {
        precondition(count >= 0 && count <= capacity - tail)
        tail += count
    }
}
