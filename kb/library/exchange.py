"""Resources as lines of JSON: read and checked, published, and written again.

A line is one JSON object with the field names of `Content`, of which `kind`,
`title` and `body` are required. Nothing that a file may hold raises: what cannot
be used is a `Problem` with the number of its line.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from pydantic_core import from_json
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.errors import Conflict, Invalid
from kb.library.content import Content, check
from kb.library.models import Resource, Standing
from kb.library.publish import Outcome, content_of, publish_each

AUTHOR = "Import"
BATCH = 1_000
LONGEST_LINE = 4 * 1024 * 1024
LONGEST_SENTENCE = 500
REQUIRED = ("kind", "title", "body")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class Line:
    number: int
    content: Content


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a line was not used, in a sentence for the person who has the file."""

    number: int
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What a file holds. `last` maps a ref to the last line that states it: that one counts."""

    last: Mapping[str, int]
    problems: tuple[Problem, ...]
    repeated: tuple[Problem, ...]

    def counts(self, line: Line) -> bool:
        return self.last.get(line.content.ref) == line.number


@dataclass(kw_only=True)
class Tally:
    """What became of the lines so far."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.outcomes.update(other.outcomes)
        self.problems.extend(other.problems)


def read(file: BinaryIO) -> Iterator[Line | Problem]:
    """Every line that is not blank, in order."""
    for number, raw in enumerate(_raw_lines(file), start=1):
        if raw.strip():
            yield _line(number, raw)


def content_from(raw: bytes) -> Content:
    """The content that one line states; raises Invalid with a sentence for what is wrong."""
    values = _object(raw)
    missing = {name: f"“{name}” is missing." for name in REQUIRED if name not in values}
    if missing:
        raise Invalid(missing)
    return check({"ref": _made_ref(values["kind"], values["title"])} | values)


def survey(items: Iterable[Line | Problem]) -> Survey:
    """Look at a whole file before any of it is used, so that a rerun finds nothing to change."""
    last: dict[str, int] = {}
    problems: list[Problem] = []
    repeated: list[tuple[int, str]] = []
    for item in items:
        if isinstance(item, Problem):
            problems.append(item)
            continue
        if item.content.ref in last:
            repeated.append((last[item.content.ref], item.content.ref))
        last[item.content.ref] = item.number
    return Survey(
        last=last,
        problems=tuple(problems),
        repeated=tuple(
            Problem(
                number=number, sentence=f"{ref} stands again in line {last[ref]}, which counts."
            )
            for number, ref in repeated
        ),
    )


def batches(items: Iterable[Line | Problem], survey: Survey) -> Iterator[list[Line]]:
    """The lines that count, in lists that are stored whole or not at all."""
    wanted = (item for item in items if isinstance(item, Line) and survey.counts(item))
    while batch := list(islice(wanted, BATCH)):
        yield batch


def store(session: Session, lines: list[Line], *, now: datetime) -> Tally:
    """Publish these lines, which have different refs; one that breaks a rule spoils no other."""
    try:
        outcomes = _publish(session, lines, now=now)
    except Conflict:
        outcomes = [_publish_alone(session, line, now=now) for line in lines]
    tally = Tally()
    for line, outcome in zip(lines, outcomes, strict=True):
        if isinstance(outcome, Outcome):
            tally.outcomes[outcome] += 1
        else:
            tally.problems.append(Problem(number=line.number, sentence=_sentence(outcome)))
    return tally


def public_contents(session: Session) -> Iterator[Content]:
    """What everyone may read, by ref."""
    public = select(Resource).where(Resource.standing != Standing.WITHDRAWN)
    for resource in session.scalars(
        public.order_by(Resource.ref).execution_options(yield_per=BATCH)
    ):
        yield content_of(resource)


def to_line(content: Content) -> str:
    """One line that `read` understands, and that states the same content."""
    return json.dumps(content.to_json() | {"body": content.body}, ensure_ascii=False) + "\n"


def _raw_lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines as they stand, but none so long that it would fill the memory."""
    raw = file.readline(LONGEST_LINE + 1).removeprefix(BYTE_ORDER_MARK)
    while raw:
        yield raw
        while len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
            raw = file.readline(LONGEST_LINE + 1)
        raw = file.readline(LONGEST_LINE + 1)


def _line(number: int, raw: bytes) -> Line | Problem:
    try:
        return Line(number=number, content=content_from(raw))
    except Invalid as error:
        return Problem(number=number, sentence=_sentence(error))


def _object(raw: bytes) -> dict[str, object]:
    if len(raw) > LONGEST_LINE:
        raise Invalid({"line": f"The line has more than {LONGEST_LINE:,} bytes."})
    try:
        values = from_json(raw.decode(), allow_inf_nan=False)
    except UnicodeDecodeError as error:
        raise Invalid({"line": f"Byte {error.start + 1} is not UTF-8 text."}) from error
    except ValueError as error:
        raise Invalid({"line": f"This is not JSON: {error}."}) from error
    if not isinstance(values, dict):
        raise Invalid({"line": "A line must hold one JSON object, in { and }."})
    return values


def _made_ref(kind: object, title: object) -> str:
    """The same for the same kind and title, so that a rerun finds what it made before."""
    digest = hashlib.sha256(f"{kind}\n{str(title).strip()}".encode()).hexdigest()
    return f"import:{digest[:12]}"


def _sentence(error: Invalid) -> str:
    """What is wrong, on one line, printable and not endless, whatever the file says."""
    sentence = " ".join(error.problems.values())
    shown = "".join(letter if letter.isprintable() else " " for letter in sentence)
    return shown if len(shown) <= LONGEST_SENTENCE else f"{shown[:LONGEST_SENTENCE]}…"


def _publish(session: Session, lines: list[Line], *, now: datetime) -> list[Outcome | Invalid]:
    with session.begin_nested():
        contents = [line.content for line in lines]
        return publish_each(session, contents, author=AUTHOR, now=now)


def _publish_alone(session: Session, line: Line, *, now: datetime) -> Outcome | Invalid:
    try:
        return _publish(session, [line], now=now)[0]
    except Conflict as error:
        return Invalid({"line": f"The database did not take it: {error}"})
