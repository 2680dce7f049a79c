import pytest

from kb.errors import Conflict, Invalid, NotFound
from kb.training import answering, counting, moderating, rounds, sessions
from kb.training.errors import Over
from kb.training.models import Answer, Idea, IdeaVote, Pledge, RoundState
from kb.training.types import RoundKind
from tests.factories import NOW, make_term
from tests.training.making import (
    join,
    make_block,
    make_gap,
    make_idea,
    make_round,
    make_session,
    training_of,
)


def kept(session, table):
    return session.query(table).count()


def test_a_gap_asks_two_questions_that_are_answered_with_yes_or_no(session):
    training = make_session(session, make_block(kind=RoundKind.GAP))

    one, two = rounds.of_block(session, training, "b1")

    assert (one.question, two.question) == ("Would you like to?", "Do you already?")
    assert [option.key for option in one.options] == ["yes", "no"]


def test_a_scale_goes_from_one_to_five(session):
    asked = make_round(session, RoundKind.SCALE)

    assert [option.key for option in asked.options] == ["1", "2", "3", "4", "5"]


def test_barriers_are_those_of_the_vocabulary(session):
    make_term(session, "barrier", "lockdown", label="Locked-down systems")

    asked = make_round(session, RoundKind.BARRIERS, options=())

    assert [(option.key, option.label) for option in asked.options] == [
        ("lockdown", "Locked-down systems")
    ]


def test_a_question_of_another_session_is_not_found(session):
    asked = make_round(session)

    with pytest.raises(NotFound):
        rounds.get(session, make_session(session), asked.id)


def test_no_question_is_asked_before_the_room_is_open(session):
    training = make_session(session, make_block(kind=RoundKind.ONE), is_open=False)
    (asked,) = rounds.of_block(session, training, "b1")

    with pytest.raises(Conflict):
        rounds.open_round(session, asked, now=NOW)


def test_there_is_one_question_at_a_time(session):
    training = make_session(session, make_block(kind=RoundKind.GAP))
    one, two = rounds.of_block(session, training, "b1")
    rounds.open_round(session, one, now=NOW)

    rounds.open_round(session, two, now=NOW)

    assert (one.state, two.state) == (RoundState.CLOSED, RoundState.OPEN)


def test_results_are_not_shown_while_answers_can_be_changed(session):
    asked = make_round(session)

    with pytest.raises(Conflict):
        rounds.show(session, asked)

    assert not asked.is_shown


def test_results_are_shown_and_hidden_once_the_question_is_closed(session):
    asked = make_round(session)
    rounds.close_round(session, asked, now=NOW)

    rounds.show(session, asked)
    was_shown = asked.is_shown
    rounds.hide(session, asked)

    assert (was_shown, asked.is_shown) == (True, False)


def test_ideas_are_shown_while_more_come_in(session):
    asked = make_round(session, RoundKind.IDEAS)

    rounds.show(session, asked)

    assert asked.is_shown


def test_reopening_keeps_answers_and_hides_results(session):
    asked = make_round(session)
    who = join(session, training_of(session, asked))
    answering.answer(session, asked, who, ["red"], now=NOW)
    rounds.close_round(session, asked, now=NOW)
    rounds.show(session, asked)

    rounds.reopen(session, asked, now=NOW)

    assert (asked.state, asked.is_shown) == (RoundState.OPEN, False)
    assert kept(session, Answer) == 1


def test_resetting_deletes_what_was_said_and_says_how_much(session):
    asked = make_round(session, RoundKind.IDEAS)
    first = make_idea(session, asked, votes=2)
    moderating.merge(session, make_idea(session, asked, votes=1), first)

    removed = rounds.reset(session, asked)

    assert (removed.ideas, removed.votes) == (2, 3)
    assert removed.sentence == "The question starts afresh. Deleted: 2 ideas and 3 votes."
    assert [kept(session, table) for table in (Idea, IdeaVote)] == [0, 0]
    assert asked.state is RoundState.WAITING


def test_resetting_deletes_answers_hands_and_pledges_of_this_question_alone(session):
    one, two = make_gap(session, hands=(3, 1), people=9, answers=[(1, 0), (1, 1)])

    removed = rounds.reset(session, one)

    assert (removed.answers, kept(session, Answer)) == (2, 2)
    assert (one.hands, one.people, two.hands) == ({}, None, {"yes": 1})


def test_resetting_pledges_forgets_their_addresses_too(session):
    asked = make_round(session, RoundKind.PLEDGE)
    who = join(session, training_of(session, asked))
    answering.pledge(session, asked, who, will="I try it", email="a@b.gov.uk", now=NOW)

    removed = rounds.reset(session, asked)

    assert removed.sentence == "The question starts afresh. Deleted: 1 pledge."
    assert kept(session, Pledge) == 0


