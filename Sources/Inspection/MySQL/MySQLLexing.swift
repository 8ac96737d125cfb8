/// What of a server and a session changes how SQL is cut into tokens, and how names compare.
public struct MySQLLexing: Hashable, Sendable {
    public enum Server: UInt8, Sendable {
        case mysql, mariaDB
    }

    /// The modes of `sql_mode` that matter here.
    public struct Mode: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// `"` quotes names.
        public static let ansiQuotes = Mode(rawValue: 1)
        /// `\` in a string is nothing special.
        public static let noBackslashEscapes = Mode(rawValue: 2)
        /// `||` joins strings; otherwise it is OR.
        public static let pipesAsConcat = Mode(rawValue: 4)
        /// White space may stand between a built-in function's name and its parenthesis.
        public static let ignoreSpace = Mode(rawValue: 8)
        /// MariaDB's Oracle grammar.
        public static let oracle = Mode(rawValue: 16)

        /// From the value of `sql_mode`, as a session shows or sets it: names with commas between, ASCII letters of any
        /// case. Names that stand for several modes count as all of them.
        public init(sqlMode: SQLText) {
            self = []
            for name in sqlMode.lowercased.bytes.split(separator: 0x2C) {
                switch SQLText(Array(name)).description {
                case "ansi_quotes": insert(.ansiQuotes)
                case "no_backslash_escapes": insert(.noBackslashEscapes)
                case "pipes_as_concat": insert(.pipesAsConcat)
                case "ignore_space": insert(.ignoreSpace)
                case "ansi", "db2", "maxdb", "mssql", "postgresql":
                    formUnion([.ansiQuotes, .pipesAsConcat, .ignoreSpace])
                case "oracle": formUnion([.ansiQuotes, .pipesAsConcat, .ignoreSpace, .oracle])
                default: break
                }
            }
        }
    }

    /// `lower_case_table_names`: how names of databases, tables and table aliases are kept and compared.
    public enum TableNames: UInt8, Sendable {
        case asWritten = 0
        case lowercased = 1
        /// Kept as written, compared in lower case.
        case comparedLowercased = 2
    }

    public var server: Server
    /// As in `/*!80036 … */`: major × 10,000 + minor × 100 + patch. `@@version` tells.
    public var version: UInt32
    public var mode: Mode
    /// `character_set_client`.
    public var charset: MySQLCharset
    public var tableNames: TableNames

    public init(
        server: Server = .mysql,
        version: UInt32 = 80_400,
        mode: Mode = [],
        charset: MySQLCharset = .utf8mb4,
        tableNames: TableNames = .asWritten
    ) {
        self.server = server
        self.version = version
        self.mode = mode
        self.charset = charset
        self.tableNames = tableNames
    }

    /// Takes server and version from what the server calls itself: `8.4.3`, `9.7.4-2`, `10.11.19-MariaDB-…`,
    /// `5.5.5-10.11.19-MariaDB-…`. Nil where that can't be read.
    public init?(serverVersion: SQLText) {
        let text = serverVersion.lowercased.description
        let server: Server = text.contains("mariadb") ? .mariaDB : .mysql
        // MariaDB 10 and 11 say 5.5.5 first, for the sake of old replicas.
        let own = server == .mariaDB && text.hasPrefix("5.5.5-") ? text.dropFirst(6) : text[...]
        let numbers = own.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }.split(separator: ".").prefix(3)
        let parts = numbers.compactMap { UInt32($0) }
        guard parts.count == 3, parts.allSatisfy({ $0 < 100 }) else { return nil }
        self.init(server: server, version: parts[0] * 10_000 + parts[1] * 100 + parts[2])
    }
}
