"""The sample feeds that come with the site, at the addresses by which it knows them."""

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from kb import jobs
from kb.feeds.seed import SAMPLES_AT
from kb.web.context import public

bp = Blueprint("samples", __name__, url_prefix=SAMPLES_AT)

FOLDER = jobs.SEED_DATA / "feeds" / "samples"


@bp.get("/<name>")
@public
def show(name: str) -> ResponseReturnValue:
    """Only what lies in the folder can be named, so that no path leads out of it."""
    samples = {path.name: path for path in FOLDER.glob("*.xml")}
    if name not in samples:
        abort(404)
    return Response(samples[name].read_bytes(), mimetype="application/xml")
