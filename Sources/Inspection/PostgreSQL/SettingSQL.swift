/// How settings are written as SQL.
public enum SettingSQL {
    /// Settings whose text is a list of names, each quoted where needed (`GUC_LIST_QUOTE`; the set is closed).
    public static func isQuotedList(_ name: SQLText) -> Bool {
        switch name.description {
        case "search_path", "temp_tablespaces", "session_preload_libraries", "shared_preload_libraries",
            "local_preload_libraries", "unix_socket_directories":
            true
        default: false
        }
    }

    /// Settings that end with the transaction, however they are set.
    public static func isOfTransaction(_ name: SQLText) -> Bool {
        name == "transaction_isolation" || name == "transaction_read_only" || name == "transaction_deferrable"
    }

    /// `"name"`, quotes doubled.
    public static func quotedIdentifier(_ name: SQLText) -> SQLText {
        SQLText([0x22] + name.bytes.flatMap { $0 == 0x22 ? [0x22, 0x22] : [$0] } + [0x22])
    }

    /// `'value'`, or `E'…'` where it holds a backslash: right with `standard_conforming_strings` on and off.
    public static func quotedLiteral(_ value: SQLText) -> SQLText {
        let hasBackslash = value.bytes.contains(0x5C)
        let content = value.bytes.flatMap { $0 == 0x27 || $0 == 0x5C ? [$0, $0] : [$0] }
        return SQLText((hasBackslash ? [0x45, 0x27] : [0x27]) + content + [0x27])
    }

    /// The statement that gives the setting that value for the session or the transaction, without semicolon.
    public static func set(_ name: SQLText, to value: SQLText, isLocal: Bool = false) -> SQLText {
        let set: SQLText = isLocal ? "SET LOCAL " : "SET "
        switch name.description {
        case "role": return text(set, "ROLE ", value == "none" ? "NONE" : quotedIdentifier(value))
        case "session_authorization": return text(set, "SESSION AUTHORIZATION ", quotedIdentifier(value))
        default: break
        }
        guard isQuotedList(name) else { return text(set, dotted(name), " TO ", quotedLiteral(value)) }
        let list = text(set, dotted(name), " TO ", value)
        if isPlainList(value), reads(list, as: .set(name: name, value: value, isLocal: isLocal)) { return list }
        // What the server would not word the same can't be said to SET; nor can the empty list.
        let ending: SQLText = isLocal ? ", true)" : ", false)"
        return text("SELECT pg_catalog.set_config(", quotedLiteral(name), ", ", quotedLiteral(value), ending)
    }

    /// Means the same however texts are lexed.
    private static func isPlainList(_ value: SQLText) -> Bool {
        value.bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x27 && $0 != 0x5C }
    }

    private static func reads(_ statement: SQLText, as effect: SettingEffect) -> Bool {
        let summary = StatementSummary(statement.bytes)
        return summary.statements.count == 1 && summary.effects == [.setting(effect)]
    }

    /// The statement that gives the setting its default back, without semicolon.
    public static func reset(_ name: SQLText) -> SQLText {
        switch name.description {
        case "role": "RESET ROLE"
        case "session_authorization": "RESET SESSION AUTHORIZATION"
        default: text("RESET ", dotted(name))
        }
    }

    private static func dotted(_ name: SQLText) -> SQLText {
        let parts = name.bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
        return SQLText(Array(parts.map { quotedIdentifier(SQLText(Array($0))).bytes }.joined(separator: [0x2E])))
    }

    private static func text(_ parts: SQLText...) -> SQLText { SQLText(parts.flatMap(\.bytes)) }
}
