"""What one resource says, whole and checked, wherever it comes from.

Seed files, imports, revisions and the JSON API all speak this shape. Empty text,
an empty tuple and None mean "not stated".
"""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from kb.errors import Invalid
from kb.library.facets import FACETS

LONGEST_TITLE = 200
LONGEST_SUMMARY = 140
LONGEST_TEXT = 50_000
TIP_WORDS = 150
FIRST_YEAR, LAST_YEAR = 1900, 2100


class Kind(StrEnum):
    CASE_STUDY = "case-study"
    TIP_CARD = "tip-card"
    TRAINING = "training"

    @property
    def label(self) -> str:
        return {
            Kind.CASE_STUDY: "Case study",
            Kind.TIP_CARD: "Tip card",
            Kind.TRAINING: "Training material",
        }[self]


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


def _is_web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a web address that begins with http:// or https://")
    return url


def _is_no_entry(ref: str) -> str:
    """The entries of feeds share the search index with resources."""
    if ref.startswith("entry:"):
        raise ValueError("must not begin with entry:")
    return ref


def _without_control_characters(text: object) -> object:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text) if isinstance(text, str) else text


def _as_list(value: object) -> object:
    """A term alone is a list of one, as people write it in seed files."""
    return (value,) if isinstance(value, str) else value


_clean = BeforeValidator(_without_control_characters)


def _line(longest: int, *, shortest: int = 0) -> StringConstraints:
    return StringConstraints(
        strip_whitespace=True, min_length=shortest, max_length=longest, pattern=r"^[^\n]*$"
    )


def _text(longest: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, max_length=longest)


Line = Annotated[str, _line(300), _clean]
Title = Annotated[str, _line(LONGEST_TITLE, shortest=1), _clean]
Summary = Annotated[str, _line(LONGEST_SUMMARY), _clean]
LongLine = Annotated[str, _text(2_000), _clean]
Text = Annotated[str, _text(LONGEST_TEXT), _clean]
WebAddress = Annotated[str, _line(2_000), AfterValidator(_is_web_address), _clean]
Ref = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9-]*:[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"),
    AfterValidator(_is_no_entry),
]
CouncilCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,5}$")]
TermId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Terms = Annotated[tuple[TermId, ...], Field(max_length=20), BeforeValidator(_as_list)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Count = Annotated[int, Field(ge=0, le=100_000)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Model):
    """Where something is written down; a source that is not on the web has no address."""

    title: Title
    publisher: Line = ""
    url: WebAddress | None = None


class Step(_Model):
    """One thing to do: `text` begins with a verb, `detail` explains, `minutes` is for sessions."""

    text: LongLine
    detail: LongLine = ""
    minutes: Count | None = None


class Attachment(_Model):
    """A file to take away, or a picture; see kb.files for what is kept of it."""

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    name: Title
    media_type: Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]{1,80}$")]
    size: Annotated[int, Field(ge=0)]
    alt: LongLine = ""
    is_decorative: bool = False

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


class Content(_Model):
    """Everything that a resource says. Field names are also those of seed files and the API."""

    ref: Ref
    kind: Kind
    title: Title
    summary: Summary = ""
    body: Text = ""
    lang: Annotated[str, StringConstraints(pattern=r"^(en|cy)$")] = "en"

    councils: Annotated[tuple[CouncilCode, ...], Field(max_length=40)] = ()
    organisation: Line = ""
    years: Line = ""
    start_year: Year | None = None
    end_year: Year | None = None

    purpose: Terms = ()
    why: Terms = ()
    form: Terms = ()
    theme: Terms = ()
    channel: Terms = ()
    account: Terms = ()
    moment: Terms = ()
    actor: Terms = ()
    barrier: Terms = ()
    setup: Terms = ()
    weekly: Terms = ()
    cost: Terms = ()
    signoff: Terms = ()
    outcome: Terms = ()
    evidence: Terms = ()
    status: Terms = ()
    duty: Terms = ()
    deck: Terms = ()
    licence: Terms = ()

    cost_note: Line = ""
    setup_hours: Count | None = None
    weekly_minutes: Count | None = None
    effort_note: Line = ""
    replaces: LongLine = ""

    reasons: Text = ""
    actions: Text = ""
    results: Text = ""
    differently: Text = ""
    went_wrong: Text = ""
    our_reading: Text = ""
    steps: Annotated[tuple[Step, ...], Field(max_length=40)] = ()
    steps_by: Annotated[str, StringConstraints(pattern=r"^(us|council|)$")] = ""
    next_step: LongLine = ""

    number: Count | None = None
    applies_to: Line = ""
    try_this: LongLine = ""
    watch_out: LongLine = ""

    duration: Line = ""
    minutes_min: Count | None = None
    minutes_max: Count | None = None
    group_size: Line = ""
    group_min: Count | None = None
    group_max: Count | None = None
    audience: Line = ""
    format: Line = ""
    materials: Annotated[tuple[Line, ...], Field(max_length=40)] = ()

    confidence: Confidence | None = None
    checked: date | None = None
    check_note: Line = ""
    credit: Line = ""
    sources: Annotated[tuple[Source, ...], Field(max_length=40)] = ()
    related: Annotated[tuple[Ref, ...], Field(max_length=20)] = ()
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=10)] = ()

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        for facet in FACETS:
            if facet.holds_one and len(getattr(self, facet.name)) > 1:
                raise ValueError(f"{facet.name} can hold one term only")
        if self.start_year and self.end_year and self.end_year < self.start_year:
            raise ValueError("the last year is before the first")
        words = sum(len(text.split()) for text in (self.body, self.try_this, self.watch_out))
        if self.deck and words > TIP_WORDS:
            raise ValueError(f"a tip card has at most {TIP_WORDS} words; this one has {words}")
        return self

    def to_json(self) -> dict[str, object]:
        """Only what is stated, as JSON values; `from_json` gives the same content back."""
        return self.model_dump(mode="json", exclude_defaults=True)


def check(values: object) -> Content:
    """The content that these values state; raises Invalid with a sentence for each bad field."""
    try:
        return Content.model_validate(values)
    except ValidationError as error:
        raise Invalid(dict(_sentence(problem) for problem in error.errors())) from error


def _sentence(problem: ErrorDetails) -> tuple[str, str]:
    place = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return place, f"“{place}” is not a field that we know."
    if problem["type"] == "string_pattern_mismatch":
        return place, f"“{place}” is not written in the form that it must have."
    if problem["type"] == "missing":
        return place, f"“{place}” is missing."
    reason = problem["msg"].removeprefix("Value error, ")
    reason = reason[0].lower() + reason[1:]
    return place or "content", f"“{place}”: {reason}." if place else f"{reason.capitalize()}."
