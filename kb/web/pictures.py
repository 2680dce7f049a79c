"""Pictures of entries through our own hands: signed addresses, so that only we say which."""

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePosixPath
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import Signer

from kb.clock import utcnow
from kb.errors import NotFound
from kb.feeds import river
from kb.feeds.album import Album, Busy
from kb.feeds.errors import FetchError
from kb.feeds.models import Entry
from kb.feeds.types import Illustration
from kb.runtime import Runtime
from kb.web.context import public, runtime
from kb.web.outside import outside

bp = Blueprint("pictures", __name__, url_prefix="/feeds/pictures")

FOLDER = "pictures"
MOST_SHOWN = 20
A_WEEK_S = 7 * 24 * 60 * 60
A_WHILE_S = 10 * 60
SOON_S = 3
DRAWINGS = {".svg", ".svgz"}  # which may hold scripts, and are never shown


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A picture on a page: our address of it and its own. No size is known before it is kept.

    `alt` is what its source says that it shows, "" where we know nothing of the kind.
    """

    url: str
    original: str
    alt: str = ""
    width: int = 0
    height: int = 0


@bp.get("/<signature>/<int(max=2147483647):entry_id>/<name>")
@public
def show(signature: str, entry_id: int, name: str) -> ResponseReturnValue:
    """No transaction is open, and no thread is held for long, while somebody else answers."""
    url = _meant(signature, entry_id, name)
    try:
        picture = _album().picture(url, now=utcnow())
    except Busy:
        return _nothing(503, {"Retry-After": str(SOON_S), "Cache-Control": "no-store"})
    except FetchError:
        return _nothing(404, {"Cache-Control": f"public, max-age={A_WHILE_S}"})
    response = Response(picture.content, mimetype=picture.type)
    response.headers["Cache-Control"] = f"public, max-age={A_WEEK_S}"
    response.set_etag(name)
    return response.make_conditional(request)


def of(entry: Entry) -> list[Shown]:
    """Those of an entry that a page shows; none that we found to be no picture lately."""
    if entry.is_hidden:
        return []
    wanted = [each for each in entry.illustrations if _may_be_shown(each.url)][:MOST_SHOWN]
    return [shown for each in wanted if (shown := _shown(entry, each))]


def init_app(app: Flask, runtime: Runtime) -> None:
    folder = runtime.settings.data_dir / FOLDER
    app.extensions["kb_album"] = Album(folder, runtime.fetcher, runtime.painter)


def _shown(entry: Entry, wanted: Illustration) -> Shown | None:
    name = _name(wanted.url)
    ours = url_for(
        "pictures.show", signature=_signed(entry.id, name), entry_id=entry.id, name=name
    )
    shown = Shown(url=ours, original=wanted.url, alt=wanted.alt)
    head = _album().head(wanted.url)
    if head is None:
        return shown
    if head.is_given_up(utcnow()):
        return None
    return replace(shown, width=head.width, height=head.height)


def _meant(signature: str, entry_id: int, name: str) -> str:
    """The address that the entry has under this name; raises NotFound for what we never gave."""
    if not _signer().verify_signature(f"{entry_id}/{name}", signature):
        abort(404)
    with runtime().database.reading() as session:
        entry = river.entry(session, entry_id)
    for each in [] if entry.is_hidden else entry.illustrations:
        if _may_be_shown(each.url) and _name(each.url) == name:
            return each.url
    raise NotFound("There is no picture at this address.")


def _may_be_shown(url: str) -> bool:
    if not outside(url):
        return False
    return PurePosixPath(urlsplit(url).path).suffix.lower() not in DRAWINGS


def _name(url: str) -> str:
    return sha256(url.encode("utf-8", "replace")).hexdigest()[:40]


def _signed(entry_id: int, name: str) -> str:
    return _signer().get_signature(f"{entry_id}/{name}").decode("ascii")


def _signer() -> Signer:
    return Signer(str(current_app.secret_key), salt="pictures")


def _album() -> Album:
    return cast(Album, current_app.extensions["kb_album"])


def _nothing(status: int, headers: dict[str, str]) -> Response:
    return Response("", status, headers=headers, mimetype="text/plain")
