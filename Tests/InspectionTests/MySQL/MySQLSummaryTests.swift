import Inspection
import Testing

private let mysql = MySQLLexing(version: 90_704)
private let mariaDB = MySQLLexing(server: .mariaDB, version: 101_119)

/// Each statement as `kind name:actions …`, with `unparsed` at the end of what was not understood.
private func read(_ text: String, _ lexing: MySQLLexing = mysql) -> [String] {
    BatchSummary(mysql: Array(text.utf8), lexing).statements.map(described)
}

func described(_ statement: BatchSummary.Statement) -> String {
    func names(_ actions: ActionSet) -> String { actions.names.map(\.description).joined(separator: "+") }
    var words = [statement.kind.rawValue]
    words += statement.relations.merged.map { "\($0.name):\(names($0.actions))" }
    words += statement.wide.map { "\($0.scope.rawValue)(\($0.name?.description ?? "")):\(names($0.actions))" }
    words += statement.opaque.map { "?\($0.reason.rawValue)" }
    if !statement.outside.isEmpty {
        words.append("!" + statement.outside.names.map(\.description).joined(separator: "+"))
    }
    if statement.unparsed != nil { words.append("unparsed") }
    return words.joined(separator: " ")
}

@Suite struct MySQLSummaryTests {
    @Test(arguments: [
        (
            "select a from t, d.u x join v using (a) where b in (select c from w)",
            "select t:read d.u:read v:read w:read"
        ),
        (
            "select * from (t1, t2) left join t3 on 1 straight_join t4 on 2 cross join t5 on 3",
            "select t1:read t2:read t3:read t4:read t5:read"
        ),
        ("with c as (select * from t) select * from c, u", "select t:read u:read"),
        (
            "with recursive c as (select 1 from t union all select 1 from c) delete from v where a in (select a from c)",
            "delete t:read v:write"
        ),
        ("select 1 from dual union (select 2 from t order by 1) except select 3 from u", "select t:read u:read"),
        ("select * from t partition (p0) as x use index (a) ignore key for join (b), u", "select t:read u:read"),
        ("select a from t for update", "select t:read+write"),
        ("select a from t x, u lock in share mode", "select t:read+write u:read+write"),
        ("select a into @x from t", "select t:read"), ("select a, b from t limit 1 into @x, @y", "select t:read"),
        ("select * into outfile '/f' fields terminated by ',' from t", "copy_out t:read !server_file"),
        ("select * from t into dumpfile '/f'", "copy_out t:read !server_file"),
        ("select * from {oj t left outer join u on 1}", "select t:read u:read"),
        ("table t order by a limit 3", "select t:read"), ("values row(1, 2), row(3, 4)", "select"),
        (
            "select * from json_table('[]', '$[*]' columns (a int path '$.a' default '1' on empty)) j join t",
            "select t:read"
        ),
        ("select `a` from `d`.`t``x` where b = \"select c from u\"", "select d.t`x:read"),
        ("select left(a, 1), if(b, (select c from u), 2), date_add(d, interval 1 day) from t", "select u:read t:read"),
        ("select a from t /*! join u */ /*!99999 join v */", "select t:read u:read"),
        (
            "select count(*) over (partition by a order by b rows between 1 preceding and current row) from t window w as (order by c)",
            "select t:read"
        ),
        ("select a from t group by a with rollup having count(*) > 1 limit 1 offset 2", "select t:read"),
    ])
    func queries(_ text: String, _ expected: String) {
        #expect(read(text) == [expected])
    }

