"""The default engine: an index in a folder, no server."""

import json
import shutil
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from math import log
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.util.filelock import try_for
from whoosh.writing import IndexingError

from kb.search import answering
from kb.search.engine import MAX_TEXT, Document, IndexBusy, IndexDamaged, Page, Query, Sort
from kb.search.matching import Corpus, Part, match_text
from kb.search.mending import mend
from kb.search.parsing import Synonyms, Typed, bounded, parse
from kb.search.scoring import Mask
from kb.search.segment import Segment
from kb.search.snippets import Marks
from kb.search.suggesting import suggest
from kb.search.whoosh_reading import damage_reported, latest_commit, read_commit, read_segment
from kb.search.whoosh_writing import Writer, create_index, open_index

# Of what is written: raise it when documents are indexed differently, and every index
# of another shape counts as damaged and is rebuilt.
SHAPE = 2
POINTER = "current.json"
LOCK_TIMEOUT_S = 30.0
BATCH = 20_000
KEPT_PAGES = 256
ALIKE = 5  # so many segments of about the same size become one
LARGE = 5_000  # a segment that is only renewed by `replace`


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The index at one moment: which folder and commit, and what is in it."""

    folder: Path
    commit: int
    corpus: Corpus

    def where(self, key: str) -> Iterator[int]:
        """The numbers, within the whole index, of the living documents with this key."""
        base = 0
        for part in self.corpus.parts:
            at = part.segment.numbers_by_key.get(key)
            if at is not None and part.live[at]:
                yield base + at
            base += part.segment.size


class WhooshEngine:
    """Whoosh writes and stores; what it stored is matched, scored and counted on arrays.

    The folder holds a folder for each generation and a pointer to the one that
    counts. `replace` builds a new generation beside the old one. Processes that
    read look for a new commit at every search; a thread keeps the snapshot that
    it began with.
    """

    def __init__(
        self,
        folder: Path,
        synonyms: tuple[tuple[str, ...], ...] = (),
        *,
        lock_timeout_s: float = LOCK_TIMEOUT_S,
    ) -> None:
        self._folder = folder
        self._synonyms = Synonyms(synonyms)
        self._lock_timeout_s = lock_timeout_s
        self._snapshot: Snapshot | None = None
        self._opening = Lock()
        self._pages = Pages()

    def put(self, documents: Iterable[Document]) -> None:
        with self._writing():
            for batch in _batches(documents):
                self._change(batch, batch.values())
            self._merge()

    def remove(self, keys: Iterable[str]) -> None:
        with self._writing():
            self._change(keys, ())

    def search(self, query: Query) -> Page:
        snapshot = self._current()
        asked = (snapshot.folder, snapshot.commit, _hashable(query))
        page = self._pages.get(asked)
        if page is None:
            page = self._answer(snapshot.corpus, query)
            self._pages.keep(asked, page)
        return page

    def suggest(self, prefix: str, *, limit: int = 8) -> tuple[str, ...]:
        return suggest(self._current().corpus, prefix, limit)

    def count(self) -> int:
        parts = self._current().corpus.parts
        return sum(int(np.count_nonzero(part.live)) for part in parts)

    def replace(self, documents: Iterable[Document]) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._locked():
            folder = self._folder / f"generation-{uuid4().hex}"
            try:
                written = _build(folder, documents)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            self._point_to(folder)
        return written

    def _answer(self, corpus: Corpus, query: Query) -> Page:
        text = searched = bounded(query.text)
        if not query.verbatim:
            searched = self._mended(corpus, text)
        parsed = parse(searched, self._synonyms)
        match = match_text(corpus, parsed)
        masks = answering.filtered(corpus, match, query)
        marks = Marks(parsed.stems, parsed.prefix)
        sort = query.sort if parsed.clauses or query.sort is not Sort.BEST else Sort.NEWEST
        return Page(
            hits=tuple(
                answering.hit(corpus.parts[at.part].segment.document(at.doc), at.score, marks)
                for at in answering.ordered(corpus, match, masks, query, sort)
            ),
            total=sum(int(np.count_nonzero(found[""])) for found in masks),
            counts=answering.count(corpus, masks, query.count),
            searched=searched if searched != text else "",
            relaxed=match.relaxed,
        )

    def _mended(self, corpus: Corpus, text: str) -> str:
        def is_known(typed: Typed) -> bool:
            begun = typed.is_last and corpus.has_beginning(typed.plain)
            return begun or corpus.holding(typed.stem) > 0

        return mend(text, self._synonyms, is_known, corpus.words_like)

    def _current(self) -> Snapshot:
        """The latest commit; what was read for the one before is used again."""
        while True:
            folder, commit = self._pointed_to(), -1
            try:
                commit = latest_commit(folder)
                return self._opened(folder, commit)
            except IndexDamaged:
                # Unless a writer has just swept away what was about to be read.
                if self._pointed_to() == folder and latest_commit(folder) == commit:
                    raise

    def _opened(self, folder: Path, commit: int) -> Snapshot:
        snapshot = self._snapshot
        if snapshot and (snapshot.folder, snapshot.commit) == (folder, commit):
            return snapshot
        with self._opening:
            self._snapshot = snapshot = _open(folder, commit, self._snapshot)
        return snapshot

    def _pointed_to(self) -> Path:
        with damage_reported():
            pointer = json.loads((self._folder / POINTER).read_bytes())
            if pointer["shape"] != SHAPE:
                raise IndexDamaged("The search index is of another version.")
            return self._folder / Path(pointer["folder"]).name

    def _point_to(self, folder: Path) -> None:
        new = self._folder / f"{POINTER}.new"
        new.write_text(json.dumps({"shape": SHAPE, "folder": folder.name}))
        new.replace(self._folder / POINTER)
        for other in self._folder.iterdir():
            if other.is_dir() and other != folder:
                shutil.rmtree(other, ignore_errors=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._pointed_to()
        with self._locked():
            yield

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = FileStorage(str(self._folder)).lock("WRITELOCK")
        if not try_for(lock.acquire, timeout=self._lock_timeout_s):
            raise IndexBusy("Something else is being written to the search index.")
        try:
            yield
        finally:
            lock.release()

    def _change(self, keys: Iterable[str], documents: Iterable[Document]) -> None:
        """Commit at once: these keys go, these documents come."""
        snapshot = self._current()
        coming = list(documents)
        numbers = [number for key in keys for number in snapshot.where(key)]
        if not coming and not numbers:
            return
        with _committing(open_index(snapshot.folder)) as writer:
            for number in numbers:
                writer.delete_document(number)
            for document in coming:
                writer.add(document)

    def _merge(self) -> None:
        """Make one segment of several small ones, if there are many of about the same size."""
        levels: dict[int, list[Part]] = {}
        for part in self._current().corpus.parts:
            living = int(np.count_nonzero(part.live))
            if living < LARGE:
                levels.setdefault(int(log(living, ALIKE)), []).append(part)
        for parts in levels.values():
            if len(parts) >= ALIKE:
                documents = [each for part in parts for each in _living(part)]
                self._change([each.key for each in documents], documents)


class Pages:
    """Answers given lately, for as long as the index is the same."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Page] = OrderedDict()
        self._lock = Lock()

    def get(self, asked: Hashable) -> Page | None:
        with self._lock:
            if asked in self._kept:
                self._kept.move_to_end(asked)
            return self._kept.get(asked)

    def keep(self, asked: Hashable, page: Page) -> None:
        with self._lock:
            self._kept[asked] = page
            while len(self._kept) > KEPT_PAGES:
                self._kept.popitem(last=False)


