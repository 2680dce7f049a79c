"""What the library has for the room: on the projector, and as links on every phone."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from kb.db.database import Session
from kb.errors import NotFound
from kb.library import service as library
from kb.library.markdown import to_text
from kb.library.models import CaseStudy, Resource, TipCard, TrainingMaterial
from kb.planning import barriers
from kb.web.presenter_parts import Reading, Row, Way
from kb.web.reading import cost, effort

MOST_WAYS, MOST_PRACTICE, MOST_HELP = 2, 2, 3
MOST_TOLD = 3  # of more, there is room for the summaries alone
LONGEST = 190  # letters that a room reads on a wall before somebody talks on
_BEFORE_STOP = re.compile(r" ([.,;:!?])")  # where a word ended that was emphasised
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def of_refs(session: Session, refs: Sequence[str]) -> list[Reading]:
    """What a block shows; what is gone since is left out."""
    found = []
    for ref in refs:
        with suppress(NotFound):
            resource = library.by_ref(session, ref)
            if resource.is_public:
                found.append(resource)
    is_told = len(found) <= MOST_TOLD
    return [_reading(each, is_told=is_told) for each in found]


def ways(session: Session, rows: Sequence[Row]) -> list[Way]:
    """For what was voted up most, what is in the library about it."""
    found = []
    for row in [each for each in rows if each.number][:MOST_WAYS]:
        with suppress(NotFound):  # a word of the room's own, and of no vocabulary
            term = barriers.by_slug(session, row.key)
            practice = barriers.practice(session, term, limit=MOST_PRACTICE)
            cards = library.tip_cards(session, barrier=term.slug)
            shown = [_reading(each) for each in [*practice, *cards][:MOST_HELP]]
            found.append(Way(slug=term.slug, label=term.label, shown=shown))
    return found


def _reading(resource: Resource, *, is_told: bool = False) -> Reading:
    return Reading(
        kind=resource.kind,
        slug=resource.slug,
        title=resource.title,
        lang=resource.lang,
        number=resource.number if isinstance(resource, TipCard) else None,
        summary=resource.summary,
        told=tuple(_told(resource)) if is_told else (),
    )


def _told(resource: Resource) -> Iterator[tuple[str, str]]:
    """What they did, what it took and what came of it, as far as the record says."""
    if isinstance(resource, CaseStudy):
        took = ". ".join(dict.fromkeys(filter(None, (effort(resource), cost(resource)))))
        said = [
            ("What they did", resource.actions or resource.body),
            ("What it took", took),
            ("What came of it", resource.results),
        ]
    elif isinstance(resource, TipCard):
        said = [("Try this", resource.try_this), ("Watch out", resource.watch_out)]
    elif isinstance(resource, TrainingMaterial):
        said = [("What it takes", resource.duration)]
    else:
        said = []
    for name, text in said:
        if text:
            yield name, _beginning(_BEFORE_STOP.sub(r"\1", to_text(text)))


def _beginning(text: str) -> str:
    """As many whole sentences as a wall has room for, or the words of the first."""
    kept = ""
    for sentence in _SENTENCE.split(text):
        if len(kept) + len(sentence) > LONGEST:
            break
        kept = f"{kept} {sentence}".strip()
    if kept or len(text) <= LONGEST:
        return kept or text
    return f"{text[:LONGEST].rpartition(' ')[0] or text[:LONGEST]}…"
