/// Bytes of SQL text: a name, a value or a fragment, in the encoding of the client.
///
/// Bytes and not a `String`, since a session may speak any encoding and what is replayed must be what was said.
public struct SQLText: Hashable, Sendable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8] = []) { self.bytes = bytes }
    public init(_ text: some StringProtocol) { bytes = Array(text.utf8) }
    public init(stringLiteral text: String) { bytes = Array(text.utf8) }

    public var isEmpty: Bool { bytes.isEmpty }

    /// For people to read: bytes that are no UTF-8 are shown as U+FFFD.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// With ASCII letters in lower case, as PostgreSQL compares names of settings.
    public var lowercased: SQLText { SQLText(bytes.map { $0.asciiLowercased }) }

    public static func < (left: SQLText, right: SQLText) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension UInt8 {
    @inline(__always) var asciiLowercased: UInt8 { self &- 65 < 26 ? self | 0x20 : self }

    /// `[A-Za-z_\x80-\xff]`: what PostgreSQL's identifiers begin with.
    @inline(__always) var isIdentifierStart: Bool { (self | 0x20) &- 97 < 26 || self == 95 || self >= 0x80 }

    @inline(__always) var isDigit: Bool { self &- 48 < 10 }

    /// Start characters, digits and `$`.
    @inline(__always) var isIdentifierPart: Bool { isIdentifierStart || isDigit || self == 36 }

    /// Space, tab, newline, vertical tab, form feed, carriage return.
    @inline(__always) var isSpace: Bool { self == 32 || self &- 9 < 5 }

    @inline(__always) var isNewline: Bool { self == 10 || self == 13 }

    @inline(__always)
    var hexValue: UInt8? {
        if isDigit { return self &- 48 }
        let letter = (self | 0x20) &- 97
        return letter < 6 ? letter &+ 10 : nil
    }
}
