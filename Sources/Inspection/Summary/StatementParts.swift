/// A function, procedure or aggregate that is called by name.
public struct FunctionCall: Hashable, Sendable {
    public var schema: SQLText?
    public var name: SQLText
    /// Byte offsets of the name with its qualifiers.
    public var range: Range<Int>
}

/// A constant in the text. Its value is decoded on demand, see `BatchSummary.value`.
public struct LiteralSpan: Hashable, Sendable {
    public enum Kind: UInt8, Sendable {
        case string, number, bits
        /// Bytes in hexadecimal: `0x41` of MySQL and T-SQL, `X'41'`.
        case hex
    }

    public var kind: Kind
    public var start: Int32
    public var end: Int32

    public var range: Range<Int> { Int(start)..<Int(max(start, end)) }
}

/// What does more than its text shows.
public struct OpaquePart: Hashable, Sendable {
    public enum Reason: String, Sendable {
        /// DO and other blocks of procedural code.
        case codeBlock
        /// CALL, EXEC: a procedure does what it does.
        case procedure
        /// The body of a routine that is defined here and runs later.
        case routineBody
        /// SQL made at run time, or in a literal: EXECUTE IMMEDIATE, sp_executesql, `query_to_xml`.
        case dynamicSQL
        /// EXECUTE, or FETCH: what was prepared or declared before.
        case preparedStatement
        /// What another server, or a foreign one, is told.
        case remote
    }

    public var reason: Reason
    public var range: Range<Int>
}

/// What a statement reaches outside the database.
public struct OutsideAccess: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Files on the server's host.
    public static let serverFile = OutsideAccess(rawValue: 1)
    /// A program on the server's host.
    public static let program = OutsideAccess(rawValue: 2)
    /// A library that is loaded into the server.
    public static let library = OutsideAccess(rawValue: 4)
    /// Another server.
    public static let network = OutsideAccess(rawValue: 8)
    /// A file on the client's host.
    public static let clientFile = OutsideAccess(rawValue: 16)

    public var names: [StaticString] {
        let all: [(OutsideAccess, StaticString)] = [
            (.serverFile, "server_file"), (.program, "program"), (.library, "library"), (.network, "network"),
            (.clientFile, "client_file"),
        ]
        return all.filter { contains($0.0) }.map(\.1)
    }
}

/// Why the rest of a statement was not understood. What was found before it stands.
public struct Unparsed: Hashable, Sendable {
    public enum Reason: String, Sendable {
        case invalidToken = "invalid token"
        case unexpectedToken = "unexpected token"
        case unexpectedEnd = "unexpected end"
        case unbalancedParenthesis = "unbalanced parenthesis"
        case unknownStatement = "unknown statement"
        case tooDeep = "too deep"
        case tooManyRelations = "too many relations"
        case tooManyNames = "too many names"
        case tooManyCalls = "too many calls"
        case tooLong = "too long"
        case truncated
    }

    /// Byte offset in the text.
    public var offset: Int
    public var reason: Reason
}

/// Named limits of a summary, so that its memory and time are bounded whatever the text.
public enum SummaryLimits {
    /// Open parentheses and blocks; deeper statements are unparsed. People nest below 30, generators below 100.
    public static let depth = 256
    /// Relations a statement names, each mention counted.
    public static let relations = 8192
    /// Common table expressions in one statement.
    public static let commonTables = 256
    /// Locking clauses and names in them in one statement, since each looks at all relations.
    public static let locks = 64
    /// Calls, named objects and opaque parts in one statement, of each.
    public static let calls = 8192
    /// Different operators that are listed for a statement.
    public static let operators = 64
    /// Literals and parameters that are listed for a text, of each; further ones are left out, and `isCut` says so.
    public static let literals = 65_536
    /// Queries in literals of queries in literals.
    public static let embedding = 2
    /// Parts of a qualified name.
    public static let nameParts = 4
    /// Bytes of text; offsets are kept in 32 bits.
    public static let text = 1 << 30
}
