"""For the machines that watch: is the process up, and can it answer people?"""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from kb import jobs
from kb.web.context import public, runtime

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Asks nothing of the database: a slow one is no reason to start this process again."""
    return jsonify(status="ok"), _FRESH


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    state = jobs.readiness(runtime())
    body = jsonify(
        status="ready" if state.is_ready else "not ready",
        database=state.database,
        index=state.index,
    )
    return body, 200 if state.is_ready else 503, _FRESH


_FRESH = {"Cache-Control": "no-store"}
