"""Search over everything, as on the site, but strict about what it is asked."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kb.api import serialise
from kb.api.answers import FacetCount, SearchAnswer
from kb.api.context import public, runtime
from kb.api.parameters import Parameters
from kb.finding import asking
from kb.finding import service as finding
from kb.finding.labels import Labels, labels
from kb.finding.service import Found
from kb.search.engine import MAX_PAGE, MAX_PER_PAGE, MAX_TEXT, Query, Sort

bp = Blueprint("search", __name__)

PER_PAGE = 20
CUT = f"Only the first {MAX_TEXT} characters were searched."
_DECADE = re.compile(r"(19|20)[0-9]0s")


@bp.get("/search")
@public
def results() -> ResponseReturnValue:
    with runtime().database.reading() as session:
        words = labels(session)
    parameters = Parameters.of_request()
    query = _query(parameters, words)
    answer = _answer(query, finding.find(runtime(), query), words)
    if len(asking.text_of(parameters.given)) > MAX_TEXT:
        answer = answer.model_copy(update={"notice": CUT})
    return serialise.to_response(answer)


def _query(parameters: Parameters, words: Labels) -> Query:
    """Raises Invalid with a sentence for each parameter that makes no sense."""
    for name in ("q", "page"):
        parameters.text(name)
    parameters.number("page", default=1, most=MAX_PAGE)
    parameters.choice("sort", [*Sort])
    parameters.choice("verbatim", ["0", "1"])
    per_page = parameters.number("per_page", default=PER_PAGE, most=MAX_PER_PAGE)
    for facet in asking.FACETS:
        parameters.choices(facet, words.get(facet) or _decades(parameters.given.get(facet, ())))
    parameters.check()
    query = asking.from_args(parameters.given, known=words, per_page=per_page)
    return replace(query, count=asking.FACETS_TO_COUNT)


def _decades(values: Iterable[str]) -> set[str]:
    return {value for value in values if _DECADE.fullmatch(value)}


def _answer(query: Query, found: Found, words: Labels) -> SearchAnswer:
    page = found.page
    mended = {"searched": page.searched} if page.searched else {}
    return SearchAnswer(
        query=query.text,
        **mended,
        suggestion=page.searched or None,
        relaxed=page.relaxed,
        index="ready" if found.is_from_index else "rebuilding",
        total=page.total,
        page=query.page,
        per_page=query.per_page,
        results=[serialise.result(hit) for hit in page.hits],
        facets={
            facet: _counts(counts, query.filters.get(facet, frozenset()), words.get(facet))
            for facet, counts in page.counts.items()
        },
    )


def _counts(
    counts: Mapping[str, int], chosen: frozenset[str], words: Mapping[str, str] | None
) -> list[FacetCount]:
    """What would find something, or is chosen, in the order of its vocabulary."""
    if words is None:  # decades, which are their own labels
        words = {value: value for value in sorted({*counts, *chosen}, reverse=True)}
    return [
        FacetCount(id=value, label=label, count=counts.get(value, 0))
        for value, label in words.items()
        if counts.get(value) or value in chosen
    ]
