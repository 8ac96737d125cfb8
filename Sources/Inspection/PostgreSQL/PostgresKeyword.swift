/// The keywords of PostgreSQL that mean something to this module: all that are reserved or can't name a function,
/// and of the others those that statements are told apart by.
enum PostgresKeyword: String, CaseIterable {
    case none = ""
    // Reserved. `current_timestamp` is too long for the table and can't be followed by what matters here.
    case all, analyse, analyze, and, any, array, `as`, asc, asymmetric, both, `case`, cast, check, collate, column
    case constraint, create
    case currentCatalog = "current_catalog"
    case currentDate = "current_date"
    case currentRole = "current_role"
    case currentTime = "current_time"
    case currentUser = "current_user"
    case `default`
    case deferrable, desc, distinct, `do`, `else`, end, except, `false`, fetch, `for`, foreign, from, grant, group
    case having, `in`, initially, intersect, into, lateral, leading, limit, localtime, localtimestamp, not, null
    case offset, on, only, or, order, placing, primary, references, returning, select
    case sessionUser = "session_user"
    case some, symmetric
    case table, then, to, trailing, `true`, union, unique, user, using, variadic, when, `where`, window, with
    // Can name a column but no function.
    case between, bigint, bit, boolean, char, character, coalesce, dec, decimal, exists, extract, float, greatest
    case grouping, `inout`, int, integer, interval, least, national, nchar, normalize, nullif, numeric, out
    case overlay, position, precision, real, row, setof, smallint, substring, time, timestamp, treat, trim, values
    case varchar, xmlattributes, xmlconcat, xmlelement, xmlexists, xmlforest, xmlnamespaces, xmlparse, xmlpi, xmlroot
    case xmlserialize, xmltable
    case jsonArray = "json_array"
    case jsonArrayagg = "json_arrayagg"
    case jsonExists = "json_exists"
    case jsonObject = "json_object"
    case jsonObjectagg = "json_objectagg"
    case jsonQuery = "json_query"
    case jsonScalar = "json_scalar"
    case jsonSerialize = "json_serialize"
    case jsonTable = "json_table"
    case jsonValue = "json_value"
    case mergeAction = "merge_action"
    // Can name a function or type.
    case authorization, binary, collation, concurrently, cross
    case currentSchema = "current_schema"
    case freeze, full, ilike, inner, `is`
    case isnull, join, left, like, natural, notnull, outer, overlaps, right, similar, tablesample, verbose
    // Not reserved.
    case abort, absolute, alter, atomic, backward, begin, by, call, chain, characteristics, checkpoint, close, cluster
    case comment, commit, committed, conflict, content, copy, cube, cursor, database, deallocate, declare, delete
    case discard, document, drop, escape, execute, explain, filter, first, forward, function, global, hold
    case `if`, index, insert, instead, isolation, key, language, level, listen, load, local, lock, materialized
    case matched, merge, move, names, next, no, nothing, notify, off, `operator`, option, over, owned, parallel
    case partition, plans, policy, prepare, prepared, prior, procedure, program, publication, reassign, read
    case recursive, refresh, reindex, relative, release, repeatable, replace, reset, restart, restrict, revoke, role
    case rollback, rollup, routine, rule, savepoint, schema, scroll, search, security, sequence, sequences, serializable
    case session, set, sets, show, snapshot, start, statement, stdin, stdout, subscription, system, temp, temporary
    case transaction, trigger, truncate, type, uescape, uncommitted, unlisten, unlogged, update, vacuum, value, view
    case wait, within, without, work, write, xml, zone, constraints, `import`, server, tablespace, ordinality, cascade
    case csv, respect, ignore, domain

    enum Category: UInt8 {
        case none, reserved, columnName, typeOrFunction, unreserved
    }

    private static let firstOfCategory: [(PostgresKeyword, Category)] = [
        (.none, .none), (.all, .reserved), (.between, .columnName), (.authorization, .typeOrFunction),
        (.abort, .unreserved),
    ]

    /// Every keyword with its category, in the order of the declaration.
    static var categorised: [(keyword: PostgresKeyword, category: Category)] {
        var current = Category.none
        return allCases.map { keyword in
            if let entry = firstOfCategory.first(where: { $0.0 == keyword }) { current = entry.1 }
            return (keyword, current)
        }
    }
}

/// Finds keywords by their first 16 bytes in lower case: an open-addressed table that is filled once.
struct KeywordTable: Sendable {
    struct Entry {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var keyword = PostgresKeyword.none
        var category = PostgresKeyword.Category.none
    }

    static let shared = KeywordTable()
    /// Longest keyword in the table.
    static let longest = 16

    private let slots: [Entry]
    private static let bits: UInt64 = 11

    private init() {
        var slots = [Entry](repeating: Entry(), count: 1 << Int(Self.bits))
        for (keyword, category) in PostgresKeyword.categorised where keyword != .none {
            let (low, high) = Self.packed(Array(keyword.rawValue.utf8))
            var index = Self.index(low, high)
            while slots[index].low != 0 { index = (index + 1) & (slots.count - 1) }
            slots[index] = Entry(low: low, high: high, keyword: keyword, category: category)
        }
        self.slots = slots
    }

    @inline(__always)
    private static func index(_ low: UInt64, _ high: UInt64) -> Int {
        Int(truncatingIfNeeded: ((low ^ (high &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93) >> (64 &- bits))
    }

    private static func packed(_ bytes: [UInt8]) -> (UInt64, UInt64) {
        var words: [UInt64] = [0, 0]
        for (index, byte) in bytes.enumerated() { words[index / 8] |= UInt64(byte | 0x20) << UInt64(index % 8 * 8) }
        return (words[0], words[1])
    }

    /// The word in `[start, start + length)`, which holds identifier characters only (for those `| 0x20` is one to one
    /// as far as keywords go).
    @inline(__always)
    func find(_ view: ByteView, _ start: Int, _ length: Int) -> Entry? {
        let spaces: UInt64 = 0x2020_2020_2020_2020
        var low = view.word(at: start) | spaces
        var high: UInt64 = 0
        if length < 8 {
            low &= (1 &<< (UInt64(length) &* 8)) &- 1
        } else if length > 8 {
            let mask = length >= 16 ? UInt64.max : (1 &<< (UInt64(length &- 8) &* 8)) &- 1
            high = (view.word(at: start &+ 8) | spaces) & mask
        }
        var index = Self.index(low, high)
        while true {
            let slot = slots[index]
            if slot.low == low, slot.high == high { return slot }
            if slot.low == 0 { return nil }
            index = (index &+ 1) & (slots.count &- 1)
        }
    }
}
