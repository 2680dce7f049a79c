"""Revisions of a resource, and what changed from one to the next."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.errors import NotFound
from kb.library.content import Content, check
from kb.library.hiding import SILENT
from kb.library.models import Resource, Revision

LONG = 3_000  # words and spaces; beyond that, whole sentences are compared
COSTLY = 90_000  # pairs of them; beyond that, what stands everywhere is no landmark
_SENTENCES = re.compile(r"[^.!?\n]*[.!?\n]+|[^.!?\n]+")
_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


class Fate(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class Run:
    """Words that share a fate, spaces included."""

    fate: Fate
    text: str


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    field: str
    runs: tuple[Run, ...]


def revisions(session: Session, resource: Resource) -> list[Revision]:
    """Newest first."""
    mine = select(Revision).where(Revision.resource_id == resource.id)
    return list(session.scalars(mine.order_by(Revision.number.desc())))


def revision(session: Session, resource: Resource, number: int) -> Revision:
    found = session.scalar(
        select(Revision).where(Revision.resource_id == resource.id, Revision.number == number)
    )
    if found is None:
        raise NotFound(f"“{resource.title}” has no version {number}.")
    return found


def changes(old: Revision, new: Revision) -> list[FieldChange]:
    """The fields that differ, in the order of the content, each with a diff by words.

    Nothing of a field that is hidden in either.
    """
    hidden = old.hidden.keys() | new.hidden.keys()
    before, after = _texts(check(old.content)), _texts(check(new.content))
    return [
        FieldChange(field=field, runs=diff(before[field], after[field]))
        for field in before
        if field not in hidden and before[field] != after[field]
    ]


def hidden_changes(old: Revision, new: Revision) -> list[str]:
    """The fields that differ and of which the words are hidden, as far as it may be told."""
    said = [{**each.content, **each.hidden} for each in (old, new)]
    hidden = (old.hidden.keys() | new.hidden.keys()) - SILENT
    return [
        name
        for name in Content.model_fields
        if name in hidden and said[0].get(name) != said[1].get(name)
    ]


def diff(old: str, new: str) -> tuple[Run, ...]:
    """What became of the words of `old` on the way to `new`."""
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    runs: list[Run] = []
    is_long = max(len(before), len(after)) > LONG
    if is_long:
        before, after = _SENTENCES.findall(old), _SENTENCES.findall(new)
    is_costly = is_long or len(before) * len(after) > COSTLY
    matcher = SequenceMatcher(None, before, after, autojunk=is_costly)
    for fate, i1, i2, j1, j2 in matcher.get_opcodes():
        if fate == "equal":
            runs.append(Run(fate=Fate.SAME, text="".join(before[i1:i2])))
            continue
        if i2 > i1:
            runs.append(Run(fate=Fate.REMOVED, text="".join(before[i1:i2])))
        if j2 > j1:
            runs.append(Run(fate=Fate.ADDED, text="".join(after[j1:j2])))
    return tuple(runs)


def _texts(content: Content) -> dict[str, str]:
    """Each field as a person would read it."""
    return {name: _text(value) for name, value in content.model_dump(mode="json").items()}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(_text(part) for part in value.values() if part not in (None, ""))
    if isinstance(value, list):
        return "\n".join(_text(item) for item in value)
    return str(value)
