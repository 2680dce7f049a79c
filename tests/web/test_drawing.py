import pytest

from kb.web import drawing


def states(drawn):
    return [hand.state for row in drawn.rows for hand in row]


def test_everybody_has_a_hand():
    assert states(drawing.hands(2, 1, 4)) == ["up", "up", "down", "no"]


def test_more_than_a_row_of_hands_is_spread_evenly():
    assert [len(row) for row in drawing.hands(0, 0, 60).rows] == [30, 30]
    assert [len(row) for row in drawing.hands(0, 0, 31).rows] == [16, 15]


@pytest.mark.parametrize("people", [0, 61, 5000])
def test_nobody_and_too_many_have_no_hands(people):
    assert drawing.hands(1, 1, people) is None


def test_never_more_hands_than_people():
    assert len(states(drawing.hands(9, 9, 5))) == 5


@pytest.mark.parametrize(
    ("number", "whole", "width"), [(1, 4, "25.00"), (9, 4, "100.00"), (1, 0, "0"), (-1, 4, "0.00")]
)
def test_a_bar_is_never_wider_than_its_place(number, whole, width):
    assert drawing.share(number, whole) == width
