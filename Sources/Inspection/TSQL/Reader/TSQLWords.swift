/// What words are to Transact-SQL: the reader's word, and what it may be besides a name. The list of reserved words is
/// that of SQL Server's documentation.
struct TSQLWord: Sendable {
    struct Traits: OptionSet, Sendable {
        let rawValue: UInt8

        static let reserved = Traits(rawValue: 1)
        /// Reserved, and a function where a parenthesis follows.
        static let function = Traits(rawValue: 2)
        /// Begins a statement, with no semicolon before it.
        static let starts = Traits(rawValue: 4)
        /// Can't stand in a query outside of parentheses.
        static let foreign = Traits(rawValue: 8)
    }

    var word: SQLWord
    var traits: Traits

    static let table: WordTable<TSQLWord> = {
        var words: [String: TSQLWord] = [:]
        for word in SQLWord.allCases where word != .none {
            words[word.rawValue] = TSQLWord(word: word, traits: [])
        }
        func mark(_ names: String, _ traits: Traits) {
            for name in names.split(separator: " ") {
                words[String(name), default: TSQLWord(word: .none, traits: [])].traits.formUnion(traits)
            }
        }
        mark(reserved, .reserved)
        mark(functions, [.reserved, .function])
        mark(starting, [.reserved, .starts])
        mark(foreign, [.reserved, .foreign])
        return WordTable(words.map { ($0.key, $0.value) })
    }()

    private static let reserved = """
        add all and any as asc authorization between browse by cascade case check clustered collate column compute \
        constraint containstable cross current current_date current_time current_timestamp cursor default desc disk \
        distinct distributed double errlvl escape except exists exit external file fillfactor for foreign \
        freetexttable from full group having holdlock identity_insert identitycol in index inner intersect into is \
        join key like lineno merge national nonclustered not null of off offsets on opendatasource openquery \
        openrowset openxml option or order outer over percent pivot plan precision primary public read references \
        replication restrict rowcount rowguidcol rule securityaudit some statistics tablesample textsize then to top \
        transaction tran tsequal union unique unpivot user values varying when where with within
        """

    private static let functions = """
        coalesce contains convert freetext identity left nullif right session_user system_user try_convert update user
        """

    private static let starting = """
        alter backup begin break bulk checkpoint close commit continue create dbcc deallocate declare delete deny drop \
        dump else end exec execute fetch goto grant if insert kill load merge open print raiserror readtext \
        reconfigure restore return revert revoke rollback save select set setuser shutdown truncate update updatetext \
        use waitfor while writetext
        """

    private static let foreign = "add database function proc procedure schema table trigger view"
}
