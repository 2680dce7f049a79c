"""After a session: results, handout, attendance, certificate, and asking again.

The trainer sees everything, by the private link's cookie or as its owner. Whoever holds
the room's link sees the room's handout once the session is over. For all others there is
nothing here.
"""

from datetime import timedelta

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.db.database import Session
from kb.library import vocabulary
from kb.training import again as asking_again
from kb.training import agenda, clock, results, sessions, write_up
from kb.training import attendance as attending
from kb.training.models import SessionState, TrainingSession
from kb.training.outcomes import Results
from kb.web import (
    calendar_files,
    csv_files,
    drawing,
    handouts,
    limiting,
    pack_pages,
    qr,
    results_files,
    results_links,
    starting,
    trainer_keys,
)
from kb.web.context import db_session, person, public, runtime
from kb.web.forms.results import AgainForm
from kb.web.outside import local

bp = Blueprint("results", __name__)

SESSION = "/sessions/<int(max=2147483647):training_id>"
A_DAY = timedelta(days=1)
MOST_PREPARED = 20
MOST_CODES = 60


@bp.after_request
def keep_private(response: Response) -> Response:
    """No page of a session lies in a cache, and no address of one is told to other sites."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@bp.get(f"{SESSION}/results")
@public
def show(training_id: int) -> ResponseReturnValue:
    session = db_session()
    training, is_trainer = _reader(session, training_id)
    page = _page(session, training, results.of(session, training), is_trainer=is_trainer)
    return render_template("results/show.html", **page)


@bp.get(f"{SESSION}/handout")
@public
def handout(training_id: int) -> ResponseReturnValue:
    session = db_session()
    training, is_trainer = _reader(session, training_id)
    found, address = results.of(session, training), _address(training)
    paper = handouts.of(found, title=training.title, host=training.host, address=address)
    page = _page(session, training, found, is_trainer=is_trainer)
    return render_template("results/handout.html", **page, paper=paper)


@bp.get(f"{SESSION}/results.csv")
@public
def table(training_id: int) -> ResponseReturnValue:
    session = db_session()
    training = trainer_keys.training_of(training_id)
    came, found = attending.of(session, training), results.of(session, training)
    text = results_files.to_csv(training, found, came)
    return csv_files.download(text, f"session-{training.id}.csv")


@bp.get(f"{SESSION}/results.json")
@public
def data(training_id: int) -> ResponseReturnValue:
    session = db_session()
    training = trainer_keys.training_of(training_id)
    came, found = attending.of(session, training), results.of(session, training)
    return jsonify(results_files.to_json(training, found, came, runtime().settings.base_url))


@bp.get(f"{SESSION}/attendance")
@public
def attendance(training_id: int) -> ResponseReturnValue:
    session = db_session()
    training = trainer_keys.training_of(training_id)
    code, secret = request.args.get("code", "")[:100], runtime().settings.secret_key
    return render_template(
        "results/attendance.html",
        training=training,
        came=attending.of(session, training),
        code=code,
        is_right=bool(code) and attending.came(session, training, code, secret=secret),
    )


@bp.get(f"{SESSION}/certificate")
@public
def certificate(training_id: int) -> ResponseReturnValue:
    """To be printed; the code stands on it only if it was given in this session."""
    session = db_session()
    training, _ = _reader(session, training_id)
    code, secret = request.args.get("code", "")[:100], runtime().settings.secret_key
    is_right = bool(code) and attending.came(session, training, code, secret=secret)
    return render_template(
        "results/certificate.html",
        training=training,
        held_on=local(training.opened_at or training.starts_at).date(),
        minutes=agenda.held_minutes(training),
        in_words=clock.in_words,
        code=attending.shown(code) if is_right else "",
    )


@bp.post(f"{SESSION}/publicity")
@public
def update_publicity(training_id: int) -> ResponseReturnValue:
    """May its numbers, never its words, be counted in the national picture?"""
    training = trainer_keys.training_of(training_id)
    is_public = request.form.get("is_public") == "yes"
    sessions.make_public(db_session(), training, is_public=is_public)
    return redirect(url_for("results.show", training_id=training.id), code=303)


@bp.get(f"{SESSION}/again")
@public
def again(training_id: int) -> ResponseReturnValue:
    training = trainer_keys.training_of(training_id)
    later = local(asking_again.when(training))
    return _again_page(training, AgainForm(data={"on": later.date(), "at": later.time()}))


@bp.post(f"{SESSION}/again")
@public
def create_again(training_id: int) -> ResponseReturnValue:
    """Prepare the session, and show its own private link as for any other."""
    session = db_session()
    training, form = trainer_keys.training_of(training_id), AgainForm()
    if not form.validate():
        return _again_page(training, form), 422
    limiting.count("sessions", training.id, limit=MOST_PREPARED, within=A_DAY)
    starts_at = pack_pages.there(form.moment)
    new, token = asking_again.prepare(
        session, training, starts_at=starts_at, owner=person(), now=utcnow()
    )
    return starting.arrive(new, token)


@bp.get(f"{SESSION}/again.ics")
@public
def calendar(training_id: int) -> ResponseReturnValue:
    training, _ = _reader(db_session(), training_id)
    start, minutes = asking_again.when(training), _minutes_again(training)
    text = calendar_files.event(
        uid=f"session-{training.id}-again@scrutiny-swap",
        title=f"Ask again: {training.title}",
        text="The same two questions as three months ago, to see how far you have come.",
        url=results_links.for_room(training),
        start=start,
        end=start + timedelta(minutes=minutes),
        now=utcnow(),
    )
    return calendar_files.download(text, "ask-again.ics")


def _reader(session: Session, training_id: int) -> tuple[TrainingSession, bool]:
    """The session, and whether its trainer asks; the room's link opens it once it is over."""
    view = request.args.get("view", "")
    if not view:
        return trainer_keys.training_of(training_id), True
    secret = runtime().settings.secret_key
    return attending.for_room(session, training_id, view, secret=secret), False


def _address(training: TrainingSession) -> str:
    """Where the room reads its results, as soon as it may."""
    is_over = training.state is SessionState.CLOSED
    return results_links.for_room(training) if is_over else ""


def _page(
    session: Session, training: TrainingSession, found: Results, *, is_trainer: bool
) -> dict[str, object]:
    address = _address(training)
    return {
        "training": training,
        "found": found,
        "is_trainer": is_trainer,
        "is_over": training.state is SessionState.CLOSED,
        "address": address,
        "code": qr.secret_drawing(address) if address else "",
        "again_on": local(asking_again.when(training)),
        "can_ask_again": bool(asking_again.blocks_of(training)),
        "drafts": write_up.of_session(session, training) if is_trainer else [],
        "view": "" if is_trainer else request.args.get("view", ""),
        "hands": drawing.hands,
        "share": drawing.share,
        "drawn": drawing,
        "barriers": {term.slug for term in vocabulary.terms(session, "barrier")},
    }


def _again_page(training: TrainingSession, form: AgainForm) -> str:
    return render_template(
        "results/again.html",
        training=training,
        form=form,
        questions=asking_again.blocks_of(training),
    )


def _minutes_again(training: TrainingSession) -> int:
    return max(5, sum(block.minutes for block in asking_again.blocks_of(training)))
