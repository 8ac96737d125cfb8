/// Which of PostgreSQL's own functions anybody may call: those that neither change anything, nor read files, other
/// sessions or the text of queries that are given to them.
public enum HarmlessFunctions {
    /// - Parameters: names as the server compares them.
    public static func contains(schema: SQLText?, name: SQLText) -> Bool {
        guard schema == nil || schema == "pg_catalog" else { return false }
        if schema == nil, syntax.contains(name) { return true }
        guard
            let tag = unsafe name.bytes.withUnsafeBytes({
                unsafe StatelessFunctions.shared.find(ByteView($0), 0, $0.count, fold: false)
            })
        else {
            return false
        }
        switch tag {
        case .stateless, .readsSettings, .nextval, .setval, .currval, .lastval, .randomSeed: break
        case .readsSession: return name == "pg_backend_pid" || name == "pg_my_temp_schema"
        case .setConfig, .lock, .unlock, .unlockAll, .replicationOrigin, .replicationSlot, .backup: return false
        }
        return !reaching.contains { name.bytes.starts(with: $0) } && !name.bytes.containsXMLExport
    }

    /// What looks like a call and is SQL's own syntax.
    private static let syntax: Set<SQLText> = [
        "coalesce", "nullif", "greatest", "least", "grouping", "row", "array", "cast", "treat", "extract", "overlay",
        "position", "substring", "trim", "normalize", "exists", "any", "some", "all", "xmlconcat", "xmlelement",
        "xmlforest", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmlexists", "json_object", "json_array",
        "json_scalar", "json_serialize", "json_exists", "json_value", "json_query", "merge_action",
    ]

    /// Beginnings of the names of functions that leave nothing behind and reach further than their arguments.
    private static let reaching: [[UInt8]] = [
        "pg_read_", "pg_ls_", "pg_stat_file", "pg_stat_get_backend", "pg_stat_get_activity", "pg_stat_get_wal",
        "pg_stat_get_progress", "pg_stat_get_subscription", "pg_stat_get_replication", "pg_logical", "pg_terminate",
        "pg_cancel", "pg_reload", "pg_rotate", "pg_switch", "pg_create", "pg_drop", "pg_backup", "pg_promote",
        "pg_wal_replay", "pg_export_snapshot", "pg_show_all_file", "pg_hba", "pg_ident", "pg_log_", "pg_replication",
        "pg_import", "pg_get_backend_memory", "pg_get_shmem", "pg_current_logfile", "pg_file", "pg_stat_reset",
        "pg_stat_clear", "pg_prepared", "pg_cursor", "pg_safe_snapshot", "pg_isolation", "lo_", "loread", "lowrite",
        "ts_stat", "currtid", "pg_config", "pg_control", "pg_relation_filepath", "binary_upgrade", "pg_snapshot_",
    ].map { Array($0.utf8) }
}

extension [UInt8] {
    /// `query_to_xml`, `table_to_xmlschema` and their like run what they are given.
    fileprivate var containsXMLExport: Bool {
        let part = Array("_to_xml".utf8)
        guard count >= part.count else { return false }
        return (0...(count - part.count)).contains { self[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
