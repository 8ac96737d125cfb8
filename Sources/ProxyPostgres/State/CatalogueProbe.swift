internal import Inspection

/// What the server's catalogues know of a session, read with one query between its transactions: only then does
/// `pg_locks` hold no advisory locks but those of the session, and no cursors live but those WITH HOLD.
///
/// The query runs as whoever the session is, on PostgreSQL 12 to 18, whatever `search_path` says. What it can't see:
/// custom settings (`a.b`) that no extension declared, which no catalogue lists; their names must be known. They become
/// known from SET and `set_config` texts of the session, and from `DatabaseSurvey`, which looks through the sources of
/// functions. A custom setting that was set and reset leaves an empty value behind, where one never set has none.
/// Nor are seen: the state of the random generator, loaded libraries, replication origins, and what extensions hold.
struct CatalogueProbe: Equatable {
    /// Settings of source `session`, with values in their base units.
    var settings: [SQLText: SQLText] = [:]
    /// The same as `SHOW` words them.
    var canonical: [SQLText: SQLText] = [:]
    /// The values of those custom settings that were asked for and exist.
    var customSettings: [SQLText: SQLText] = [:]
    /// `none` or the role that was taken on.
    var role: SQLText = "none"
    /// The session user if it is not the one who logged in.
    var sessionUser: SQLText?
    /// Kinds of advisory locks held by the session.
    var advisoryLocks = 0
    /// Relations, functions, types and so on in the session's own schema.
    var temporaryObjects: [SQLText] = []
    var channels: [SQLText] = []
    var holdCursors: [SQLText] = []
    /// Made by PREPARE, not by the protocol.
    var preparedStatements: [SQLText] = []

    private static let columns = 9

    /// Names and values travel as hexadecimal digits of the database's encoding, so that nothing needs escaping.
    static func query(customNames: [SQLText]) -> [UInt8] {
        let names = customNames.map { "(\(SettingSQL.quotedLiteral($0)))" }.joined(separator: ",")
        let custom =
            names.isEmpty
            ? "NULL"
            : "(SELECT \(list("n || '=' || \(hex("pg_catalog.current_setting(c, true)"))")) FROM (SELECT c, \(hex("c")) AS n "
                + "FROM (VALUES \(names)) AS v(c) WHERE pg_catalog.current_setting(c, true) IS NOT NULL) AS w)"
        return Array((head + ", " + custom + " AS custom").utf8)
    }

    private static func hex(_ text: String) -> String {
        "pg_catalog.encode(pg_catalog.convert_to(\(text), pg_catalog.getdatabaseencoding()), 'hex')"
    }

    private static func list(_ text: String) -> String { "pg_catalog.string_agg(\(text), ',')" }

    private static let triple =
        "\(hex("name")) || '=' || \(hex("setting")) || '=' || \(hex("pg_catalog.current_setting(name)"))"

    private static let head = """
        SELECT (SELECT \(list(triple)) FROM (SELECT name, setting \
        FROM pg_catalog.pg_settings WHERE source OPERATOR(pg_catalog.=) 'session' \
        AND name NOT IN ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable')) AS s) AS settings, \
        \(hex("pg_catalog.current_setting('role')")) AS role, \
        (SELECT \(hex("session_user::text")) FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) AS a \
        WHERE pg_catalog.pg_get_userbyid(a.usesysid) OPERATOR(pg_catalog.<>) session_user) AS session_user, \
        (SELECT pg_catalog.count(*) FROM pg_catalog.pg_locks WHERE locktype OPERATOR(pg_catalog.=) 'advisory' \
        AND granted AND pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()) AS locks, \
        CASE WHEN pg_catalog.pg_my_temp_schema() OPERATOR(pg_catalog.<>) 0 THEN \
        (SELECT \(list(hex("n::text"))) FROM (\
        SELECT relname AS n FROM pg_catalog.pg_class \
        WHERE relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema() AND relkind NOT IN ('i', 'I', 't') \
        UNION ALL SELECT proname FROM pg_catalog.pg_proc \
        WHERE pronamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema() \
        UNION ALL SELECT typname FROM pg_catalog.pg_type \
        WHERE typnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema() \
        AND typrelid OPERATOR(pg_catalog.=) 0 AND typelem OPERATOR(pg_catalog.=) 0) AS t) END AS objects, \
        (SELECT \(list(hex("c"))) FROM pg_catalog.pg_listening_channels() AS l(c)) AS channels, \
        (SELECT \(list(hex("name"))) FROM pg_catalog.pg_cursors WHERE is_holdable) AS cursors, \
        (SELECT \(list(hex("name"))) FROM pg_catalog.pg_prepared_statements WHERE from_sql) AS prepared
        """

