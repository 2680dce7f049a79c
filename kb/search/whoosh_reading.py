"""Reads Whoosh's segments, without trust."""

import json
import os
import pickle
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC
from whoosh.reading import TermNotFound
from whoosh.util.numeric import byte_to_length

from kb.search.documents import SEPARATOR, from_record
from kb.search.engine import Document, IndexDamaged
from kb.search.scoring import Postings
from kb.search.segment import NUMBERS, FacetColumn, PostingsCache, Segment, Words
from kb.search.whoosh_schema import CRC_BYTES, INDEX_NAME, SCHEMA, Joined
from kb.search.whoosh_writing import checksum

_TOC_NAME = re.compile(r"_MAIN_([0-9]+)\.toc")
_LENGTHS = np.array([byte_to_length(code) for code in range(256)], dtype=np.float64)
_MAGIC = 4  # bytes before the blocks of a term
_SIZE = 4  # bytes of a block's size


@contextmanager
def damage_reported() -> Iterator[None]:
    """Reading a broken file can fail in any way; to the caller there is only one."""
    try:
        yield
    except IndexDamaged:
        raise
    except Exception as error:
        raise IndexDamaged("The search index is damaged.") from error


def latest_commit(folder: Path) -> int:
    """The number of the latest commit in a folder."""
    with damage_reported():
        found = (_TOC_NAME.fullmatch(name) for name in os.listdir(folder))
        return max(int(match.group(1)) for match in found if match)


def read_commit(folder: Path, commit: int) -> list[Any]:
    """Whoosh's own description of the segments that make up a commit."""
    with damage_reported():
        name = TOC._filename(INDEX_NAME, commit)
        content = (folder / name).read_bytes()
        content, crc = content[:-CRC_BYTES], content[-CRC_BYTES:]
        if zlib.crc32(content).to_bytes(CRC_BYTES) != crc:
            raise IndexDamaged(f"{name} is not what was written.")
        memory = RamStorage()
        memory.files[name] = content
        return list(TOC.read(memory, INDEX_NAME, gen=commit, schema=SCHEMA).segments)


def read_segment(folder: Path, segment: Any) -> Segment:
    """Open one segment of a commit."""
    with damage_reported():
        path = folder / segment.make_filename(segment.COMPOUND_EXT)
        size = path.stat().st_size - CRC_BYTES
        with path.open("rb") as file:
            file.seek(max(size, 0))
            written = file.read()
        if checksum(path, size).to_bytes(CRC_BYTES) != written:
            raise IndexDamaged(f"{path.name} is not what was written.")
        return _Reader(folder, segment).segment()


class _View:
    """A file over memory that is not copied, which Whoosh's own would be."""

    def __init__(self, memory: memoryview) -> None:
        self._memory = memory
        self._at = 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> None:
        bases = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._memory)}
        self._at = bases[whence] + offset

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = len(self._memory) if size < 0 else self._at + size
        found = bytes(self._memory[self._at : end])
        self._at += len(found)
        return found

    def readline(self) -> bytes:
        found = BytesIO(self._memory[self._at :]).readline()
        self._at += len(found)
        return found


class _MappedFile(BufferFile):  # type: ignore[misc]
    def __init__(self, memory: memoryview, name: str) -> None:
        self._buf = memory
        self._name = name
        self.file = _View(memory)
        self.onclose = None
        self.is_real = self.is_closed = False


class _MappedStorage(CompoundStorage):  # type: ignore[misc]
    """The files within a segment's file, left where they are on the disk."""

    def open_file(self, name: str, *_: object, **__: object) -> _MappedFile:
        offset, length = self.range(name)
        return _MappedFile(memoryview(self._source)[offset : offset + length], name)


class _Reader:
    """Reads from a segment's files what is not kept in memory."""

    def __init__(self, folder: Path, segment: Any) -> None:
        self._id = segment.segment_id()
        self._size = segment.doc_count_all()
        file = FileStorage(str(folder)).open_file(segment.make_filename(segment.COMPOUND_EXT))
        storage = _MappedStorage(file)
        self._terms = W3Codec().terms_reader(storage, segment)
        self._postings_file = self._terms._postfile
        self._columns = W3Codec().per_document_reader(storage, segment)
        self._records = self._column("record")
        self._reading = Lock()

    def segment(self) -> Segment:
        about = json.loads(zlib.decompress(self._column("about")[self._size - 1]))
        numbers = np.frombuffer(self._column("numbers")[self._size - 1], dtype=NUMBERS)
        return Segment(
            id=self._id,
            keys=about["keys"],
            numbers=numbers,
            lengths=_LENGTHS[numbers["length"]],
            vocabulary=Words(words=about["words"], counts=about["counts"]),
            title_words=Words(words=about["title_words"], counts=about["title_counts"]),
            facets=self._facets(about["facets"]),
            postings=PostingsCache(self._text, self._size),
            titles=PostingsCache(self._title, self._size // 10),
            document=self._document,
        )

    def _column(self, name: str) -> Any:
        return self._columns.column_reader(name, SCHEMA[name].column_type)

    def _document(self, docnum: int) -> Document:
        with damage_reported(), self._reading:
            record = bytes(self._records[docnum])
            return from_record(zlib.decompress(record))

    def _text(self, stem: str) -> Postings | None:
        return self._postings("text", stem)

    def _title(self, plain: str) -> Postings | None:
        return self._postings("title", plain)

    def _facets(self, terms: list[str]) -> dict[str, FacetColumn]:
        facets: dict[str, list[str]] = {}
        for facet, _, term in (each.partition(SEPARATOR) for each in terms):
            facets.setdefault(facet, []).append(term)
        return {facet: self._facet(facet, tuple(terms)) for facet, terms in facets.items()}

    def _facet(self, facet: str, terms: tuple[str, ...]) -> FacetColumn:
        found = [self._postings("facet", f"{facet}{SEPARATOR}{term}") for term in terms]
        docs = [each.docs for each in found if each is not None]
        ordinals = np.repeat(np.arange(len(docs)), [len(each) for each in docs])
        return FacetColumn(terms, np.concatenate(docs), ordinals)

    def _postings(self, field: str, term: str) -> Postings | None:
        with damage_reported(), self._reading:
            try:
                offset, _ = self._terms.term_info(field, term.encode()).extent()
            except TermNotFound:
                return None
            blocks = list(_blocks(self._postings_file, offset))
        docs = np.concatenate([_docs(deltas) for deltas, _, _ in blocks])
        weights = np.concatenate([_weights(weights, len(deltas)) for deltas, weights, _ in blocks])
        places = b"".join(_joined(values) for _, _, values in blocks)
        return Postings(docs, weights, np.frombuffer(places, dtype=np.uint16))


def _blocks(file: Any, offset: int) -> Iterator[Any]:
    """What BulkPostings wrote for one term; the size of the last block is negative."""
    at = offset + _MAGIC
    size = 1
    while size > 0:
        size = file.get_int(at)
        block = BytesIO(file.get(at + _SIZE, abs(size)))
        pickle.load(block)  # noqa: S301 - our own file, with a checksum
        yield pickle.load(block)  # noqa: S301
        at += _SIZE + size


def _docs(deltas: Any) -> Any:
    return np.cumsum(np.asarray(deltas), dtype=np.int32)


def _weights(weights: Any, size: int) -> Any:
    if weights is None:
        return np.ones(size, dtype=np.float32)
    return np.asarray(weights, dtype=np.float32)


def _joined(values: Any) -> bytes:
    return values.values if isinstance(values, Joined) else b"".join(values or ())
