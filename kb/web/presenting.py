"""The projector: what the room looks at, and the buttons below it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.errors import Invalid, NotFound
from kb.training import rounds, sessions
from kb.training.counting import WITHOUT_HANDS
from kb.training.models import Round, SessionState, TrainingSession
from kb.web import (
    limiting,
    presenter_screens,
    presenter_steps,
    qr,
    results_links,
    trainer_keys,
)
from kb.web.context import begin_to_write, db_session, let_go, public, runtime
from kb.web.forms.presenting import HandsForm, hands_form
from kb.web.outside import clock_time

bp = Blueprint("presenting", __name__)

SESSION = "/sessions/<int(max=2147483647):training_id>"
KEYS = 60  # that one network may try in vain
WIDEST, SHORTEST = 60, 4  # minutes in the time bar; a shorter part has no room for its name


class WrongKey(NotFound):
    """A private link that opens nothing; its page says what to do."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A block in the time bar."""

    title: str
    width: int
    is_done: bool
    is_now: bool

    @property
    def is_short(self) -> bool:
        return self.width < SHORTEST and not self.is_now


@dataclass(frozen=True, kw_only=True)
class Clock:
    """When the block that runs began and how long it may take; the words are for no script."""

    began: str
    minutes: int
    words: str


bp.before_request(trainer_keys.insist_on_seal)


def init_app(app: Flask) -> None:
    trainer_keys.init_app(app)
    app.register_error_handler(WrongKey, show_wrong_key)
    trainer_keys.exempt(app, bp)


def show_wrong_key(_: WrongKey) -> ResponseReturnValue:
    return _unkept(render_template("presenting/wrong_key.html")), 404


@bp.get(f"{SESSION}/key")
@public
def key(training_id: int) -> ResponseReturnValue:
    """Programs that look at mail open its links: this page only shows a button."""
    typed = request.args.get("key", "")
    training = _by_key(training_id, typed)
    page = render_template("presenting/key.html", training=training, key=typed)
    return _unkept(page)


@bp.post(f"{SESSION}/key")
@public
def create_key(training_id: int) -> ResponseReturnValue:
    typed = request.form.get("key", "")
    training = _by_key(training_id, typed)
    path = url_for("running.show", training_id=training.id)
    response = make_response(redirect(path, code=303))
    trainer_keys.give(response, training, typed)
    return _unkept(response)


@bp.get(f"{SESSION}/present")
@public
def show(training_id: int) -> ResponseReturnValue:
    training = trainer_keys.training_of(training_id)
    return trainer_keys.own(render_template("presenting/show.html", **_page(training)))


@bp.get(f"{SESSION}/state")
@public
def state(training_id: int) -> ResponseReturnValue:
    """The parts of the projector's page that may have changed, for who has another ETag."""
    training = trainer_keys.training_of(training_id)
    page = _page(training)
    parts = {
        name: render_template(f"presenting/_{name}.html", **page)
        for name in ("top", "screen", "foot")
    }
    screen = page["screen"]
    said = {"title": screen.heading, "said": screen.said, "shape": page["shape"]}
    return changed_since(said | {"parts": parts})


@bp.post(f"{SESSION}/steps")
@public
def create_step(training_id: int) -> ResponseReturnValue:
    session, training = db_session(), trainer_keys.training_of(training_id)
    asked = presenter_steps.rounds_now(session, training)
    if request.form.get("at") == presenter_steps.place(training, asked):
        if request.form.get("way") == "back":
            presenter_steps.go_back(session, training, now=utcnow())
        else:
            presenter_steps.take(session, training, asked, now=utcnow())
    return back_to(training)


@bp.post(f"{SESSION}/gap")
@public
def create_gap(training_id: int) -> ResponseReturnValue:
    training = trainer_keys.training_of(training_id)
    is_hidden = request.form.get("hidden") == "1"
    sessions.hide_gap(db_session(), training, hidden=is_hidden)
    return back_to(training)


@bp.get(f"{SESSION}/rounds/<int(max=2147483647):round_id>/hands")
@public
def hands(training_id: int, round_id: int) -> ResponseReturnValue:
    training = trainer_keys.training_of(training_id)
    one = rounds.get(db_session(), training, round_id)
    return trainer_keys.own(_hands_page(training, one, _form_of(one)))


@bp.post(f"{SESSION}/rounds/<int(max=2147483647):round_id>/hands")
@public
def create_hands(training_id: int, round_id: int) -> ResponseReturnValue:
    session, training = db_session(), trainer_keys.training_of(training_id)
    one = rounds.get(session, training, round_id)
    form = _form_of(one)
    try:
        if form.validate() and form.check_numbers():
            rounds.type_hands(session, one, form.numbers(), form.people_counted)
            return back_to(training)
    except Invalid as error:
        form.show_problems(error.problems)
    return trainer_keys.own((_hands_page(training, one, form), 422))