def _hashable(query: Query) -> Hashable:
    filters = frozenset((facet, frozenset(terms)) for facet, terms in query.filters.items())
    how = (query.count, query.sort, query.page, query.per_page, query.verbatim)
    return query.text[: MAX_TEXT + 1], filters, how


def _batches(documents: Iterable[Document]) -> Iterator[dict[str, Document]]:
    """Documents by key, a segment's worth at a time; of one key the last counts."""
    left = iter(documents)
    while batch := {each.key: each for each in islice(left, BATCH)}:
        yield batch


def _build(folder: Path, documents: Iterable[Document]) -> int:
    """A new generation; returns how many documents it holds."""
    folder.mkdir()
    index = create_index(folder)
    numbers: dict[str, int] = {}
    written = 0
    for batch in _batches(documents):
        with _committing(index) as writer:
            for number, (key, document) in enumerate(batch.items(), start=written):
                if key in numbers:
                    writer.delete_document(numbers[key])
                writer.add(document)
                numbers[key] = number
        written += len(batch)
    return len(numbers)


@contextmanager
def _committing(index: Any) -> Iterator[Writer]:
    writer = Writer(index)
    try:
        yield writer
        writer.commit(mergetype=_without_dead)
    except BaseException:
        with suppress(OSError, IndexingError):  # where even that fails, the first error tells
            writer.cancel()
        raise


def _without_dead(_: Writer, segments: list[Any]) -> list[Any]:
    return [each for each in segments if each.doc_count() > 0]


def _open(folder: Path, commit: int, before: Snapshot | None) -> Snapshot:
    known = {part.segment.id: part.segment for part in before.corpus.parts} if before else {}
    segments = []
    for described in read_commit(folder, commit):
        segment = known.get(described.segment_id()) or read_segment(folder, described)
        segments.append((segment, _live(segment, described.deleted_docs())))
    return Snapshot(folder, commit, Corpus.of(segments))


def _live(segment: Segment, deleted: Iterable[int]) -> Mask:
    live = np.ones(segment.size, dtype=bool)
    live[list(deleted)] = False
    return live


def _living(part: Part) -> Iterator[Document]:
    return (part.segment.document(int(doc)) for doc in np.flatnonzero(part.live))
