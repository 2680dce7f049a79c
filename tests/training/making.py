"""Sessions and rooms with one line; say only what the test is about."""

from datetime import timedelta

from kb.training import answering, moderating, rounds, sessions
from kb.training.models import Round, TrainingSession
from kb.training.types import Block, Option, RoundKind
from tests.factories import NOW

LONG_AGO = NOW - timedelta(days=1)
COLOURS = (Option(key="red", label="Red"), Option(key="blue", label="Blue"))


def make_block(key="b1", kind=None, minutes=5, **values):
    defaults = {"title": f"Block {key}", "question": "What do you think?" if kind else ""}
    if kind in {RoundKind.ONE, RoundKind.MANY, RoundKind.BARRIERS}:
        defaults["options"] = COLOURS
    if kind is RoundKind.GAP:
        defaults |= {"question": "Would you like to?", "second_question": "Do you already?"}
    return Block(key=key, minutes=minutes, round=kind, **defaults | values)


def make_session(session, *blocks, is_open=True, token=False, now=NOW, **values):
    """A session, open unless it is said otherwise; with `token=True` its trainer's too."""
    defaults = {"title": "Would like to, already do", "starts_at": now}
    training, secret = sessions.prepare(
        session, blocks=blocks or (make_block(),), now=now, **defaults | values
    )
    if is_open:
        sessions.open_room(session, training, now=now)
    return (training, secret) if token else training


def make_round(session, kind=RoundKind.ONE, *, is_open=True, training=None, **values):
    """The first round of a block of this kind, in a session of its own."""
    training = training or make_session(session, make_block(kind=kind, **values))
    round = rounds.of_block(session, training, training.blocks[0].key)[0]
    if is_open:
        rounds.open_round(session, round, now=NOW)
    return round


def make_gap(session, *, hands=None, people=None, answers=()):
    """Both rounds of a gap, closed: (would, does) of each device, and two counts of hands."""
    one = make_round(session, RoundKind.GAP)
    training = training_of(session, one)
    two = rounds.of_block(session, training, one.block_key)[1]
    devices = [join(session, training) for _ in answers]
    for each, place in ((one, 0), (two, 1)):
        rounds.open_round(session, each, now=NOW)
        for device, said in zip(devices, answers, strict=True):
            if said[place] is not None:
                answering.answer(session, each, device, [yes_or_no(said[place])], now=NOW)
        rounds.close_round(session, each, now=NOW)
        if hands:
            rounds.type_hands(session, each, {"yes": hands[place]}, people)
    return one, two


def yes_or_no(said):
    return "yes" if said else "no"


def training_of(session, round):
    return session.get_one(TrainingSession, round.session_id)


def join(session, training, now=NOW):
    """One more participant."""
    token = answering.join(session, training, now=now)
    return answering.participant(session, training, token)


def make_idea(session, round, text="Ask early", *, participant=None, is_shown=True, votes=0):
    """An idea of a new participant, with the votes of so many others."""
    training = training_of(session, round)
    who = participant or join(session, training)
    idea = answering.say(session, round, who, text, key=f"k{next(_keys)}", now=NOW)
    if is_shown:
        moderating.show(session, idea)
    for _ in range(votes):
        answering.vote(session, idea, join(session, training), True)
    return idea


def reread(session, round):
    """The round as the database has it."""
    return session.get(Round, round.id, populate_existing=True)


_keys = iter(range(10**9))
