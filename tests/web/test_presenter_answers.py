"""Answers on the projector: the letters of the cards, as large as there is room for."""

import pytest

from kb.training import scales
from kb.training.models import Round
from kb.training.types import Option, RoundKind
from kb.web.presenter_answers import answers_of

QUESTION = "What gets in your way most?"


def asked(kind, *labels):
    options = [Option(key=f"o{n}", label=label) for n, label in enumerate(labels)]
    return answers_of(Round(kind=kind, options=options), QUESTION)


@pytest.mark.parametrize("kind", [RoundKind.ONE, RoundKind.MANY, RoundKind.BARRIERS])
def test_answers_have_the_letters_of_the_cards(kind):
    found = asked(kind, "No time", "Sites are blocked")

    assert [(row.letter, row.label) for row in found.rows] == [
        ("A", "No time"),
        ("B", "Sites are blocked"),
    ]
    assert (found.size, found.has_columns, found.is_bare) == (1, False, False)


def test_a_scale_has_its_numbers_unless_it_has_answers_of_its_own():
    bare, ends = (
        answers_of(Round(kind=RoundKind.SCALE, options=list(options)), QUESTION)
        for options in (scales.options(), scales.options("Not at all", "Very"))
    )

    assert [row.letter for row in bare.rows] == ["1", "2", "3", "4", "5"]
    assert bare.is_bare
    assert [row.letter for row in ends.rows] == ["1", "2", "3", "4", "5"]
    assert [row.label for row in ends.rows] == ["Not at all", "", "", "", "Very"]
    assert [row.letter for row in asked(RoundKind.SCALE, "Never", "Daily").rows] == ["A", "B"]


@pytest.mark.parametrize("kind", [RoundKind.GAP, RoundKind.IDEAS, RoundKind.PLEDGE])
def test_what_is_answered_by_a_hand_or_in_words_lists_nothing(kind):
    assert asked(kind) is None


def test_more_than_six_stand_in_two_columns_and_get_smaller_before_they_are_cut():
    six, seven = (asked(RoundKind.MANY, *["No time"] * n) for n in (6, 7))
    many = asked(RoundKind.MANY, *["Somebody has to say yes first"] * 24)
    longest = asked(RoundKind.MANY, *["Somebody has to say yes first. " * 9] * 30)

    assert (six.has_columns, seven.has_columns) == (False, True)
    assert many.size > seven.size
    assert not any("…" in row.label for row in many.rows)
    assert len(longest.rows) == 30
    assert all(row.label.endswith("…") for row in longest.rows)
