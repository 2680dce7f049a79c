"""The shape of every answer; the OpenAPI document is made from these."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from kb.copying.models import Status as CopyStatus
from kb.councils.models import CouncilType, Nation
from kb.feeds.models import State as SourceState
from kb.feeds.types import Platform
from kb.finding.suggesting import About
from kb.library.content import Content, Kind
from kb.library.state import State


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Result(Answer):
    """One thing that was found. `council` and `years` are in words, "" where not stated."""

    ref: str
    kind: Kind | Literal["feed"]
    title: str
    url: str
    summary: str
    snippet: str = Field(description="HTML: escaped text with <mark> around what matched.")
    council: str
    years: str
    score: float


class FacetCount(Answer):
    """How many results have this value, whatever is chosen of the same facet."""

    id: str
    label: str
    count: int


class SearchAnswer(Answer):
    query: str = Field(description="The text as it was read: at most 200 characters.")
    notice: str | None = Field(None, description="Only where the text was too long.")
    searched: str | None = Field(None, description="Only where typing errors were mended.")
    suggestion: str | None = Field(description="The mended text; null where nothing was.")
    relaxed: bool = Field(description="Not every word matched, so these match the most of them.")
    index: Literal["ready", "rebuilding"] = Field(
        description="While the index is rebuilt the answer comes from the database, unranked."
    )
    total: int
    page: int
    per_page: int
    results: list[Result]
    facets: dict[str, list[FacetCount]]


class StepChangeAnswer(Answer):
    """How many copiers do one step differently, and how many not at all."""

    step: str
    changed: int
    dropped: int


class CopyAnswer(Answer):
    """One council's copy. `parent` is the id of the copy that it was copied from."""

    id: int
    url: str
    council: str = Field(description="Its code in the register.")
    status: CopyStatus
    since: date
    parent: int | None
    result: str | None = Field(description="The ref of the case study that came of it.")


class CopiesAnswer(Answer):
    """Who copied a resource. A plan counts as a copy once it is tried."""

    councils: int
    planned: int
    trying: int
    doing: int
    stopped: int
    median_hours: float | None = Field(description="Null while fewer than three have said.")
    changed_most: list[StepChangeAnswer]
    lineage: list[CopyAnswer] = Field(description="The oldest first, copies of copies included.")


class ResourceAnswer(Content):
    """A resource, whole. Empty text, an empty list and null mean “not stated”."""

    id: int
    url: str
    permalink: str
    version: int
    state: State
    first_published_at: datetime
    published_at: datetime
    copies: CopiesAnswer


class CouncilAnswer(Answer):
    """A council of the register. Empty text means that the register does not say."""

    code: str
    gss_code: str
    name: str
    short_name: str
    welsh_name: str
    type: CouncilType
    type_label: str
    nation: Nation
    region: str
    county_code: str
    combined_authority: str
    start_date: date | None
    end_date: date | None
    website: str
    committee_site: str
    committee_software: str
    url: str
    practice: int = Field(description="How many resources of it we hold.")


class OneCouncilAnswer(CouncilAnswer):
    predecessors: list[str] = Field(description="Codes of the councils that it followed.")
    successors: list[str] = Field(description="Codes of the councils that followed it.")


class CouncilsAnswer(Answer):
    total: int
    credit: str
    councils: list[CouncilAnswer]


class SuggestionAnswer(Answer):
    text: str
    kind: About
    url: str


class SuggestionsAnswer(Answer):
    query: str
    suggestions: list[SuggestionAnswer]


class EnclosureAnswer(Answer):
    url: str
    type: str
    title: str


class SeenAtAnswer(Answer):
    """Another source’s entry that tells the same story."""

    id: int
    url: str
    link: str = Field(description="Where that source published it; empty where it says nowhere.")
    source: int = Field(description="The id of its source.")
    source_name: str
    council: str | None = Field(description="The code of the source’s council.")


class EntryAnswer(Answer):
    """One thing that a source said. `html` is sanitised; nobody has checked what it says."""

    id: int
    title: str
    url: str
    link: str = Field(description="Where the source published it; empty where it says nowhere.")
    source: int = Field(description="The id of its source.")
    source_name: str
    is_sample: bool = Field(description="Made up to show how the site works.")
    council: str | None = Field(description="The code of the source’s council.")
    platform: Platform
    author: str
    language: str
    published_at: datetime | None = Field(description="As the source says.")
    seen_at: datetime = Field(description="When we first saw it.")
    changed_at: datetime | None
    summary: str
    html: str
    categories: list[str]
    enclosures: list[EnclosureAnswer]
    also_seen_at: list[SeenAtAnswer] = Field(description="Other sources with the same story.")
    suggested_purposes: list[str] = Field(description="A program’s suggestion, never a fact.")
    suggested_themes: list[str] = Field(description="A program’s suggestion, never a fact.")


class EntriesAnswer(Answer):
    total: int
    per_page: int
    before: int | None = Field(description="Give this as `before` for those that are older.")
    entries: list[EntryAnswer]
    facets: dict[str, list[FacetCount]]


class SourceAnswer(Answer):
    """A feed that the site follows, and how it is. Sentences are for people."""

    id: int
    name: str
    url: str
    council: str | None
    organisation: str
    nation: str
    kind: str
    platform: Platform
    language: str
    site_url: str
    feed_url: str
    is_sample: bool
    state: SourceState
    reason: str
    last_heard: str
    next: str
    checked_at: datetime | None
    newest_at: datetime | None
    successor: int | None


class SourcesAnswer(Answer):
    total: int
    sources: list[SourceAnswer]


class Problem(Answer):
    """RFC 9457 problem details."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str
    problems: dict[str, str] | None = Field(
        None, description="Where parameters are wrong: a sentence for each of them."
    )
