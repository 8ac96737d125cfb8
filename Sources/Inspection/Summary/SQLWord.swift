/// The words that some reader acts upon, of all dialects. Whether one is a keyword where it stands is the dialect's to
/// say: its token source gives `.none` to what can only be a name there.
enum SQLWord: String, CaseIterable {
    case none = ""
    // Queries.
    case select, from, `where`, group, having, order, by, limit, offset, fetch, window, union, intersect, except, minus
    case all, distinct, `as`, on, using, join, cross, natural, inner, left, right, full, outer, lateral, only, with
    case recursive, materialized, not, values, table, into, `for`, of, update, share, no, key, nowait, skip, locked
    case ordinality, tablesample, repeatable, rows, `case`, when, then, `else`, end, `is`, `in`, `operator`, cast, treat
    case array, exists, search, cycle, set, ties, collate, and, or, null, like, ilike, similar, between, over, filter
    // Changes.
    case insert, delete, merge, replace, returning, conflict, constraint, `do`, nothing, `default`, overriding, matched
    case current, output, ignore, duplicate
    // Definitions and commands.
    case create, alter, drop, truncate, comment, grant, revoke, lock, copy, explain, analyze, analyse, verbose, prepare
    case execute, exec, deallocate, declare, cursor, close, move, call, vacuum, cluster, reindex, refresh
    case show, reset, begin, start, commit, rollback, abort, savepoint, release, transaction, prepared, work
    case listen, unlisten, notify, discard, checkpoint, load, reassign, security, `import`, use, rename, kill
    case view, index, sequence, schema, database, function, procedure, routine, aggregate, trigger, rule, policy, type
    case domain, `extension`, role, user, server, tablespace, collation, conversion, language, publication, subscription
    case statistics, event, foreign, data, wrapper, mapping, text, configuration, dictionary, parser, template, access
    case method, large, object, tables, sequences, functions, procedures, routines, schemas, column, columns, owned
    case temp, temporary, unlogged, global, local, concurrently, `if`, unique, references, inherits, partition, attach
    case detach, to, cascade, restrict, owner, privileges, option, session, system, program, stdin, stdout, inherit
    case binary, freeze, isolation, atomic, `return`, returns, instead, also, execution, label, query, quote, hold
    case scroll, insensitive, asensitive, name, next, prior, first, last, absolute, relative, forward, backward, names
    case searchPath = "search_path"
    case constraints, characteristics, authorization, zone, time, admin, granted, `public`
    case value, row, level, each, before, after, referencing, old, new, validate, rewrite, replica, identity
    case enable, disable, always, logged, add, generated, storage, compression, check, primary, exclude, deferrable
    case initially, include, including, excluding, options, parallel, buffer
    case within, cascaded, sets, grouping, trusted, split, read, transform, family, `class`, replication, source,
        identified,
        password, plans,
        uescape, location
    // MySQL's and MariaDB's.
    case outfile, dumpfile, infile, force, dual, describe, desc, handler, flush, purge, change, stop, xa, help, signal
    case resignal, get, install, uninstall, shutdown, restart, clone, binlog, cache, checksum, optimize, repair, unlock
    case fields, keys, triggers, events, databases, status, immediate, fulltext, spatial, loop, until, xml, history
    case straightJoin = "straight_join"
    case systemTime = "system_time"
    case `while`, `repeat`, elseif, instance, backup, connection, format, engine, open, grants, indexes, hosts, plugin
    case soname, component, processlist, variables, convert, mode, statement
    // Transact-SQL's.
    case apply, pivot, unpivot, top, proc, print, raiserror, `throw`, goto, `break`, `continue`, save, tran, bulk, dbcc
    case waitfor, reconfigure, deny, restore, revert, nocheck, synonym, login, `try`, `catch`, hash, remote, `switch`
    case setuser, writetext, readtext, updatetext, openrowset, openquery, opendatasource, openxml, containstable
    case freetexttable, changetable, assembly, endpoint, credential, dump
    case percent, external
    case identityInsert = "identity_insert"
    case quotedIdentifier = "quoted_identifier"
    case ansiDefaults = "ansi_defaults"
    case off
}

