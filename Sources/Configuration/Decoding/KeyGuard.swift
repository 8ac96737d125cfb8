/// A look at YAML text before the parser sees it.
enum KeyGuard {
    /// The text has aliases and a key that is an alias or a collection. It may say so of a text in which these stand
    /// in quotes or comments only; it never misses one.
    static func mayAliasKeys(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var hasAlias = false
        var hasComplexKey = false
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "*")
            where startsToken(bytes, index) && index + 1 < bytes.count && !ends(bytes[index + 1]):
                hasAlias = true
                while index < bytes.count, !ends(bytes[index]) { index += 1 }
                if isColon(bytes, after: index) { return true }
                continue
            case UInt8(ascii: "?")
            where startsToken(bytes, index) && index + 1 < bytes.count && isSpace(bytes[index + 1]):
                hasComplexKey = true
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if isColon(bytes, after: index + 1), !isAddress(bytes, index) { hasComplexKey = true }
            default: break
            }
            index += 1
        }
        return hasAlias && hasComplexKey
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [32, 9, 10, 13].contains(byte) }

    /// Ends an alias's name.
    private static func ends(_ byte: UInt8) -> Bool { isSpace(byte) || ",[]{}:'\"".utf8.contains(byte) }

    private static func startsToken(_ bytes: [UInt8], _ index: Int) -> Bool {
        index == 0 || isSpace(bytes[index - 1]) || "[{,:".utf8.contains(bytes[index - 1])
    }

    /// Spaces, line ends too, and then a colon.
    private static func isColon(_ bytes: [UInt8], after index: Int) -> Bool {
        bytes[index...].first { !isSpace($0) } == UInt8(ascii: ":")
    }

    /// `[::1]:5432`: nothing but an address in the brackets.
    private static func isAddress(_ bytes: [UInt8], _ index: Int) -> Bool {
        let opening = bytes[..<index].last { byte in
            switch byte {
            case 48...58, 65...70, 97...102, UInt8(ascii: "."): false
            default: true
            }
        }
        return bytes[index] == UInt8(ascii: "]") && opening == UInt8(ascii: "[")
    }
}
