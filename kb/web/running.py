"""The facilitator's own view, on a second device: what runs, what is next, what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.db.database import Session
from kb.errors import Invalid, NotFound
from kb.finding import service as finding
from kb.library import service as library
from kb.library.content import Kind
from kb.library.models import TrainingMaterial
from kb.search.engine import Query
from kb.training import counting, moderating, on_paper, rounds, sessions, swapping, write_up
from kb.training import running as clocks
from kb.training.counting import WITHOUT_HANDS, Tally
from kb.training.models import (
    Idea,
    IdeaState,
    Pledge,
    Round,
    RoundState,
    SessionState,
    TrainingSession,
)
from kb.training.moderating import IdeaRow
from kb.training.types import RoundKind
from kb.web import presenter_parts, presenter_screens, presenter_steps, presenting, trainer_keys
from kb.web.context import db_session, public, runtime
from kb.web.outside import clock_time
from kb.web.presenting import SESSION, back_to, changed_since

bp = Blueprint("running", __name__)

LARGEST = 2**31 - 1
FORMATS = 6
MOST_TICKED = 50
LONGEST_QUERY = 200
LONGEST_PAPER = 20_000
TICK_TWO = "Tick at least two ideas that say the same."


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question of the block that runs, with what was counted, as the facilitator sees it."""

    round: Round
    tally: Tally
    answered: str
    rows: Sequence[presenter_parts.Row]
    ideas: Sequence[IdeaRow] = ()
    pledges: Sequence[tuple[Pledge, str]] = ()

    @property
    def waiting(self) -> int:
        states = [each.state for each in self.ideas] + [each.state for each, _ in self.pledges]
        return sum(state is IdeaState.WAITING for state in states)


bp.before_request(trainer_keys.insist_on_seal)


def init_app(app: Flask) -> None:
    trainer_keys.exempt(app, bp)


@bp.get(f"{SESSION}/run")
@public
def show(training_id: int) -> ResponseReturnValue:
    return _shown(trainer_keys.training_of(training_id))


@bp.get(f"{SESSION}/run/state")
@public
def state(training_id: int) -> ResponseReturnValue:
    training = trainer_keys.training_of(training_id)
    page = _page(training)
    parts = {
        name: render_template(f"running/_{name}.html", **page)
        for name in ("now", "asked", "agenda")
    }
    return changed_since({"said": page["time_words"], "parts": parts})


@bp.post(f"{SESSION}/rounds/<int(max=2147483647):round_id>/state")
@public
def update_round(training_id: int, round_id: int) -> ResponseReturnValue:
    session, training = db_session(), trainer_keys.training_of(training_id)
    one = rounds.get(session, training, round_id)
    wanted, now = request.form.get("to", ""), utcnow()
    if wanted == "reset":
        return trainer_keys.tell(back_to(training), training, rounds.reset(session, one).sentence)
    if wanted in {"open", "closed"}:
        (rounds.open_round if wanted == "open" else rounds.close_round)(session, one, now=now)
    elif wanted in {"shown", "hidden"}:
        (rounds.show if wanted == "shown" else rounds.hide)(session, one)
    return back_to(training, anchor=f"round-{one.id}")


@bp.post(f"{SESSION}/rounds/<int(max=2147483647):round_id>/words")
@public
def update_words(training_id: int, round_id: int) -> ResponseReturnValue:
    """Let through all that waits."""
    session, training = db_session(), trainer_keys.training_of(training_id)
    one = rounds.get(session, training, round_id)
    moderating.show_all(session, one)
    return back_to(training, anchor=f"round-{one.id}")


@bp.post(f"{SESSION}/rounds/<int(max=2147483647):round_id>/merging")
@public
def create_merging(training_id: int, round_id: int) -> ResponseReturnValue:
    """The ticked ideas become one: the one with the most votes, of equal ones the first."""
    session, training = db_session(), trainer_keys.training_of(training_id)
    one = rounds.get(session, training, round_id)
    answer = back_to(training, anchor=f"round-{one.id}")
    ticked = _ticked(session, training)
    votes = {row.id: row.votes for row in moderating.ideas(session, one)}
    if len(ticked) < 2:
        return trainer_keys.tell(answer, training, TICK_TWO)
    into, *others = sorted(ticked, key=lambda idea: (-votes.get(idea.id, 0), idea.id))
    for idea in others:
        moderating.merge(session, idea, into)
    return answer


