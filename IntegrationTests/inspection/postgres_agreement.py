"""How far `articdbm inspect` agrees with PostgreSQL's own parser."""

from pglast.parser import ParseError

from inspection import corpus, postgres_oracle
from inspection.comparison import Comparison, inspect, merged, relations


def compare(statements: list[corpus.Statement]) -> Comparison:
    result = Comparison()
    records = inspect(statements, "postgres")
    assert [record["id"] for record in records] == [each.id for each in statements]
    for each, record in zip(statements, records, strict=True):
        try:
            wanted = postgres_oracle.statements(each.text)
        except ParseError:
            result.refused += 1
            continue
        found = record["statements"]
        if len(found) == len(wanted):
            for expectation, statement in zip(wanted, found, strict=True):
                result.add(each.id, expectation, relations(statement), statement["unparsed"])
        else:
            unparsed = next((one["unparsed"] for one in found if one["unparsed"]), None)
            result.add(each.id, merged(wanted), merged(map(relations, found)), unparsed)
    return result
