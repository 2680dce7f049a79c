import json

import pytest
from sqlalchemy import event

from kb.training import answering, moderating, room, rounds, sessions
from kb.training.types import RoundKind
from tests.factories import NOW
from tests.training.making import (
    join,
    make_block,
    make_gap,
    make_idea,
    make_round,
    make_session,
    training_of,
)


def seen(session, asked):
    return room.snapshot(session, training_of(session, asked))


def choose(session, asked, *answers):
    for chosen in answers:
        who = join(session, training_of(session, asked))
        answering.answer(session, asked, who, chosen, now=NOW)


def test_phones_get_the_question_and_no_number_while_it_is_open(session):
    asked = make_round(session)
    choose(session, asked, ["red"], ["red"], ["blue"])

    phones = seen(session, asked).participants

    assert phones.asked.question == "What do you think?"
    assert [each.label for each in phones.asked.options] == ["Red", "Blue"]
    assert (phones.asked.results, phones.asked.answered, phones.shown) == (None, 0, ())


def test_what_others_answer_changes_nothing_that_phones_get(session):
    asked = make_round(session)
    before = seen(session, asked).participants_json()

    choose(session, asked, ["red"], ["blue"])

    assert seen(session, asked).participants_json() == before


def test_phones_get_no_number_of_a_closed_question_until_it_is_shown(session):
    asked = make_round(session)
    choose(session, asked, ["red"], ["red"])
    rounds.close_round(session, asked, now=NOW)
    hidden = seen(session, asked).participants

    rounds.show(session, asked)

    shown = seen(session, asked).participants
    assert (hidden.asked.results, hidden.shown) == (None, ())
    assert [bar.total for bar in shown.asked.results] == [2, 0]
    assert shown.shown == (shown.asked,)


def test_the_presenter_sees_how_many_answered_while_it_is_open(session):
    asked = make_round(session)
    choose(session, asked, ["red"], ["blue"])
    join(session, training_of(session, asked))

    (wall,) = seen(session, asked).presenter.rounds

    assert (wall.answered, wall.people, wall.results) == (2, 3, None)
    assert wall.answered_words == "2 of 3 people have answered"


def test_of_the_people_in_the_room_those_count_that_the_trainer_typed(session):
    training = make_session(session, make_block("b1", RoundKind.GAP))
    one, two = rounds.of_block(session, training, "b1")
    rounds.type_hands(session, one, {"yes": 20}, 25)
    rounds.open_round(session, two, now=NOW)
    choose(session, two, *[["no"]] * 21)

    wall = room.snapshot(session, training).presenter.rounds[1]

    assert wall.answered_words == "21 of 25 people have answered"


def test_the_presenter_sees_results_once_the_question_is_closed(session):
    asked = make_round(session)
    choose(session, asked, ["red"])

    rounds.close_round(session, asked, now=NOW)

    assert [bar.total for bar in seen(session, asked).presenter.rounds[0].results] == [1, 0]


def test_the_gap_is_on_the_wall_when_both_questions_are_closed(session):
    one, two = make_gap(session, hands=(23, 4), people=25)
    first = seen(session, one)

    rounds.reopen(session, two, now=NOW)

    assert first.presenter.gap.gap == 19
    assert first.participants.gap is None
    assert seen(session, one).presenter.gap is None


def test_the_gap_is_on_phones_when_both_answers_are_shown(session):
    one, two = make_gap(session, answers=[(1, 0)])
    rounds.show(session, one)
    half = seen(session, one).participants.gap

    rounds.show(session, two)

    assert half is None
    assert seen(session, one).participants.gap.gap == 1


def test_a_gap_that_is_hidden_is_on_no_screen(session):
    one, two = make_gap(session, answers=[(1, 0)])
    for each in (one, two):
        rounds.show(session, each)

    sessions.hide_gap(session, training_of(session, one), hidden=True)

    found = seen(session, one)
    assert (found.participants.gap, found.presenter.gap) == (None, None)
    assert found.presenter.is_gap_hidden


def test_ideas_that_were_not_let_through_are_on_no_screen(session):
    asked = make_round(session, RoundKind.IDEAS)
    make_idea(session, asked, "waiting", is_shown=False)
    moderating.hide(session, make_idea(session, asked, "hidden"))
    make_idea(session, asked, "shown")

    found = seen(session, asked)

    assert [each.text for each in found.participants.ideas] == ["shown"]
    assert [each.text for each in found.presenter.ideas] == ["shown"]
    assert found.presenter.waiting == 1
    assert "waiting" not in json.dumps(found.participants_json())


def test_votes_for_ideas_reach_phones_only_when_they_are_shown_nor_does_their_order(session):
    asked = make_round(session, RoundKind.IDEAS)
    make_idea(session, asked, "first")
    make_idea(session, asked, "second", votes=2)
    before = seen(session, asked).participants.ideas

    rounds.show(session, asked)

    after = seen(session, asked).participants.ideas
    assert [(each.text, each.votes) for each in before] == [("first", None), ("second", None)]
    assert [(each.text, each.votes) for each in after] == [("second", 2), ("first", 0)]


def test_pledges_are_counted_for_the_presenter_and_shown_when_let_through(session):
    asked = make_round(session, RoundKind.PLEDGE)
    for will in ("I try", "I wait"):
        who = join(session, training_of(session, asked))
        made = answering.pledge(session, asked, who, will=will, email="a@b.gov.uk", now=NOW)
    moderating.show_pledge(session, made)

    found = seen(session, asked)

    assert (found.presenter.pledged, found.presenter.waiting) == (2, 1)
    assert [each.will for each in found.participants.pledges] == ["I wait"]
    assert "a@b.gov.uk" not in json.dumps([found.participants_json(), found.presenter_json()])
    assert found.presenter.rounds[0].answered_words == "2 of 2 people have answered"


def test_before_the_room_opens_phones_know_its_title_alone(session):
    training = make_session(session, make_block(kind=RoundKind.ONE), is_open=False)

    phones = room.snapshot(session, training).participants

    assert (phones.title, phones.block, phones.asked) == ("Would like to, already do", None, None)


def test_a_block_without_a_question_asks_none(session):
    training = make_session(session, make_block("a"), make_block("b"))

    found = room.snapshot(session, training)

    assert (found.participants.asked, found.presenter.rounds) == (None, ())
    assert found.presenter.block.next_title == "Block b"


def test_the_last_block_has_none_after_it(session):
    assert seen(session, make_round(session)).presenter.block.next_title == ""


def test_no_secret_is_on_any_screen(session):
    training, token = make_session(session, make_block(kind=RoundKind.ONE), token=True)
    join(session, training)

    found = room.snapshot(session, training)

    text = json.dumps([found.participants_json(), found.presenter_json()])
    assert token not in text
    assert training.token_hash not in text


@pytest.mark.parametrize("kind", [RoundKind.GAP, RoundKind.IDEAS, RoundKind.PLEDGE, RoundKind.ONE])
@pytest.mark.parametrize("devices", [0, 30])
def test_a_snapshot_takes_few_questions_however_many_are_there(session, kind, devices):
    asked = make_round(session, kind)
    training = training_of(session, asked)
    for _ in range(devices):
        join(session, training)
    said = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *a: said.append(a[2]))

    room.snapshot(session, training)

    assert len(said) <= 5
