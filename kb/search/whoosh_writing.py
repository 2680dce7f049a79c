"""Writes Whoosh's segments."""

import json
import pickle
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3PostingsWriter
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC, FileIndex, clean_files
from whoosh.util.numeric import length_to_byte
from whoosh.util.numlists import delta_encode
from whoosh.writing import SegmentWriter

from kb.search.documents import cleaned, facet_terms, placed, to_record
from kb.search.engine import Document
from kb.search.segment import NUMBERS
from kb.search.text import words
from kb.search.whoosh_schema import CRC_BYTES, INDEX_NAME, SCHEMA, Joined

# How often each counts in the combined text; tuned on tests/search/judged.csv.
TITLE_TIMES = 3
NAMES_TIMES = 2
KEYWORDS_TIMES = 1
SUMMARY_TIMES = 1
GAP = 8
_LAST_PLACE = 2**16 - 1
_BLOCK = 8192
_FEW = 16  # postings that are not worth an array
_PICKLE = 4
_INDEXED = ("facet", "key", "text", "title")
_NUMBERED = ("length", "title_length", "weight", "happened", "checked", "copied")
_ONE = [array("H", [place]).tobytes() for place in range(2048)]


class BulkPostings(W3PostingsWriter):  # type: ignore[misc]
    """Writes the postings of a whole term at once, as arrays; Whoosh reads them as its own."""

    def fill(
        self, docs: list[int], weights: list[int], values: list[bytes], lengths: list[int]
    ) -> None:
        """Add everything that is known of the term just started."""
        for start in range(0, len(docs), _BLOCK):
            some = slice(start, start + _BLOCK)
            self._ids = docs[some]
            self._weights = weights[some] or [1] * len(self._ids)
            self._values = values[some]
            self._maxweight = max(self._weights)
            if lengths:
                sizes = [lengths[doc] for doc in self._ids]
                self._minlength, self._maxlength = min(sizes), max(sizes)
            self._write_block(last=start + _BLOCK >= len(docs))

    def _write_block(self, last: bool = False) -> None:
        """What Whoosh does, but for a protocol of pickle that knows bytes and arrays."""
        if not self._blockcount:
            self._postfile.write(WHOOSH3_HEADER_MAGIC)
        self._terminfo.add_block(self)
        lengths = length_to_byte(self._minlength), length_to_byte(self._maxlength)
        info = (len(self._ids), self._ids[-1], float(self._maxweight), 0, *lengths)
        data = (self._mini_ids(), self._mini_weights(), self._mini_values())
        packed = pickle.dumps(info, _PICKLE) + pickle.dumps(data, _PICKLE)
        self._postfile.write_int(-len(packed) if last else len(packed))
        self._postfile.write(packed)
        self._blockcount += 1
        self._new_block()

    def _mini_ids(self) -> Any:
        deltas = list(delta_encode(self._ids))
        if len(deltas) < _FEW:
            return deltas
        return array("H" if max(deltas) < 2**16 else "I", deltas)

    def _mini_weights(self) -> Any:
        if self._maxweight == 1:
            return None
        if len(self._weights) < _FEW:
            return self._weights
        return array("B" if self._maxweight < 2**8 else "I", self._weights)

    def _mini_values(self) -> Any:
        return self._values if len(self._values) < _FEW else Joined(self._values)


class Entries:
    """What is gathered for one term before it is written."""

    __slots__ = ("docs", "values", "weights")

    def __init__(self) -> None:
        self.docs: list[int] = []
        self.weights: list[int] = []
        self.values: list[bytes] = []


