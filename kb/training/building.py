"""Blocks out of what somebody typed, or out of a page of the library."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from kb.errors import Invalid
from kb.library.content import Kind
from kb.library.models import Resource, TipCard, TrainingMaterial
from kb.training import scales, swapping, wording
from kb.training.types import LONGEST_LINE, LONGEST_TEXT, Block, Option, RoundKind

LONGEST_BLOCK = 480
MOST_OPTIONS, MOST_REFS = 30, 20
FEWEST_OPTIONS = 2
WITH_OPTIONS = {RoundKind.ONE, RoundKind.MANY}
OF_A_CARD, OF_A_STUDY = 5, 10  # minutes to talk about one
NEW_KEY = "new"
NOT_MINUTES = f"Give the minutes as a whole number from 1 to {LONGEST_BLOCK}, such as 10."
NO_QUESTION = "Write the question that the room is asked."
TOO_FEW = "Give at least two answers to choose from, one on each line."
TOO_MANY = f"Give at most {MOST_OPTIONS} answers."
TWICE = "Two answers are the same. Change one of them."
NO_KIND = "Choose one of the kinds of question in the list."
NOT_ASKED = "Choose what kind of question it is, or take out what you typed below."
NO_SECOND = (
    "Only “would like to, already do” has a second question. Choose that, or take this out."
)
NO_OPTIONS = (
    "This kind of question has its own answers. Take these out, or choose “One choice” or "
    "“Several choices”."
)
NOT_ENDS = (
    f"A scale goes from 1 to {scales.STEPS}. Give two lines, what 1 means and what "
    f"{scales.STEPS} means, or none. For answers of your own choose “One choice”."
)
TOO_LONG_END = f"Use {scales.LONGEST_END} characters or fewer for each end of the scale."
_REF = re.compile(r"[a-z][a-z0-9-]{0,39}:[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A block as somebody typed it.

    `options` has one on each line; of a scale, what its two ends mean.
    """

    title: str = ""
    minutes: str = ""
    notes: str = ""
    round: str = ""
    question: str = ""
    second_question: str = ""
    options: str = ""
    refs: Sequence[str] = field(default=())


def typed(block: Block) -> Typed:
    """What somebody would have typed for this block."""
    return Typed(
        title=block.title,
        minutes=str(block.minutes),
        notes=block.notes,
        round=block.round.value if block.round else "",
        question=block.question,
        second_question=block.second_question,
        options="\n".join(_labels(block)),
        refs=block.refs,
    )


def _labels(block: Block) -> list[str]:
    if block.round is RoundKind.SCALE:
        return list(filter(None, scales.ends(block.options)))
    return [option.label for option in block.options] if block.round in WITH_OPTIONS else []


def block_of(said: Typed, *, before: Block | None = None) -> Block:
    """The block; `before` is what it was until now. Raises Invalid for all that is wrong."""
    problems: dict[str, str] = {}
    values: dict[str, object] = {"key": before.key if before else NEW_KEY}
    kind = None
    with gathering(problems):
        kind = _kind(said)
    is_asking = "" if kind is None else NO_QUESTION
    fields: dict[str, Callable[[], object]] = {
        "title": lambda: line(said.title, "title", required="Give the block a title."),
        "minutes": lambda: minutes(said.minutes, "minutes"),
        "notes": lambda: text(said.notes, "notes"),
        "question": lambda: line(said.question, "question", required=is_asking),
        "second_question": lambda: _second(said, kind),
        "options": lambda: _options(said, kind, before),
        "refs": lambda: _refs(said.refs),
    }
    for name, make in fields.items():
        with gathering(problems):
            values[name] = make()
    if problems:
        raise Invalid(problems)
    return Block.model_validate(values | {"round": kind})


def from_resource(resource: Resource) -> Block:
    """A block about a page of the library: a format's own steps, or a card or example to read."""
    if isinstance(resource, TrainingMaterial):
        return swapping.block_of(resource)
    notes, takes = [resource.summary or ""], OF_A_STUDY
    if isinstance(resource, TipCard):
        takes = OF_A_CARD
        notes.append(f"Try this: {resource.try_this}" if resource.try_this else "")
    notes.append("Give people time to read it, then ask: what would we have to change to copy it?")
    return Block(
        key=NEW_KEY,
        title=resource.title[:LONGEST_LINE],
        minutes=takes,
        notes="\n".join(filter(None, notes))[:LONGEST_TEXT],
        refs=(resource.ref,),
    )


