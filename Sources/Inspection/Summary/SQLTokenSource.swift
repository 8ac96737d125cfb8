/// What a dialect gives to the reader: its tokens, and its grammar where it differs.
///
/// The reader is generic over it and specialised by the compiler. Grammar hooks get the reader with its current token
/// unread; those that answer `Bool` must read nothing when they answer false.
protocol SQLTokenSource {
    static var dialect: SQLDialect { get }
    /// `a.b` names a table of a database, not of a schema.
    static var qualifierIsDatabase: Bool { get }
    /// `a..b` leaves out the schema.
    static var allowsEmptyParts: Bool { get }
    /// A common table expression's own body may name it without RECURSIVE.
    static var commonTablesSeeThemselves: Bool { get }
    /// With RECURSIVE, bodies see the names that come later in the list.
    static var recursiveListsSeeForward: Bool { get }

    /// Bytes of a unit of the text: 2 for UTF-16, else 1.
    static var unitWidth: Int { get }

    var view: ByteView { get }
    /// A piece of the text, in UTF-8 if the text is UTF-16.
    func text(_ range: Range<Int>) -> SQLText
    /// The next token; `.end` for ever once the text is over or could not be lexed.
    mutating func next() -> SQLToken
    /// A name as the server compares it: folded, unquoted, cut.
    func name(_ token: SQLToken) -> SQLText
    /// A function's name as the server compares it.
    func functionName(_ token: SQLToken) -> SQLText
    /// A literal's value, nil for what has none that can be decoded here.
    func value(_ token: SQLToken) -> SQLText?

    /// Reads the first words of a statement and leaves the rest to the reader, by the state of `reader.frame`.
    static func head(_ reader: inout SummaryReader<Self>)
    /// Goes on where a frame is in the state `.dialect`; `reader.frame.stage` is the dialect's own.
    static func resume(_ reader: inout SummaryReader<Self>)
    /// INSERT, UPDATE, DELETE, MERGE (or REPLACE), from that word on. False: no such statement.
    static func change(_ reader: inout SummaryReader<Self>) -> Bool
    /// A word in an expression or behind it, before the reader looks at it.
    static func expressionWord(_ reader: inout SummaryReader<Self>) -> Bool
    /// Where a FROM item begins, before the reader looks at it. True: it was read; the state is set.
    static func fromItem(_ reader: inout SummaryReader<Self>) -> Bool
    /// Behind a FROM item, before the reader looks at it.
    static func fromTail(_ reader: inout SummaryReader<Self>) -> Bool
    /// INTO behind a select list, from that word on.
    static func into(_ reader: inout SummaryReader<Self>)
    /// FOR behind a query that begins no locking clause, from that word on. False: an error.
    static func forClause(_ reader: inout SummaryReader<Self>) -> Bool
    /// The beginning of an element between the parentheses of CREATE TABLE, before the reader looks at it.
    static func definitionElement(_ reader: inout SummaryReader<Self>) -> Bool
    /// The statement has been read to its end; what could not be told before is settled.
    static func finish(_ reader: inout SummaryReader<Self>)
    /// A semicolon inside a frame of role `.block`, or the end of a statement there: read it and set the frame's state.
    static func blockSeparator(_ reader: inout SummaryReader<Self>)
    /// Whether a name before `(` names a function.
    static func namesFunction(_ token: SQLToken) -> Bool
    /// What literals among the arguments of a function mean, if more than themselves.
    static func meaning(ofArgumentsOf name: SQLText) -> ArgumentMeaning?
    /// Whether a string cast to this type names an object.
    static func meaning(ofType name: SQLText) -> ArgumentMeaning?
}

/// What a string literal stands for where it is an argument or has a certain type.
struct ArgumentMeaning {
    var meaning: NamedObject.Meaning
    var actions: ActionSet
    /// Bit n: argument n, from 0; arguments above 31 are none.
    var arguments: UInt32 = 1
    var outside: OutsideAccess = []
}

extension SQLTokenSource {
    static var qualifierIsDatabase: Bool { false }
    static var allowsEmptyParts: Bool { false }
    static var commonTablesSeeThemselves: Bool { false }
    static var recursiveListsSeeForward: Bool { false }

    static var unitWidth: Int { 1 }
    func text(_ range: Range<Int>) -> SQLText { view.text(range) }
    func functionName(_ token: SQLToken) -> SQLText { name(token) }

    /// Whether a token is the operator of this single character.
    func isOperator(_ token: SQLToken, _ byte: UInt8) -> Bool {
        token.kind == .operator && token.end &- token.start == Self.unitWidth && view[token.start] == byte
    }

    static func definitionElement(_ reader: inout SummaryReader<Self>) -> Bool { false }
    static func finish(_ reader: inout SummaryReader<Self>) {}
    static func resume(_ reader: inout SummaryReader<Self>) { reader.fail(.unexpectedToken) }
    static func expressionWord(_ reader: inout SummaryReader<Self>) -> Bool { false }
    static func fromItem(_ reader: inout SummaryReader<Self>) -> Bool { false }
    static func fromTail(_ reader: inout SummaryReader<Self>) -> Bool { false }
    static func forClause(_ reader: inout SummaryReader<Self>) -> Bool { false }
    static func blockSeparator(_ reader: inout SummaryReader<Self>) { reader.fail(.unexpectedToken) }
    static func namesFunction(_ token: SQLToken) -> Bool {
        token.kind == .quotedName || token.role == .free || token.role == .functionName
    }
    static func meaning(ofArgumentsOf name: SQLText) -> ArgumentMeaning? { nil }
    static func meaning(ofType name: SQLText) -> ArgumentMeaning? { nil }
}
