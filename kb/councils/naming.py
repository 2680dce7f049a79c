"""Which council somebody means who types its name the way people say it."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.councils.models import Council, CouncilAlias
from kb.errors import Invalid
from kb.names import slugify

MOST_ASKED = 6
UNKNOWN = "We know no council of that name. Leave it empty if there is none."
_FORMAL = re.compile(
    r"^(?:the-)?(?:(?:city-and-county|county-borough|royal-borough|london-borough|borough|county"
    r"|city)-of-(?:the-)?|county-(?=durham$)"
    r"|cyngor-(?:bwrdeistref-sirol-|sir-|dinas-)?(?:a-sir-)?(?:y-)?)"
)
_OFFICE = re.compile(
    r"(?:-(?:city|county|borough|district|metropolitan|unitary|parish|town|corporation"
    r"|council|authority))+$"
)


def named(session: Session, text: str, *, today: date, field: str = "council") -> Council | None:
    """The council that is meant; None where nothing is typed.

    A code, a name in English or Welsh or a word of its address will do, with or without
    “Council”, “City of” and the like. Raises Invalid for `field` where there is none, or
    with the names where there are several.
    """
    if not text.strip():
        return None
    everyone = list(session.scalars(select(Council).order_by(Council.name)))
    aliases = session.execute(select(CouncilAlias.slug, CouncilAlias.council_id))
    found = _found(text, everyone, {row.slug: row.council_id for row in aliases})
    current = [council for council in found if council.is_current(today)] or found
    if len(current) == 1:
        return current[0]
    raise Invalid({field: _which(current)})


def plainly(name: str) -> str:
    """The words that tell a council from others: "bristol" for “Bristol City Council”."""
    words = slugify(name)
    core = _OFFICE.sub("", _FORMAL.sub("", words))
    return core or words


def _found(text: str, everyone: Sequence[Council], aliases: dict[str, int]) -> list[Council]:
    """By its very words; else by those that matter; else all whose names hold them."""
    words, core = slugify(text), plainly(text)
    alias = aliases.get(words)
    ways = (
        lambda council: words in _words(council) or council.id == alias,
        lambda council: core in {plainly(name) for name in _names(council)},
        lambda council: any(_holds(name, core) for name in _names(council)),
    )
    for is_meant in ways:
        if found := [council for council in everyone if is_meant(council)]:
            return found
    return []


def _names(council: Council) -> Iterable[str]:
    names = (council.name, council.short_name, council.welsh_name, council.slug)
    return (name for name in names if name)


def _words(council: Council) -> set[str]:
    return {slugify(word) for word in (council.code, council.gss_code, *_names(council)) if word}


def _holds(name: str, core: str) -> bool:
    """Do these words stand in the name as whole words?"""
    return f"-{core}-" in f"-{slugify(name)}-"


def _which(councils: Sequence[Council]) -> str:
    if not councils:
        return UNKNOWN
    names = [council.name for council in councils[:MOST_ASKED]]
    if len(councils) > MOST_ASKED:
        return f"Several councils have that name, among them {', '.join(names)}. Write it out."
    return f"Which one do you mean: {', '.join(names[:-1])} or {names[-1]}?"
