from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import event, insert

from kb.errors import Conflict, Invalid, NotFound
from kb.training import answering, counting, rounds, sessions
from kb.training.errors import Over
from kb.training.models import (
    Answer,
    Participant,
    Round,
    RoundState,
)
from kb.training.types import RoundKind
from tests.factories import NOW
from tests.training.making import join, make_idea, make_round, make_session, training_of

LATER = NOW + timedelta(minutes=1)


def everyone(session, table):
    return session.query(table).all()


def tally(session, asked):
    return counting.tally(session, asked).counts


def test_whoever_joined_is_known_by_their_token_here_and_nowhere_else(session):
    training = make_session(session)
    token = answering.join(session, training, now=NOW)

    assert answering.participant(session, training, token)
    assert answering.participant(session, make_session(session), token) is None
    assert answering.participant(session, training, "") is None
    assert sessions.joined(session, training) == 1


def test_the_token_itself_is_not_kept(session):
    token = answering.join(session, make_session(session), now=NOW)

    assert token not in {each.token_hash for each in everyone(session, Participant)}


def test_nobody_joins_a_closed_session(session):
    training = make_session(session)
    sessions.close(session, training, now=NOW)

    with pytest.raises(Over):
        answering.join(session, training, now=NOW)


def test_a_session_is_full_at_some_point(session):
    training = make_session(session)
    here = {"session_id": training.id, "joined_at": NOW}
    full = range(answering.MOST_PARTICIPANTS)
    session.execute(insert(Participant), [here | {"token_hash": f"t{n}"} for n in full])

    with pytest.raises(Conflict, match="full"):
        answering.join(session, training, now=NOW)


def test_an_answer_can_be_changed_until_the_round_closes(session):
    asked = make_round(session)
    who = join(session, training_of(session, asked))

    for colour in ("red", "blue"):
        answering.answer(session, asked, who, [colour], now=NOW)

    assert tally(session, asked) == {"blue": 1}


def test_the_same_answer_twice_changes_nothing(session):
    asked = make_round(session)
    who = join(session, training_of(session, asked))

    for now in (NOW, LATER):
        answering.answer(session, asked, who, ["red"], now=now)

    (kept,) = everyone(session, Answer)
    assert (kept.chosen, kept.answered_at) == (["red"], NOW)


def test_a_round_that_waits_takes_no_answer(session):
    asked = make_round(session, is_open=False)
    who = join(session, training_of(session, asked))

    with pytest.raises(Conflict, match="not open yet"):
        answering.answer(session, asked, who, ["red"], now=NOW)


def test_a_closed_round_takes_no_answer(session):
    asked = make_round(session)
    who = join(session, training_of(session, asked))
    rounds.close_round(session, asked, now=NOW)

    with pytest.raises(Conflict, match="was not counted"):
        answering.answer(session, asked, who, ["red"], now=NOW)

    assert tally(session, asked) == {}


def test_a_round_of_another_session_takes_no_answer(session):
    asked = make_round(session)
    stranger = join(session, make_session(session))

    with pytest.raises(Invalid, match="another session"):
        answering.answer(session, asked, stranger, ["red"], now=NOW)


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ([], "Choose an answer."),
        (["green"], "Choose one of the answers"),
        (["red\x00"], "Choose one of the answers"),
        (["red", "blue"], "Choose one answer only."),
        (["red"] + ["green"] * 1_000, "Choose one of the answers"),
    ],
)
def test_what_cannot_be_chosen_is_refused(session, chosen, sentence):
    asked = make_round(session)
    who = join(session, training_of(session, asked))

    with pytest.raises(Invalid, match=sentence):
        answering.answer(session, asked, who, chosen, now=NOW)


def test_several_may_be_chosen_where_the_question_lets_them(session):
    asked = make_round(session, RoundKind.MANY)
    who = join(session, training_of(session, asked))

    kept = answering.answer(session, asked, who, ["blue", "red", "blue"], now=NOW)

    assert kept == ["red", "blue"]
    assert tally(session, asked) == {"red": 1, "blue": 1}


def test_a_question_for_ideas_is_not_answered_by_choosing(session):
    asked = make_round(session, RoundKind.IDEAS)
    who = join(session, training_of(session, asked))

    with pytest.raises(Invalid):
        answering.answer(session, asked, who, ["red"], now=NOW)


