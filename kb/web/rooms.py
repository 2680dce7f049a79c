"""What participants see on their phones: join by a code, answer what is on, nothing else.

Nobody has an account or a name here. A phone is told apart by the token of its cookie, and
these views neither open Flask's session nor ask who is signed in.
"""

from dataclasses import replace
from datetime import timedelta
from typing import cast

from flask import (
    Blueprint,
    Flask,
    Response,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]

from kb.accounts import limits
from kb.accounts.errors import TooOften
from kb.clock import utcnow
from kb.db.database import Session
from kb.errors import Conflict, Invalid, KbError, NotFound
from kb.training import answering, own_address, sessions
from kb.training.errors import Over
from kb.training.models import Participant, TrainingSession
from kb.web import (
    caching,
    limiting,
    results_links,
    room_acts,
    room_cache,
    room_screens,
    room_tokens,
)
from kb.web.context import db_session, public, runtime, today
from kb.web.security import HEADERS

bp = Blueprint("rooms", __name__)

ROOM = "/j/<code>"
WORKER = "/j/worker.js"  # from here its scope is /j/ and nothing else; no code of ours has a dot
# A whole training room may sit behind one address of its council, each mistyping the code
# a few times. Nobody with a right code is ever counted, or kept out.
WRONG_CODES, WITHIN = 240, timedelta(minutes=10)
LONGEST_CODE = 40
NO_CODE = "Type the code that is on the screen."
NO_SUCH = "There is no session with this code. Look at the screen again, and try once more."
TOO_OFTEN = (
    "Too many wrong codes were typed from your network. Wait a few minutes, or look at the "
    "screen again: the right code still works."
)
JOIN_FIRST = "Join the session first. What you answered is kept on this phone."
CUT = "Your text was longer than fits. We kept its beginning."
_STATUS: dict[type[KbError], int] = {Invalid: 422, Conflict: 409, NotFound: 404}


class NoSuchRoom(NotFound):
    """A code that is nobody's; `typed` is what somebody typed."""

    def __init__(self, typed: str) -> None:
        super().__init__(NO_SUCH)
        self.typed = typed


class Stranger(KbError):
    """Whoever sends an answer has not joined, or not from a page of ours."""


def init_app(app: Flask) -> None:
    """These forms carry the token of their room, which is their protection."""
    protection = cast(CSRFProtect, app.extensions["csrf"])
    for view in (find, create_participant, create_answer, create_idea, create_vote, create_pledge):
        protection.exempt(view)


