/// The character sets a session's `character_set_client` may be: what they change is where a statement's tokens end.
///
/// The facts are those of the servers' character set tables, seen on MariaDB 10.11 and MySQL 9.7 for every byte.
public enum MySQLCharset: String, Sendable, Hashable, CaseIterable {
    case armscii8, ascii, big5, binary, cp1250, cp1251, cp1256, cp1257, cp850, cp852, cp866, cp932, dec8, eucjpms
    case euckr, gb18030, gb2312, gbk, geostd8, greek, hebrew, hp8, keybcs2, koi8r, koi8u, latin1, latin2, latin5
    case latin7, macce, macroman, sjis, swe7, tis620, ujis, utf8mb3, utf8mb4

    /// From a name as in `SHOW CHARACTER SET` or a collation's beginning, ASCII letters of any case; nil for what no
    /// client can use (`ucs2`, `utf16`, `utf32`) and for the unknown.
    public init?(name: SQLText) {
        let lower = name.lowercased.description
        self.init(rawValue: lower == "utf8" ? "utf8mb3" : lower)
    }

    /// Characters of two bytes whose second byte can be ASCII, a backslash among it.
    enum Pairs: UInt8 {
        /// No byte of a longer character is a backslash, a quote or any other ASCII punctuation.
        case none
        case big5
        /// GBK, and GB18030, whose four-byte characters have digits and no punctuation in second place.
        case gbk
        /// SJIS and CP932, in which 0xA1...0xDF stand alone.
        case sjis
    }

    var pairs: Pairs {
        switch self {
        case .big5: .big5
        case .gbk, .gb18030: .gbk
        case .sjis, .cp932: .sjis
        default: .none
        }
    }

    /// No character is longer than a byte.
    var isSingleByte: Bool {
        switch self {
        case .big5, .cp932, .eucjpms, .euckr, .gb18030, .gb2312, .gbk, .sjis, .ujis, .utf8mb3, .utf8mb4: false
        default: true
        }
    }

    /// The byte above 0x7F that is white space, 0 where there is none.
    var highSpace: UInt8 {
        switch self {
        case .armscii8, .cp1250, .dec8, .geostd8, .greek, .hebrew, .latin1, .latin2, .latin5, .latin7: 0xA0
        case .cp852, .cp866, .keybcs2: 0xFF
        default: 0
        }
    }

    /// Which bytes from 0x80 on are control characters: one bit a byte, 64 of them in each word.
    var highControls: (UInt64, UInt64) {
        switch self {
        case .cp1250: (0x0101_010B, 0)
        case .cp850: (0, 1 << 63)
        case .hebrew: (0, 0x6000_0000_0000_0000)
        case .hp8: (0x0006_0001_FFFF_FFFF, 0x803C_0000_0000_0000)
        case .latin7: (0x0000_0022_9501_150A, 0)
        case .macroman: (1, 0x0000_0020_0000_0800)
        default: (0, 0)
        }
    }

    /// Whether 0x7F is a control character, as in ASCII.
    var hasDelete: Bool {
        switch self {
        case .cp1251, .cp1257, .cp852, .cp866, .keybcs2, .latin2, .macce, .macroman: false
        default: true
        }
    }

    /// Whether `name`, that of an introducer without its underscore, is a character set of some server.
    static func isIntroducer(_ name: SQLText) -> Bool {
        if MySQLCharset(name: name) != nil { return true }
        switch name.lowercased.description {
        case "ucs2", "utf16", "utf16le", "utf32": return true
        default: return false
        }
    }
}

/// A character set's properties, laid out for the lexer.
struct MySQLCharacters: Sendable {
    private let pairs: MySQLCharset.Pairs
    private let highSpace: UInt8
    private let highControls: (UInt64, UInt64)
    private let hasDelete: Bool
    /// In SWE7 `[ \ ] ^ { | } ~` are letters.
    private let isSwedish: Bool

    init(_ charset: MySQLCharset) {
        pairs = charset.pairs
        highSpace = charset.highSpace
        highControls = charset.highControls
        hasDelete = charset.hasDelete
        isSwedish = charset == .swe7
    }

    /// The offset behind the character at `offset`. A first byte without a second that fits stands alone, as the
    /// servers have it: in GBK 0xBF27 is not one character, and the quote is a quote.
    @inline(__always)
    func following(_ offset: Int, _ view: ByteView) -> Int {
        if pairs == .none || view[offset] < 0x80 { return offset &+ 1 }
        return isPair(view[offset], view[offset &+ 1]) ? offset &+ 2 : offset &+ 1
    }

    private func isPair(_ first: UInt8, _ second: UInt8) -> Bool {
        switch pairs {
        case .none: false
        case .big5:
            first >= 0xA1 && first <= 0xF9 && (second >= 0x40 && second <= 0x7E || second >= 0xA1 && second <= 0xFE)
        case .gbk:
            first >= 0x81 && first <= 0xFE && (second >= 0x40 && second <= 0x7E || second >= 0x80 && second <= 0xFE)
        case .sjis:
            (first >= 0x81 && first <= 0x9F || first >= 0xE0 && first <= 0xFC)
                && (second >= 0x40 && second <= 0x7E || second >= 0x80 && second <= 0xFC)
        }
    }

    @inline(__always)
    func isSpace(_ byte: UInt8) -> Bool { byte.isSpace || byte >= 0x80 && byte == highSpace }

    /// What must follow two hyphens for them to begin a comment; the end of the text reads as 0.
    func isSpaceOrControl(_ byte: UInt8) -> Bool {
        if isSpace(byte) || byte < 0x20 { return true }
        if byte < 0x80 { return byte == 0x7F && hasDelete }
        let word = byte < 0xC0 ? highControls.0 : highControls.1
        return word >> UInt64(byte & 0x3F) & 1 == 1
    }

    /// A letter, digit, `_`, `$` or a byte above 0x7F that is no white space. Some of those are no letters; text that
    /// has them in names is refused.
    @inline(__always)
    func isIdentifierPart(_ byte: UInt8) -> Bool {
        if byte < 0x80 { return byte.isIdentifierPart || isSwedish && Self.isSwedishLetter(byte) }
        return byte != highSpace
    }

    @inline(__always)
    func isIdentifierStart(_ byte: UInt8) -> Bool { isIdentifierPart(byte) && !byte.isDigit }

    private static func isSwedishLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x5B, 0x5D, 0x5E, 0x7B, 0x7D, 0x7E: true
        default: false
        }
    }
}
