"""What participants send, from the fields of a form to what the domain keeps."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from flask import request

from kb.db.database import Session
from kb.errors import Invalid, NotFound
from kb.training import answering, moderating, rounds, wording
from kb.training.models import Participant, Round, TrainingSession
from kb.web.room_screens import Screen

# Each answers what to tell if not all could be kept.
Act = Callable[[Session, TrainingSession, Participant, datetime], str]

LARGEST = 2**31 - 1
MOST_CHOSEN = 40  # more than any round has options
LONGEST_FIELD = 20_000
THEN = "then"
FIELDS = {
    "answers": ("round", "chosen"),
    "ideas": ("round", "key", "text"),
    "votes": ("round", "idea", "is_for"),
    "pledge": ("round", "when", "will", "cards", "by", "email"),
}


def answer(session: Session, training: TrainingSession, me: Participant, now: datetime) -> str:
    chosen = request.form.getlist("chosen")[:MOST_CHOSEN]
    answering.answer(session, _round(session, training), me, chosen, now=now)
    return ""


def answer_at_once(session: Session, code: str, token: str, now: datetime) -> bool:
    """The same in two statements, for a whole room that answers at the same moment.

    False where something is not as it should be, which the long way then tells.
    """
    chosen = request.form.getlist("chosen")[:MOST_CHOSEN]
    round_id = _number(request.form.get("round"))
    try:
        answering.answer_by(
            session, code=code, token=token, round_id=round_id, chosen=chosen, now=now
        )
    except (Invalid, NotFound):
        return False
    return True


def say(session: Session, training: TrainingSession, me: Participant, now: datetime) -> str:
    text, key = _text("text"), _text("key")
    answering.say(session, _round(session, training), me, text, key=key, now=now)
    return answering.note_on(text)


def vote(session: Session, training: TrainingSession, me: Participant, now: datetime) -> str:
    idea = moderating.idea(session, training, _number(request.form.get("idea")))
    answering.vote(session, idea, me, bool(request.form.get("is_for")))
    return ""


def pledge(session: Session, training: TrainingSession, me: Participant, now: datetime) -> str:
    when, will = _text("when"), _text("will")
    answering.pledge(
        session,
        _round(session, training),
        me,
        when=when,
        will=will,
        cards=[_number(card) for card in request.form.getlist("cards")[:MOST_CHOSEN]],
        by=_day(request.form.get("by", "")),
        email=_text("email"),
        now=now,
    )
    notes = [wording.note_if_cut(text, answering.LONGEST_PLEDGE) for text in (when, will)]
    return next(filter(None, notes), "")


ACTS: dict[str, Act] = {"answers": answer, "ideas": say, "votes": vote, "pledge": pledge}


def to_send_along(what: str) -> list[tuple[str, str]]:
    """The fields of what could not be kept, for the form that joins first and sends it then."""
    fields = [
        (name, value[:LONGEST_FIELD])
        for name in FIELDS[what]
        for value in request.form.getlist(name)[:MOST_CHOSEN]
    ]
    return [(THEN, what), *fields]


def as_typed(screen: Screen) -> Screen:
    """The form with what was typed in it, where that could not be kept."""
    if screen.round_id != _number(request.form.get("round")):
        return screen
    return replace(
        screen,
        has_answered=False,
        chosen=tuple(request.form.getlist("chosen")),
        typed=_text("text"),
        picked=tuple(_number(card) for card in request.form.getlist("cards")),
        when=_text("when"),
        will=_text("will"),
        by=_text("by"),
        email=_text("email"),
    )


def words_typed() -> str:
    """What somebody wrote who comes too late for the form that they wrote it in."""
    return ", ".join(filter(None, (_text(name).strip() for name in ("text", "when", "will"))))


def _round(session: Session, training: TrainingSession) -> Round:
    return rounds.get(session, training, _number(request.form.get("round")))


def _text(name: str) -> str:
    return request.form.get(name, "")[:LONGEST_FIELD]


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _number(typed: str | None) -> int:
    """A whole number that a database can hold; 0, which is nobody's id, for anything else."""
    text = typed or ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
    return number if number <= LARGEST else 0
