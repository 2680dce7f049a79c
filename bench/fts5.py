"""SQLite's FTS5 doing the same work: the ten best, the total, four facets, ten snippets."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.queries import Asked
from kb.search.engine import Document

# One column for each term that a document may have: the corpus has two purposes at most.
COLUMNS = {"kind": 1, "theme": 1, "nation": 1, "purpose": 2}
NAMES = [f"{facet}_{n}" for facet, most in COLUMNS.items() for n in range(most)]

SCHEMA = f"""
CREATE VIRTUAL TABLE text USING fts5(
    title, summary, body, tokenize = 'porter unicode61', prefix = '2 3'
);
CREATE TABLE document (id INTEGER PRIMARY KEY, key TEXT UNIQUE, stored TEXT);
CREATE TABLE facet (id INTEGER PRIMARY KEY, {", ".join(f"{name} INTEGER" for name in NAMES)});
CREATE TABLE term (id INTEGER PRIMARY KEY, facet TEXT, name TEXT, UNIQUE (facet, name));
"""

Filters = Mapping[str, frozenset[str]]


class Fts5:
    """As one would write it with care.

    What matches is gathered once, with its rank; then counted in as few passes
    as the filters allow, from integers in one narrow table, which was the fastest
    of five ways that were tried. It has neither synonyms nor typing errors to mind.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        self._run = self._connection.execute
        self._run("PRAGMA cache_size = -200000")
        self._run("PRAGMA temp_store = MEMORY")
        self._run("CREATE TEMP TABLE found (id INTEGER PRIMARY KEY, rank REAL)")
        self._terms: dict[tuple[str, str], int] = {}

    def build(self, documents: Iterable[Document]) -> None:
        self._connection.executescript(SCHEMA)
        for number, document in enumerate(documents, start=1):
            self._add(number, document)
        rows = [(number, *term) for term, number in self._terms.items()]
        self._connection.executemany("INSERT INTO term VALUES (?, ?, ?)", rows)
        self._connection.commit()
        self._run("ANALYZE")
        self._connection.commit()

    def _add(self, number: int, document: Document) -> None:
        texts = (document.title, document.summary, document.body)
        self._run(
            "INSERT INTO text (rowid, title, summary, body) VALUES (?, ?, ?, ?)", (number, *texts)
        )
        stored = json.dumps(dict(document.stored))
        self._run("INSERT INTO document VALUES (?, ?, ?)", (number, document.key, stored))
        facets = {"kind": (document.kind,), **document.facets}
        values = [
            self._terms.setdefault((facet, term), len(self._terms))
            for facet in COLUMNS
            for term in facets[facet]
        ]
        self._run(f"INSERT INTO facet VALUES (?{', ?' * len(NAMES)})", (number, *values))

    def search(self, asked: Asked) -> int:
        """The total; everything else is fetched as well."""
        if not self._terms:
            rows = self._run("SELECT facet, name, id FROM term")
            self._terms = {(facet, name): number for facet, name, number in rows}
        match = _match(asked)
        self._run("DELETE FROM found")
        self._run(
            "INSERT INTO found SELECT rowid, bm25(text, 3.0) FROM text WHERE text MATCH ?",
            (match,),
        )
        filters = asked.query.filters
        self._count({facet for facet in COLUMNS if facet not in filters}, filters)
        for facet in filters:
            others = {other: terms for other, terms in filters.items() if other != facet}
            self._count({facet}, others)
        return self._hits(match, filters)

    def _count(self, facets: set[str], filters: Filters) -> list[Counter[int]]:
        columns = [name for name in NAMES if name.rpartition("_")[0] in facets]
        rows = self._run(
            f"SELECT {', '.join(columns)} FROM found CROSS JOIN facet USING (id)"
            f" WHERE {self._where(filters)}"
        ).fetchall()
        return [Counter(column) for column in zip(*rows, strict=True)]

    def _hits(self, match: str, filters: Filters) -> int:
        source = "found"
        if filters:
            source = f"found CROSS JOIN facet USING (id) WHERE {self._where(filters)}"
        (total,) = self._run(f"SELECT count(*) FROM {source}").fetchone()
        best = self._run(f"SELECT id FROM {source} ORDER BY rank, id LIMIT 10").fetchall()
        for (number,) in best:
            self._run(
                "SELECT title, snippet(text, 2, '<mark>', '</mark>', '…', 32)"
                " FROM text WHERE text MATCH ? AND rowid = ?",
                (match, number),
            ).fetchone()
            self._run("SELECT key, stored FROM document WHERE id = ?", (number,)).fetchone()
        return int(total)

    def _where(self, filters: Filters) -> str:
        conditions = ["true"]
        for facet, terms in filters.items():
            wanted = ", ".join(str(self._terms[facet, term]) for term in sorted(terms))
            conditions.append(f"{facet}_0 IN ({wanted})")
        return " AND ".join(conditions)


def _match(asked: Asked) -> str:
    quoted = [f'"{word}"' for word in asked.words]
    if asked.kind == "phrase":
        return f'"{" ".join(asked.words)}"'
    if asked.kind == "any words":
        return " OR ".join(quoted)
    return " ".join(quoted) + ("*" if asked.kind == "prefix" else "")