    @Test(arguments: [
        ("insert into t values (1, (select a from u))", "insert t:write u:read"),
        (
            "insert low_priority ignore d.t (a, b) select c, d from u on duplicate key update a = values(a)",
            "insert d.t:write u:read"
        ),
        ("insert into t () values ()", "insert t:write"),
        ("insert t set a = (select b from u)", "insert t:write u:read"),
        ("insert into t (a) with c as (select 1 from u) select * from c", "insert t:write u:read"),
        (
            "insert into t values (1) as new(a) on duplicate key update b = new.a + (select 1 from v)",
            "insert t:write v:read"
        ),
        ("insert into t select 1 from u join v on duplicate key update a = 1", "insert t:write u:read v:read"),
        ("replace into t partition (p) (a) value (1)", "replace t:write"),
        ("update t set a = 1, b = (select c from u) where d order by e limit 1", "update t:write u:read"),
        ("update t x join u y on x.a = y.a set x.b = y.b, x.c = 1", "update t:write u:read"),
        ("update t, u set t.a = 1, u.b = 2", "update t:write u:write"),
        ("update t, u set a = 1", "update t:read+write u:read+write"),
        ("update t, d.u set d.u.a = 1", "update t:read d.u:write"),
        ("update t, u set v.a = 1", "update t:read u:read unparsed"),
        ("delete from t as x where a in (select b from u)", "delete t:write u:read"),
        ("delete t from t join u on 1 where 2", "delete t:write u:read"),
        ("delete x, v.* from t x, u y, v", "delete t:write u:read v:write"),
        ("delete from t, u using t join u join w", "delete t:write u:write w:read"),
        ("delete zz from t join u on 1", "delete zz:write t:read u:read"),
    ])
    func changes(_ text: String, _ expected: String) {
        #expect(read(text) == [expected])
    }

    @Test(arguments: [
        (
            "create table if not exists d.t (a int primary key, key k (b(10)), foreign key (c) references u (d)) engine=InnoDB",
            "create d.t:ddl u:read"
        ),
        ("create temporary table t like u", "create t:ddl u:read"),
        ("create table t select a from u", "create t:ddl u:read"),
        ("create table t (a int) as (select a from u union select b from v)", "create t:ddl u:read v:read"),
        (
            "create or replace algorithm = merge definer = `r`@`%` sql security invoker view v (a) as select b from t with check option",
            "create v:ddl t:read"
        ),
        ("create unique index i using btree on t (a, b desc)", "create t:ddl"),
        ("create database d", "create database(d):ddl"), ("drop schema if exists d", "drop database(d):write+ddl"),
        ("create user u@localhost identified by 'x'", "create"),
        (
            "alter table t add column a int, rename to u, add foreign key (b) references v (c)",
            "alter t:ddl u:ddl v:read"
        ),
        ("alter table t exchange partition p with table u", "alter t:ddl u:write+ddl"),
        ("drop table if exists t, d.u cascade", "drop t:ddl d.u:ddl"), ("drop index i on t", "drop t:ddl"),
        ("rename table a to b, d.c to d.e", "rename a:ddl b:ddl d.c:ddl d.e:ddl"),
        ("truncate t", "truncate t:write"), ("truncate table d.t", "truncate d.t:write"),
        ("lock tables t as x read, u write, v low_priority write", "lock t:read u:write v:write"),
        ("grant select (a), insert on d.t to u@h", "grant d.t:admin"),
        ("grant all on *.* to u", "grant server():admin"), ("revoke all on d.* from u", "revoke database(d):admin"),
        ("grant execute on procedure d.p to u", "grant"), ("grant r1 to u", "grant server():admin"),
        (
            "load data local infile 'f' into table t fields terminated by ',' (a, @b) set c = (select d from u)",
            "copy_in t:write u:read !client_file"
        ),
        ("load xml infile 'f' replace into table d.t", "copy_in d.t:write !server_file"),
        ("handler t read first where a = (select 1 from u)", "fetch t:read u:read"),
        ("handler t open as x", "declare t:read"), ("analyze local table t, u", "maintenance t:admin u:admin"),
        ("show full columns from t from d like 'x'", "show d.t:read"), ("show create view d.v", "show d.v:read"),
        ("show tables from d", "show database(d):read"), ("show variables where a in (select b from t)", "show t:read"),
        ("describe t a", "show t:read"), ("explain format=json select * from t", "explain t:read"),
        ("explain update t set a = 1", "explain t:write"), ("use d", "set database(d):"),
        ("set @a = (select b from t), global max_connections = 1", "set t:read"),
        ("call d.p((select a from t))", "call t:read ?procedure"), ("do sleep((select 1 from t))", "utility t:read"),
        ("prepare s from 'drop table t'", "prepare ?dynamicSQL"), ("execute s using @a", "execute ?preparedStatement"),
        ("kill 5", "utility"), ("flush tables t, u with read lock", "utility t:admin u:admin"),
        ("xa start 'x'", "transaction"), ("begin", "transaction"),
        ("install plugin p soname 'x.so'", "utility !library"),
    ])
    func commands(_ text: String, _ expected: String) {
        #expect(read(text) == [expected])
    }