def test_a_phone_answers_in_two_statements(session):
    asked = make_round(session)
    training = training_of(session, asked)
    token = answering.join(session, training, now=NOW)
    said = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *a: said.append(a[2]))

    kept = answering.answer_by(
        session, code=training.code, token=token, round_id=asked.id, chosen=["red"], now=NOW
    )

    assert kept == ["red"]
    assert [text.split()[0] for text in said] == ["SELECT", "INSERT"]


def test_a_phone_that_is_not_in_the_room_is_told_so(session):
    asked = make_round(session)
    training = training_of(session, asked)
    token = answering.join(session, training, now=NOW)
    said = {"code": training.code, "token": token, "round_id": asked.id}
    tries = [
        ({"token": "other"}, NotFound),
        ({"code": "ZZZZZZ"}, NotFound),
        ({"round_id": 999}, Invalid),
        ({"round_id": make_round(session).id}, Invalid),
    ]

    for changes, error in tries:
        with pytest.raises(error):
            answering.answer_by(session, **said | changes, chosen=["red"], now=NOW)


def test_a_phone_is_told_when_the_session_is_over(session):
    asked = make_round(session)
    training = training_of(session, asked)
    token = answering.join(session, training, now=NOW)
    sessions.close(session, training, now=NOW)

    with pytest.raises(Over):
        answering.answer_by(
            session, code=training.code, token=token, round_id=asked.id, chosen=["red"], now=NOW
        )


def test_two_tabs_of_one_participant_have_one_answer(runtime):
    with runtime.database.transaction() as session:
        asked = make_round(session)
        who = join(session, training_of(session, asked)).id
    together = Barrier(8, timeout=240)

    def answer(number):
        together.wait()
        with runtime.database.transaction() as session:
            me = session.get(Participant, who)
            colour = ("red", "blue")[number % 2]
            answering.answer(session, session.get(Round, asked.id), me, [colour], now=NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(answer, range(8)))

    with runtime.database.reading() as session:
        assert len(everyone(session, Answer)) == 1


def test_an_answer_before_the_close_is_counted_and_none_after_it(runtime):
    with runtime.database.transaction() as session:
        asked = make_round(session)
        training = training_of(session, asked)
        devices = [join(session, training).id for _ in range(40)]
    together = Barrier(9, timeout=240)

    def answer_all(some):
        together.wait()
        return sum(acknowledged(who) for who in some)

    def acknowledged(who):
        try:
            with runtime.database.transaction() as session:
                me = session.get(Participant, who)
                answering.answer(session, session.get(Round, asked.id), me, ["red"], now=NOW)
        except Conflict:
            return 0
        return 1

    def close():
        together.wait()
        with runtime.database.transaction() as session:
            rounds.close_round(session, session.get(Round, asked.id), now=NOW)
        with runtime.database.reading() as session:
            return tally(session, asked).get("red", 0)

    with ThreadPoolExecutor(9) as pool:
        answers = [pool.submit(answer_all, devices[n::8]) for n in range(8)]
        counted = pool.submit(close).result()
        told = sum(each.result() for each in answers)

    with runtime.database.reading() as session:
        assert tally(session, asked).get("red", 0) == counted == told


def test_ones_own_page_knows_what_one_did_and_nothing_of_others(session):
    asked = make_round(session, RoundKind.IDEAS)
    training = training_of(session, asked)
    me = join(session, training)
    theirs = make_idea(session, asked, votes=1)
    mine = make_idea(session, asked, participant=me)
    answering.vote(session, theirs, me, True)

    own = answering.own(session, training, me)

    assert (own.ideas, own.voted, own.answers, own.pledges) == ([mine], {theirs.id}, {}, {})


def test_a_reset_question_can_be_answered_anew(session):
    asked = make_round(session)
    who = join(session, training_of(session, asked))
    answering.answer(session, asked, who, ["red"], now=NOW)
    rounds.reset(session, asked)
    rounds.open_round(session, asked, now=LATER)

    answering.answer(session, asked, who, ["blue"], now=LATER)

    assert asked.state is RoundState.OPEN
    assert tally(session, asked) == {"blue": 1}
