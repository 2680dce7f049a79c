"""What somebody may mean by what they have typed so far."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kb.api import serialise
from kb.api.answers import SuggestionsAnswer
from kb.api.context import public, runtime
from kb.api.parameters import Parameters
from kb.finding import asking, suggesting
from kb.search.engine import MAX_TEXT

bp = Blueprint("suggestions", __name__)

LIMIT = 8
MOST = 20


@bp.get("/suggestions")
@public
def index() -> ResponseReturnValue:
    parameters = Parameters.of_request()
    parameters.text("q")
    limit = parameters.number("limit", default=LIMIT, most=MOST)
    parameters.check()
    text = asking.text_of(parameters.given)[:MAX_TEXT]
    made = suggesting.suggest(runtime(), text, limit=limit)
    return serialise.to_response(
        SuggestionsAnswer(query=text, suggestions=[serialise.suggestion(each) for each in made])
    )
