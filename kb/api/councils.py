"""The register of councils."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kb.api import serialise
from kb.api.answers import CouncilsAnswer, OneCouncilAnswer
from kb.api.context import public, runtime
from kb.api.parameters import Parameters
from kb.councils import service as councils
from kb.councils.models import CouncilType, Nation
from kb.library import service as library

bp = Blueprint("councils", __name__)

CREDIT = "Register of councils: mySociety, CC BY 4.0, https://pages.mysociety.org/uk_local_authority_names_and_codes/"


@bp.get("/councils")
@public
def index() -> ResponseReturnValue:
    parameters = Parameters.of_request()
    nation = parameters.choice("nation", [*Nation])
    type_ = parameters.choice("type", [*CouncilType])
    parameters.check()
    with runtime().database.reading() as session:
        practice = library.counts_by_council(session)
        found = councils.everyone(
            session,
            nation=Nation(nation) if nation else None,
            type=CouncilType(type_) if type_ else None,
        )
    answers = [serialise.council(each, practice=practice.get(each.id, 0)) for each in found]
    return serialise.to_response(
        CouncilsAnswer(total=len(answers), credit=CREDIT, councils=answers)
    )


@bp.get("/councils/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    Parameters.of_request().check()
    with runtime().database.reading() as session:
        council = councils.by_code(session, code)
        practice = library.counts_by_council(session).get(council.id, 0)
        return serialise.to_response(
            OneCouncilAnswer(
                **dict(serialise.council(council, practice=practice)),
                predecessors=[other.code for other in councils.predecessors(session, council)],
                successors=[other.code for other in councils.successors(session, council)],
            )
        )