@bp.post(f"{SESSION}/rounds/<int(max=2147483647):round_id>/papers")
@public
def create_paper(training_id: int, round_id: int) -> ResponseReturnValue:
    """What somebody without a phone wrote down; the field is ready for the next."""
    session, training = db_session(), trainer_keys.training_of(training_id)
    one = rounds.get(session, training, round_id)
    typed = {name: request.form.get(name, "")[:LONGEST_PAPER] for name in ("text", "when", "will")}
    answer = back_to(training, anchor=f"paper-{one.id}")
    try:
        if one.kind is RoundKind.PLEDGE:
            on_paper.pledge(session, one, when=typed["when"], will=typed["will"], now=utcnow())
        else:
            on_paper.idea(session, one, typed["text"], now=utcnow())
    except Invalid as error:
        return trainer_keys.tell(answer, training, str(error))
    return answer


@bp.post(f"{SESSION}/ideas/<int(max=2147483647):idea_id>/hands")
@public
def create_idea_hands(training_id: int, idea_id: int) -> ResponseReturnValue:
    """How many hands went up for an idea."""
    session, training = db_session(), trainer_keys.training_of(training_id)
    idea = moderating.idea(session, training, idea_id)
    answer = back_to(training, anchor=f"hands-{idea.id}")
    try:
        on_paper.count_hands(session, idea, _number("hands"))
    except Invalid as error:
        return trainer_keys.tell(answer, training, str(error))
    return answer


@bp.post(f"{SESSION}/ideas/<int(max=2147483647):idea_id>")
@public
def update_idea(training_id: int, idea_id: int) -> ResponseReturnValue:
    session, training = db_session(), trainer_keys.training_of(training_id)
    idea = moderating.idea(session, training, idea_id)
    is_shown = request.form.get("to") == "shown"
    (moderating.show if is_shown else moderating.hide)(session, idea)
    return back_to(training, anchor=f"round-{idea.round_id}")


@bp.post(f"{SESSION}/pledges/<int(max=2147483647):pledge_id>")
@public
def update_pledge(training_id: int, pledge_id: int) -> ResponseReturnValue:
    session, training = db_session(), trainer_keys.training_of(training_id)
    pledge = moderating.pledge(session, training, pledge_id)
    is_shown = request.form.get("to") == "shown"
    (moderating.show_pledge if is_shown else moderating.hide_pledge)(session, pledge)
    return back_to(training, anchor=f"round-{pledge.round_id}")


@bp.post(f"{SESSION}/place")
@public
def update_place(training_id: int) -> ResponseReturnValue:
    """Any block of the agenda, at once."""
    session, training = db_session(), trainer_keys.training_of(training_id)
    try:
        sessions.go_to(session, training, _number("block"), now=utcnow())
    except Invalid as error:
        raise NotFound(str(error)) from error
    return back_to(training)


@bp.post(f"{SESSION}/parking")
@public
def create_parking(training_id: int) -> ResponseReturnValue:
    """Some words to come back to; without any, the block that runs."""
    session, training = db_session(), trainer_keys.training_of(training_id)
    sessions.park(session, training, request.form.get("text", ""), now=utcnow())
    return back_to(training, anchor="parked")


@bp.post(f"{SESSION}/blocks")
@public
def create_block(training_id: int) -> ResponseReturnValue:
    """Swap a block in after the one that runs; the end of the session holds."""
    session, training = db_session(), trainer_keys.training_of(training_id)
    slug = request.form.get("format", "")
    try:
        if slug:
            block = swapping.block_of(_format(session, slug))
        else:
            block = swapping.spare_block(session, training, request.form.get("block", ""))
        sentence = sessions.swap_in(session, training, block, now=utcnow()).sentence
    except Invalid as error:
        sentence = str(error)
    return trainer_keys.tell(back_to(training, anchor="agenda"), training, sentence)