@bp.after_request
def keep_private(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@bp.get("/join")
@public
def join() -> ResponseReturnValue:
    return _join_page("", "")


@bp.post("/join")
@public
def find() -> ResponseReturnValue:
    typed = request.form.get("code", "").strip()[:LONGEST_CODE]
    if not typed:
        return _join_page("", NO_CODE), 422
    with runtime().database.reading() as session:
        code = _room(session, typed).code
    return _back(code)


@bp.get(ROOM)
@public
def show(code: str) -> ResponseReturnValue:
    session = db_session()
    training = _room(session, code)
    if code != training.code:
        return redirect(url_for("rooms.show", code=training.code), code=302)
    token = room_tokens.held(code)
    me = _participant(session, training, token)
    if me is None:
        return _enter_page(training)
    note = CUT if "cut" in request.args else ""
    return _screen_page(session, training, me, token, problem=note)


@bp.get(WORKER)
@public
@caching.kept
def worker() -> ResponseReturnValue:
    """What shows a page of a room to a phone that reloads it without a network.

    Phones that have it ask for it at each visit, and end it where they are told 404.
    """
    page = render_template("rooms/no_network.html")
    own = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    text = render_template("rooms/worker.js", page=page, headers=HEADERS | own)
    return Response(text, mimetype="text/javascript")


@bp.get(f"{ROOM}/state")
@public
def state(code: str) -> ResponseReturnValue:
    """What each phone asks every two seconds: has anything changed? The same for all of them."""

    def read() -> bytes:
        with runtime().database.reading() as session:
            return b'{"change":%d}' % _room(session, code).change

    return room_cache.answer(f"{code} change", read)


@bp.post(f"{ROOM}/participants")
@public
def create_participant(code: str) -> ResponseReturnValue:
    """Join. A browser that has joined stays who it is, and what it could not send goes along."""
    room_tokens.refuse_other_sites()
    token = room_tokens.held(code)
    with runtime().database.transaction(quietly=True) as session:
        training = _room(session, code)
        if _participant(session, training, token) is None:
            token = answering.join(session, training, now=utcnow())
    response = make_response(_send_along(training, token))
    room_tokens.give(response, training.code, token)
    return response


@bp.post(f"{ROOM}/answers")
@public
def create_answer(code: str) -> ResponseReturnValue:
    return _do(code, "answers")


@bp.post(f"{ROOM}/ideas")
@public
def create_idea(code: str) -> ResponseReturnValue:
    return _do(code, "ideas")


@bp.post(f"{ROOM}/votes")
@public
def create_vote(code: str) -> ResponseReturnValue:
    return _do(code, "votes")


@bp.post(f"{ROOM}/pledge")
@public
def create_pledge(code: str) -> ResponseReturnValue:
    return _do(code, "pledge")


@bp.errorhandler(NoSuchRoom)
def show_no_such_room(error: NoSuchRoom) -> ResponseReturnValue:
    """Only wrong codes are counted, so that guessing ends and nobody else is kept out."""
    try:
        with runtime().database.transaction(quietly=True) as session:
            limits.count(
                session,
                "wrong room code from",
                limiting.remote_address(),
                limit=WRONG_CODES,
                within=WITHIN,
                now=utcnow(),
                secret=runtime().settings.secret_key,
            )
    except TooOften as too_often:
        response = make_response(_join_page(error.typed, TOO_OFTEN), 429)
        response.headers["Retry-After"] = str(too_often.wait_s)
        return response
    return _join_page(error.typed, NO_SUCH), 404


@bp.errorhandler(Over)
def show_over(error: Over) -> ResponseReturnValue:
    """A kind word, and for whoever took part where the results are."""
    if room_tokens.is_script():
        return jsonify(problem=str(error)), 410
    with runtime().database.reading() as session:
        training = session.get_one(TrainingSession, error.session_id)
        token = room_tokens.held(training.code)
        was_here = _participant(session, training, token) is not None
        links = results_links.for_participant(training, token) if was_here else None
    wrote = room_acts.words_typed()
    return render_template("rooms/closed.html", title=error.title, links=links, wrote=wrote), 410


def _do(code: str, what: str) -> ResponseReturnValue:
    """Keep what a participant sends: once this answers, it is kept."""
    token = room_tokens.held_and_sent(code)
    try:
        note = _keep(code, token, what)
    except Stranger:
        return _stranger(code, what)
    except (Invalid, Conflict, NotFound) as error:
        return _refused(code, token, error)
    if room_tokens.is_script():
        return jsonify(is_saved=True, note=note)
    return _back(code, note)


def _keep(code: str, token: str, what: str) -> str:
    """One transaction. Raises Stranger, or what the domain says against it."""
    with runtime().database.transaction(quietly=True) as session:
        if what == "answers" and room_acts.answer_at_once(session, code, token, utcnow()):
            return ""
        training = _room(session, code)
        me = _participant(session, training, token)
        if me is None:
            raise Stranger
        return room_acts.ACTS[what](session, training, me, utcnow())


def _send_along(training: TrainingSession, token: str) -> ResponseReturnValue:
    """Whoever had to join before their answer could be kept has it kept now."""
    what, note = request.form.get(room_acts.THEN, ""), ""
    if what in room_acts.ACTS:
        try:
            note = _keep(training.code, token, what)
        except (Invalid, Conflict, NotFound) as error:
            return _refused(training.code, token, error)
    return _back(training.code, note)


def _stranger(code: str, what: str) -> ResponseReturnValue:
    if room_tokens.is_script():
        return jsonify(problem=JOIN_FIRST), 403
    with runtime().database.reading() as session:
        training = _room(session, code)
    return _enter_page(training, kept=room_acts.to_send_along(what)), 403


def _refused(code: str, token: str, error: KbError) -> ResponseReturnValue:
    """Say why, on the page as it is now and with what was typed still in it."""
    if isinstance(error, NoSuchRoom):
        raise error
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    if room_tokens.is_script():
        return jsonify(problem=str(error), is_yours_to_mend=status == 422), status
    with runtime().database.reading() as session:
        training = _room(session, code)
        me = _participant(session, training, token)
        if me is None:
            raise error
        wrote = room_acts.words_typed() if status == 409 else ""
        page = _screen_page(session, training, me, token, problem=str(error), wrote=wrote)
    return page, status


def _participant(session: Session, training: TrainingSession, token: str) -> Participant | None:
    try:
        return answering.participant(session, training, token) if token else None
    except NotFound:
        return None


def _room(session: Session, code: str) -> TrainingSession:
    """The room with this code. Raises NoSuchRoom, or Over if it is closed."""
    try:
        return sessions.by_code(session, code[:LONGEST_CODE])
    except NotFound:
        raise NoSuchRoom(code[:LONGEST_CODE]) from None


def _back(code: str, note: str = "") -> ResponseReturnValue:
    return redirect(url_for("rooms.show", code=code, cut=1 if note else None), code=303)


def _join_page(typed: str, problem: str) -> str:
    return render_template("rooms/join.html", typed=typed, problem=problem)


def _enter_page(training: TrainingSession, *, kept: list[tuple[str, str]] | None = None) -> str:
    template = "rooms/_enter.html" if "part" in request.args else "rooms/enter.html"
    return render_template(template, room=training, kept=kept)


def _screen_page(
    session: Session,
    training: TrainingSession,
    me: Participant,
    token: str,
    *,
    problem: str = "",
    wrote: str = "",
) -> str:
    kept = room_cache.of_app().get(
        f"{training.code} room", lambda: room_screens.read(session, training)
    )
    found = room_screens.parse(kept.body)
    own = answering.own(session, training, me, kinds=room_screens.kinds(found))
    screen = room_screens.of(found, own, today=today())
    if screen.name == "pledge" and screen.has_answered:
        email = own_address.of(session, own.pledges[screen.round_id])
        screen = replace(screen, email=email)
    if request.method == "POST":
        screen = room_acts.as_typed(screen)
    template = "rooms/_screen.html" if "part" in request.args else "rooms/show.html"
    return render_template(
        template, room=training, screen=screen, token=token, problem=problem, wrote=wrote
    )
