"""How much room text takes: rather too much than too little."""

import pytest

from kb.web.fitting import lines, width


@pytest.mark.parametrize(
    ("text", "longest", "high"),
    [
        ("", 10, 1),
        ("one two", 10, 1),
        ("one two three", 10, 2),
        ("sixteen-letters-", 6, 3),
        ("a " * 40, 10, 7),
    ],
)
def test_words_break_between_them_and_only_inside_where_a_line_is_too_short(text, longest, high):
    assert lines(text, longest) == high


def test_capitals_and_emoji_are_wider_than_small_letters_and_welsh_ones_are_not():
    assert width("ill") < width("nod") < width("NOD") < width("WOW") < width("🙂🙂🙂")
    assert width("dŵr") == width("dwr")
