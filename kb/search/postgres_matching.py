"""What a parsed query is in PostgreSQL: conditions, a rank, and the questions asked of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, text

from kb.search.answering import window
from kb.search.documents import SEPARATOR
from kb.search.engine import Query, Sort
from kb.search.matching import ENOUGH, SHARE
from kb.search.parsing import Alternative, Clause, Parsed
from kb.search.scoring import idf

RANK_WEIGHTS = "{0.1, 0.2, 0.4, 1.0}"  # of the body, the summary, names and keywords, the title
PREFIX_WEIGHT = 0.5

Filters = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Matching:
    """Which documents answer the text, and how well, as SQL with its values."""

    where: str = "true"
    rank: str = "0.0"
    lift: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    relaxed: bool = False
    is_ranked: bool = False

    def hits(self, connection: Connection, query: Query) -> list[Row[Any]]:
        first, end = window(query)
        where, values = self._narrowed(query.filters)
        statement = f"""
            SELECT record, weight * ({self.rank}) AS score FROM search_document_2
            WHERE {where} ORDER BY {self._order(query)}, key LIMIT :limit OFFSET :offset
        """  # noqa: S608
        values |= {"limit": end - first, "offset": first}
        return list(connection.execute(text(statement), values))

    def total(self, connection: Connection, filters: Filters) -> int:
        where, values = self._narrowed(filters)
        statement = f"SELECT count(*) FROM search_document_2 WHERE {where}"  # noqa: S608
        return int(connection.scalar(text(statement), values) or 0)

    def counts(self, connection: Connection, query: Query, facet: str) -> dict[str, int]:
        others = {other: terms for other, terms in query.filters.items() if other != facet}
        where, values = self._narrowed(others)
        statement = f"""
            SELECT substr(term, :start), count(*) FROM search_document_2, unnest(facets) AS term
            WHERE {where} AND starts_with(term, :facet) GROUP BY term
        """  # noqa: S608
        beginning = facet + SEPARATOR
        values |= {"facet": beginning, "start": len(beginning) + 1}
        return dict(connection.execute(text(statement), values).all())

    def _order(self, query: Query) -> str:
        if query.sort is Sort.CHECKED:
            return "checked DESC"
        if query.sort is Sort.COPIED:
            return "copied DESC, happened DESC"
        if query.sort is Sort.NEWEST or not self.is_ranked:
            return "happened DESC"
        return f"{self.lift} DESC, score DESC" if self.lift else "score DESC"

    def _narrowed(self, filters: Filters) -> tuple[str, dict[str, object]]:
        conditions = [f"({self.where})"]
        values = dict(self.values)
        for number, (facet, terms) in enumerate(filters.items()):
            if terms:
                conditions.append(f"facets && CAST(:filter{number} AS text[])")
                values[f"filter{number}"] = [f"{facet}{SEPARATOR}{term}" for term in terms]
        return " AND ".join(conditions), values


def chosen(connection: Connection, parsed: Parsed, expansions: list[str]) -> Matching:
    """All words if that finds enough; else those first and then the best of the others."""
    values = {f"c{at}": _clause(each, expansions) for at, each in enumerate(parsed.clauses)}
    tests = [_test(name) for name in values]
    tells, holding = _told(connection, tests, values)
    rank = " + ".join(_ranks(parsed.clauses, expansions, tells, values)) or "0.0"
    is_relaxed = len(tests) > 1 and holding < ENOUGH and any(tells)
    where = [f"({' OR '.join(tests)})", _enough(tests, tells)] if is_relaxed else list(tests)
    for at, excluded in enumerate(parsed.excluded):
        values[f"x{at}"] = _alternative(excluded)
        where.append(f"NOT {_test(f'x{at}')}")
    matching = Matching(
        where=" AND ".join(where) or "true", rank=rank, values=values, is_ranked=bool(tests)
    )
    if not is_relaxed or matching.total(connection, {}) <= holding:
        return matching
    return replace(matching, lift=f"({' AND '.join(tests)})", relaxed=True)


def _test(name: str) -> str:
    return f"words @@ CAST(:{name} AS tsquery)"


def _told(
    connection: Connection, tests: list[str], values: Mapping[str, str]
) -> tuple[list[float], int]:
    """How much each clause tells, and how many documents satisfy all of them."""
    if not tests:
        return [], 0
    counted = ", ".join(f"count(*) FILTER (WHERE {test})" for test in tests)
    statement = f"""
        SELECT (SELECT count(*) FROM search_document_2),
            count(*) FILTER (WHERE {" AND ".join(tests)}), {counted}
        FROM search_document_2 WHERE {" OR ".join(tests)}
    """  # noqa: S608
    documents, holding, *each = connection.execute(text(statement), values).one()
    return [idf(number, documents) if number else 0.0 for number in each], int(holding)


def _enough(tests: list[str], tells: list[float]) -> str:
    """The documents that hold enough of what the words tell."""
    told = " + ".join(
        f"CASE WHEN {test} THEN {tell:.6f} ELSE 0 END"
        for test, tell in zip(tests, tells, strict=True)
    )
    return f"{told} >= {SHARE * sum(tells):.6f}"


def holds(connection: Connection, stem: str) -> bool:
    """Whether any document holds this stem."""
    statement = "SELECT EXISTS (SELECT FROM search_document_2 WHERE words @@ CAST(:q AS tsquery))"
    return bool(connection.scalar(text(statement), {"q": _quoted(stem)}))


def _ranks(
    clauses: tuple[Clause, ...],
    expansions: list[str],
    tells: list[float],
    values: dict[str, str],
) -> Iterator[str]:
    """A term for each clause and weight: what was typed, what means the same, what begins so."""
    for at, clause in enumerate(clauses):
        ways: dict[float, list[str]] = {}
        for each in clause.alternatives:
            ways.setdefault(each.weight, []).append(_alternative(each))
        if clause.prefix and expansions:
            ways.setdefault(PREFIX_WEIGHT, []).extend(map(_quoted, expansions))
        for number, (weight, found) in enumerate(ways.items()):
            name = f"r{at}_{number}"
            values[name] = " | ".join(found)
            rank = f"ts_rank('{RANK_WEIGHTS}', words, CAST(:{name} AS tsquery))"
            yield f"{weight * tells[at]:.6f} * {rank}"


def _clause(clause: Clause, expansions: list[str]) -> str:
    ways = [_alternative(each) for each in clause.alternatives]
    ways += map(_quoted, expansions if clause.prefix else [])
    return " | ".join(ways)


def _alternative(alternative: Alternative) -> str:
    operator = " <-> " if alternative.adjacent else " & "
    return f"({operator.join(map(_quoted, alternative.stems))})"


def _quoted(stem: str) -> str:
    """A stem as tsquery; it holds only letters and digits."""
    return f"'{stem}'"
