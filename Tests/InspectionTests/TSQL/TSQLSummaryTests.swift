import Inspection
import Testing

private func read(_ text: String, _ lexing: TSQLLexing = TSQLLexing()) -> [String] {
    let narrow = BatchSummary(mssql: Array(text.utf8), lexing)
    let wide = BatchSummary(mssqlUTF16: utf16(text), lexing)
    let statements = narrow.statements.map(described)
    #expect(wide.statements.map(described) == statements)
    #expect(wide.statements.map(\.operators) == narrow.statements.map(\.operators))
    return statements
}

@Suite struct TSQLSummaryTests {
    @Test(arguments: [
        (
            "select a from dbo.t x join db..u as y with (nolock) on 1 = 1 left hash join [v] on 2 = 2, w (nolock)",
            "select dbo.t:read db.u:read v:read w:read"
        ),
        (
            "select top (5) percent a into #x from srv.db.s.t where b in (select c from u) order by d offset 1 rows fetch next 2 rows only option (merge join)",
            "select #x:ddl srv.db.s.t:read u:read"
        ),
        (
            "with c (a) as (select a from t union all select a from c) select * from c cross apply dbo.f(c.a) as x outer apply (select top 1 b from u) y",
            "select t:read u:read"
        ),
        ("select * from t pivot (sum(a) for b in ([x], [y])) as p unpivot (c for d in (e)) q", "select t:read"),
        ("select * from @t x join t on 1 = 1", "select t:read"),
        ("select x.c.value('.', 'int') from @x.nodes('/a/b') as x(c)", "select"),
        ("select * from openrowset(bulk '/f', single_clob) as b", "select ?remote !server_file"),
        (
            "select * from openquery(srv, 'select 1'), openrowset('p', 'c', 'select 1') a, opendatasource('p', 'c').d.s.t",
            "select ?remote ?remote ?remote !network"
        ),
        ("select * from openjson(@j) with (a int '$.a', b nvarchar(max) as json) j", "select"),
        ("select * from containstable(dbo.t, *, 'x') k join t on 1 = 1", "select dbo.t:read t:read"),
        ("select a from t for system_time as of '2020-01-01' x for xml path('a'), root('b')", "select t:read"),
        ("select \"a\" from \"t\" where b = 'c' collate latin1_general_bin", "select t:read"),
        (
            "select case when a = 1 then b else c end from t union select d from u except select e from v",
            "select t:read u:read v:read"
        ),
        ("(select a from t) union (select b from u)", "select t:read u:read"),
        ("select * from (values (1), (2)) as v(a), t tablesample system (5 percent)", "select t:read"),
        ("select geometry::Parse('x').STArea(), left(a, 1), {fn now()} from t", "select t:read"),
        (
            "select a from t where exists (select 1 from u where u.b = t.b) group by a having count(*) > 1",
            "select t:read u:read"
        ),
        ("select @a = b, @c += 1 from t", "select t:read"), ("select 1", "select"),
    ])
    func queries(_ text: String, _ expected: String) {
        #expect(read(text) == [expected])
    }

    @Test(arguments: [
        ("insert into dbo.t (a, b) values (1, (select c from u))", "insert dbo.t:write u:read"),
        ("insert top (1) t with (tablock) (a) output inserted.a into @o (a) select b from u", "insert t:write u:read"),
        ("insert t output inserted.a into log values (1)", "insert t:write log:write"),
        ("insert t default values", "insert t:write"), ("insert into @t select a from u", "insert u:read"),
        ("insert t exec dbo.p 1, @x = 2 output", "insert t:write ?procedure"),
        ("with c as (select * from u) insert into t select * from c", "insert u:read t:write"),
        ("update t set a = 1, b += (select c from u) where d = 2", "update t:write u:read"),
        ("update x set a = y.b output deleted.a from dbo.t x join u y on 1 = 1", "update dbo.t:write u:read"),
        ("update t set a = 1 from t join u on 1 = 1", "update t:write u:read"),
        ("with c as (select * from t) update c set a = 1", "update t:read+write"),
        ("update d set a = 1 from (select * from t) d", "update d:write t:read+write"),
        ("update @t set a = 1 from u", "update u:read"),
        ("delete from t where a = 1", "delete t:write"), ("delete t", "delete t:write"),
        ("delete x from dbo.t as x inner join u on 1 = 1 where current of c", "delete dbo.t:write u:read"),
        ("delete top (5) from t output deleted.* into l from u where 1 = 1", "delete t:write l:write u:read"),
        (
            "merge into dbo.t as x using (select * from u) s on x.a = s.a when matched and s.b = 1 then update set b = 2 when not matched by target then insert (a) values (1) when not matched by source then delete output $action, inserted.a into l;",
            "merge dbo.t:write u:read l:write"
        ),
    ])
    func changes(_ text: String, _ expected: String) {
        #expect(read(text) == [expected])
    }

