/// What characters are to Transact-SQL.
enum TSQLCharacters {
    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 < 26 }

    /// Letters, digits, `@`, `$`, `#`, `_`.
    @inline(__always)
    static func isNamePart(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte.isDigit || byte == 0x5F || byte == 0x40 || byte == 0x23 || byte == 0x24
    }

    /// White space above ASCII; the zero-width space is passed over like it.
    static func isWideSpace(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x00A0, 0x1680, 0x2000...0x200B, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// A letter, mark or digit of Unicode: what names may be made of.
    static func isWideLetter(_ scalar: UInt32) -> Bool {
        guard scalar >= 0xAA, let scalar = Unicode.Scalar(scalar) else { return false }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber,
            .nonspacingMark, .spacingMark, .decimalNumber:
            return true
        default: return false
        }
    }

    /// The signs of the money types, without `$`.
    static func isCurrency(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x00A2...0x00A5, 0x09F2, 0x09F3, 0x0E3F, 0x17DB, 0x20A0...0x20B1, 0xFDFC, 0xFE69, 0xFF04, 0xFFE0, 0xFFE1,
            0xFFE5, 0xFFE6:
            true
        default: false
        }
    }
}