    @Test func marieDBsOwn() {
        #expect(read("execute immediate 'select 1'", mariaDB) == ["execute ?dynamicSQL"])
        #expect(read("set statement max_statement_time=1 for select a from t", mariaDB) == ["select t:read"])
        #expect(read("select * from t for system_time as of now() x, u", mariaDB) == ["select t:read u:read"])
        #expect(read("delete from t where a returning b", mariaDB) == ["delete t:write"])
        #expect(read("select next value for s", mariaDB) == ["select s:write"])
        #expect(
            read("begin not atomic delete from t; end; select 1 from u", mariaDB) == [
                "block ?codeBlock", "select u:read",
            ])
        #expect(read("analyze format=json select 1 from t", mariaDB) == ["explain t:read"])
    }

    @Test func severalStatements() {
        #expect(
            read("select 1 from a; ; delete from b; xyz; select 2 from c") == [
                "select a:read", "delete b:write", "unknown unparsed", "select c:read",
            ])
        #expect(read("select 1 from a;").count == 1)
        #expect(read("").isEmpty && read("/* x */ ;;").isEmpty)
    }

    /// A body holds semicolons; what follows it is found nevertheless.
    @Test(arguments: [
        "create procedure p() begin declare exit handler for sqlexception begin rollback; end; if a then delete from t; else select case b when 1 then 2 end; end if; x: loop leave x; end loop x; end",
        "create definer=root@localhost trigger d.x before insert on t for each row begin set new.a = 1; while 1 do set @b = 2; end while; repeat set @c = 1; until 1 end repeat; end",
        "create function f(a int) returns int deterministic return a + 1",
        "create event e on schedule every 1 day do delete from u",
        "create procedure p() select 1", "create trigger x after update on t for each row set @a = 1",
    ])
    func bodies(_ body: String) {
        let statements = read(body + "; drop table z")
        #expect(statements.count == 2)
        #expect(statements.first?.contains("?routineBody") == true && statements.first?.contains("unparsed") == false)
        #expect(statements.last == "drop z:ddl")
    }

    @Test func aBodyWithoutEndIsUnparsed() {
        #expect(read("create procedure p() begin select 1; drop table z").last?.contains("unparsed") == true)
    }

    @Test(arguments: [
        "select 'a", "select (1", "select 1)", "select a from t where (b", "select * from t join", "insert into", "xyz",
        "select * from t )", "update t", "create table", "select 1 from t t2 t3", "grant select on",
        "select a from 'b'",
        "select /*!50001 1 from t",
    ])
    func neverGuesses(_ text: String) {
        #expect(read(text).last?.contains("unparsed") == true, "\(read(text))")
    }

    @Test func callsAndLiterals() {
        let summary = BatchSummary(mysql: "select Sleep(5), d.F('x'), left('a', 1), 0x41, _utf8'b', ? from t")
        #expect(summary.statements[0].calls.map(\.name.description) == ["sleep", "F".lowercased(), "left"])
        #expect(summary.statements[0].calls[1].schema?.description == "d")
        #expect(summary.literals.map(\.kind) == [.number, .string, .string, .number, .hex, .string])
        #expect(summary.parameters.count == 1)
    }

    @Test func namesCompareAsTheServerHasThem() {
        #expect(read("select 1 from `A`.B") == ["select A.B:read"])
        let folded = MySQLLexing(version: 90_704, tableNames: .lowercased)
        #expect(read("select 1 from `A`.B", folded) == ["select a.b:read"])
        let ansi = MySQLLexing(version: 90_704, mode: .ansiQuotes)
        #expect(read("select \"a\" from \"t\"", ansi) == ["select t:read"])
    }

    @Test func manyTargetsStayLinear() {
        let text =
            "delete " + (0..<60).map { "t\($0)" }.joined(separator: ",") + " from "
            + (0..<8000).map { "t\($0)" }.joined(separator: ",")
        #expect(read(text).count == 1)
        let update =
            "update " + (0..<8000).map { "t\($0)" }.joined(separator: ",") + " set "
            + (0..<20_000).map { "a\($0)=1" }.joined(separator: ",")
        #expect(read(update).count == 1)
    }
}
