"""Sessions that are over, with one line; say only what the test is about."""

from datetime import date, timedelta
from itertools import count

from kb.accounts import tokens
from kb.library import vocabulary
from kb.training.models import (
    Answer,
    Idea,
    IdeaState,
    IdeaVote,
    Participant,
    Pledge,
    Reminder,
    Round,
    RoundState,
    SessionState,
    TrainingSession,
)
from kb.training.types import Block, Option, RoundKind
from tests.factories import NOW, make_term

SECRET = "only for tests, and long enough"
TRAINER = "trainers-own-token-"
YES, NO = Option(key="yes", label="Yes"), Option(key="no", label="No")
SIX_WEEKS = timedelta(weeks=6)
_number = count(1)


def make_session(session, *, blocks=(), token=TRAINER, **values):
    """Closed half an hour ago, after three quarters of an hour."""
    n = next(_number)
    began = values.get("opened_at", NOW - timedelta(minutes=75))
    defaults = {
        "code": f"CD{n:04}",
        "token_hash": tokens.hash_of(f"{token}{n}"),
        "title": "Could we use social media for scrutiny?",
        "host": "Calderwick scrutiny team",
        "blocks": list(blocks),
        "starts_at": began,
        "ends_at": began + timedelta(minutes=45),
        "state": SessionState.CLOSED,
        "ran": [],
        "parked": [],
        "made_at": began - timedelta(days=1),
        "opened_at": began,
        "closed_at": began + timedelta(minutes=45),
    }
    training = _add(session, TrainingSession(**defaults | values))
    training.trainers_token = f"{token}{n}"
    return training


def join(session, training, number=1, joined_at=NOW - timedelta(minutes=70)):
    """So many devices; each knows its own token."""
    found = []
    for _ in range(number):
        token = f"device {next(_number)}"
        device = Participant(
            session_id=training.id, token_hash=tokens.hash_of(token), joined_at=joined_at
        )
        found.append(_add(session, device))
        device.token = token
    return found


def make_block(key="b1", **values):
    defaults = {"title": f"Part {key}", "minutes": 10}
    return Block(key=key, **defaults | values)


def gap_block(key="gap", **values):
    asked = {
        "round": RoundKind.GAP,
        "title": "Would like to, already do",
        "minutes": 5,
        "question": "How many of you would like to?",
        "second_question": "How many of you already do?",
    }
    return make_block(key, **asked | values)


def make_round(session, training, key, kind, *, part=1, **values):
    defaults = {"question": "", "options": [], "state": RoundState.CLOSED, "is_shown": True}
    made = Round(session_id=training.id, block_key=key, part=part, kind=kind, **defaults | values)
    return _add(session, made)


def make_gap(session, training, key="gap", *, would=(), do=(), hands=(None, None), people=None):
    """`would` and `do` are the devices that said yes; the other one of the two said no."""
    pair = []
    for part, yes in ((1, would), (2, do)):
        raised = hands[part - 1]
        one = make_round(
            session,
            training,
            key,
            RoundKind.GAP,
            part=part,
            question=f"Question {part}?",
            options=[YES, NO],
            hands={"yes": raised} if raised is not None else {},
            people=people,
        )
        for device in dict.fromkeys([*would, *do]):
            answer(session, one, device, "yes" if device in yes else "no")
        pair.append(one)
    return pair


def make_barriers(session, training, votes, *, key="bar", devices=(), people=None):
    """`votes` are hands by the slug of the barrier; each device chooses the first one."""
    options = [Option(key=slug, label=barrier(session, slug).label) for slug in votes]
    one = make_round(
        session, training, key, RoundKind.BARRIERS, options=options, hands=votes, people=people
    )
    for device in devices:
        answer(session, one, device, options[0].key)
    return one


def barrier(session, slug):
    known = {term.slug: term for term in vocabulary.terms(session, "barrier")}
    return known.get(slug) or make_term(session, "barrier", slug)


def answer(session, one, device, *chosen):
    given = Answer(round_id=one.id, participant_id=device.id, chosen=list(chosen), answered_at=NOW)
    return _add(session, given)


def make_idea(
    session, one, text="Post a short film", *, state=IdeaState.SHOWN, votes=(), **values
):
    idea = Idea(
        round_id=one.id, key=f"k{next(_number)}", text=text, state=state, said_at=NOW, **values
    )
    _add(session, idea)
    for device in votes:
        _add(session, IdeaVote(idea_id=idea.id, participant_id=device.id))
    return idea


def make_pledge(session, one, device, *, cards=(), email="", **values):
    defaults = {"when": "our inquiry starts", "will": "post the call for evidence"}
    defaults |= {"by": date(2026, 12, 4), "state": IdeaState.SHOWN, "pledged_at": NOW}
    pledge = _add(
        session,
        Pledge(
            round_id=one.id,
            participant_id=device.id,
            cards=[card.id for card in cards],
            **defaults | values,
        ),
    )
    if email:
        due = pledge.pledged_at + SIX_WEEKS
        pledge.reminder = _add(session, Reminder(pledge_id=pledge.id, email=email, due_at=due))
    return pledge


def _add(session, thing):
    session.add(thing)
    session.flush()
    return thing
