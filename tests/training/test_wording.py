import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.training import wording

JOKES = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x07\u200d\u200e\u200f\u202e\u2066\u2069\ufeff\u0301\u20e3\ud800🏴👩🎉ŵŷ<>&"
        ),
    )
)


@given(JOKES)
def test_any_text_becomes_one_harmless_line(text):
    kept = wording.clean(text, 500)

    assert len(kept) <= 500
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in kept)
    assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\n")
    kept.encode("utf-8")


@given(JOKES)
def test_cleaning_twice_changes_nothing_more(text):
    once = wording.clean(text, 500)

    assert wording.clean(once, 500) == once


@pytest.mark.parametrize(
    "text",
    [
        "Gofynnwch i bobl yn gynt: tŷ, ŵyr, môr",
        "👩‍👩‍👧 ideas 🎉",
        "اسأل مبكرا",
        "<b>bold</b> & more",
    ],
)
def test_what_people_write_stays_as_it_is(text):
    assert wording.clean(text, 500) == text


def test_marks_piled_on_a_letter_are_taken_off():
    assert len(wording.clean("a" + "\u0301" * 400, 500)) <= 4


def test_text_that_nobody_could_see_is_no_text():
    assert wording.clean("\u200b\u200d \u200f\u0301", 500) == ""


def test_what_is_too_long_is_cut_and_said():
    long = "a" * 10_000

    assert wording.clean(long, 500) == "a" * 500
    assert wording.note_if_cut(long, 500) == "We kept the first 500 characters of what you wrote."
    assert wording.note_if_cut("short", 500) == ""
