internal import Inspection

/// The settings under which PostgreSQL reads a statement's text: literals keep the meaning that they had when the
/// statement was parsed, whatever is set when it runs. A value type whose storage sessions share.
struct ParseSettings {
    /// In this order in `values`.
    static let names: [SQLText] = [
        "standard_conforming_strings", "client_encoding", "datestyle", "intervalstyle", "timezone", "array_nulls",
        "backslash_quote", "escape_string_warning", "lc_monetary", "timezone_abbreviations", "transform_null_equals",
        "xmloption",
    ]

    /// In force; nil is the default.
    private(set) var values: [SQLText?]
    let lexing: PostgresLexing
    /// Equal where texts have the same meaning, as far as that depends on settings that are not looked at again when a
    /// statement runs.
    let fingerprint: UInt64
    /// Equal where statements may be shared: `search_path` is looked at again, but may not change a result's columns.
    private(set) var identity: UInt64

    init(lexing: PostgresLexing = PostgresLexing(), _ value: (SQLText) -> SQLText? = { _ in nil }) {
        values = Self.names.map(value)
        self.lexing = lexing
        var hasher = Hasher()
        hasher.combine(values)
        fingerprint = UInt64(bitPattern: Int64(hasher.finalize()))
        var wider = Hasher()
        wider.combine(values)
        wider.combine(value("search_path"))
        identity = UInt64(bitPattern: Int64(wider.finalize()))
    }

    /// What decides how a text is cut into tokens.
    private static let lexical: [SQLText] = [
        "standard_conforming_strings", "client_encoding", "backslash_quote", "escape_string_warning",
    ]

    /// These settings, but for the tokens those of `other`.
    func cut(as other: ParseSettings) -> ParseSettings {
        if fingerprint == other.fingerprint, identity == other.identity { return self }
        var result = ParseSettings(lexing: other.lexing) { name in
            let index = Self.names.firstIndex(of: name)
            return index.flatMap { Self.lexical.contains(name) ? other.values[$0] : values[$0] }
        }
        result.identity = identity
        return result
    }

    /// Whether the effect changes what texts mean.
    static func depends(on effect: SettingEffect) -> Bool {
        switch effect {
        case .set(let name, _, _), .reset(let name, _): name == "search_path" || names.contains(name)
        case .resetAll: true
        case .transactionModes: false
        }
    }

    /// The SQL that turns settings `from` into these to the end of the transaction.
    func commands(from: ParseSettings) -> [UInt8] {
        var text = SQLText("SELECT ").bytes
        var isFirst = true
        for (index, name) in Self.names.enumerated() where values[index] != from.values[index] {
            if !isFirst { text += [0x2C] }
            isFirst = false
            text += SQLText("pg_catalog.set_config('").bytes + name.bytes + SQLText("',").bytes
            text += values[index].map { SettingSQL.quotedLiteral($0).bytes } ?? SQLText("NULL").bytes
            text += SQLText(",true)").bytes
        }
        return text
    }
}
