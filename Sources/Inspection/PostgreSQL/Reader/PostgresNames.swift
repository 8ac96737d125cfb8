/// Names that mean more than themselves.
extension PostgresTokens {
    /// Functions whose string arguments name objects or hold queries, and those that reach outside the database.
    static func meaning(ofArgumentsOf name: SQLText) -> ArgumentMeaning? { argumentMeanings[name] }

    /// Casts of strings that look up an object by its name.
    static func meaning(ofType name: SQLText) -> ArgumentMeaning? {
        name == "regclass" ? ArgumentMeaning(meaning: .relation, actions: .read) : nil
    }

    fileprivate static let bareFunctions: Set<SQLText> = [
        "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_role",
        "current_user", "session_user", "user", "current_catalog", "current_schema", "cast",
    ]

    private static let argumentMeanings: [SQLText: ArgumentMeaning] = {
        var table: [SQLText: ArgumentMeaning] = [:]
        func add(_ names: String, _ meaning: ArgumentMeaning) {
            for name in names.split(separator: " ") { table[SQLText(name)] = meaning }
        }
        add("nextval setval", ArgumentMeaning(meaning: .sequence, actions: .write))
        add("currval pg_sequence_last_value", ArgumentMeaning(meaning: .sequence, actions: .read))
        add(
            """
            to_regclass regclass table_to_xml table_to_xmlschema table_to_xml_and_xmlschema pg_get_serial_sequence \
            pg_relation_size pg_table_size pg_total_relation_size pg_indexes_size pg_relation_filepath connectby \
            pgstattuple pgstatindex get_raw_page heap_page_items
            """, ArgumentMeaning(meaning: .relation, actions: .read))
        add("pg_prewarm lo_manage", ArgumentMeaning(meaning: .relation, actions: .read))
        add("xpath_table", ArgumentMeaning(meaning: .relation, actions: .read, arguments: 1 << 2))
        let query = ArgumentMeaning(meaning: .query, actions: .read)
        add("query_to_xml query_to_xmlschema query_to_xml_and_xmlschema ts_stat", query)
        add("crosstab crosstab2 crosstab3 crosstab4", ArgumentMeaning(meaning: .query, actions: .read, arguments: 3))
        add("ts_rewrite", ArgumentMeaning(meaning: .query, actions: .read, arguments: 2))
        add("cursor_to_xml cursor_to_xmlschema", ArgumentMeaning(meaning: .query, actions: .read, arguments: 0))
        // The text runs on the other server, which may be this one.
        add(
            "dblink dblink_exec dblink_open dblink_send_query dblink_get_result dblink_fetch",
            ArgumentMeaning(meaning: .query, actions: [.read, .write], arguments: 7, outside: .network))
        add("dblink_connect dblink_connect_u", other(.network))
        add(
            """
            pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file pg_logdir_ls pg_ls_logdir pg_ls_waldir \
            pg_ls_archive_statusdir pg_ls_tmpdir lo_import lo_export pg_file_write pg_file_read pg_file_rename \
            pg_file_unlink pg_file_sync
            """, other(.serverFile))
        return table
    }()

    private static func other(_ outside: OutsideAccess) -> ArgumentMeaning {
        ArgumentMeaning(meaning: .other, actions: .admin, outside: outside)
    }
}

extension SummaryReader<PostgresTokens> {
    /// SQL's functions that are called without parentheses, or are reserved words; they may stand in FROM.
    var isBareFunction: Bool {
        let isLong = token.end &- token.start == 17
        guard token.kind == .word, token.role == .reserved || token.role == .functionName || isLong else {
            return false
        }
        return PostgresTokens.bareFunctions.contains(source.name(token))
    }
}
