/// What words are to MySQL and MariaDB: the reader's word, and whether a server reserves it. The lists were asked of
/// MySQL 9.7.4 and MariaDB 10.11.19.
struct MySQLWord: Sendable {
    struct Traits: OptionSet, Sendable {
        let rawValue: UInt8

        static let reservedByMySQL = Traits(rawValue: 1)
        static let reservedByMariaDB = Traits(rawValue: 2)
        /// Reserved, and a function where a parenthesis follows.
        static let function = Traits(rawValue: 4)
    }

    var word: SQLWord
    var traits: Traits

    static let table: WordTable<MySQLWord> = {
        var words: [String: MySQLWord] = [:]
        for word in SQLWord.allCases where word != .none {
            words[word.rawValue] = MySQLWord(word: word, traits: [])
        }
        func mark(_ names: String, _ traits: Traits) {
            for name in names.split(separator: " ") {
                words[String(name), default: MySQLWord(word: .none, traits: [])].traits.formUnion(traits)
            }
        }
        mark(reservedByBoth, [.reservedByMySQL, .reservedByMariaDB])
        mark(reservedByMySQL, .reservedByMySQL)
        mark(reservedByMariaDB, .reservedByMariaDB)
        mark(functions, .function)
        return WordTable(words.filter { $0.key.utf8.count <= WordTable<MySQLWord>.longest }.map { ($0.key, $0.value) })
    }()

    private static let reservedByBoth = """
        accessible add all alter analyze and as asc asensitive before between bigint binary blob both by call cascade \
        case change char character check collate column condition constraint continue convert create cross \
        current_date current_time current_timestamp current_user cursor databases day_hour day_microsecond day_minute \
        day_second dec decimal declare default delayed delete desc describe deterministic distinct distinctrow div \
        double drop dual each else elseif enclosed escaped except exists exit explain false fetch float float4 float8 \
        for force foreign from fulltext grant group having high_priority hour_microsecond hour_minute hour_second if \
        ignore in index infile inner inout insensitive insert int int1 int2 int3 int4 int8 integer intersect interval \
        into is iterate join key keys kill leading leave left like limit linear lines load localtime localtimestamp \
        lock long longblob longtext loop low_priority match maxvalue mediumblob mediumint mediumtext middleint \
        minute_microsecond minute_second mod modifies natural no_write_to_binlog not null numeric on optimize \
        optionally or order out outer outfile over partition precision primary procedure purge range read read_write \
        reads real recursive references regexp release rename repeat replace require resignal restrict return revoke \
        right rlike row_number rows schemas second_microsecond select sensitive separator set show signal smallint \
        spatial specific sql sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl \
        starting straight_join table terminated then tinyblob tinyint tinytext to trailing trigger true undo union \
        unique unlock unsigned update usage use using utc_date utc_time utc_timestamp values varbinary varchar \
        varcharacter varying when where while with write xor year_month zerofill
        """

    private static let reservedByMySQL = """
        cube cume_dist database dense_rank empty external first_value function generated get grouping groups \
        io_after_gtids io_before_gtids json_table lag last_value lateral lead library nth_value ntile of \
        optimizer_costs option percent_rank qualify rank row schema stored system tablesample virtual window
        """

    private static let reservedByMariaDB = """
        current_role delete_domain_id do_domain_ids ignore_domain_ids offset page_checksum parse_vcol_expr portion \
        ref_system_id returning stats_auto_recalc stats_persistent stats_sample_pages
        """

    private static let functions = """
        char convert cume_dist current_date current_role current_time current_timestamp current_user database \
        dense_rank first_value grouping if insert json_table lag last_value lead left localtime localtimestamp mod \
        nth_value ntile percent_rank rank repeat replace right row_number schema utc_date utc_time utc_timestamp
        """
}
