"""What would change on a page, part by part and word by word."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.councils.models import Council
from kb.library import vocabulary
from kb.library.content import Attachment, Content, Source, Step
from kb.library.history import Fate, Run, diff

_NOT_READ = {"ref", "kind", "checked"}  # what nobody writes
_IN_WORDS: dict[str, Mapping[str, str]] = {
    "lang": {"en": "English", "cy": "Welsh"},
    "steps_by": {"council": "The council", "us": "This site"},
}
_KIB = 1024


@dataclass(frozen=True, kw_only=True)
class Part:
    """One field of a page: the words of before, those of after, and what became of each."""

    field: str
    before: tuple[Run, ...]
    after: tuple[Run, ...]

    @property
    def is_changed(self) -> bool:
        return any(run.fate is not Fate.SAME for run in (*self.before, *self.after))

    @property
    def added(self) -> int:
        return _words(self.after, Fate.ADDED)

    @property
    def removed(self) -> int:
        return _words(self.before, Fate.REMOVED)


def compare(session: Session, before: Content | None, after: Content) -> list[Part]:
    """Every part that says something before or after, in the order of the content.

    Terms and councils are in their own words; without `before`, everything is new.
    """
    words = _words_of(session, [each for each in (before, after) if each is not None])
    old = _texts(before, words) if before is not None else {}
    new = _texts(after, words)
    return [
        _part(name, old.get(name, ""), new[name]) for name in new if new[name] or old.get(name)
    ]


def _part(field: str, before: str, after: str) -> Part:
    runs = diff(before, after)
    return Part(
        field=field,
        before=tuple(run for run in runs if run.fate is not Fate.ADDED),
        after=tuple(run for run in runs if run.fate is not Fate.REMOVED),
    )


def _words(runs: tuple[Run, ...], fate: Fate) -> int:
    return sum(len(run.text.split()) for run in runs if run.fate is fate)


def _words_of(session: Session, contents: list[Content]) -> dict[str, Mapping[str, str]]:
    codes = {code for content in contents for code in content.councils}
    named = select(Council.code, Council.name).where(Council.code.in_(codes))
    councils = dict(session.execute(named).all())
    return {**vocabulary.labels(session), **_IN_WORDS, "councils": councils}


def _texts(content: Content, words: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        name: _text(getattr(content, name), words.get(name, {}))
        for name in type(content).model_fields
        if name not in _NOT_READ
    }


def _text(value: object, words: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "\n".join(_text(each, words) for each in value)
    if isinstance(value, Step):
        return "\n".join(filter(None, (value.text, value.detail)))
    if isinstance(value, Source):
        return ", ".join(filter(None, (value.title, value.publisher, value.url)))
    if isinstance(value, Attachment):
        return _of_file(value)
    return words.get(str(value), str(value))


def _of_file(file: Attachment) -> str:
    size = f"{max(1, round(file.size / _KIB)):,} KB"
    alt = "decorative" if file.is_decorative else file.alt
    described = f", described as “{alt}”" if file.is_picture else ""
    return f"{file.name} ({size}{described})"
