"""The relations of a PostgreSQL statement as PostgreSQL's own parser has them.

Written from the meaning of the syntax tree, not from the reader that it judges. Each statement gives a mapping of
qualified names to actions; names of common table expressions are left out where they are in scope.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pglast import ast, enums, parse_sql

Relations = dict[str, set[str]]
Scope = frozenset[str]

RELATION_TYPES = {
    enums.ObjectType.OBJECT_TABLE,
    enums.ObjectType.OBJECT_VIEW,
    enums.ObjectType.OBJECT_MATVIEW,
    enums.ObjectType.OBJECT_INDEX,
    enums.ObjectType.OBJECT_SEQUENCE,
    enums.ObjectType.OBJECT_FOREIGN_TABLE,
}
# Objects that belong to a relation, whose name comes before their own.
PART_TYPES = {
    enums.ObjectType.OBJECT_COLUMN,
    enums.ObjectType.OBJECT_TABCONSTRAINT,
    enums.ObjectType.OBJECT_TRIGGER,
    enums.ObjectType.OBJECT_RULE,
    enums.ObjectType.OBJECT_POLICY,
}


def statements(text: str) -> list[Relations]:
    """One entry a statement. Raises `pglast.parser.ParseError` for what PostgreSQL refuses."""
    return [Reader().read(raw.stmt) for raw in parse_sql(text)]


class Reader:
    def __init__(self) -> None:
        self.relations: Relations = {}

    def read(self, statement: ast.Node) -> Relations:
        self.walk(statement, frozenset())
        return self.relations

    def add(self, parts: Iterable[str | None], *actions: str) -> None:
        name = ".".join(part for part in parts if part)
        self.relations.setdefault(name, set()).update(actions)

    def relation(self, var: ast.RangeVar | None, *actions: str) -> None:
        if var is not None:
            self.add((var.catalogname, var.schemaname, var.relname), *actions)

    # The tree, one method for each kind of node that names relations otherwise than by being in FROM.

    def walk(self, node: Any, scope: Scope) -> None:
        if isinstance(node, (list, tuple)):
            for item in node:
                self.walk(item, scope)
        elif isinstance(node, ast.Node):
            method = getattr(self, type(node).__name__, None)
            if method is not None:
                method(node, scope)
            else:
                self.children(node, scope)

    def children(self, node: ast.Node, scope: Scope, but: tuple[str, ...] = ()) -> None:
        for field in node:
            if field not in but:
                self.walk(getattr(node, field), scope)

    def RangeVar(self, node: ast.RangeVar, scope: Scope) -> None:
        if node.schemaname is not None or node.relname not in scope:
            self.relation(node, "read")

    def scoped(self, node: Any, scope: Scope) -> Scope:
        """The names in scope behind a node's WITH, whose bodies are read."""
        clause = node.withClause
        if clause is None:
            return scope
        names = [cte.ctename for cte in clause.ctes]
        inner = scope | frozenset(names) if clause.recursive else scope
        for cte in clause.ctes:
            self.walk(cte.ctequery, inner)
            inner |= {cte.ctename}
        return inner

    def SelectStmt(self, node: ast.SelectStmt, scope: Scope) -> None:
        inner = self.scoped(node, scope)
        if node.intoClause is not None:
            self.relation(node.intoClause.rel, "ddl")
        self.children(node, inner, but=("withClause", "intoClause", "lockingClause"))
        for lock in node.lockingClause or ():
            names = {var.relname for var in lock.lockedRels or ()}
            for var in self.locked(node.fromClause or (), names):
                if var.schemaname is not None or var.relname not in inner:
                    self.relation(var, "write")

    def locked(self, items: Iterable[Any], names: set[str]) -> Iterator[ast.RangeVar]:
        """Relations in FROM, subqueries included; with names only what bears one of them."""
        for item in items:
            if isinstance(item, ast.JoinExpr):
                yield from self.locked((item.larg, item.rarg), names)
                continue
            if isinstance(item, ast.RangeTableSample):
                item = item.relation
            alias = getattr(item, "alias", None)
            name = alias.aliasname if alias is not None else getattr(item, "relname", None)
            if names and name not in names:
                continue
            if isinstance(item, ast.RangeVar):
                yield item
            elif isinstance(item, ast.RangeSubselect):
                yield from self.locked(item.subquery.fromClause or (), set())

    def InsertStmt(self, node: ast.InsertStmt, scope: Scope) -> None:
        self.relation(node.relation, "write")
        self.children(node, self.scoped(node, scope), but=("withClause", "relation"))

    UpdateStmt = InsertStmt
    DeleteStmt = InsertStmt
    MergeStmt = InsertStmt

    def CreateTableAsStmt(self, node: ast.CreateTableAsStmt, scope: Scope) -> None:
        self.relation(node.into.rel, "ddl")
        self.children(node, scope, but=("into",))

    def ViewStmt(self, node: ast.ViewStmt, scope: Scope) -> None:
        self.relation(node.view, "ddl")
        self.walk(node.query, scope)

    def CreateStmt(self, node: ast.CreateStmt, scope: Scope) -> None:
        self.relation(node.relation, "ddl")
        for parent in node.inhRelations or ():
            self.relation(parent, "ddl")
        self.children(node, scope, but=("relation", "inhRelations"))

    def CreateForeignTableStmt(self, node: ast.CreateForeignTableStmt, scope: Scope) -> None:
        self.CreateStmt(node.base, scope)

    def AlterTableStmt(self, node: ast.AlterTableStmt, scope: Scope) -> None:
        if node.objtype in RELATION_TYPES:
            self.relation(node.relation, "ddl")
        for command in node.cmds or ():
            if command.subtype == enums.AlterTableType.AT_ChangeOwner:
                self.relation(node.relation, "admin")
            if isinstance(command.def_, ast.RangeVar):
                self.relation(command.def_, "ddl")
            else:
                self.walk(command.def_, scope)

    def PartitionCmd(self, node: ast.PartitionCmd, scope: Scope) -> None:
        self.relation(node.name, "ddl")
        self.children(node, scope, but=("name",))

    def changed(self, node: Any, scope: Scope) -> None:
        field = next(name for name in ("relation", "sequence", "table") if hasattr(node, name))
        self.relation(getattr(node, field), "ddl")
        self.children(node, scope, but=(field,))

    IndexStmt = changed

    def CreateTrigStmt(self, node: ast.CreateTrigStmt, scope: Scope) -> None:
        self.relation(node.constrrel, "ddl")
        self.relation(node.relation, "ddl")
        self.walk(node.whenClause, scope)

    CreatePolicyStmt = changed
    AlterPolicyStmt = changed
    RuleStmt = changed

    def CreateSeqStmt(self, node: Any, scope: Scope) -> None:
        self.changed(node, scope)

    AlterSeqStmt = CreateSeqStmt

    def DefElem(self, node: ast.DefElem, scope: Scope) -> None:
        if node.defname == "owned_by":
            parts = [part.sval for part in node.arg]
            if len(parts) > 1:
                self.add(parts[:-1], "ddl")
        else:
            self.children(node, scope)

    def RenameStmt(self, node: ast.RenameStmt, scope: Scope) -> None:
        if node.renameType == enums.ObjectType.OBJECT_ATTRIBUTE:
            return
        self.relation(node.relation, "ddl")

    def AlterObjectSchemaStmt(self, node: ast.AlterObjectSchemaStmt, scope: Scope) -> None:
        self.relation(node.relation, "ddl")

    AlterObjectDependsStmt = AlterObjectSchemaStmt

    def CreateStatsStmt(self, node: ast.CreateStatsStmt, scope: Scope) -> None:
        for var in node.relations or ():
            if isinstance(var, ast.RangeVar):
                self.relation(var, "ddl")
            else:
                self.walk(var, scope)
        self.walk(node.exprs, scope)

    def CompositeTypeStmt(self, node: ast.CompositeTypeStmt, scope: Scope) -> None:
        """A type is no relation."""

    def ConstraintsSetStmt(self, node: ast.ConstraintsSetStmt, scope: Scope) -> None:
        """Nor is a constraint."""

    def ImportForeignSchemaStmt(self, node: ast.ImportForeignSchemaStmt, scope: Scope) -> None:
        """Its tables are the other server's."""

    def TruncateStmt(self, node: Any, scope: Scope) -> None:
        for var in node.relations or ():
            self.relation(var, "write")

    LockStmt = TruncateStmt

    def RefreshMatViewStmt(self, node: ast.RefreshMatViewStmt, scope: Scope) -> None:
        self.relation(node.relation, "write")

    def VacuumRelation(self, node: Any, scope: Scope) -> None:
        self.relation(node.relation, "admin")

    ClusterStmt = VacuumRelation
    ReindexStmt = VacuumRelation

    def PublicationTable(self, node: ast.PublicationTable, scope: Scope) -> None:
        self.relation(node.relation, "admin")
        self.walk(node.whereClause, scope)

    def GrantStmt(self, node: ast.GrantStmt, scope: Scope) -> None:
        if node.targtype != enums.GrantTargetType.ACL_TARGET_OBJECT:
            return
        for var in node.objects or ():
            if isinstance(var, ast.RangeVar):
                self.relation(var, "admin")

    def CopyStmt(self, node: ast.CopyStmt, scope: Scope) -> None:
        self.relation(node.relation, "write" if node.is_from else "read")
        self.children(node, scope, but=("relation",))

    def named(self, kind: enums.ObjectType, name: Any, action: str) -> None:
        if kind not in RELATION_TYPES | PART_TYPES:
            return
        parts = [part.sval for part in name]
        if kind in RELATION_TYPES:
            self.add(parts, action)
        elif kind in PART_TYPES and len(parts) > 1:
            self.add(parts[:-1], action)

    def DropStmt(self, node: ast.DropStmt, scope: Scope) -> None:
        for name in node.objects or ():
            self.named(node.removeType, name, "ddl")

    def CommentStmt(self, node: ast.CommentStmt, scope: Scope) -> None:
        self.named(node.objtype, node.object, "ddl")

    def SecLabelStmt(self, node: ast.SecLabelStmt, scope: Scope) -> None:
        self.named(node.objtype, node.object, "admin")

    def AlterExtensionContentsStmt(self, node: ast.AlterExtensionContentsStmt, scope: Scope) -> None:
        self.named(node.objtype, node.object, "ddl")
