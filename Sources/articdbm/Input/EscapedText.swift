/// Text on one line: backslash, tab, newline and other control characters written as escapes.
enum EscapedText {
    /// A backslash before any other character stands for itself.
    static func decoded(_ line: ArraySlice<UInt8>) -> [UInt8] {
        guard line.contains(0x5C) else { return Array(line) }
        var result: [UInt8] = []
        result.reserveCapacity(line.count)
        var rest = line
        while let byte = rest.popFirst() {
            guard byte == 0x5C, let next = rest.first, let value = value(of: next) else {
                result.append(byte)
                continue
            }
            result.append(value)
            rest.removeFirst()
        }
        return result
    }

    private static func value(of letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\\"): 0x5C
        case UInt8(ascii: "t"): 9
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "0"): 0
        case UInt8(ascii: "v"): 11
        case UInt8(ascii: "f"): 12
        default: nil
        }
    }
}
