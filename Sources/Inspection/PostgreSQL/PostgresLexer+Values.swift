/// What names and strings stand for.
extension PostgresLexer {
    /// The most bytes a name keeps (`NAMEDATALEN - 1`).
    public static let longestName = 63

    /// A name as the server has it: folded if without quotes, decoded if with, cut to 63 bytes at a character's end
    /// (the end of a UTF-8 one). ASCII letters alone are folded: what a single-byte locale folds besides can't be known.
    public func name(_ token: PostgresToken, escape: UInt8 = 0x5C) -> SQLText {
        var bytes: [UInt8]
        switch token.kind {
        case .quotedIdentifier: bytes = unquoted(token.start &+ 1, token.end &- 1, quote: 0x22, token.isPlain)
        case .unicodeIdentifier:
            bytes = Self.unicodeDecoded(unquoted(token.start &+ 3, token.end &- 1, quote: 0x22, false), escape)
        default: bytes = view.bytes(token.start..<token.end).map(\.asciiLowercased)
        }
        if bytes.count > Self.longestName {
            var end = Self.longestName
            while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            bytes.removeLast(bytes.count - end)
        }
        return SQLText(bytes)
    }

    /// A string's value; nil for what is no string. Wrong escapes, which the server refuses, stay as they are.
    public func stringValue(_ token: PostgresToken, escape: UInt8 = 0x5C) -> SQLText? {
        switch token.kind {
        case .dollarString:
            var tag = token.start &+ 1
            while view[tag] != 0x24, tag < token.end { tag &+= 1 }
            let length = tag &+ 1 &- token.start
            return view.text(token.start &+ length..<max(token.start &+ length, token.end &- length))
        case .string:
            return SQLText(unquoted(contentStart(token), token.end &- 1, quote: 0x27, token.isPlain))
        case .unicodeString:
            return SQLText(
                Self.unicodeDecoded(unquoted(contentStart(token), token.end &- 1, quote: 0x27, false), escape))
        case .escapeString:
            if token.isPlain { return view.text(contentStart(token)..<token.end &- 1) }
            return SQLText(escapesDecoded(contentStart(token), token.end &- 1))
        default: return nil
        }
    }

    private func contentStart(_ token: PostgresToken) -> Int {
        var offset = token.start
        while view[offset] != 0x27, offset < token.end { offset &+= 1 }
        return offset &+ 1
    }

    /// Doubled quotes made single, continued parts joined.
    private func unquoted(_ start: Int, _ end: Int, quote: UInt8, _ isPlain: Bool) -> [UInt8] {
        guard start < end else { return [] }
        if isPlain { return view.bytes(start..<end) }
        var bytes: [UInt8] = []
        var offset = start
        while offset < end {
            if view[offset] == quote {
                if view[offset &+ 1] == quote {
                    bytes.append(quote)
                    offset &+= 2
                } else {
                    offset = nextPart(offset &+ 1, end)
                }
                continue
            }
            let after = min(following(offset), end)
            while offset < after {
                bytes.append(view[offset])
                offset &+= 1
            }
        }
        return bytes
    }

    /// Behind the quote that continues a string; comments between hold no newline, so that a quote in one is passed over.
    private func nextPart(_ start: Int, _ end: Int) -> Int {
        var offset = start
        while offset < end, view[offset] != 0x27 {
            if view[offset] == 0x2D {
                while offset < end, !view[offset].isNewline { offset = following(offset) }
            } else {
                offset &+= 1
            }
        }
        return offset &+ 1
    }

    private func escapesDecoded(_ start: Int, _ end: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var offset = start
        while offset < end {
            let byte = view[offset]
            if byte == 0x27 {
                if view[offset &+ 1] == 0x27 {
                    bytes.append(byte)
                    offset &+= 2
                } else {
                    offset = nextPart(offset &+ 1, end)
                }
            } else if byte == 0x5C {
                offset = appendEscape(offset &+ 1, end, &bytes)
            } else {
                let after = min(following(offset), end)
                bytes += view.bytes(offset..<after)
                offset = after
            }
        }
        return bytes
    }

    /// The escape whose character behind the `\` is at `offset`; returns the offset behind it.
    private func appendEscape(_ offset: Int, _ end: Int, _ bytes: inout [UInt8]) -> Int {
        switch view[offset] {
        case 0x62: bytes.append(8)
        case 0x66: bytes.append(12)
        case 0x6E: bytes.append(10)
        case 0x72: bytes.append(13)
        case 0x74: bytes.append(9)
        case 0x76: bytes.append(11)
        case 0x78 where view[offset &+ 1].hexValue != nil:
            let (value, after) = digits(offset &+ 1, atMost: 2, base: 16)
            bytes.append(UInt8(truncatingIfNeeded: value))
            return after
        case 0x75: return appendScalar(offset, count: 4, &bytes)
        case 0x55: return appendScalar(offset, count: 8, &bytes)
        case 0x30...0x37:
            let (value, after) = digits(offset, atMost: 3, base: 8)
            bytes.append(UInt8(truncatingIfNeeded: value))
            return after
        default:
            let after = min(following(offset), end)
            if offset < after { bytes += view.bytes(offset..<after) }
            return max(after, offset &+ 1)
        }
        return offset &+ 1
    }

    private func appendScalar(_ offset: Int, count: Int, _ bytes: inout [UInt8]) -> Int {
        let (value, after) = digits(offset &+ 1, atMost: count, base: 16)
        guard after == offset &+ 1 &+ count, let scalar = Unicode.Scalar(value) else {
            bytes.append(view[offset])
            return offset &+ 1
        }
        bytes += Array(String(Character(scalar)).utf8)
        return after
    }

    private func digits(_ start: Int, atMost limit: Int, base: UInt8) -> (UInt32, Int) {
        var value: UInt32 = 0
        var offset = start
        while offset < start &+ limit, let digit = view[offset].hexValue, digit < base {
            value = value &* UInt32(base) &+ UInt32(digit)
            offset &+= 1
        }
        return (value, offset)
    }

    /// `\0061` and `\+000061` (surrogate pairs joined), `\\`.
    private static func unicodeDecoded(_ bytes: [UInt8], _ escape: UInt8) -> [UInt8] {
        var units: [UInt16] = []
        var result: [UInt8] = []
        var index = 0
        func flush() {
            if !units.isEmpty { result += Array(String(decoding: units, as: UTF16.self).utf8) }
            units.removeAll()
        }
        while index < bytes.count {
            guard bytes[index] == escape else {
                flush()
                result.append(bytes[index])
                index += 1
                continue
            }
            let isLong = index + 1 < bytes.count && bytes[index + 1] == 0x2B
            let from = index + (isLong ? 2 : 1)
            let hex = bytes.dropFirst(from).prefix(isLong ? 6 : 4).compactMap(\.hexValue)
            let value = hex.reduce(UInt32(0)) { $0 << 4 | UInt32($1) }
            if hex.count == (isLong ? 6 : 4) {
                if value < 0x10000 {
                    units.append(UInt16(truncatingIfNeeded: value))
                } else if let scalar = Unicode.Scalar(value) {
                    flush()
                    result += Array(String(Character(scalar)).utf8)
                }
                index = from + hex.count
            } else {
                flush()
                result.append(escape)
                index += index + 1 < bytes.count && bytes[index + 1] == escape ? 2 : 1
            }
        }
        flush()
        return result
    }
}
