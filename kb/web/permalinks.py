"""Short addresses that last, whatever becomes of a title."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from kb.library import service as library
from kb.web import reading
from kb.web.context import db_session, public
from kb.web.filters import url_of

bp = Blueprint("permalinks", __name__)


@bp.get("/p/<int(max=2147483647):resource_id>")
@public
def show(resource_id: int) -> ResponseReturnValue:
    resource = library.get(db_session(), resource_id)
    if not resource.is_public:
        return reading.withdrawn(resource)
    return redirect(url_of(resource.kind, resource.slug), code=301)
