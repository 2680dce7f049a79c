"""Where in a file the words stand that the page of a hit does not say itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.db.database import Session
from kb.documents import own_text
from kb.files.models import StoredFile
from kb.files.types import line_of
from kb.library import downloads
from kb.library.models import Resource
from kb.search.engine import Hit, Page, Query
from kb.search.parsing import Synonyms, parse
from kb.search.snippets import Marks, snippet
from kb.search.text import words

MOST_FILES = 20  # looked into for one page of results
LONGEST = 160
_NO_SYNONYMS = Synonyms(())


@dataclass(frozen=True, kw_only=True)
class InFile:
    """One place in one file; `snippet` is HTML as that of a hit."""

    digest: str
    name: str
    place: str
    snippet: str


def places(session: Session, page: Page, query: Query) -> Mapping[str, InFile]:
    """By the key of the hit, for those whose words stand in a file alone."""
    with_files = [hit for hit in page.hits if hit.stored.get("files")]
    parsed = parse(page.searched or query.text, _NO_SYNONYMS)
    if not with_files or not (parsed.stems or parsed.prefix):
        return {}
    found: dict[str, InFile] = {}
    left = MOST_FILES
    for resource in downloads.resources(session, _keys(with_files)):
        place = _place(resource, parsed.stems, parsed.prefix) if left > 0 else None
        left -= len(resource.attachments)
        if place is not None:
            found[resource.ref] = place
    return found


def _keys(hits: Iterable[Hit]) -> list[str]:
    return [hit.key for hit in hits]


def _place(resource: Resource, stems: frozenset[str], prefix: str) -> InFile | None:
    own = {each.stem for each in words(own_text(resource))}
    missing = stems - own
    if not missing:
        return None
    marks = Marks(missing, prefix if prefix in missing else "")
    names = {attachment.digest: attachment.name for attachment in resource.attachments}
    for link in resource.file_links:
        best = _best(link.file, missing, marks)
        if best is not None and link.file.digest in names:
            place, text = best
            name = names[link.file.digest]
            shown = snippet(text.replace("\n", " "), marks, LONGEST)
            return InFile(digest=link.file.digest, name=name, place=place, snippet=shown)
    return None


def _best(file: StoredFile, missing: frozenset[str], marks: Marks) -> tuple[str, str] | None:
    """The few lines that hold most of the words, and the place of the first that holds any."""
    best, most = None, 0
    for place, text in file.passages or ():
        if not _may_hold(text, marks):
            continue
        held = len(missing & {each.stem for each in words(text)})
        if held > most:
            best, most = (place, text), held
            if held == len(missing):
                break
    return (_exact(*best, missing), best[1]) if best else None


def _may_hold(text: str, marks: Marks) -> bool:
    """A quick look, because most passages hold none of the words."""
    small = text.lower()
    return not small.isascii() or any(beginning in small for beginning in marks.beginnings)


def _exact(place: str, text: str, missing: frozenset[str]) -> str:
    for further, line in enumerate(text.split("\n")):
        if missing & {each.stem for each in words(line)}:
            return line_of(place, further)
    return place
