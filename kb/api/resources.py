"""One resource, whole."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Gone

from kb.api import serialise
from kb.api.context import public, runtime, today
from kb.api.parameters import Parameters
from kb.copying import figures, lineage
from kb.library import service as library

bp = Blueprint("resources", __name__)


@bp.get("/resources/<ref>")
@public
def show(ref: str) -> ResponseReturnValue:
    Parameters.of_request().check()
    with runtime().database.reading() as session:
        resource = library.by_ref(session, ref)
        if not resource.is_public:
            raise Gone(f"“{resource.title}” was withdrawn. {resource.standing_note}".strip())
        family = lineage.of(session, resource)
        told = lineage.told(session, family.nodes)
        copies = serialise.copies(figures.of(session, family), family, told)
        return serialise.to_response(serialise.resource(resource, copies, today=today()))
