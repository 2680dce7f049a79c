"""What others are saying: entries of the feeds that the site follows."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kb.api import serialise
from kb.api.answers import EntriesAnswer, FacetCount
from kb.api.context import public, runtime
from kb.api.parameters import Parameters
from kb.db.database import Session
from kb.feeds import river, stories

bp = Blueprint("entries", __name__)

PER_PAGE = 20
MOST = 100
LARGEST_ID = 2_147_483_647


@bp.get("/entries")
@public
def index() -> ResponseReturnValue:
    parameters = Parameters.of_request()
    with runtime().database.reading() as session:
        words = river.words(session)
        for facet in river.FACETS:
            parameters.choices(facet, words[facet])
        parameters.text(river.SOURCE)  # once only
        parameters.choices(river.SOURCE, words[river.SOURCE])
        before = parameters.number("before", default=0, most=LARGEST_ID)
        per_page = parameters.number("per_page", default=PER_PAGE, most=MOST)
        parameters.check()
        filters = river.read(parameters.given, words)
        return serialise.to_response(_answer(session, filters, words, before or None, per_page))


def _answer(
    session: Session,
    filters: river.Filters,
    words: river.Words,
    before: int | None,
    per_page: int,
) -> EntriesAnswer:
    found = river.page(session, filters, limit=per_page + 1, before=before)
    shown = found[:per_page]
    counts = river.counts(session, filters)
    also_seen = stories.also_seen_of(session, shown)
    return EntriesAnswer(
        total=river.total(session, filters),
        per_page=per_page,
        before=shown[-1].id if len(found) > per_page else None,
        entries=[serialise.entry(each, also_seen.get(each.id, [])) for each in shown],
        facets={
            facet: [
                FacetCount(id=value, label=label, count=counts[facet].get(value, 0))
                for value, label in words[facet].items()
                if counts[facet].get(value) or value in filters.of(facet)
            ]
            for facet in river.FACETS
        },
    )
