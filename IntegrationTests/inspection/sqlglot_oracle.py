"""The relations of MySQL's and Transact-SQL's statements as sqlglot has them.

sqlglot is no server: it reads what no server takes and misreads some of what servers take. `Doubtful` marks what it is
known to misread, with the cause; such statements prove nothing.
"""

from collections.abc import Iterable, Iterator

import sqlglot
from sqlglot import errors, exp

from inspection.comparison import Relations

DIALECTS = {"mysql": "mysql", "mssql": "tsql"}
RELATION_KINDS = {"TABLE", "VIEW", "SEQUENCE"}
Refused = errors.SqlglotError


class Doubtful(Exception):
    pass


MISREAD = {
    exp.Command: "not parsed by sqlglot",
    exp.Show: "SHOW without its tables",
    (exp.Use, exp.Grant, exp.Revoke, exp.Set, exp.Kill, exp.Analyze): "other objects taken for tables",
    exp.Execute: "procedures taken for tables",
    exp.Merge: "MERGE without INTO, and OUTPUT INTO, misread",
    exp.IfBlock: "IF … ELSE takes the statement behind it",
    exp.Describe: "EXPLAIN of a change taken for reading",
    exp.AlterRename: "the new name taken for a table that is read",
}
FUNCTIONS = {"OPENQUERY", "OPENROWSET", "OPENDATASOURCE", "CONTAINSTABLE", "FREETEXTTABLE", "CHANGETABLE"}


def relations(text: str, dialect: str) -> Relations:
    """Of all statements of a text. Raises `Refused` for what sqlglot can't parse."""
    if "/*!" in text or "/*M!" in text:
        raise Doubtful("comments that are code")
    try:
        parsed = sqlglot.parse(text, dialect=DIALECTS[dialect])
    except IndexError as error:
        raise errors.ParseError("sqlglot fails") from error
    result: Relations = {}
    for statement in parsed:
        if statement is not None:
            for name, actions in Reader(statement, dialect).read().items():
                key = name.lower() if dialect == "mssql" else name
                result.setdefault(key, set()).update(actions)
    return result


