"""Domain objects as answers: their fields, and their addresses on this site."""

from datetime import date
from urllib.parse import urlencode

from flask import Response, url_for

from kb.api.answers import Answer, CouncilAnswer, ResourceAnswer, Result, SuggestionAnswer
from kb.api.context import runtime
from kb.councils.models import Council
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


def resource(found: Resource, *, today: date) -> ResourceAnswer:
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
        }
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


def _url_of(kind: str, slug: str) -> str:
    return _absolute(url_for(_ENDPOINTS[Kind(kind)], slug=slug))


def _absolute(path: str) -> str:
    return f"{runtime().settings.base_url}{path}"