KINDS = (Kind.TIP_CARD, Kind.CASE_STUDY, Kind.TRAINING)


@contextmanager
def gathering(problems: dict[str, str]) -> Iterator[None]:
    """Go on to the next field where one is wrong, so that all of them are told at once."""
    try:
        yield
    except Invalid as error:
        problems.update(error.problems)


def line(typed: str, name: str, *, required: str = "") -> str:
    """One line without what cannot be seen. Raises Invalid where it is missing or too long."""
    plain = wording.clean(typed, LONGEST_LINE + 1)
    if len(plain) > LONGEST_LINE:
        raise Invalid({name: f"Use {LONGEST_LINE} characters or fewer."})
    if required and not plain:
        raise Invalid({name: required})
    return plain


def text(typed: str, name: str) -> str:
    """The same of several lines."""
    longest = LONGEST_TEXT + 1
    lines = [wording.clean(each, longest) for each in typed.splitlines()]
    plain = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(plain) > LONGEST_TEXT:
        raise Invalid({name: f"Use {LONGEST_TEXT:,} characters or fewer."})
    return plain


def minutes(typed: str, name: str) -> int:
    """A whole number of minutes. Raises Invalid."""
    plain = typed.strip()
    is_number = plain.isascii() and plain.isdigit() and len(plain) <= 4
    if not is_number or not 1 <= int(plain) <= LONGEST_BLOCK:
        raise Invalid({name: NOT_MINUTES})
    return int(plain)


def _kind(said: Typed) -> RoundKind | None:
    """What the room is asked; a question is never typed for nothing."""
    if not said.round:
        below = (said.question, said.second_question, said.options)
        if any(wording.clean(each, LONGEST_LINE) for each in below):
            raise Invalid({"round": NOT_ASKED})
        return None
    try:
        return RoundKind(said.round)
    except ValueError:
        raise Invalid({"round": NO_KIND}) from None


def _second(said: Typed, kind: RoundKind | None) -> str:
    plain = line(said.second_question, "second_question")
    if plain and kind not in {None, RoundKind.GAP}:
        raise Invalid({"second_question": NO_SECOND})
    return plain


def _options(said: Typed, kind: RoundKind | None, before: Block | None) -> tuple[Option, ...]:
    """What can be chosen; nothing that was typed is dropped in silence."""
    lines = said.options.splitlines()[: MOST_OPTIONS * 4]
    labels = [label for each in lines if (label := line(each, "options"))]
    kept = before.options if before is not None and before.round is kind else ()
    if kind is None:
        return kept
    if kind is RoundKind.SCALE:
        return _scale(labels, kept)
    if kind not in WITH_OPTIONS:
        return _kept(labels, kept)
    return _choices(labels)


def _scale(labels: Sequence[str], kept: tuple[Option, ...]) -> tuple[Option, ...]:
    """1 to 5 with the words of its ends; without any, what is no such scale stays as it is."""
    if not labels:
        return () if scales.is_numbered(kept) else kept
    if len(labels) != 2:
        raise Invalid({"options": NOT_ENDS})
    low, high = (scales.without_number(label) for label in labels)
    if not (low and high):
        raise Invalid({"options": NOT_ENDS})
    if max(len(low), len(high)) > scales.LONGEST_END:
        raise Invalid({"options": TOO_LONG_END})
    return scales.options(low, high)


def _kept(labels: Sequence[str], kept: tuple[Option, ...]) -> tuple[Option, ...]:
    """A barrier vote keeps the barriers that it has."""
    if labels:
        raise Invalid({"options": NO_OPTIONS})
    return kept


def _choices(labels: Sequence[str]) -> tuple[Option, ...]:
    if len(labels) < FEWEST_OPTIONS:
        raise Invalid({"options": TOO_FEW})
    if len(labels) > MOST_OPTIONS:
        raise Invalid({"options": TOO_MANY})
    if len({label.casefold() for label in labels}) < len(labels):
        raise Invalid({"options": TWICE})
    return tuple(Option(key=f"o{n}", label=label) for n, label in enumerate(labels, start=1))


def _refs(typed: Sequence[str]) -> tuple[str, ...]:
    refs = tuple(dict.fromkeys(ref for ref in typed if _REF.fullmatch(ref)))
    if len(refs) > MOST_REFS:
        raise Invalid({"refs": f"Choose at most {MOST_REFS} pages of the library."})
    return refs
