/// Text as a lexer walks it when the text may have units of one byte or of two; offsets are in bytes, outside reads as 0.
protocol CodeUnits {
    /// Bytes of a unit.
    static var width: Int { get }
    var view: ByteView { get }
    /// Bytes of whole units.
    var count: Int { get }
    /// The unit at an offset.
    subscript(_ offset: Int) -> UInt16 { get }
    /// The character at an offset and the offset behind it; a unit that begins none has its own value, or U+FFFD.
    func character(_ offset: Int) -> (scalar: UInt32, end: Int)
}

/// UTF-8. A single byte of a longer character is never taken for ASCII.
struct UTF8Units: CodeUnits {
    static var width: Int { 1 }
    let view: ByteView
    var count: Int { view.count }

    init(_ view: ByteView) { self.view = view }

    subscript(_ offset: Int) -> UInt16 { UInt16(view[offset]) }

    func character(_ offset: Int) -> (scalar: UInt32, end: Int) {
        let first = view[offset]
        let length: Int
        var scalar: UInt32
        switch first {
        case 0..<0x80: return (UInt32(first), offset &+ 1)
        case 0xC2...0xDF: (length, scalar) = (2, UInt32(first & 0x1F))
        case 0xE0...0xEF: (length, scalar) = (3, UInt32(first & 0x0F))
        case 0xF0...0xF4: (length, scalar) = (4, UInt32(first & 0x07))
        default: return (0xFFFD, offset &+ 1)
        }
        for index in 1..<length {
            let byte = view[offset &+ index]
            guard byte & 0xC0 == 0x80 else { return (0xFFFD, offset &+ 1) }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        return (scalar, offset &+ length)
    }
}

/// UTF-16, little-endian, as the TDS protocol carries it. A last byte that is half a unit is not part of the text.
struct UTF16LittleEndianUnits: CodeUnits {
    static var width: Int { 2 }
    let view: ByteView
    var count: Int { view.count & ~1 }

    init(_ view: ByteView) { self.view = view }

    /// Half a unit at the end reads as nothing.
    @inline(__always)
    subscript(_ offset: Int) -> UInt16 {
        offset &+ 1 < view.count ? UInt16(view[offset]) | UInt16(view[offset &+ 1]) << 8 : 0
    }

    func character(_ offset: Int) -> (scalar: UInt32, end: Int) {
        let high = self[offset]
        let low = self[offset &+ 2]
        guard high & 0xFC00 == 0xD800, low & 0xFC00 == 0xDC00 else { return (UInt32(high), offset &+ 2) }
        return (0x10000 &+ (UInt32(high & 0x3FF) << 10 | UInt32(low & 0x3FF)), offset &+ 4)
    }
}
