#if canImport(Glibc)
internal import Glibc
#endif

/// A read position over bytes that someone else owns.
///
/// Every read is checked against the end and throws `ByteReaderError` instead of trapping. Nothing is copied: strings
/// and runs of bytes are returned as ranges of offsets, counted from the first byte of the reader's bytes, so that they
/// outlive the reader and cross a suspension point. Cannot outlive the bytes (`~Escapable`).
@safe
public struct ByteReader: ~Escapable, ~Copyable {
    /// All the bytes, read or not.
    public let bytes: RawSpan
    @usableFromInline var position = 0

    /// Offset of the next byte, 0...`bytes.byteCount`.
    @inlinable public var offset: Int { position }

    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    /// Reads memory that the caller keeps alive and unchanged for as long as the reader lives.
    @inlinable
    @_lifetime(borrow bytes)
    public init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = unsafe bytes.bytes
    }

    /// Bytes not read yet.
    @inlinable public var remaining: Int { bytes.byteCount &- offset }

    @inlinable public var isAtEnd: Bool { offset == bytes.byteCount }

    /// Throws unless `count` bytes are left. `count` may be any number, also a peer's negative one.
    @inlinable
    public func require(_ count: Int) throws(ByteReaderError) {
        guard count >= 0, count <= remaining else { throw .truncated(need: count, have: remaining) }
    }

    /// Throws `.trailing` when bytes are left.
    @inlinable
    public func finish() throws(ByteReaderError) {
        guard isAtEnd else { throw .trailing(count: remaining) }
    }

    // MARK: Numbers

    @inlinable
    public mutating func u8() throws(ByteReaderError) -> UInt8 {
        guard offset < bytes.byteCount else { throw .truncated(need: 1, have: 0) }
        // In range by the line above.
        let value = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
        position &+= 1
        return value
    }

    /// The next byte, which stays unread; nil at the end.
    @inlinable
    public func peek() -> UInt8? {
        guard offset < bytes.byteCount else { return nil }
        return unsafe bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    @inlinable
    public mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
        bigEndian type: T.Type
    ) throws(ByteReaderError) -> T {
        try T(bigEndian: raw(type))
    }

    @inlinable
    public mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
        littleEndian type: T.Type
    ) throws(ByteReaderError) -> T {
        try T(littleEndian: raw(type))
    }

    @inlinable
    mutating func raw<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(ByteReaderError) -> T {
        let size = MemoryLayout<T>.size
        guard size <= remaining else { throw .truncated(need: size, have: remaining) }
        // In range by the line above; any bit pattern is a value of a fixed-width integer.
        let value = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: type)
        position &+= size
        return value
    }

    @inlinable public mutating func i16() throws(ByteReaderError) -> Int16 { try integer(bigEndian: Int16.self) }
    @inlinable public mutating func u16() throws(ByteReaderError) -> UInt16 { try integer(bigEndian: UInt16.self) }
    @inlinable public mutating func i32() throws(ByteReaderError) -> Int32 { try integer(bigEndian: Int32.self) }
    @inlinable public mutating func u32() throws(ByteReaderError) -> UInt32 { try integer(bigEndian: UInt32.self) }
    @inlinable public mutating func i64() throws(ByteReaderError) -> Int64 { try integer(bigEndian: Int64.self) }
    @inlinable public mutating func u64() throws(ByteReaderError) -> UInt64 { try integer(bigEndian: UInt64.self) }
    @inlinable public mutating func i16LE() throws(ByteReaderError) -> Int16 { try integer(littleEndian: Int16.self) }
    @inlinable public mutating func i32LE() throws(ByteReaderError) -> Int32 { try integer(littleEndian: Int32.self) }
    @inlinable public mutating func i64LE() throws(ByteReaderError) -> Int64 { try integer(littleEndian: Int64.self) }

    // MARK: Runs of bytes

    /// The next `count` bytes as offsets; `count` may be a peer's number.
    @inlinable
    public mutating func range(_ count: Int) throws(ByteReaderError) -> Range<Int> {
        try require(count)
        let start = offset
        position &+= count
        return unsafe Range(uncheckedBounds: (start, position))
    }

    /// Everything up to the end as offsets.
    @inlinable
    public mutating func rest() -> Range<Int> {
        let start = offset
        position = bytes.byteCount
        return unsafe Range(uncheckedBounds: (start, position))
    }

    /// The next `count` bytes.
    @inlinable
    @_lifetime(copy self)
    public mutating func span(_ count: Int) throws(ByteReaderError) -> RawSpan {
        bytes.extracting(try range(count))
    }

    /// Passes over `count` bytes; `count` may be a peer's number.
    @inlinable
    public mutating func skip(_ count: Int) throws(ByteReaderError) {
        try require(count)
        position &+= count
    }

    /// A zero-terminated string as the offsets of its text; the terminator is read too. O(its length).
    @inlinable
    public mutating func cString() throws(ByteReaderError) -> Range<Int> {
        let start = offset
        let end = firstZero()
        guard end >= 0 else { throw .unterminated(at: start) }
        position = end &+ 1
        return unsafe Range(uncheckedBounds: (start, end))
    }

    /// A zero-terminated string as text; what is not UTF-8 is repaired.
    public mutating func cStringText() throws(ByteReaderError) -> String {
        text(try cString())
    }

    /// The bytes of a range that this reader gave.
    public func text(_ range: Range<Int>) -> String {
        unsafe bytes.extracting(range).withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Offset of the first zero byte from here on, -1 when there is none.
    @usableFromInline
    func firstZero() -> Int {
        let start = offset
        return unsafe bytes.withUnsafeBytes { all in
            guard start < all.count, let base = all.baseAddress else { return -1 }
            guard let found = unsafe memchr(base + start, 0, all.count - start) else { return -1 }
            return unsafe UnsafeRawPointer(found) - base
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Reads these bytes, which stay the caller's.
    @inlinable
    public func withReader<Result, Failure: Error>(
        _ body: (inout ByteReader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var reader = unsafe ByteReader(self)
        return try body(&reader)
    }
}
