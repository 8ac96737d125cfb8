/// What the detector asks of a dialect's tokens besides what the reader does.
protocol DetectorSource: SQLTokenSource {
    /// `||` is OR.
    var pipesAreOr: Bool { get }
    /// `#` begins a line comment.
    static var hasHashComments: Bool { get }
    /// A word that begins a statement without a semicolon before it.
    func startsStatement(_ token: SQLToken) -> Bool
    /// What a name means to the detector.
    func meaning(_ token: SQLToken, _ names: borrowing WordTable<DetectorName>) -> DetectorName
}

extension DetectorSource {
    var pipesAreOr: Bool { false }
    static var hasHashComments: Bool { false }
    func startsStatement(_ token: SQLToken) -> Bool { false }
    @inline(__always)
    func meaning(_ token: SQLToken, _ names: borrowing WordTable<DetectorName>) -> DetectorName {
        names.find(view, token.start, token.end &- token.start) ?? .none
    }
}

extension PostgresTokens: DetectorSource {}

extension MySQLTokens: DetectorSource {
    var pipesAreOr: Bool { !lexer.lexing.mode.contains(.pipesAsConcat) }
    static var hasHashComments: Bool { true }
}

extension TSQLTokens: DetectorSource {
    func startsStatement(_ token: SQLToken) -> Bool { token.detail & Self.startsBit != 0 }

    func meaning(_ token: SQLToken, _ names: borrowing WordTable<DetectorName>) -> DetectorName {
        let length = (token.end &- token.start) / Units.width
        guard length > 1, length <= WordTable<DetectorName>.longest else { return .none }
        if Units.width == 1 { return names.find(view, token.start, length) ?? .none }
        guard let packed = packed(token) else { return .none }
        return names.find(packed.0, packed.1, packed.2) ?? .none
    }
}
