import pytest

from kb.training import answering, counting, rounds
from kb.training.counting import Finding
from kb.training.types import RoundKind
from tests.factories import NOW
from tests.training.making import join, make_gap, make_round, training_of

TO_CLOSE = "That is the gap we are here to close."


def choose(session, asked, *answers):
    for chosen in answers:
        who = join(session, training_of(session, asked))
        answering.answer(session, asked, who, chosen, now=NOW)


def found(session, **values):
    return counting.gap(session, *make_gap(session, **values))


def test_answers_of_devices_are_counted_by_option(session):
    asked = make_round(session, RoundKind.MANY)
    choose(session, asked, ["red"], ["red", "blue"], ["blue"])

    tally = counting.tally(session, asked)

    assert (tally.counts, tally.devices, tally.hands) == ({"red": 2, "blue": 2}, 3, {})


def test_hands_are_added_and_told_apart(session):
    asked = make_round(session, RoundKind.GAP)
    choose(session, asked, *[["yes"]] * 14)
    rounds.type_hands(session, asked, {"yes": 9}, 25)

    tally = counting.tally(session, asked)

    assert (tally.total("yes"), tally.answered, tally.people) == (23, 23, 25)
    assert tally.words("yes") == "23 of 25: 14 on phones, 9 hands"
    assert tally.answered_words() == (
        "14 people have answered on phones. Hands were counted in a room of 25"
    )


def test_one_hand_is_one_hand(session):
    asked = make_round(session, RoundKind.GAP)
    choose(session, asked, ["yes"])
    rounds.type_hands(session, asked, {"yes": 1}, 2)

    assert counting.tally(session, asked).words("yes") == "2 of 2: 1 on phones, 1 hand"


def test_there_are_never_fewer_people_than_have_answered(session):
    asked = make_round(session, RoundKind.GAP)
    rounds.type_hands(session, asked, {"yes": 5}, 5)
    rounds.reopen(session, asked, now=NOW)
    choose(session, asked, ["yes"], ["no"])

    assert counting.tally(session, asked).people == 7


def test_whoever_raises_two_hands_is_one_person(session):
    asked = make_round(session, RoundKind.MANY)
    rounds.type_hands(session, asked, {"red": 4, "blue": 6}, 9)

    tally = counting.tally(session, asked)
    assert (tally.answered, tally.answered_words()) == (6, "Hands were counted in a room of 9")


@pytest.mark.parametrize(
    ("answered", "people", "words"),
    [
        (0, 0, "Nobody has answered yet"),
        (0, 1, "0 of 1 person has answered"),
        (21, 25, "21 of 25 people have answered"),
    ],
)
def test_how_many_have_answered_is_a_sentence(answered, people, words):
    assert counting.answered_words(answered, people) == words


def test_on_devices_the_gap_is_of_those_who_said_that_they_do_not(session):
    answers = [(1, 0), (1, 1), (0, 1), (0, 1), (0, None), (None, 0), (1, None)]

    gap = found(session, answers=answers)

    assert (gap.would, gap.do, gap.gap, gap.is_from_totals) == (3, 3, 1, False)
    assert (gap.people, gap.unanswered, gap.note) == (7, 1, "")
    assert gap.left_out == (
        "1 person who would like to did not answer the second question, so is not in the gap."
    )


def test_a_room_of_phones_is_everybody_who_answered(session):
    gap = found(session, answers=[(1, 0)] * 7 + [(1, 1)] * 2 + [(0, 0)] * 11)

    assert (gap.would, gap.do, gap.gap, gap.people) == (9, 2, 7, 20)


def test_a_second_question_that_nobody_answered_is_no_gap(session):
    gap = found(session, answers=[(1, None)] * 9 + [(0, None)] * 11)

    assert (gap.would, gap.do, gap.gap, gap.people, gap.unanswered) == (9, 0, 0, 20, 9)
    assert not gap.finding.is_known
    assert gap.sentence == "Nobody who would like to has answered the second question yet."
    assert gap.left_out == ""


@pytest.mark.parametrize(("part", "finding"), [(1, "NO_SECOND"), (2, "NO_FIRST")])
def test_hands_of_one_question_alone_are_in_no_gap(session, part, finding):
    pair = make_gap(session)
    rounds.type_hands(session, pair[part - 1], {"yes": 9}, 25)

    gap = counting.gap(session, *pair)

    assert (gap.gap, gap.people, gap.is_from_totals) == (0, 25, False)
    assert gap.finding is Finding[finding]
    assert gap.are_hands_left_out
    assert "still to be counted" in gap.left_out


def test_hands_of_one_question_alone_leave_the_gap_of_devices(session):
    one, two = make_gap(session, answers=[(1, 0)] * 3 + [(1, 1)])
    rounds.type_hands(session, one, {"yes": 9}, 25)

    gap = counting.gap(session, one, two)

    assert (gap.would, gap.do, gap.gap, gap.people) == (13, 1, 3, 25)
    assert gap.left_out.startswith("Hands were counted for the first question only")


def test_both_questions_are_of_the_larger_of_two_rooms(session):
    one, two = make_gap(session, hands=(20, 4), people=25)
    rounds.type_hands(session, two, {"yes": 4}, 23)

    gap = counting.gap(session, one, two)

    assert (gap.people, gap.would_words, gap.do_words) == (25, "20 of 25", "4 of 25")


def test_with_hands_the_gap_is_worked_out_from_totals_and_says_so(session):
    gap = found(session, hands=(23, 4), people=25)

    assert (gap.would, gap.do, gap.gap, gap.people) == (23, 4, 19, 25)
    assert gap.is_from_totals
    assert gap.note.startswith("Worked out from the totals of raised hands")
    assert gap.sentence == f"19 people want to and do not yet. {TO_CLOSE}"


def test_a_mixed_room_adds_both(session):
    gap = found(session, answers=[(1, 0)] * 14, hands=(9, 3), people=25)

    assert (gap.would, gap.do, gap.gap) == (23, 3, 20)
    assert gap.would_words == "23 of 25: 14 on phones, 9 hands"
    assert "person by person" in gap.note


def test_the_gap_is_never_below_nothing(session):
    gap = found(session, hands=(2, 8), people=10)

    assert (gap.gap, gap.sentence) == (0, "More already do than would like to.")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Nobody has answered yet."),
        ({"answers": [(0, 0)]}, "Nobody said that they would like to."),
        ({"answers": [(0, 1), (0, 0)]}, "Nobody said that they would like to."),
        ({"answers": [(1, 0)]}, f"1 person wants to and does not yet. {TO_CLOSE}"),
        ({"answers": [(1, 0)] * 2}, f"2 people want to and do not yet. {TO_CLOSE}"),
        (
            {"answers": [(1, 1), (0, 0)], "hands": (0, 0), "people": 3},
            "As many already do as would like to.",
        ),
        (
            {"answers": [(1, 1), (0, 1), (0, 0)]},
            "Everybody who would like to already does.",
        ),
        (
            {"answers": [(1, 1), (1, None)]},
            "There is no gap among those who answered both questions.",
        ),
        (
            {"answers": [(1, 1), (0, 1)]},
            "Everybody already does. Who will write up what they did?",
        ),
        (
            {"hands": (25, 25), "people": 25},
            "Everybody already does. Who will write up what they did?",
        ),
        ({"hands": (0, 0), "people": 25}, "Nobody said that they would like to."),
    ],
)
def test_the_gap_has_a_sentence_whatever_it_is(session, values, sentence):
    assert found(session, **values).sentence == sentence