class Writer(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer, fed with documents as a whole.

    It keeps a term's postings in lists instead of sorting millions of tuples,
    and leaves a summary of the segment beside them for a quick start.
    """

    def __init__(self, index: Any) -> None:
        super().__init__(index, codec=W3Codec(blocklimit=_BLOCK, compression=0))
        self._terms: dict[str, dict[str, Entries]] = {name: {} for name in _INDEXED}
        self._vocabulary: Counter[str] = Counter()
        self._numbers: list[tuple[float, ...]] = []
        self._keys: list[str] = []
        self._text_lengths: list[int] = []

    def add(self, document: Document) -> None:
        document = cleaned(document)
        docnum = self.docnum
        stems, plain = _places(document)
        length = sum(map(len, stems.values()))
        self._enter_text(docnum, stems)
        self._enter("key", docnum, [document.key])
        self._enter("title", docnum, {each.plain for each in words(document.title)})
        self._enter("facet", docnum, facet_terms(document))
        self._vocabulary.update(plain)
        self._text_lengths.append(length)
        self._keys.append(document.key)
        self._numbers.append(
            (
                length_to_byte(length),
                min(len(document.title), 2**16 - 1),
                document.weight,
                document.happened,
                document.checked,
                document.copied,
            )
        )
        perdoc = self.perdocwriter
        perdoc.start_doc(docnum)
        perdoc.add_field("text", self.schema["text"], None, length)
        self._add_column("record", zlib.compress(to_record(document).encode(), 1))
        perdoc.finish_doc()
        self._added = True
        self.docnum += 1

    def _add_column(self, name: str, value: bytes) -> None:
        self.perdocwriter.add_column_value(name, self.schema[name].column_type, value)

    def _enter(self, field: str, docnum: int, terms: Iterable[str]) -> None:
        entered = self._terms[field]
        for term in terms:
            entries = entered.get(term)
            if entries is None:
                entries = entered[term] = Entries()
            entries.docs.append(docnum)

    def _enter_text(self, docnum: int, stems: dict[str, list[int]]) -> None:
        entered = self._terms["text"]
        for stem, places in stems.items():
            entries = entered.get(stem)
            if entries is None:
                entries = entered[stem] = Entries()
            entries.docs.append(docnum)
            entries.weights.append(len(places))
            entries.values.append(_packed(places))

    def _flush_segment(self) -> None:
        self._add_column("about", self._about())
        self._add_column("numbers", self._packed_numbers())
        self.perdocwriter.close()
        for field, terms in self._terms.items():
            if terms:
                self._write_field(field, terms)
        self.fieldwriter.close()

    def _write_field(self, field: str, terms: dict[str, Entries]) -> None:
        out = self.fieldwriter
        out.start_field(field, self.schema[field])
        out._postwriter = postings = BulkPostings(out._postfile, _BLOCK, compression=0)
        lengths = self._text_lengths if field == "text" else []
        for term, entries in sorted((term.encode(), entries) for term, entries in terms.items()):
            out.start_term(term)
            postings.fill(entries.docs, entries.weights, entries.values, lengths)
            out.finish_term()
        out.finish_field()

    def _about(self) -> bytes:
        plain = sorted(self._vocabulary)
        titles = self._terms["title"]
        title_words = sorted(titles)
        about = {
            "keys": self._keys,
            "words": plain,
            "counts": [self._vocabulary[each] for each in plain],
            "title_words": title_words,
            "title_counts": [len(titles[each].docs) for each in title_words],
            "facets": sorted(self._terms["facet"]),
        }
        return zlib.compress(json.dumps(about).encode(), 1)

    def _packed_numbers(self) -> bytes:
        order = sorted(range(len(self._keys)), key=self._keys.__getitem__)
        numbers = np.zeros(len(order), dtype=NUMBERS)
        for at, name in enumerate(_NUMBERED):
            numbers[name] = [row[at] for row in self._numbers]
        numbers["rank"][order] = np.arange(len(order))
        return numbers.tobytes()

    def _finalize_segment(self) -> Any:
        segment = super()._finalize_segment()
        path = Path(self.storage.folder, segment.make_filename(segment.COMPOUND_EXT))
        crc = checksum(path)
        with path.open("ab") as file:
            file.write(crc.to_bytes(CRC_BYTES))
        return segment

    def _commit_toc(self, segments: list[Any]) -> None:
        _write_commit(Path(self.storage.folder), self.generation, segments)
        clean_files(self.storage, self.indexname, self.generation, segments)


def _write_commit(folder: Path, commit: int, segments: list[Any]) -> None:
    """Write down, at once and with a checksum, which segments make up the index."""
    memory = RamStorage()
    TOC(SCHEMA, segments, commit).write(memory, INDEX_NAME)
    name = TOC._filename(INDEX_NAME, commit)
    content = memory.files[name]
    new = folder / f"{name}.new"
    new.write_bytes(content + zlib.crc32(content).to_bytes(CRC_BYTES))
    new.replace(folder / name)


def _places(document: Document) -> tuple[dict[str, list[int]], set[str]]:
    """The places of each stem in the combined text, and its words as they are spelled."""
    parts = [document.title] * TITLE_TIMES + [document.names] * NAMES_TIMES
    parts += [document.keywords] * KEYWORDS_TIMES + [document.summary] * SUMMARY_TIMES
    parts.append(document.body)
    stems: dict[str, list[int]] = {}
    plain: set[str] = set()
    for _, place, each in placed(parts, GAP):
        stems.setdefault(each.stem, []).append(place)
        plain.add(each.plain)
    return stems, plain


def _packed(places: list[int]) -> bytes:
    if len(places) == 1 and places[0] < len(_ONE):
        return _ONE[places[0]]
    if places[-1] > _LAST_PLACE:
        places = [min(place, _LAST_PLACE) for place in places]
    return array("H", places).tobytes()


def checksum(path: Path, size: int | None = None) -> int:
    """The checksum of a file, or of its first `size` bytes."""
    crc = 0
    left = path.stat().st_size if size is None else size
    with path.open("rb") as file:
        while left > 0 and (block := file.read(min(left, 2**20))):
            crc = zlib.crc32(block, crc)
            left -= len(block)
    return crc


def open_index(folder: Path) -> Any:
    """Whoosh's own index, to write to."""
    return FileIndex(FileStorage(str(folder)), schema=SCHEMA)


def create_index(folder: Path) -> Any:
    """An empty index of Whoosh's in an empty folder."""
    _write_commit(folder, 0, [])
    return open_index(folder)