class Reader:
    def __init__(self, statement: exp.Expression, dialect: str) -> None:
        self.statement = statement
        self.dialect = dialect
        self.relations: Relations = {}
        #: What is done to tables that are no plain reads, by identity; empty for what is no relation.
        self.targets: dict[int, set[str]] = {}

    def read(self) -> Relations:
        self.refuse_the_doubtful()
        method = getattr(self, type(self.statement).__name__.lower(), None)
        if method is not None:
            method()
        for into in self.statement.find_all(exp.Into):
            self.targets[id(into.this)] = {"ddl"}
        locked = set(self.locked())
        for table in self.statement.find_all(exp.Table):
            if not isinstance(table.this, (exp.Identifier, exp.Dot)) or self.is_common_table(table):
                continue
            if qualified(table).lower() == "dual":
                continue
            actions = self.targets.get(id(table), {"read", "write"} if id(table) in locked else {"read"})
            if actions and not qualified(table).startswith("@"):
                self.relations.setdefault(qualified(table), set()).update(actions)
        return self.relations

    def refuse_the_doubtful(self) -> None:
        statement = self.statement
        for kind, cause in MISREAD.items():
            if statement.find(kind) is not None:
                raise Doubtful(cause)
        if self.dialect == "mssql" and statement.args.get("returning") is not None:
            raise Doubtful("OUTPUT INTO left out")
        if isinstance(statement, exp.Alter) and any(isinstance(each, exp.Drop) for each in statement.args["actions"]):
            raise Doubtful("constraints taken for tables")
        for node in statement.find_all(exp.Table, exp.Anonymous):
            if node.name.upper() in FUNCTIONS:
                raise Doubtful("functions taken for tables")
            if '"' in node.name or "'" in node.name:
                raise Doubtful("quotes in names")

    # What statements do to their targets.

    def target(self, table: exp.Expression | None, *actions: str) -> None:
        if isinstance(table, exp.Schema):
            table = table.this
        if table is not None:
            self.targets[id(table)] = set(actions)

    def insert(self) -> None:
        self.target(self.statement.this, "write")

    def create(self) -> None:
        kind = self.statement.args.get("kind")
        if kind in RELATION_KINDS:
            return self.target(self.statement.this, "ddl")
        index = self.statement.find(exp.Index)
        if index is None or "USING" in self.statement.sql().upper():
            raise Doubtful("routines taken for tables")
        return self.target(index.args.get("table"), "ddl")

    def drop(self) -> None:
        kind = self.statement.args.get("kind")
        if kind == "INDEX":
            raise Doubtful("indexes taken for tables")
        for table in self.statement.find_all(exp.Table):
            self.target(table, *(["ddl"] if kind in RELATION_KINDS else []))

    def alter(self) -> None:
        self.target(self.statement.this, *(["ddl"] if self.statement.args.get("kind") in RELATION_KINDS else []))

    def truncatetable(self) -> None:
        for table in self.statement.expressions:
            self.target(table, "write")

    def update(self) -> None:
        first = self.statement.this
        tables = list(self.joined(first, self.statement))
        source = self.statement.args.get("from_")
        if self.dialect == "mssql" and (self.statement.args.get("with_") or self.statement.find(exp.Subquery)):
            raise Doubtful("UPDATE through a common or derived table")
        if source is not None:
            return self.aliased(first, list(self.joined(source.this, self.statement)))
        if len(tables) == 1:
            return self.target(first, "write")
        for assignment in self.statement.expressions:
            column = assignment.this
            for table in tables:
                if not column.table:
                    self.targets.setdefault(id(table), set()).update({"read", "write"})
                elif table.alias_or_name == column.table:
                    self.target(table, "write")
        return None

    def delete(self) -> None:
        listed = self.statement.args.get("tables")
        if not isinstance(self.statement.this, exp.Table) or self.statement.args.get("using"):
            raise Doubtful("DELETE without FROM, or with USING, misread")
        if not listed:
            source = self.statement.args.get("from_")
            if source is not None:
                return self.aliased(self.statement.this, list(self.joined(source.this, self.statement)))
            return self.target(self.statement.this, "write")
        if self.dialect == "mssql" and self.statement.this.alias:
            raise Doubtful("DELETE of a table that FROM gives an alias")
        names = {table.name for table in listed}
        if names - {table.alias_or_name for table in self.statement.find_all(exp.Table) if table not in listed}:
            raise Doubtful("DELETE of a table that FROM lacks")
        for table in listed:
            self.target(table)
        for table in self.statement.find_all(exp.Table):
            if id(table) not in self.targets and table.alias_or_name in names:
                self.target(table, "write")
        return None

    def aliased(self, target: exp.Expression, tables: list[exp.Table]) -> None:
        """The target of UPDATE and DELETE, which may be the alias of what FROM names."""
        for table in tables:
            if table.alias_or_name == target.name:
                self.target(target)
                return self.target(table, "write")
        return self.target(target, "write")

    def joined(self, first: exp.Expression, *holders: exp.Expression) -> Iterator[exp.Table]:
        joins = [join for each in (first, *holders) for join in each.args.get("joins") or ()]
        for item in (first, *(join.this for join in joins)):
            if isinstance(item, exp.Table):
                yield item

    # Scopes.

    def locked(self) -> Iterator[int]:
        for select in self.statement.find_all(exp.Select):
            source = select.args.get("from_")
            if select.args.get("locks") and source is not None:
                yield from (id(table) for table in self.joined(source.this, select))

    def is_common_table(self, table: exp.Table) -> bool:
        return not table.db and table.name in set(common_tables(table))


def common_tables(node: exp.Expression) -> Iterable[str]:
    """Names of common table expressions that are in scope at a node."""
    inner: exp.Expression | None = None
    body: exp.Expression | None = None
    while node is not None:
        clause = node.args.get("with_")
        if clause is not None:
            names = [each.alias for each in clause.expressions]
            if inner is clause:
                names = names[: clause.expressions.index(body) + 1]
            yield from names
        if isinstance(node, exp.CTE):
            body = node
        inner, node = node, node.parent


def qualified(table: exp.Table) -> str:
    if isinstance(table.this, exp.Dot):
        last = [part.name for part in table.this.flatten()]
    else:
        mark = "##" if table.this.args.get("global_") else "#" if table.this.args.get("temporary") else ""
        last = [mark + table.name]
    parts = [table.args[key].name for key in ("catalog", "db") if table.args.get(key)]
    return ".".join(part for part in parts + last if part)
