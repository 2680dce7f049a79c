import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import Invalid
from kb.library.content import Kind, check

LEAST = {"ref": "practice:a-1", "kind": "case-study", "title": "Ask early"}


def test_three_fields_are_enough():
    content = check(LEAST)

    assert content.kind is Kind.CASE_STUDY
    assert content.to_json() == LEAST


def test_what_is_stated_comes_back_the_same():
    values = LEAST | {
        "checked": "2026-11-23",
        "sources": [{"title": "A paper on paper"}],
        "steps": [{"text": "Ask.", "minutes": 5}],
        "purpose": ["question"],
    }

    assert check(values).to_json() == values
    assert check(check(values).to_json()) == check(values)


def test_one_term_may_be_written_without_a_list():
    assert check(LEAST | {"deck": "craft"}).deck == ("craft",)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "“title”: string should have at least 1 character."),
        ("summary", "x" * 141, "“summary”: string should have at most 140 characters."),
        ("title", "two\nlines", "“title” is not written in the form that it must have."),
        ("colour", "red", "“colour” is not a field that we know."),
        ("ref", "entry:1", "“ref”: must not begin with entry:."),
        ("ref", "No Ref", "“ref” is not written in the form that it must have."),
        ("councils", ["kir\x00"], "“councils.0” is not written in the form"),
        ("kind", "poem", "“kind”: input should be"),
        ("setup", ["hour", "days"], "Setup can hold one term only."),
        ("start_year", 1066, "“start_year”: input should be greater than or equal to 1900."),
        ("sources", [{"title": "x", "url": "javascript:alert(1)"}], "must be a web address"),
        ("sources", [{"title": "x", "url": "http://[::1"}], "must be a web address"),
        ("sources", [{"url": "https://example.org"}], "“sources.0.title” is missing."),
        ("purpose", ["Not A Term"], "“purpose.0”"),
        ("councils", "KIR", "“councils”: input should be a valid tuple."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(field, value, sentence):
    with pytest.raises(Invalid) as error:
        check(LEAST | {field: value})

    assert sentence in str(error.value)


def test_years_run_forward():
    with pytest.raises(Invalid, match="The last year is before the first"):
        check(LEAST | {"start_year": 2015, "end_year": 2014})


def test_a_card_of_a_deck_has_at_most_150_words():
    card = LEAST | {"kind": "tip-card", "deck": "craft", "try_this": "Try it now."}

    assert check(card | {"body": "word " * 147})
    with pytest.raises(Invalid, match="this one has 151"):
        check(card | {"body": "word " * 148})


def test_control_characters_are_dropped_and_welsh_letters_kept():
    content = check(LEAST | {"title": "Dŵr\x00 a\x1b gŵyl", "body": "one\ntwo\x07"})

    assert content.title == "Dŵr a gŵyl"
    assert content.body == "one\ntwo"


@given(
    st.dictionaries(
        st.text(max_size=12), st.none() | st.text() | st.integers() | st.lists(st.text())
    )
)
def test_anything_else_is_refused_with_words(values):
    with pytest.raises(Invalid) as error:
        check(values)

    assert str(error.value)
