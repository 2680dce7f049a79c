"""The engine for several servers: two tables in PostgreSQL, without any extension."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice

from psycopg.errors import LockNotAvailable, UndefinedColumn, UndefinedTable
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from kb.search.answering import hit
from kb.search.documents import cleaned, facet_terms, from_record, placed, to_record
from kb.search.engine import Document, IndexBusy, IndexDamaged, Page, Query
from kb.search.matching import MAX_EXPANSIONS
from kb.search.mending import mend, near, reach
from kb.search.parsing import Synonyms, Typed, bounded, parse
from kb.search.postgres_matching import Matching, chosen, holds
from kb.search.snippets import Marks
from kb.search.text import stem, words

BATCH = 500
GAP = 8
WRITE_LOCK = 7_462_873  # any number that nobody else uses
LOCK_TIMEOUT = "30s"
MAX_SUGGEST_WORDS = 6
_LAST_PLACE = 16_383  # PostgreSQL knows no later one
_MOST_PLACES = 255  # of one word in one document

SCHEMA = (
    "DROP TABLE IF EXISTS search_document_1, search_word_1",  # of the shape before this one
    """CREATE TABLE IF NOT EXISTS search_document_2 (
        key text COLLATE "C" PRIMARY KEY,
        record text NOT NULL,
        words tsvector NOT NULL,
        title text NOT NULL,
        title_words tsvector NOT NULL,
        facets text[] NOT NULL,
        happened integer NOT NULL,
        checked integer NOT NULL,
        copied integer NOT NULL,
        weight double precision NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS search_document_2_words ON search_document_2 USING gin (words)",
    """CREATE INDEX IF NOT EXISTS search_document_2_title
        ON search_document_2 USING gin (title_words)""",
    "CREATE INDEX IF NOT EXISTS search_document_2_facets ON search_document_2 USING gin (facets)",
    """CREATE TABLE IF NOT EXISTS search_word_2 (
        word text COLLATE "C" PRIMARY KEY,
        documents integer NOT NULL
    )""",
)

PUT = """
    INSERT INTO search_document_2
        (key, record, words, title, title_words, facets, happened, checked, copied, weight)
    VALUES
        (:key, :record, CAST(:words AS tsvector), :title, CAST(:title_words AS tsvector),
        :facets, :happened, :checked, :copied, :weight)
    ON CONFLICT (key) DO UPDATE SET
        record = excluded.record, words = excluded.words, title = excluded.title,
        title_words = excluded.title_words, facets = excluded.facets,
        happened = excluded.happened, checked = excluded.checked, copied = excluded.copied,
        weight = excluded.weight
"""

PUT_WORDS = """
    INSERT INTO search_word_2 (word, documents)
    SELECT * FROM unnest(CAST(:words AS text[]), CAST(:counts AS integer[]))
    ON CONFLICT (word) DO UPDATE SET documents = search_word_2.documents + excluded.documents
"""

LIKE_WORDS = """
    SELECT word, documents FROM search_word_2 WHERE length(word) BETWEEN :least AND :most
"""

BEGINNING = """
    SELECT word, documents FROM search_word_2 WHERE word LIKE :beginning
    ORDER BY documents DESC, word LIMIT :limit
"""

SUGGEST = """
    SELECT title FROM search_document_2 WHERE title_words @@ CAST(:every AS tsquery)
    GROUP BY title
    ORDER BY bool_or(title_words @@ CAST(:first AS tsquery)) DESC, max(weight) DESC,
        length(title), title
    LIMIT :limit
"""


