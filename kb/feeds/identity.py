"""Which entry of a document is which of those that we keep, however its feed names it.

Three keys identify an entry within its source: its guid, its link, its text. A feed whose
guids cannot be trusted is told apart by links instead, and says so; one whose links
cannot either, by texts.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kb.feeds import stories
from kb.feeds.models import Source
from kb.feeds.types import CleanEntry

TOO_MANY_BAD = 0.05
GUID, LINK, TEXT = 0, 1, 2
IDENTITY_REASONS = (
    "",
    "The ids in this feed cannot be relied on, so its entries are told apart by their links.",
    "Neither ids nor links in this feed can be relied on, so its entries are told apart by"
    " their titles and texts.",
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """What is needed of an entry that is kept, to know it again."""

    id: int
    key: str
    link_key: str
    text_key: str
    hash: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Keyed:
    """An entry of the document, its keys as they are kept, and which of them is its own.

    A key is "" where the entry has none or shares it inside the document; `is_named` where
    it came with an id or a link at all.
    """

    entry: CleanEntry
    keys: tuple[str, str, str]
    is_named: bool


class Known:
    """The entries of a source that this document may be about."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.keys = {row.key for row in rows}
        self._found: tuple[dict[str, list[Row]], ...] = ({}, {}, {})
        self._taken: set[int] = set()
        for row in rows:
            for level, key in enumerate((row.key, row.link_key, row.text_key)):
                self._found[level].setdefault(key, []).append(row)

    def has(self, level: int, key: str) -> bool:
        return bool(key) and key in self._found[level]

    def has_titled(self, keyed: Keyed) -> bool:
        """Is there one with this link and this title?"""
        rows = self._found[LINK].get(keyed.keys[LINK], ()) if keyed.keys[LINK] else ()
        return any(row.title == keyed.entry.title for row in rows)

    def take(self, keyed: Keyed, trusted: int) -> Row | None:
        """The entry that this is, if it is known; nobody else may be the same one."""
        row = self._search(keyed, trusted)
        if row is not None:
            self._taken.add(row.id)
        return row

    def _search(self, keyed: Keyed, trusted: int) -> Row | None:
        own = own_level(keyed, trusted)
        row = self._pick(keyed, own)
        if own == GUID and (row is None or row.link_key != keyed.keys[LINK]):
            same = self._pick(keyed, LINK) if self.has_titled(keyed) else None
            row = same if same is not None and same.title == keyed.entry.title else row
        is_nameless = own == GUID or not keyed.entry.link
        return self._nameless(keyed) if row is None and is_nameless else row

    def _nameless(self, keyed: Keyed) -> Row | None:
        """The one with the same words that had no id of its own until now."""
        texts = (keyed.keys[TEXT], with_hash(keyed))
        rows = [row for text in texts for row in self._found[TEXT].get(text, ())]
        free = (row for row in rows if row.id not in self._taken and row.key[:2] != "g:")
        return next(free, None)

    def _pick(self, keyed: Keyed, level: int) -> Row | None:
        """Among several with this key, the one with the same words, else with the same title."""
        key = keyed.keys[level]
        rows = [r for r in self._found[level].get(key, ()) if r.id not in self._taken]
        if not key or not rows:
            return None
        same = (row for row in rows if row.hash == keyed.entry.hash)
        titled = (row for row in rows if row.title == keyed.entry.title)
        return next(same, None) or next(titled, None) or rows[0]


def keyed_entries(entries: Sequence[CleanEntry]) -> list[Keyed]:
    """Every entry with its keys, without those that the document itself repeats."""
    named = [(entry, _keys(entry)) for entry in entries]
    times = [Counter(keys[level] for _, keys in named) for level in (GUID, LINK)]
    document: dict[tuple[str, str, str], Keyed] = {}
    for entry, (guid, link, text) in named:
        own = (
            guid if times[GUID][guid] == 1 else "",
            link if times[LINK][link] == 1 else "",
            text,
        )
        document.setdefault(own, Keyed(entry=entry, keys=own, is_named=bool(guid or link)))
    return list(document.values())


def trusted_level(source: Source, document: Sequence[Keyed], known: Known, *, is_cut: bool) -> int:
    """Which key to trust for this document; what is wrong for good is noted on the source."""
    if not is_cut:
        _degrade(source, document, known)
    is_moved = source.identity < TEXT and _has_moved(document, known)
    return TEXT if is_moved else source.identity


def _keys(entry: CleanEntry) -> tuple[str, str, str]:
    """A stage before this one put the next key where one was missing or shared: undo that."""
    guid, link, text = entry.keys
    is_borrowed = guid in {link, text} or guid.endswith(f" {link}")
    guid = "" if is_borrowed else guid
    if normal := stories.normal_link(entry.link):
        link = f"{normal}{mark(entry)}"
    elif link == text:
        link = ""
    return prefixed("g:", guid), stories.shortened(link), prefixed("t:", text)


def mark(entry: CleanEntry) -> str:
    """What the keys of a twin end in."""
    return f" {entry.copy}" if entry.copy > 1 else ""


def prefixed(prefix: str, key: str) -> str:
    return stories.shortened(prefix + key) if key else ""


def own_level(keyed: Keyed, trusted: int) -> int:
    return next((level for level in range(trusted, TEXT) if keyed.keys[level]), TEXT)


def with_hash(keyed: Keyed) -> str:
    """The text key that an entry without id and link has where another shares its own."""
    return f"{keyed.keys[TEXT]} {keyed.entry.hash}"


def _degrade(source: Source, document: Sequence[Keyed], known: Known) -> None:
    """Trust from now on the next key where too many entries lack the one that is trusted."""
    trusted, judged = source.identity, _judged(document)
    while trusted < TEXT and _is_bad(trusted, judged):
        trusted += 1
    if trusted == GUID and _has_new_guids(document, known):
        trusted = LINK
    if trusted > source.identity:
        source.identity = trusted
        source.note = "\n".join(filter(None, (source.note, IDENTITY_REASONS[trusted])))


def _judged(document: Sequence[Keyed]) -> Sequence[Keyed]:
    """What came without any id or link is known by its words alone; the rest need not suffer."""
    named = [keyed for keyed in document if keyed.is_named]
    return named if 2 * len(named) >= len(document) else document


def _is_bad(level: int, document: Sequence[Keyed]) -> bool:
    """Is that key missing, or not its own, in too many entries? One alone proves nothing."""
    return sum(not k.keys[level] for k in document) > max(1, TOO_MANY_BAD * len(document))


def _has_new_guids(document: Sequence[Keyed], known: Known) -> bool:
    """Are all guids new though what they name is known by its link and title?"""
    if any(known.has(GUID, keyed.keys[GUID]) for keyed in document):
        return False
    return any(keyed.keys[GUID] and known.has_titled(keyed) for keyed in document)


def _has_moved(document: Sequence[Keyed], known: Known) -> bool:
    """Are all ids and links new though most texts are known? Then the site moved.

    One text that is known may be another one that says the same: “The meeting is cancelled.”
    """
    if any(known.has(level, k.keys[level]) for k in document for level in (GUID, LINK)):
        return False
    texts = sum(known.has(TEXT, keyed.keys[TEXT]) for keyed in document)
    return texts > 1 and texts > len(document) / 2
