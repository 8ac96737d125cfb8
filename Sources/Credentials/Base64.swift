/// Base64 (RFC 4648 §4) with padding.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let invalid: UInt8 = 0xff
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
    private static let padding = UInt8(ascii: "=")

    /// ASCII bytes.
    public static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let group = (0..<3).reduce(UInt32(0)) { sum, offset in
                sum << 8 | (index + offset < bytes.count ? UInt32(bytes[index + offset]) : 0)
            }
            let present = min(3, bytes.count - index)
            for position in 0..<4 {
                let value = Int(group >> UInt32(18 - 6 * position) & 63)
                text.append(position <= present ? alphabet[value] : padding)
            }
            index += 3
        }
        return text
    }

    public static func encode(_ bytes: [UInt8]) -> String { String(decoding: encode(bytes) as [UInt8], as: UTF8.self) }

    /// Strict: whole groups of four, no white space, padding only at the end and with zero bits before it. nil
    /// otherwise, so that every run of bytes has one text only.
    public static func decode(_ text: [UInt8]) -> [UInt8]? { decode(text[...]) }

    public static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let padded = text.suffix(2).reversed().prefix { $0 == padding }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var held = 0
        for character in text.dropLast(padded) {
            let value = values[Int(character)]
            guard value != invalid else { return nil }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
                bits &= (1 << UInt32(held)) - 1
            }
        }
        return bits == 0 && held == padded * 2 ? bytes : nil
    }
}

/// Hexadecimal, lower case when written.
public enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    /// ASCII bytes, two for each.
    public static func encode(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    public static func encode(_ bytes: [UInt8]) -> String { String(decoding: encode(bytes) as [UInt8], as: UTF8.self) }

    /// Either case; nil for an odd count or another character.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var high: UInt8?
        for character in text {
            guard let value = value(of: character) else { return nil }
            if let upper = high {
                bytes.append(upper << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? bytes : nil
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