    @Test(arguments: [
        (
            "create table dbo.t (a int identity(1, 1) primary key, b [varchar](10) default (getdate()), constraint f foreign key (b) references u (c) on delete cascade) on [primary]",
            "create dbo.t:ddl u:read"
        ),
        ("alter table t add a int, constraint f foreign key (b) references u", "alter t:ddl u:read"),
        ("alter table t alter column a bigint not null", "alter t:ddl"), ("alter table t drop column a", "alter t:ddl"),
        ("alter table t switch partition 2 to u", "alter t:ddl u:write+ddl"),
        (
            "create unique nonclustered index i on dbo.t (a desc) include (b) where c = 1 with (online = on)",
            "create dbo.t:ddl"
        ),
        (
            "create or alter view v with schemabinding as select a from dbo.t with check option",
            "create v:ddl dbo.t:read"
        ),
        ("create synonym s for db.dbo.t", "create s:ddl db.dbo.t:read"),
        ("drop table if exists #a, dbo.b", "drop #a:ddl dbo.b:ddl"), ("drop index i on t, j on u", "drop t:ddl u:ddl"),
        ("create database d", "create database(d):ddl"), ("create schema s authorization dbo", "create schema(s):ddl"),
        ("create login l with password = 'x'", "create"), ("truncate table t", "truncate t:write"),
        ("bulk insert t from '/f' with (fieldterminator = ',')", "copy_in t:write !server_file"),
        ("insert bulk t (a int, b nvarchar(5)) with (tablock)", "copy_in t:write"),
        ("grant select, insert on object::dbo.t (a) to u with grant option", "grant dbo.t:admin"),
        ("deny execute on schema::s to public", "revoke schema(s):admin"),
        ("grant control to u", "grant database():admin"),
        ("use [d]", "set database(d):"), ("set identity_insert dbo.t on", "set dbo.t:write"),
        ("set @a = (select b from t)", "set t:read"), ("set nocount on", "set"),
        ("declare @a int = (select b from t), @t table (c int)", "declare t:read"),
        ("declare c cursor local fast_forward for select a from t for update of a", "declare t:read+write"),
        ("fetch next from c into @a, @b", "fetch ?preparedStatement"),
        ("exec dbo.p 'a', @b = default", "call ?procedure"), ("exec ('select 1')", "call ?dynamicSQL"),
        ("exec ('select ' + @x) at srv", "call ?dynamicSQL !network"), ("exec @p 1", "call ?dynamicSQL"),
        ("exec sp_executesql N'select 1'", "call ?dynamicSQL"), ("exec @r = srv.db.dbo.p", "call ?procedure !network"),
        ("exec master..xp_cmdshell 'dir'", "call ?procedure !program"), ("sp_who2 'active'", "call ?procedure"),
        ("dbcc checkdb ('d')", "maintenance"), ("update statistics dbo.t", "maintenance dbo.t:admin"),
        ("begin tran x", "transaction"), ("waitfor delay '0:0:5'", "utility"),
        ("backup database d to disk = '/f'", "utility !server_file"),
        ("disable trigger x on dbo.t", "alter dbo.t:ddl"), ("raiserror('x', 16, 1)", "utility"),
    ])
    func commands(_ text: String, _ expected: String) {
        #expect(read(text) == [expected])
    }