def back_to(training: TrainingSession, *, anchor: str = "") -> Response:
    """To whichever of the trainer's two screens the button was on."""
    view = "running.show" if request.form.get("from") == "run" else "presenting.show"
    path = url_for(view, training_id=training.id, _anchor=anchor or None)
    return make_response(redirect(path, code=303))


def changed_since(said: Mapping[str, object]) -> Response:
    """JSON for a screen that asks every two seconds; 304 for one that has it."""
    body = json.dumps(said, ensure_ascii=False).encode()
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.blake2b(body, digest_size=12).hexdigest(), weak=True)
    response.make_conditional(request.environ)
    return response


def parts_of(training: TrainingSession) -> list[Part]:
    """The time bar: what ran, what runs, what is to come."""
    is_closed = training.state is SessionState.CLOSED
    is_open = training.state is SessionState.OPEN
    return [
        Part(
            title=block.title,
            width=max(1, min(block.minutes, WIDEST)),
            is_done=is_closed or (is_open and place < training.at_block),
            is_now=is_open and place == training.at_block,
        )
        for place, block in enumerate(training.blocks)
    ]


def clock_of(training: TrainingSession) -> Clock | None:
    """The timer of the block that runs; None where none does."""
    block = presenter_steps.current_block(training)
    if training.state is not SessionState.OPEN or block is None or training.block_at is None:
        return None
    began = training.block_at
    ends = began + timedelta(minutes=block.minutes)
    return Clock(
        began=began.isoformat(),
        minutes=block.minutes,
        words=f"{clock_time(began)} to {clock_time(ends)}",
    )


def joining() -> Mapping[str, str]:
    """Where the room joins, without the scheme: it is read out and typed."""
    base_url = runtime().settings.base_url
    site = base_url.partition("://")[2].rstrip("/")
    return {"site_address": site, "join_address": f"{site}/join"}


def _page(training: TrainingSession) -> dict[str, Any]:
    session = db_session()
    asked = presenter_steps.rounds_now(session, training)
    counted = presenter_screens.presented(asked)
    has_hands = counted is not None and counted.kind not in WITHOUT_HANDS
    screen = presenter_screens.screen_of(session, training, asked)
    at = presenter_steps.place(training, asked)
    is_over = training.state is not SessionState.OPEN
    return {
        **joining(),
        **_to_keep(training),
        "training": training,
        "screen": screen,
        "shape": f"{at}.{screen.kind}.{screen.is_long}",
        "step": presenter_steps.next_step(training, asked),
        "at": at,
        "can_go_back": presenter_steps.can_go_back(training),
        "parts": parts_of(training),
        "clock": clock_of(training),
        "seal": trainer_keys.seal_of(training),
        "join_qr": qr.drawing(join_url(training)),
        "hands_url": "" if is_over or not has_hands else _hands_url(training, counted),
    }


def _to_keep(training: TrainingSession) -> Mapping[str, str]:
    """The page that everybody may keep, once the session is closed and its code leads nowhere."""
    if training.state is not SessionState.CLOSED:
        return {"keep_address": "", "keep_qr": ""}
    address = results_links.for_room(training)
    return {"keep_address": address, "keep_qr": qr.secret_drawing(address)}


def join_url(training: TrainingSession) -> str:
    return f"{runtime().settings.base_url}/j/{training.code}"


def _hands_url(training: TrainingSession, one: Round | None) -> str:
    if one is None:
        return ""
    return url_for("presenting.hands", training_id=training.id, round_id=one.id)


def _form_of(one: Round) -> HandsForm:
    return hands_form(presenter_screens.countable(one), one.hands, one.people)


def _hands_page(training: TrainingSession, one: Round, form: HandsForm) -> str:
    is_own = request.values.get("from") == "run"
    back = "running.show" if is_own else "presenting.show"
    return render_template(
        "presenting/show.html",
        **_page(training),
        form=form,
        counted=one,
        own_view=is_own,
        back_url=url_for(back, training_id=training.id),
    )


def _by_key(training_id: int, typed: str) -> TrainingSession:
    """The session that this key opens; too many wrong ones from one place have to wait."""
    try:
        return sessions.of_trainer(db_session(), training_id, typed)
    except NotFound:
        _count_wrong_key()
        raise WrongKey from None


def _count_wrong_key() -> None:
    begin_to_write()
    limiting.count("trainer key", limiting.remote_address(), limit=KEYS, within=limiting.AN_HOUR)
    let_go()


def _unkept(answer: str | Response) -> Response:
    """A page that holds a key stays in no cache, and is told to nobody as where one came from."""
    response = make_response(answer)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