    // MARK: Reading

    /// From the payload of the query's DataRow; nil if it isn't one.
    static func parse(_ payload: UnsafeRawBufferPointer) -> CatalogueProbe? {
        guard let fields = fields(payload), fields.count == columns else { return nil }
        var probe = CatalogueProbe()
        guard let settings = tuples(fields[0], 3), let custom = tuples(fields[8], 2) else { return nil }
        for parts in settings {
            probe.settings[parts[0].lowercased] = parts[1]
            probe.canonical[parts[0].lowercased] = parts[2]
        }
        for parts in custom { probe.customSettings[parts[0].lowercased] = parts[1] }
        guard let role = fields[1].flatMap(unhex),
            let locks = fields[3].flatMap({ Int(String(decoding: $0, as: UTF8.self)) })
        else { return nil }
        probe.role = role
        probe.advisoryLocks = locks
        if let user = fields[2] {
            guard let user = unhex(user) else { return nil }
            probe.sessionUser = user
        }
        guard let objects = names(fields[4]), let channels = names(fields[5]), let cursors = names(fields[6]),
            let prepared = names(fields[7])
        else { return nil }
        probe.temporaryObjects = objects
        probe.channels = channels
        probe.holdCursors = cursors
        probe.preparedStatements = prepared
        return probe
    }

    /// 2 bytes count; for each field 4 bytes length, -1 for NULL, and its bytes.
    static func fields(_ payload: UnsafeRawBufferPointer) -> [[UInt8]?]? {
        var bytes = payload[...]
        func integer(_ width: Int) -> Int? {
            guard bytes.count >= width else { return nil }
            let value = bytes.prefix(width).reduce(0) { $0 << 8 | Int($1) }
            bytes = bytes.dropFirst(width)
            return value
        }
        guard let count = integer(2) else { return nil }
        var fields: [[UInt8]?] = []
        for _ in 0..<count {
            guard let length = integer(4) else { return nil }
            if length == 0xFFFF_FFFF {
                fields.append(nil)
                continue
            }
            guard length <= bytes.count else { return nil }
            fields.append(Array(bytes.prefix(length)))
            bytes = bytes.dropFirst(length)
        }
        return bytes.isEmpty ? fields : nil
    }

    static func names(_ field: [UInt8]?) -> [SQLText]? {
        guard let field else { return [] }
        var names: [SQLText] = []
        for part in field.split(separator: 0x2C, omittingEmptySubsequences: false) {
            guard let name = unhex(Array(part)) else { return nil }
            names.append(name)
        }
        return names
    }

    /// `a=b,c=d` with `width` parts each.
    private static func tuples(_ field: [UInt8]?, _ width: Int) -> [[SQLText]]? {
        var tuples: [[SQLText]] = []
        for part in (field ?? []).split(separator: 0x2C) {
            let parts = part.split(separator: 0x3D, omittingEmptySubsequences: false).compactMap { unhex(Array($0)) }
            guard parts.count == width else { return nil }
            tuples.append(parts)
        }
        return tuples
    }

    private static func unhex(_ digits: [UInt8]) -> SQLText? {
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return SQLText(bytes)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