class PostgresEngine:
    """PostgreSQL stores, matches and ranks words that were folded and stemmed here.

    So both engines understand a query alike, and the database needs neither
    pg_trgm nor unaccent nor a configuration of its own.
    """

    def __init__(self, engine: Engine, synonyms: tuple[tuple[str, ...], ...] = ()) -> None:
        self._engine = engine
        self._synonyms = Synonyms(synonyms)

    def put(self, documents: Iterable[Document]) -> None:
        with self._writing() as connection:
            _insert(connection, documents)

    def remove(self, keys: Iterable[str]) -> None:
        with self._writing() as connection:
            statement = text("DELETE FROM search_document_2 WHERE key = ANY(:keys)")
            connection.execute(statement, {"keys": list(keys)})

    def search(self, query: Query) -> Page:
        typed = searched = bounded(query.text)
        with self._reading() as connection:
            if not query.verbatim:
                searched = self._mended(connection, typed)
            parsed = parse(searched, self._synonyms)
            marks = Marks(parsed.stems, parsed.prefix)
            matching = chosen(connection, parsed, _expanded(connection, parsed.prefix))
            return Page(
                hits=tuple(
                    hit(from_record(found.record), found.score, marks)
                    for found in matching.hits(connection, query)
                ),
                total=matching.total(connection, query.filters),
                counts={facet: matching.counts(connection, query, facet) for facet in query.count},
                searched=searched if searched != typed else "",
                relaxed=matching.relaxed,
            )

    def suggest(self, prefix: str, *, limit: int = 8) -> tuple[str, ...]:
        typed = [each.plain for each in words(bounded(prefix))][:MAX_SUGGEST_WORDS]
        if not typed or limit < 1:
            return ()
        beginnings = [f"'{each}':*" for each in typed]
        wanted = {"every": " & ".join(beginnings), "first": beginnings[0] + "A", "limit": limit}
        with self._reading() as connection:
            return tuple(connection.scalars(text(SUGGEST), wanted))

    def count(self) -> int:
        with self._reading() as connection:
            return Matching().total(connection, {})

    def replace(self, documents: Iterable[Document]) -> int:
        with self._writing() as connection:
            for statement in SCHEMA:
                connection.execute(text(statement))
            connection.execute(text("DELETE FROM search_document_2"))
            connection.execute(text("DELETE FROM search_word_2"))
            _insert(connection, documents)
            return Matching().total(connection, {})

    def _mended(self, connection: Connection, typed: str) -> str:
        def is_known(word: Typed) -> bool:
            begun = word.is_last and _beginning(connection, word.plain, limit=1)
            return bool(begun) or holds(connection, word.stem)

        def candidates(plain: str) -> Mapping[str, int]:
            slips = reach(plain)
            between = {"least": len(plain) - slips, "most": len(plain) + slips}
            rows = connection.execute(text(LIKE_WORDS), between).all()
            counts: dict[str, int] = dict(rows)
            return {each: counts[each] for each in near(plain, list(counts))}

        return mend(typed, self._synonyms, is_known, candidates)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """One moment of the index, however many questions are asked of it."""
        with _errors_named(), self._engine.connect() as connection:
            yield connection.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction of the only writer."""
        with _errors_named(), self._engine.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})"))
            yield connection


@contextmanager
def _errors_named() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, UndefinedTable | UndefinedColumn):
            raise IndexDamaged("The search index is missing.") from error
        if isinstance(error.orig, LockNotAvailable):
            raise IndexBusy("Something else is being written to the search index.") from error
        raise


def _insert(connection: Connection, documents: Iterable[Document]) -> None:
    left = iter(documents)
    while batch := {each.key: cleaned(each) for each in islice(left, BATCH)}:
        connection.execute(text(PUT), [_row(each) for each in batch.values()])
        counted = Counter(chain.from_iterable(_plain(each) for each in batch.values()))
        values = {"words": sorted(counted), "counts": [counted[each] for each in sorted(counted)]}
        connection.execute(text(PUT_WORDS), values)


def _row(document: Document) -> dict[str, object]:
    return {
        "key": document.key,
        "record": to_record(document),
        "words": _vector(document),
        "title": document.title,
        "title_words": _title_vector(document.title),
        "facets": sorted(facet_terms(document)),
        "happened": document.happened,
        "checked": document.checked,
        "copied": document.copied,
        "weight": document.weight,
    }


def _parts(document: Document) -> list[str]:
    named = f"{document.names} {document.keywords}"
    return [document.title, named, document.summary, document.body]


def _plain(document: Document) -> set[str]:
    return {each.plain for _, _, each in placed(_parts(document), GAP)}


def _vector(document: Document) -> str:
    """A tsvector: the places of each stem, those of the title as A and so on."""
    places: dict[str, list[str]] = {}
    for part, place, each in placed(_parts(document), GAP):
        places.setdefault(each.stem, []).append(f"{min(place + 1, _LAST_PLACE)}{'ABCD'[part]}")
    return " ".join(f"'{stem}':{','.join(found[:_MOST_PLACES])}" for stem, found in places.items())


def _title_vector(title: str) -> str:
    """A tsvector of the words as they are spelled, the first as A."""
    plain = [each.plain for each in words(title)]
    first = [f"'{each}':1A" for each in plain[:1]]
    return " ".join([*first, *(f"'{each}':2" for each in plain[1:])])


def _expanded(connection: Connection, prefix: str) -> list[str]:
    """The commonest stems of words that begin so."""
    found = _beginning(connection, prefix, limit=4 * MAX_EXPANSIONS) if prefix else []
    return list(dict.fromkeys(stem(plain) for plain in found))[:MAX_EXPANSIONS]


def _beginning(connection: Connection, prefix: str, limit: int) -> list[str]:
    wanted = {"beginning": f"{prefix}%", "limit": limit}
    return list(connection.scalars(text(BEGINNING), wanted))