extension SQLWord {
    static let lookup = WordTable(allCases.filter { $0 != .none }.map { ($0.rawValue, $0) })
}

/// Finds words by up to 24 bytes in lower case: an open-addressed table that is filled once.
struct WordTable<Value: Sendable>: Sendable {
    private struct Slot {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var value: Value?
    }

    static var longest: Int { 24 }

    private let slots: [Slot]
    /// A bit for each slot, set where it holds a word: most names find none, and the slots need not be touched.
    private let occupied: [UInt64]
    private static var bits: UInt64 { 11 }

    /// Words of 2 to 24 ASCII bytes, each one once.
    init(_ words: [(String, Value)]) {
        var slots = [Slot](repeating: Slot(), count: 1 << Int(Self.bits))
        for (word, value) in words {
            let packed = Self.packed(Array(word.utf8))
            var index = Self.index(packed.0, packed.1, packed.2)
            while slots[index].first != 0 { index = (index + 1) & (slots.count - 1) }
            slots[index] = Slot(first: packed.0, second: packed.1, third: packed.2, value: value)
        }
        self.slots = slots
        var occupied = [UInt64](repeating: 0, count: slots.count / 64)
        for (index, slot) in slots.enumerated() where slot.first != 0 {
            occupied[index / 64] |= 1 << UInt64(index % 64)
        }
        self.occupied = occupied
    }

    private static func packed(_ bytes: [UInt8]) -> (UInt64, UInt64, UInt64) {
        var words: [UInt64] = [0, 0, 0]
        for (index, byte) in bytes.enumerated() { words[index / 8] |= UInt64(byte | 0x20) << UInt64(index % 8 * 8) }
        return (words[0], words[1], words[2])
    }

    @inline(__always)
    private static func index(_ first: UInt64, _ second: UInt64, _ third: UInt64) -> Int {
        let mixed = first ^ (second &* 0x9E37_79B9_7F4A_7C15) ^ (third &* 0xC2B2_AE3D_27D4_EB4F)
        return Int(truncatingIfNeeded: (mixed &* 0xD6E8_FEB8_6659_FD93) >> (64 &- bits))
    }

    /// The word in `[start, start + length)`, which holds identifier characters only: letters, digits, `_` and `$`, for
    /// which `| 0x20` is one to one as far as these words go. 0x7F, which `_` becomes, is no identifier character.
    @inline(__always)
    func find(_ view: ByteView, _ start: Int, _ length: Int) -> Value? {
        guard length > 1, length <= Self.longest else { return nil }
        let first = chunk(view, start, length)
        let second = length > 8 ? chunk(view, start &+ 8, length &- 8) : 0
        let third = length > 16 ? chunk(view, start &+ 16, length &- 16) : 0
        return find(first, second, third)
    }

    /// A word by its bytes, 8 in each number, the first one lowest, each `| 0x20`.
    @inline(__always)
    func find(_ first: UInt64, _ second: UInt64, _ third: UInt64) -> Value? {
        var index = Self.index(first, second, third)
        if occupied[index &>> 6] &>> UInt64(truncatingIfNeeded: index & 63) & 1 == 0 { return nil }
        while true {
            let slot = slots[index]
            if slot.first == first, slot.second == second, slot.third == third { return slot.value }
            if slot.first == 0 { return nil }
            index = (index &+ 1) & (slots.count &- 1)
        }
    }

    @inline(__always)
    private func chunk(_ view: ByteView, _ start: Int, _ length: Int) -> UInt64 {
        let word = view.word(at: start) | 0x2020_2020_2020_2020
        return length >= 8 ? word : word & ((1 &<< (UInt64(length) &* 8)) &- 1)
    }
}