    @Test(arguments: [
        (
            "select 1 from a select 2 from b insert c values (1) delete d update e set f = 1 exec g drop table h",
            [
                "select a:read", "select b:read", "insert c:write", "delete d:write", "update e:write",
                "call ?procedure", "drop h:ddl",
            ]
        ),
        (
            "if exists (select 1 from a) begin delete b; insert c default values end else drop table d",
            ["block a:read", "delete b:write", "insert c:write", "drop d:ddl"]
        ),
        (
            "while @i < 5 begin set @i += 1 if @i = 3 break end select 1 from a",
            ["block", "set", "block", "utility", "select a:read"]
        ),
        (
            "begin try select 1 from a end try begin catch throw end catch; select 2 from b",
            ["select a:read", "utility", "select b:read"]
        ),
        ("begin tran; update a set b = 1 commit tran", ["transaction", "update a:write", "transaction"]),
        (
            "declare @x int set @x = 1 select @x from a where b = @x option (recompile) truncate table c",
            ["declare", "set", "select a:read", "truncate c:write"]
        ),
        (
            "create procedure p @a int = 1, @b as nvarchar(5) output with recompile as begin select * from t; delete u end",
            ["create ?routineBody", "select t:read", "delete u:write"]
        ),
        (
            "create trigger x on dbo.t after insert, update as if update(a) insert into l select a from inserted",
            ["create dbo.t:ddl ?routineBody", "block", "insert l:write inserted:read"]
        ),
        (
            "create function f(@a int) returns table as return (select a from t)",
            ["create ?routineBody", "utility t:read"]
        ),
        ("l1: select 1 from a goto l1", ["select a:read", "utility"]),
        ("select a from t1 as x where y = 1 grant select on t2 to u", ["select t1:read", "grant t2:admin"]),
        ("drop table a create table b (c int) alter table b add d int", ["drop a:ddl", "create b:ddl", "alter b:ddl"]),
        (
            "open c fetch c into @x close c deallocate c select 1 from a",
            ["fetch ?preparedStatement", "fetch ?preparedStatement", "close", "deallocate", "select a:read"]
        ),
        ("print 'x' print 'y' return", ["utility", "utility", "utility"]),
        ("set xact_abort on set nocount off select 1 from a", ["set", "set", "select a:read"]),
        ("declare c cursor for select a from t open c", ["declare t:read", "fetch ?preparedStatement"]),
        ("insert t output inserted.a values (1) select 1 a into b", ["insert t:write", "select b:ddl"]),
        ("exec a 1, 2 exec b select 1 from c", ["call ?procedure", "call ?procedure", "select c:read"]),
    ])
    func severalStatements(_ text: String, _ expected: [String]) {
        #expect(read(text) == expected)
    }

    /// SET QUOTED_IDENTIFIER changes the text behind it, in whatever branch it stands.
    @Test func quotedIdentifierFollowsItsSetting() {
        #expect(
            read("select \"a\" from \"t\" set quoted_identifier off select \"from u\" from v") == [
                "select t:read", "set", "select v:read",
            ])
        #expect(
            read("set ansi_nulls, quoted_identifier on select 1 from \"t\"", TSQLLexing(quotedIdentifier: false)) == [
                "set", "select t:read",
            ])
        #expect(read("select 1 from \"t\"", TSQLLexing(quotedIdentifier: false)).last?.contains("unparsed") == true)
        #expect(read("set @x = quoted_identifier select 1 from \"t\"") == ["set", "select t:read"])
    }

    @Test(arguments: [
        "select 'a", "select (1", "select 1)", "select * from t join", "insert into", "update t", "create table",
        "a b c; d",
        "select a from t where (select 1 from u", "select 1 from a trigger b on c", "select 1 from a add signature b",
        "select (select 1 from t drop table u)", "select 1 from t 'x'", "grant select on", "set @a = )", "exec",
        "select a from b view c",
    ])
    func neverGuesses(_ text: String) {
        #expect(read(text).contains { $0.contains("unparsed") }, "\(read(text))")
    }

    @Test func dynamicTextAndCalls() {
        let summary = BatchSummary(
            mssqlUTF16: utf16("exec sp_executesql @stmt = N'select ''x''', N'@a int', 1; exec ('drop table t')"))
        #expect(summary.statements.map { $0.named.first?.text?.description } == ["select 'x'", "drop table t"])
        let calls = BatchSummary(mssql: "select dbo.F(1), Upper(a), coalesce(b, 1), object_id('dbo.t') from t")
        #expect(calls.statements[0].calls.map(\.name.description) == ["f", "upper", "coalesce", "object_id"])
        #expect(calls.statements[0].named.first?.text?.description == "dbo.t")
    }
}
