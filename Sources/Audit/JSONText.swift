/// Text of a peer as the inside of a JSON string (RFC 8259 §7).
enum JSONText {
    private static let hex = Array("0123456789abcdef".utf8)

    /// Appends `text` escaped. Bytes that are no UTF-8 (a client may use any encoding) become U+FFFD.
    /// - Parameter limit: bytes of the source taken, cut back to a whole character.
    /// - Returns: whether something was cut off.
    @discardableResult
    static func append(_ text: UnsafeRawBufferPointer, limit: Int, to output: inout [UInt8]) -> Bool {
        var index = 0
        while index < text.count {
            let length = sequenceLength(text, index)
            let width = max(length, 1)
            if index + width > limit { return true }
            if length == 0 {
                output += [0xef, 0xbf, 0xbd]
            } else if length == 1 {
                appendASCII(text[index], to: &output)
            } else {
                output += text[index..<index + length]
            }
            index += width
        }
        return false
    }

    @discardableResult
    static func append(_ text: String, limit: Int, to output: inout [UInt8]) -> Bool {
        var text = text
        return text.withUTF8 { append(UnsafeRawBufferPointer($0), limit: limit, to: &output) }
    }

    private static func appendASCII(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
        case 0x0a: output += Array(#"\n"#.utf8)
        case 0x0d: output += Array(#"\r"#.utf8)
        case 0x09: output += Array(#"\t"#.utf8)
        case 0..<0x20, 0x7f: output += Array(#"\u00"#.utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        default: output.append(byte)
        }
    }

    /// Bytes of the well-formed UTF-8 sequence at `index` (Unicode 16, table 3-7); 0 when there is none.
    private static func sequenceLength(_ text: UnsafeRawBufferPointer, _ index: Int) -> Int {
        let first = text[index]
        if first < 0x80 { return 1 }
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xbf
        switch first {
        case 0xc2...0xdf: length = 2
        case 0xe0: (length, second) = (3, 0xa0...0xbf)
        case 0xed: (length, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: length = 3
        case 0xf0: (length, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: length = 4
        case 0xf4: (length, second) = (4, 0x80...0x8f)
        default: return 0
        }
        guard text.count - index >= length, second.contains(text[index + 1]) else { return 0 }
        for offset in 2..<max(length, 2) where text[index + offset] & 0xc0 != 0x80 { return 0 }
        return length
    }
}
