/// What is known of a function of the server's own by its name.
enum FunctionTag: UInt8 {
    /// Leaves nothing behind.
    case stateless
    /// Leaves nothing behind, but tells of settings or of the connection.
    case readsSettings, readsSession
    case setConfig
    case nextval, setval, currval, lastval
    case lock, unlock, unlockAll
    case randomSeed, replicationOrigin, replicationSlot, backup
}

/// The functions of `pg_catalog` that a statement may call, found by name in one probe or two.
struct StatelessFunctions: Sendable {
    static let shared = StatelessFunctions()

    private static let special: [(FunctionTag, StaticString)] = [
        (.readsSettings, "current_setting pg_show_all_settings"),
        (
            .readsSession,
            """
            pg_backend_pid pg_my_temp_schema pg_listening_channels pg_prepared_statement pg_cursor pg_lock_status \
            pg_stat_get_activity pg_replication_origin_session_is_setup pg_replication_origin_session_progress
            """
        ),
        (.setConfig, "set_config"),
        (.nextval, "nextval"), (.setval, "setval"), (.currval, "currval"), (.lastval, "lastval"),
        (.lock, "pg_advisory_lock pg_advisory_lock_shared pg_try_advisory_lock pg_try_advisory_lock_shared"),
        (.unlock, "pg_advisory_unlock pg_advisory_unlock_shared"),
        (.unlockAll, "pg_advisory_unlock_all"),
        (.randomSeed, "setseed"),
        (.replicationOrigin, "pg_replication_origin_session_setup pg_replication_origin_session_reset"),
        (
            .replicationSlot,
            """
            pg_create_physical_replication_slot pg_create_logical_replication_slot \
            pg_copy_physical_replication_slot pg_copy_logical_replication_slot
            """
        ),
        (.backup, "pg_backup_start pg_backup_stop pg_start_backup pg_stop_backup"),
    ]

    /// Of PostgreSQL 12 to 14 and 16 to 18, and words of SQL that are called like functions.
    private static let others: StaticString = """
        any_value array_reverse array_sample array_shuffle array_sort casefold crc32 crc32c current_timestamp \
        current_date date_add date_subtract erf erfc gamma has_largeobject_privilege icu_unicode_version \
        json_agg_strict json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict json_serialize \
        jsonb_agg_strict jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict lgamma \
        localtime localtimestamp pg_basetype pg_column_toast_chunk_id pg_get_acl pg_get_wait_events \
        pg_input_error_info pg_input_is_valid pg_split_walfile_name pg_stat_get_io random_normal system_user to_bin \
        to_oct to_regtypemod unicode_assigned unicode_version uuid_extract_timestamp uuid_extract_version uuidv4 \
        uuidv7 xmltext pg_collation_for regproc regprocedure regoper regoperator regtype regrole regnamespace regconfig \
        regdictionary regcollation tsquery tsvector json jsonb uuid inet cidr macaddr macaddr8 bytea line lseg circle xml
        """

    private struct Slot {
        var hash: UInt64 = 0
        var offset: Int32 = 0
        var length: UInt8 = 0
        var tag = FunctionTag.stateless
    }

    private var slots = [Slot](repeating: Slot(), count: 8192)
    private var names: [UInt8] = []

    private init() {
        names.reserveCapacity(32 << 10)
        for (tag, words) in Self.special { add(words, tag) }
        for words in [Self.names1, Self.names2, Self.others] { add(words, .stateless) }
    }

    /// The first mention of a name stands.
    private mutating func add(_ words: StaticString, _ tag: FunctionTag) {
        for word in words.description.utf8.split(whereSeparator: { $0 == 32 || $0 == 10 }) where word.count < 64 {
            let offset = names.count
            names += Array(word)
            let hash = names[offset...].reduce(Self.seed) { Self.step($0, $1) }
            var index = Int(truncatingIfNeeded: hash >> 51)
            while slots[index].length > 0, slots[index].hash != hash { index = (index + 1) & 8191 }
            if slots[index].length > 0 { continue }
            slots[index] = Slot(hash: hash, offset: Int32(offset), length: UInt8(word.count), tag: tag)
        }
    }

    private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(__always)
    private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15 }

    /// What the function with the name in `[start, end)` is; nil for any that isn't listed. An unquoted name is folded.
    @inline(__always)
    func find(_ view: ByteView, _ start: Int, _ end: Int, fold: Bool) -> FunctionTag? {
        var hash = Self.seed
        var offset = start
        while offset < end {
            hash = Self.step(hash, fold ? view[offset].asciiLowercased : view[offset])
            offset &+= 1
        }
        var index = Int(truncatingIfNeeded: hash >> 51)
        while slots[index].length > 0 {
            if slots[index].hash == hash, matches(slots[index], view, start, end, fold) { return slots[index].tag }
            index = (index &+ 1) & 8191
        }
        return nil
    }

    private func matches(_ slot: Slot, _ view: ByteView, _ start: Int, _ end: Int, _ fold: Bool) -> Bool {
        guard Int(slot.length) == end &- start else { return false }
        for index in 0..<Int(slot.length) {
            let byte = view[start &+ index]
            if names[Int(slot.offset) &+ index] != (fold ? byte.asciiLowercased : byte) { return false }
        }
        return true
    }
}
