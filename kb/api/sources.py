"""The sources that the site follows, and how each one is."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kb.api import serialise
from kb.api.answers import SourcesAnswer
from kb.api.context import public, runtime
from kb.api.parameters import Parameters
from kb.clock import utcnow
from kb.feeds import sources
from kb.feeds.models import State
from kb.feeds.types import Platform

bp = Blueprint("sources", __name__)


@bp.get("/sources")
@public
def index() -> ResponseReturnValue:
    parameters = Parameters.of_request()
    state = parameters.choice("state", [*State])
    platform = parameters.choice("platform", [*Platform])
    parameters.check()
    now = utcnow()
    with runtime().database.reading() as session:
        found = [
            serialise.source(each, sources.health(each, now=now))
            for each in sources.everyone(session)
            if state in {"", each.state} and platform in {"", each.platform}
        ]
    return serialise.to_response(SourcesAnswer(total=len(found), sources=found))
