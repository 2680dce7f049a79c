"""Domain objects as answers: their fields, and their addresses on this site."""

from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlencode

from flask import Response, url_for

from kb.api.answers import (
    Answer,
    CopiesAnswer,
    CopyAnswer,
    CouncilAnswer,
    EnclosureAnswer,
    EntryAnswer,
    ResourceAnswer,
    Result,
    SeenAtAnswer,
    SourceAnswer,
    StepChangeAnswer,
    SuggestionAnswer,
)
from kb.api.context import runtime
from kb.copying.figures import Figures
from kb.copying.lineage import Family, Kin, Told
from kb.copying.models import Status
from kb.councils.models import Council
from kb.feeds.models import Entry, Source
from kb.feeds.sources import Health
from kb.finding.suggesting import About, Suggestion
from kb.library.content import Content, Kind
from kb.library.models import Resource
from kb.library.publish import content_of
from kb.library.state import state_of
from kb.search.engine import Hit

_ENDPOINTS = {
    Kind.CASE_STUDY: "case_studies.show",
    Kind.TIP_CARD: "tip_cards.show",
    Kind.TRAINING: "training.show",
}
_SAME = (
    *("code", "gss_code", "name", "short_name", "welsh_name", "type", "nation", "region"),
    *("county_code", "combined_authority", "start_date", "end_date", "website"),
    *("committee_site", "committee_software"),
)
_SAME_OF_ENTRY = (
    *("id", "title", "link", "author", "language", "published_at", "seen_at", "changed_at"),
    *("summary", "html", "categories"),
)
_SAME_OF_SOURCE = (
    *("id", "name", "organisation", "nation", "kind", "platform", "language", "site_url"),
    *("is_sample", "state", "checked_at", "newest_at"),
)


def to_response(answer: Answer | Content) -> Response:
    """What was not set is left out."""
    return Response(answer.model_dump_json(exclude_unset=True), mimetype="application/json")


def result(hit: Hit) -> Result:
    stored = hit.stored
    return Result(
        ref=hit.key,
        kind=Kind(hit.kind),
        title=hit.title,
        url=_url_of(hit.kind, str(stored["slug"])),
        summary=str(stored["summary"] or ""),
        snippet=hit.snippet,
        council=str(stored["council"] or ""),
        years=str(stored["years"] or ""),
        score=round(hit.score, 4),
    )


def resource(found: Resource, copies: CopiesAnswer, *, today: date) -> ResourceAnswer:
    return ResourceAnswer.model_validate(
        content_of(found).model_dump()
        | {
            "id": found.id,
            "url": _url_of(found.kind, found.slug),
            "permalink": _absolute(url_for("permalinks.show", resource_id=found.id)),
            "version": found.version,
            "state": state_of(found, today=today),
            "first_published_at": found.first_published_at,
            "published_at": found.published_at,
            "copies": copies,
        }
    )


def copies(found: Figures, family: Family, told: Mapping[int, Told]) -> CopiesAnswer:
    """Councils only: who writes for them is nobody's business."""
    return CopiesAnswer(
        councils=found.councils,
        planned=found.planned,
        trying=found.by_status.get(Status.TRYING, 0),
        doing=found.by_status.get(Status.DOING, 0),
        stopped=found.by_status.get(Status.STOPPED, 0),
        median_hours=found.median_hours,
        changed_most=[
            StepChangeAnswer(step=each.step, changed=each.changed, dropped=each.dropped)
            for each in found.changed_most
        ],
        lineage=[_copy(kin, told[kin.id]) for kin in family.nodes],
    )


def council(found: Council, *, practice: int) -> CouncilAnswer:
    return CouncilAnswer(
        **{name: getattr(found, name) for name in _SAME},
        type_label=found.type.label,
        url=_absolute(url_for("councils.show", slug=found.slug)),
        practice=practice,
    )


def suggestion(made: Suggestion) -> SuggestionAnswer:
    if made.about is About.TITLE:
        url = _url_of(made.within, made.slug)
    elif made.about is About.COUNCIL:
        url = _absolute(url_for("councils.show", slug=made.slug))
    else:
        url = _absolute(f"{url_for('search.results')}?{urlencode({made.within: made.slug})}")
    return SuggestionAnswer(text=made.text, kind=made.about, url=url)


def entry(found: Entry, others: Iterable[Entry] = ()) -> EntryAnswer:
    """`others` tell the same story."""
    source = found.source
    return EntryAnswer(
        **{name: getattr(found, name) for name in _SAME_OF_ENTRY},
        url=_absolute(url_for("feeds.show", entry_id=found.id)),
        source=source.id,
        source_name=source.name,
        is_sample=source.is_sample,
        council=source.council.code if source.council else None,
        platform=source.platform,
        enclosures=[_enclosure(each) for each in found.enclosures],
        also_seen_at=[_seen_at(each) for each in others],
        suggested_purposes=found.purposes,
        suggested_themes=found.themes,
    )


def source(found: Source, health: Health) -> SourceAnswer:
    return SourceAnswer(
        **{name: getattr(found, name) for name in _SAME_OF_SOURCE},
        url=_absolute(url_for("sources.show", source_id=found.id)),
        feed_url=_absolute(found.feed_url) if found.is_sample else found.feed_url,
        council=found.council.code if found.council else None,
        reason=health.reason,
        last_heard=health.heard,
        next=health.next,
        successor=found.successor_id,
    )


def _copy(kin: Kin, told: Told) -> CopyAnswer:
    return CopyAnswer(
        id=kin.id,
        url=_absolute(url_for("copies.show", copy_id=kin.id)),
        council=told.code,
        status=told.status,
        since=told.since,
        parent=kin.parent.id if kin.parent else None,
        result=told.result.ref if told.result else None,
    )


def _seen_at(found: Entry) -> SeenAtAnswer:
    council = found.source.council
    return SeenAtAnswer(
        id=found.id,
        url=_absolute(url_for("feeds.show", entry_id=found.id)),
        link=found.link,
        source=found.source.id,
        source_name=found.source.name,
        council=council.code if council else None,
    )


def _enclosure(found: dict[str, str]) -> EnclosureAnswer:
    named = {name: found.get(name, "") for name in EnclosureAnswer.model_fields}
    return EnclosureAnswer(**named)


def _url_of(kind: str, slug: str) -> str:
    return _absolute(url_for(_ENDPOINTS[Kind(kind)], slug=slug))


def _absolute(path: str) -> str:
    return f"{runtime().settings.base_url}{path}"
