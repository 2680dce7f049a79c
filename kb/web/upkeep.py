"""Keep pages true: readers say what may be wrong, and owners that it is still true."""

from typing import cast

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]
from itsdangerous import BadSignature, URLSafeTimedSerializer

from kb.clock import utcnow
from kb.db.database import Session
from kb.errors import Conflict, NotFound
from kb.library import service as library
from kb.library.models import Resource
from kb.submissions import drafts, form, history, removal
from kb.submissions.models import Verdict
from kb.upkeep import service as upkeep
from kb.web import limiting, reading
from kb.web.context import current_person, db_session, public, runtime, signed_in_only, today
from kb.web.filters import url_of
from kb.web.forms.upkeep import MoreForm

bp = Blueprint("upkeep", __name__)

NOTES_OF_ONE = 5  # that one network may send about one page in an hour
NOTES_IN_ALL = 60  # many councils share one address, and some readers a whole office's
LASTS_S = int(upkeep.TIME_FOR_MORE.total_seconds())
_OURS = {"same-origin", "none"}


def init_app(app: Flask) -> None:
    """Pages are kept for everyone alike, so the form on them holds nobody's token.

    It needs none: a note uses the authority of nobody.
    """
    protection = cast(CSRFProtect, app.extensions["csrf"])
    protection.exempt(create_note)
    protection.exempt(create_text)
    app.jinja_env.globals["may_look_after"] = upkeep.may_look_after
    app.jinja_env.globals["may_take_down"] = removal.may_take_down
    app.jinja_env.globals["may_restore"] = removal.may_restore


@bp.post("/p/<int(max=2147483647):resource_id>/notes")
@public
def create_note(resource_id: int) -> ResponseReturnValue:
    _refuse_other_sites()
    session, resource = _readable(resource_id)
    _limit(resource)
    note = upkeep.note(session, resource, now=utcnow(), base_url=runtime().settings.base_url)
    mine = _signer().dumps(note.id) if note is not None else None
    return redirect(url_for("upkeep.show_thanks", resource_id=resource.id, note=mine), code=303)


@bp.get("/p/<int(max=2147483647):resource_id>/notes/thanks")
@public
def show_thanks(resource_id: int) -> ResponseReturnValue:
    _, resource = _readable(resource_id)
    return _thanks(resource, MoreForm(), request.args.get("note", ""))


@bp.post("/p/<int(max=2147483647):resource_id>/notes/text")
@public
def create_text(resource_id: int) -> ResponseReturnValue:
    """More words for one's own note: whoever has just made it holds its signed number."""
    _refuse_other_sites()
    session, resource = _readable(resource_id)
    _limit(resource)
    more, mine = MoreForm(request.form), request.form.get("note", "")
    if not more.validate():
        return _thanks(resource, more, mine), 422
    upkeep.say_more(session, _note_id(mine), more.text.data or "", now=utcnow())
    return redirect(url_for("upkeep.show_thanks", resource_id=resource.id, said=1), code=303)


@bp.get("/upkeep")
@signed_in_only
def index() -> ResponseReturnValue:
    session = db_session()
    resources = upkeep.of_person(session, current_person())
    return render_template(
        "upkeep/index.html",
        resources=resources,
        notes=upkeep.counts_of_notes(session, resources),
        marks={each.id: reading.trust(each, today=today()).mark for each in resources},
    )


@bp.get("/upkeep/<int(max=2147483647):resource_id>")
@signed_in_only
def show(resource_id: int) -> ResponseReturnValue:
    session, user = db_session(), current_person()
    resource = upkeep.look_after(session, resource_id, by=user)
    return render_template(
        "upkeep/show.html",
        resource=resource,
        trust=reading.trust(resource, today=today()),
        notes=upkeep.open_notes(session, resource),
        may_change=bool(form.pages(resource.kind)) and drafts.may_change(user, resource),
    )


@bp.post("/upkeep/<int(max=2147483647):resource_id>/renewal")
@signed_in_only
def create_renewal(resource_id: int) -> ResponseReturnValue:
    """Only the version that was read is called true."""
    session, user, now = db_session(), current_person(), utcnow()
    resource = upkeep.look_after(session, resource_id, by=user)
    if request.form.get("version") != str(resource.version):
        raise Conflict("The page has changed since you opened this. Read it again first.")
    upkeep.renew(session, resource, by=user, now=now)
    history.record(session, Verdict.RENEWED, by=user, resource=resource, now=now)
    flash("Thank you. The page now says that it was checked today.")
    return redirect(url_of(resource.kind, resource.slug), code=303)


@bp.post(
    "/upkeep/<int(max=2147483647):resource_id>/notes/<int(max=2147483647):note_id>/settlement"
)
@signed_in_only
def create_settlement(resource_id: int, note_id: int) -> ResponseReturnValue:
    session, user = db_session(), current_person()
    resource = upkeep.look_after(session, resource_id, by=user)
    upkeep.settle(session, resource, note_id, by=user, now=utcnow())
    flash("The note is dealt with.")
    return redirect(url_for("upkeep.show", resource_id=resource.id), code=303)


def _readable(resource_id: int) -> tuple[Session, Resource]:
    session = db_session()
    resource = library.get(session, resource_id)
    if not resource.is_public:
        raise NotFound("There is no such page.")
    return session, resource


def _thanks(resource: Resource, more: MoreForm, mine: str) -> str:
    return render_template("upkeep/thanks.html", resource=resource, form=more, note=mine)


def _limit(resource: Resource) -> None:
    where, hour = limiting.remote_address(), upkeep.TIME_FOR_MORE
    limiting.count("notes", where, limit=NOTES_IN_ALL, within=hour)
    limiting.count("note", f"{where} {resource.id}", limit=NOTES_OF_ONE, within=hour)


def _refuse_other_sites() -> None:
    """No page of somebody else's makes its readers send notes in our name."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in _OURS:
        abort(403)
    if origin is not None and origin.partition("://")[2] != request.host:
        abort(403)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="reader note")


def _note_id(mine: str) -> int:
    try:
        return int(_signer().loads(mine, max_age=LASTS_S))
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound("There is no such note, or it was made too long ago.") from error
