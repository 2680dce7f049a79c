"""A session is prepared from a pack: its day and time, the trainer's link, what to print."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.errors import Invalid
from kb.training import clock, sessions
from kb.training.models import Pack, TrainingSession
from kb.web import limiting, pack_keys, pack_pages, qr, trainer_keys
from kb.web.context import db_session, person, public, runtime
from kb.web.forms.packs import StartForm, show_problems
from kb.web.outside import clock_time, local
from kb.web.papers import A_DAY

bp = Blueprint("starting", __name__, url_prefix="/sessions")

SESSION = "/<int(max=2147483647):training_id>"
MOST_STARTED = 60  # in a day, from one network


@bp.get("/packs/<slug>/start")
@public
def new(slug: str) -> ResponseReturnValue:
    pack = pack_keys.pack_of(slug)
    now = local(utcnow())
    typed = pack_pages.moment(request.args.get("starts", "")[:5])
    at = local(typed).time() if typed else now.time().replace(second=0, microsecond=0)
    return _page(pack, StartForm(data={"on": now.date(), "at": at, "is_public": True}))


@bp.post("/packs/<slug>/start")
@public
def create(slug: str) -> ResponseReturnValue:
    session, pack, form, owner = db_session(), pack_keys.pack_of(slug), StartForm(), person()
    try:
        if not form.validate():
            return _page(pack, form, status=422)
        training, token = sessions.prepare(
            session,
            title=pack.title,
            blocks=pack.blocks,
            starts_at=pack_pages.there(form.moment),
            now=utcnow(),
            host=form.host.data or "",
            pack=pack,
            owner=owner,
        )
    except Invalid as error:
        show_problems(form, error.problems)
        return _page(pack, form, status=422)
    limiting.count("starts", limiting.remote_address(), limit=MOST_STARTED, within=A_DAY)
    sessions.make_public(session, training, is_public=bool(form.is_public.data))
    return arrive(training, token)


def arrive(training: TrainingSession, token: str) -> Response:
    """From here on this browser is the trainer's; the next page shows their link, once."""
    response = make_response(redirect(url_for("starting.show", training_id=training.id), code=303))
    trainer_keys.give(response, training, token)
    pack_keys.show_once(url_for("presenting.key", training_id=training.id, key=token))
    return pack_keys.own(response)


@bp.get(f"{SESSION}/ready")
@public
def show(training_id: int) -> ResponseReturnValue:
    """All that the trainer needs before they begin; their link stands here only once."""
    training = trainer_keys.training_of(training_id)
    path = pack_keys.shown(url_for("presenting.key", training_id=training_id) + "?")
    base_url = runtime().settings.base_url
    page = render_template(
        "packs/ready.html",
        training=training,
        starts_at=local(training.starts_at),
        address=f"{base_url}{path}" if path else "",
        room=f"{base_url}/j/{training.code}",
    )
    return pack_keys.own(page)


@bp.get(f"{SESSION}/join-sheet")
@public
def join_sheet(training_id: int) -> ResponseReturnValue:
    training = trainer_keys.training_of(training_id)
    address = f"{runtime().settings.base_url}/j/{training.code}"
    page = render_template(
        "packs/join_sheet.html",
        training=training,
        code=qr.secret_drawing(address),
        starts_at=local(training.starts_at),
    )
    return pack_keys.own(page)


@bp.get(f"{SESSION}/run-sheet")
@public
def run_sheet(training_id: int) -> ResponseReturnValue:
    """The run-sheet with this session's own blocks and times."""
    training = trainer_keys.training_of(training_id)
    page = render_template(
        "packs/run_sheet.html",
        pack=None,
        training=training,
        title=training.title,
        lede="",
        rows=pack_pages.rows(training.blocks, training.starts_at),
        minutes=clock.length(training.blocks),
        in_words=clock.in_words,
        starts=clock_time(training.starts_at),
    )
    return pack_keys.own(page)


def _page(pack: Pack, form: StartForm, *, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "packs/start.html",
        pack=pack,
        form=form,
        minutes=clock.in_words(clock.length(pack.blocks)),
    )
    return pack_keys.own((page, status))