def test_resetting_what_was_never_asked_deletes_nothing(session):
    removed = rounds.reset(session, make_round(session, is_open=False))

    assert removed.sentence == "The question starts afresh. There was nothing to delete."


def test_hands_replace_those_that_were_typed_before(session):
    asked = make_round(session, RoundKind.ONE)

    for number in (3, 5):
        rounds.type_hands(session, asked, {"red": number, "blue": 1}, 20)

    assert (asked.hands, asked.people) == ({"red": 5, "blue": 1}, 20)


def test_what_was_counted_stays_once_the_session_is_over(session):
    training = make_session(session, make_block(kind=RoundKind.GAP))
    one, _ = rounds.of_block(session, training, "b1")
    sessions.close(session, training, now=NOW)

    with pytest.raises(Over):
        rounds.type_hands(session, one, {"yes": 23}, 25)

    assert one.hands == {}


def test_a_question_that_was_only_counted_by_hand_is_closed(session):
    asked = make_round(session, RoundKind.GAP, is_open=False)

    rounds.type_hands(session, asked, {"yes": 23}, 25)

    assert asked.state is RoundState.CLOSED


def test_hands_that_come_first_leave_the_question_to_be_put_to_the_phones_that_joined(session):
    training = make_session(session, make_block(kind=RoundKind.GAP))
    one, two = rounds.of_block(session, training, "b1")
    who = join(session, training)

    for each in (one, two):
        rounds.type_hands(session, each, {"yes": 8}, 25)

    assert (one.state, two.state) == (RoundState.WAITING, RoundState.WAITING)
    rounds.open_round(session, one, now=NOW)
    answering.answer(session, one, who, ["yes"], now=NOW)
    assert counting.tally(session, one).total("yes") == 9


def test_the_second_question_of_a_gap_knows_how_many_are_in_the_room(session):
    training = make_session(session, make_block(kind=RoundKind.GAP))
    one, two = rounds.of_block(session, training, "b1")
    rounds.type_hands(session, one, {"yes": 23}, 25)

    rounds.type_hands(session, two, {"yes": 0})

    assert (two.hands, two.people) == ({"yes": 0}, 25)


@pytest.mark.parametrize(
    ("counts", "people", "field", "sentence"),
    [
        (
            {"yes": 26},
            25,
            "yes",
            "26 hands are more than people: there are 25 people in the room.",
        ),
        ({"yes": 2}, 1, "yes", "2 hands are more than people: there is 1 person in the room."),
        ({"yes": -1}, 25, "yes", "Enter a whole number from 0 to 10,000."),
        ({"yes": 10**12}, 25, "yes", "Enter a whole number from 0 to 10,000."),
        ({"yes": 3}, None, "people", "Enter how many people are in the room."),
        ({"yes": 3}, 10**12, "people", "Enter a whole number of people from 1 to 10,000."),
        ({"green": 3}, 25, "green", "This is none of the answers."),
    ],
)
def test_numbers_that_cannot_be_are_refused(session, counts, people, field, sentence):
    asked = make_round(session, RoundKind.GAP)

    with pytest.raises(Invalid) as refused:
        rounds.type_hands(session, asked, counts, people)

    assert refused.value.problems == {field: sentence}
    assert asked.hands == {}


def test_no_more_can_already_do_than_there_are_people(session):
    training = make_session(session, make_block(kind=RoundKind.GAP))
    _, two = rounds.of_block(session, training, "b1")

    with pytest.raises(Invalid, match="26 hands are more who already do than there are people"):
        rounds.type_hands(session, two, {"yes": 26}, 25)


def test_who_answered_on_a_phone_raises_no_hand(session):
    asked = make_round(session, RoundKind.GAP)
    for _ in range(3):
        who = join(session, training_of(session, asked))
        answering.answer(session, asked, who, ["yes"], now=NOW)

    with pytest.raises(Invalid, match="so there can be no more than 2 hands"):
        rounds.type_hands(session, asked, {"yes": 3}, 5)


def test_of_several_choices_each_may_have_as_many_hands_as_there_are_people(session):
    asked = make_round(session, RoundKind.MANY)

    rounds.type_hands(session, asked, {"red": 20, "blue": 20}, 20)

    assert asked.hands == {"red": 20, "blue": 20}


def test_ideas_are_not_counted_by_hand(session):
    with pytest.raises(Invalid):
        rounds.type_hands(session, make_round(session, RoundKind.IDEAS), {}, 5)


def test_opening_an_open_question_and_closing_a_waiting_one_change_nothing(session):
    training = make_session(session, make_block(kind=RoundKind.GAP))
    one, two = rounds.of_block(session, training, "b1")

    for _ in range(2):
        rounds.open_round(session, one, now=NOW)
    rounds.close_round(session, two, now=NOW)

    assert (one.state, two.state) == (RoundState.OPEN, RoundState.WAITING)
