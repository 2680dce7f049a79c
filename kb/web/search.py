"""Find an example: one search over everything, every state of it an address."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.councils import service as councils
from kb.councils.models import Council
from kb.documents import copier
from kb.finding import alike, asking, in_files
from kb.finding import service as finding
from kb.finding.labels import Labels, labels
from kb.finding.service import Found
from kb.search.engine import MAX_PAGE, MAX_TEXT, Hit, Query, Sort
from kb.web.context import db_session, public, runtime
from kb.web.facets import FacetView, Option
from kb.web.my_council import knowing_my_council
from kb.web.paging import last_page, paging

bp = Blueprint("search", __name__)

FACET_NAMES = {
    "kind": "Kind",
    "purpose": "Purpose",
    "channel": "Channel",
    "barrier": "What is in the way",
    "theme": "Theme",
    "type": "Type of council",
    "nation": "Nation",
    "effort": "Effort to set up",
    "evidence": "Evidence",
    "decade": "When it happened",
}
UNLISTED = {"council", "copier"}  # filters that come from elsewhere than from the list
ALWAYS_OPEN = {"kind", "purpose"}
SORTS = {
    Sort.BEST: "Best match",
    Sort.COPIED: "Most copied",
    Sort.NEWEST: "Newest",
    Sort.CHECKED: "Recently checked",
}
NEAREST = 4
MOST_TRIES = 6  # questions asked of the index on behalf of one that found nothing


class Chip(NamedTuple):
    """A filter that is on, the address without it and, perhaps, what that would find."""

    label: str
    url: str
    gives: int | None = None


class Kin(NamedTuple):
    """The council whose like come first, the search for what they copied, and the ways out."""

    council: Council
    copied_url: str
    is_copied: bool
    without: str


@bp.get("/search")
@public
@knowing_my_council
def results() -> ResponseReturnValue:
    session = db_session()
    args = request.args.to_dict(flat=False)
    words = labels(session)
    query = asking.from_args(args, known=words)
    mine = alike.by_code(session, query.like)
    query, found, reasons = _ask(replace(query, count=asking.FACETS_TO_COUNT), mine)
    context: dict[str, object] = {
        "query": query,
        "found": found.page,
        "is_from_index": found.is_from_index,
        "was_cut": len(asking.text_of(args)) > MAX_TEXT,
        "most_text": MAX_TEXT,
        "chips": _chips(query, words),
        "facets": _facets(found, query, words),
        "named": councils.named_in(session, query.text) if query.text else [],
        "url_of_query": url_of_query,
        "kin": _kin(query, mine) if mine else None,
        "reasons": reasons,
        "in_files": in_files.places(session, found.page, query),
        "verbatim": replace(query, verbatim=True, page=1),
        "without_filters": replace(query, filters={}, page=1),
    }
    if not found.page.total:
        return render_template("search/nothing.html", **context | _ways_out(query, words))
    return render_template("search/results.html", **context | _controls(query, found))


def url_of_query(query: Query) -> str:
    return f"{url_for('search.results')}?{urlencode(asking.to_args(query))}".rstrip("?")


def _ask(query: Query, mine: Council | None) -> tuple[Query, Found, Mapping[str, str]]:
    """Ask; of a page beyond the last one, the last one is meant."""
    found, reasons = _find(query, mine)
    last = min(last_page(found.page.total, query.per_page), MAX_PAGE)
    if query.page > last:
        query = replace(query, page=last)
        found, reasons = _find(query, mine)
    return query, found, reasons


def _find(query: Query, mine: Council | None) -> tuple[Found, Mapping[str, str]]:
    """What was found and, of the key of each hit, what its council has in common with mine."""
    if mine is None:
        return finding.find(runtime(), query), {}
    near = alike.find(runtime(), query, mine)
    return near.found, near.reasons


def _kin(query: Query, mine: Council) -> Kin:
    term = copier(mine.type, mine.nation)
    copied = replace(query, filters={**query.filters, "copier": frozenset([term])}, page=1)
    return Kin(
        council=mine,
        copied_url=url_of_query(copied),
        is_copied=term in query.filters.get("copier", ()),
        without=url_of_query(replace(query, like="", page=1)),
    )


def _chips(query: Query, words: Labels) -> list[Chip]:
    return [
        Chip(words.get(facet, {}).get(term, term), url_of_query(_without(query, facet, term)))
        for facet, term in _chosen(query)
    ]


def _chosen(query: Query) -> list[tuple[str, str]]:
    return [
        (facet, term) for facet in asking.FACETS for term in sorted(query.filters.get(facet, ()))
    ]


def _without(query: Query, facet: str, term: str) -> Query:
    filters = {**query.filters, facet: query.filters[facet] - {term}}
    left = {name: terms for name, terms in filters.items() if terms}
    return replace(query, filters=left, page=1)


def _facets(found: Found, query: Query, words: Labels) -> list[FacetView]:
    views = [
        FacetView(
            name=facet,
            label=label,
            stays_open=facet in ALWAYS_OPEN,
            options=_options(
                found.page.counts.get(facet, {}),
                query.filters.get(facet, frozenset()),
                words.get(facet),
            ),
        )
        for facet, label in FACET_NAMES.items()
    ]
    return [view for view in views if view.options]


def _options(
    counts: Mapping[str, int], chosen: frozenset[str], labels: Mapping[str, str] | None
) -> tuple[Option, ...]:
    """Values that would find something, or are on, in the order of their vocabulary."""
    if labels is None:  # decades, which are their own labels
        labels = {value: value for value in sorted({*counts, *chosen}, reverse=True)}
    return tuple(
        Option(value, label, counts.get(value, 0), value in chosen)
        for value, label in labels.items()
        if counts.get(value) or value in chosen
    )


def _controls(query: Query, found: Found) -> dict[str, object]:
    """What the forms of the page carry along, and the links to its other pages."""
    pages = paging(
        page=query.page,
        total=found.page.total,
        per_page=query.per_page,
        most=MAX_PAGE,
        url_of_page=lambda page: url_of_query(replace(query, page=page)),
    )
    unlisted = {name: each for name, each in query.filters.items() if name in UNLISTED}
    filter_form = replace(query, filters=unlisted, page=1)
    sort_form = replace(query, sort=Sort.BEST, page=1)
    return {
        "paging": pages,
        "sorts": SORTS,
        "filter_form": asking.to_args(filter_form),
        "sort_form": asking.to_args(sort_form),
    }


def _ways_out(query: Query, words: Labels) -> dict[str, object]:
    """What to drop from a question that found nothing, and what comes nearest to it."""
    chips = _chips(query, words)
    drops = [_without(query, facet, term) for facet, term in _chosen(query)[:MOST_TRIES]]
    for place, drop in enumerate(drops):
        chips[place] = chips[place]._replace(gives=_total(drop))
    return {
        "chips": chips,
        "unfiltered": _total(replace(query, filters={})) if chips else 0,
        "words": _words_that_find(query),
        "nearest": _nearest(query),
    }


def _words_that_find(query: Query) -> list[Chip]:
    """Each word of several, where it alone finds something without the filters."""
    words = list(dict.fromkeys(_plain(query.text).split()))
    if len(words) < 2:
        return []
    tries = [Query(text=word) for word in words[:MOST_TRIES]]
    found = [(each.text, url_of_query(each), _total(each)) for each in tries]
    return [Chip(*each) for each in found if each[2]]


def _nearest(query: Query) -> tuple[Hit, ...]:
    """The same words without filters or, failing that, without quotation marks and minuses."""
    for text, verbatim in ((query.text, query.verbatim), (_plain(query.text), False)):
        looser = Query(text=text, verbatim=verbatim, per_page=NEAREST)
        hits = finding.find(runtime(), looser).page.hits if text else ()
        if hits:
            return hits
    return ()


def _plain(text: str) -> str:
    words = text.translate(str.maketrans('"“”', "   ")).split()
    return " ".join(word.lstrip("-") for word in words)


def _total(query: Query) -> int:
    return finding.find(runtime(), replace(query, count=(), per_page=1)).page.total
