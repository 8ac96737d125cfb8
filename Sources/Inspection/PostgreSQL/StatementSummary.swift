/// What a text of one or more statements does to its session, and what shape it has.
///
/// A value that depends on nothing but the text and how it is lexed, so that it can be kept for the text. Invisible to it
/// are what triggers, rules, policies, defaults, casts, views, user-defined operators and functions called as
/// attributes (`(row).f`) do, and functions that bear a built-in one's name with other argument types.
public struct StatementSummary: Sendable {
    public struct Statement: Sendable {
        public var kind: StatementKind
        /// Where it lies in the text, without the semicolon.
        public var range: Range<Int>
        /// In the order they happen.
        public var effects: [SessionEffect]
    }

    public struct Flags: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Asks for settings: SHOW, `current_setting`, `pg_settings`.
        public static let readsSettings = Flags(rawValue: 1)
        /// Calls `currval` or `lastval`: the connection must hold no other client's values.
        public static let usesCurrvalOrLastval = Flags(rawValue: 2)
        /// Reads what the server knows of this connection (its pid, prepared statements, cursors, locks, channels).
        public static let mayReturnSessionState = Flags(rawValue: 4)
        /// Holds a statement that begins or ends a transaction.
        public static let controlsTransaction = Flags(rawValue: 8)
        /// INSERT, UPDATE, DELETE or MERGE occurs inside a statement.
        public static let hasInnerWrite = Flags(rawValue: 16)
    }

    /// Empty statements are left out; an empty text has none.
    public var statements: [Statement]
    public var flags: Flags
    /// See `ShapeHash`.
    public var shapeHash: UInt64
    /// No statement has an effect: the hot case.
    public var isPlain: Bool

    /// - Parameters:
    ///   - text: the statements, in the client's encoding, without the terminating zero byte.
    ///   - isTruncated: whether `text` is only the beginning of what was sent.
    public init(_ text: UnsafeRawBufferPointer, _ lexing: PostgresLexing = PostgresLexing(), isTruncated: Bool = false)
    {
        var builder = unsafe SummaryBuilder(PostgresLexer(text, lexing))
        builder.run()
        if isTruncated { builder.markTruncated() }
        statements = builder.statements
        flags = builder.flags
        shapeHash = builder.shape.value
        isPlain = builder.isPlain
    }

    public init(_ text: [UInt8], _ lexing: PostgresLexing = PostgresLexing(), isTruncated: Bool = false) {
        self = unsafe text.withUnsafeBytes { unsafe StatementSummary($0, lexing, isTruncated: isTruncated) }
    }

    public init(_ text: String, _ lexing: PostgresLexing = PostgresLexing(), isTruncated: Bool = false) {
        self.init(Array(text.utf8), lexing, isTruncated: isTruncated)
    }

    /// The kind of the only statement, of the first of several, `.empty` for none.
    public var kind: StatementKind { statements.first?.kind ?? .empty }

    /// All effects in order.
    public var effects: [SessionEffect] { isPlain ? [] : statements.flatMap(\.effects) }
}
