/// Read access to borrowed bytes that can't leave them: an offset outside reads as 0.
///
/// Valid only as long as the bytes it was made of; stays inside this module's synchronous calls.
@safe
struct ByteView {
    private let base: UnsafePointer<UInt8>?
    let count: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        let typed = unsafe bytes.assumingMemoryBound(to: UInt8.self)
        unsafe base = typed.baseAddress
        count = unsafe typed.baseAddress == nil ? 0 : bytes.count
    }

    /// The first `limit` bytes of another view.
    init(_ other: ByteView, limit: Int) {
        unsafe base = other.base
        count = max(0, min(limit, other.count))
    }

    @inline(__always)
    subscript(_ offset: Int) -> UInt8 {
        // Within [0, count), so the pointer is not nil.
        UInt(bitPattern: offset) < UInt(bitPattern: count) ? unsafe base.unsafelyUnwrapped[offset] : 0
    }

    /// The 8 bytes from `offset`, first byte lowest, with zeros for those behind the end.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        if offset >= 0, offset &+ 8 <= count {
            let address = unsafe UnsafeRawPointer(base.unsafelyUnwrapped + offset)
            return unsafe UInt64(littleEndian: address.loadUnaligned(as: UInt64.self))
        }
        var word: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            word |= UInt64(self[offset &+ Int(shift >> 3)]) << shift
            shift &+= 8
        }
        return word
    }

    func bytes(_ range: Range<Int>) -> [UInt8] {
        let clamped = range.clamped(to: 0..<count)
        guard !clamped.isEmpty else { return [] }
        return unsafe [UInt8](
            UnsafeBufferPointer(start: base.unsafelyUnwrapped + clamped.lowerBound, count: clamped.count))
    }

    func text(_ range: Range<Int>) -> SQLText { SQLText(bytes(range)) }

    func equal(_ first: Int, _ second: Int, count length: Int) -> Bool {
        var index = 0
        while index < length {
            if self[first &+ index] != self[second &+ index] { return false }
            index &+= 1
        }
        return true
    }
}