@bp.get(f"{SESSION}/close")
@public
def new_closing(training_id: int) -> ResponseReturnValue:
    training = trainer_keys.training_of(training_id)
    page = render_template("running/close.html", **_page(training))
    return trainer_keys.own(page)


@bp.post(f"{SESSION}/close")
@public
def create_closing(training_id: int) -> ResponseReturnValue:
    training = trainer_keys.training_of(training_id)
    session, now = db_session(), utcnow()
    sessions.close(session, training, now=now)
    write_up.make(session, training, now=now)
    return redirect(f"/sessions/{training.id}/results", code=303)


def _shown(training: TrainingSession) -> ResponseReturnValue:
    query = request.args.get("q", "").strip()[:LONGEST_QUERY]
    told = trainer_keys.told(training)
    page = render_template(
        "running/show.html",
        **_page(training),
        told=told,
        query=query,
        formats=_formats(query),
        spare=swapping.spare(db_session(), training),
    )
    response = trainer_keys.own(make_response(page))
    return trainer_keys.tell(response, training, "") if told else response


def _page(training: TrainingSession) -> dict[str, Any]:
    session, now = db_session(), utcnow()
    asked = presenter_steps.rounds_now(session, training)
    block = presenter_steps.current_block(training)
    is_open = training.state is SessionState.OPEN
    return {
        **presenting.joining(),
        "training": training,
        "block": block,
        "is_open": is_open,
        "following": training.blocks[training.at_block + 1 :] if is_open else training.blocks,
        "asked": [_asked(session, training, each) for each in asked],
        "step": presenter_steps.next_step(training, asked),
        "at": presenter_steps.place(training, asked),
        "can_go_back": presenter_steps.can_go_back(training),
        "clock": clocks.clock(training),
        "time_words": clocks.time_words(training, now=now),
        "over_run": clocks.over_run_words(training, now=now),
        "expected_end": clock_time(clocks.expected_end(training, now=now)),
        "joined": sessions.joined(session, training),
        "seal": trainer_keys.seal_of(training),
        "no_hands": WITHOUT_HANDS,
        "time_of": clock_time,
        "State": RoundState,
        "Kind_of": RoundKind,
        "IdeaState": IdeaState,
    }


def _asked(session: Session, training: TrainingSession, one: Round) -> Asked:
    tally = counting.tally(session, one)
    is_pledge = one.kind is RoundKind.PLEDGE
    pledges = moderating.pledges(session, one) if is_pledge else []
    return Asked(
        round=one,
        tally=tally,
        answered=tally.answered_words(sessions.joined(session, training)),
        rows=presenter_screens.rows_of(one, tally),
        ideas=moderating.ideas(session, one) if one.kind is RoundKind.IDEAS else (),
        pledges=presenter_screens.with_words(session, pledges),
    )


def _ticked(session: Session, training: TrainingSession) -> list[Idea]:
    """The ticked ideas. Raises NotFound for one of another session."""
    typed = dict.fromkeys(request.form.getlist("idea")[:MOST_TICKED])
    numbers = [int(each) for each in typed if each.isascii() and each.isdigit()]
    return [moderating.idea(session, training, each) for each in numbers if each <= LARGEST]


def _formats(query: str) -> list[TrainingMaterial]:
    """Training formats for what was typed, or none before anything was."""
    if not query:
        return []
    wanted = Query(
        text=query, filters={"kind": frozenset({Kind.TRAINING.value})}, per_page=FORMATS
    )
    hits = finding.find(runtime(), wanted).page.hits
    found = [library.by_slug(db_session(), Kind.TRAINING, str(hit.stored["slug"])) for hit in hits]
    return [each for each in found if isinstance(each, TrainingMaterial) and each.is_public]


def _format(session: Session, slug: str) -> TrainingMaterial:
    found = library.by_slug(session, Kind.TRAINING, slug)
    if not isinstance(found, TrainingMaterial) or not found.is_public:
        raise NotFound(swapping.NO_SUCH)
    return found


def _number(name: str) -> int:
    """A whole number that was sent; -1, which is no place, for anything else."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
