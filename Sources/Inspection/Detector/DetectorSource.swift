/// What the detector asks of a dialect's tokens besides what the reader does.
protocol DetectorSource: SQLTokenSource {
    /// `||` is OR.
    var pipesAreOr: Bool { get }
    /// `#` begins a line comment.
    static var hasHashComments: Bool { get }
    /// A word that begins a statement without a semicolon before it.
    func startsStatement(_ token: SQLToken) -> Bool
    /// What a name means to the detector.
    func meaning(_ token: SQLToken) -> DetectorName
}

extension DetectorSource {
    var pipesAreOr: Bool { false }
    static var hasHashComments: Bool { false }
    func startsStatement(_ token: SQLToken) -> Bool { false }
    func meaning(_ token: SQLToken) -> DetectorName {
        DetectorName.table.find(view, token.start, token.end &- token.start) ?? .none
    }
}

extension PostgresTokens: DetectorSource {}

extension MySQLTokens: DetectorSource {
    var pipesAreOr: Bool { !lexer.lexing.mode.contains(.pipesAsConcat) }
    static var hasHashComments: Bool { true }
}

extension TSQLTokens: DetectorSource {
    func startsStatement(_ token: SQLToken) -> Bool { token.detail & Self.startsBit != 0 }

    func meaning(_ token: SQLToken) -> DetectorName {
        let length = (token.end &- token.start) / Units.width
        guard length > 1, length <= WordTable<DetectorName>.longest else { return .none }
        if Units.width == 1 { return DetectorName.table.find(view, token.start, length) ?? .none }
        return packed(token).flatMap { DetectorName.table.find($0.0, $0.1, $0.2) } ?? .none
    }
}
