"""Blocks out of what somebody typed."""

from dataclasses import replace

import pytest

from kb.errors import Invalid
from kb.training import building
from kb.training.building import Typed
from kb.training.types import Option, RoundKind
from tests.factories import make_case_study, make_tip_card, make_training
from tests.training.making import COLOURS, make_block


def test_a_block_is_what_was_typed():
    said = Typed(
        title=" Ŵyn ac ŷd ",
        minutes="10",
        notes="One.\r\nTwo.",
        round="one choice",
        question="Which?",
        options="Red\n\nBlue\n",
        refs=["tip:start-01", "tip:start-01"],
    )

    block = building.block_of(said)

    assert (block.title, block.minutes, block.notes) == ("Ŵyn ac ŷd", 10, "One.\nTwo.")
    assert block.options == (Option(key="o1", label="Red"), Option(key="o2", label="Blue"))
    assert block.refs == ("tip:start-01",)


@pytest.mark.parametrize("kind", [None, *RoundKind])
def test_what_a_block_says_can_be_typed_again(kind):
    block = make_block(kind=kind)

    assert building.block_of(building.typed(block), before=block).round is kind


@pytest.mark.parametrize(
    "typed", ["-5", "99999", "ten", "", "0", "481", "1e2", "１０", "5.5", "٣"]
)
def test_minutes_that_are_no_number_of_minutes_are_told(typed):
    with pytest.raises(Invalid) as caught:
        building.block_of(Typed(title="Talk", minutes=typed))

    assert caught.value.problems == {"minutes": building.NOT_MINUTES}


def test_all_that_is_wrong_is_told_at_once():
    said = Typed(title="", minutes="ten", round="one choice", options="Only one")

    with pytest.raises(Invalid) as caught:
        building.block_of(said)

    assert set(caught.value.problems) == {"title", "minutes", "question", "options"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("\n".join(f"Answer {n}" for n in range(31)), building.TOO_MANY),
        ("Red\nRED", building.TWICE),
        ("Red", building.TOO_FEW),
    ],
)
def test_answers_that_cannot_be_chosen_from_are_told(options, sentence):
    said = Typed(title="Talk", minutes="5", round="one choice", question="?", options=options)

    with pytest.raises(Invalid) as caught:
        building.block_of(said)

    assert caught.value.problems == {"options": sentence}


def test_a_scale_may_say_what_its_ends_mean_and_can_be_changed_again():
    said = Typed(title="T", minutes="5", round="scale", question="A?", options="1 = Not ŵ\nVery\n")

    block = building.block_of(said)

    again = building.typed(block)
    assert [each.label for each in block.options] == ["1: Not ŵ", "2", "3", "4", "5: Very"]
    assert again.options == "Not ŵ\nVery"
    assert building.block_of(again, before=block) == block
    assert building.block_of(replace(again, options=""), before=block).options == ()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("Not at all\nA bit\nVery", building.NOT_ENDS),
        ("Not at all", building.NOT_ENDS),
        ("1.\nVery", building.NOT_ENDS),
        ("Not at all\n" + "very " * 13, building.TOO_LONG_END),
    ],
)
def test_what_cannot_be_the_two_ends_of_a_scale_is_told(options, sentence):
    said = Typed(title="T", minutes="5", round="scale", question="A?", options=options)

    with pytest.raises(Invalid) as caught:
        building.block_of(said)

    assert caught.value.problems == {"options": sentence}


@pytest.mark.parametrize("kind", ["barriers", "ideas", "pledge", "gap"])
def test_answers_of_a_question_that_has_its_own_are_not_dropped_in_silence(kind):
    said = Typed(title="T", minutes="5", round=kind, question="A?", options="Red\nBlue")

    with pytest.raises(Invalid) as caught:
        building.block_of(said)

    assert caught.value.problems == {"options": building.NO_OPTIONS}


def test_a_kind_of_question_that_does_not_exist_is_told():
    with pytest.raises(Invalid, match="Choose one of the kinds"):
        building.block_of(Typed(title="Talk", minutes="5", round="poison"))


@pytest.mark.parametrize("name", ["question", "second_question", "options"])
def test_a_question_without_its_kind_is_not_lost_in_silence(name):
    said = Typed(**{"title": "Talk", "minutes": "5", name: "What\nnow?"})

    with pytest.raises(Invalid) as caught:
        building.block_of(said)

    assert caught.value.problems == {"round": building.NOT_ASKED}


def test_a_second_question_that_would_not_be_asked_is_told():
    said = Typed(title="T", minutes="5", round="scale", question="A?", second_question="B?")

    with pytest.raises(Invalid) as caught:
        building.block_of(said)

    assert caught.value.problems == {"second_question": building.NO_SECOND}


@pytest.mark.parametrize("name", ["title", "question"])
def test_a_line_that_is_too_long_is_told_and_not_cut(name):
    with pytest.raises(Invalid, match="300 characters"):
        building.block_of(
            Typed(**{"title": "Talk", "minutes": "5", "round": "ideas", name: "x" * 301})
        )


def test_notes_that_are_too_long_are_told_and_not_cut():
    with pytest.raises(Invalid, match="4,000 characters"):
        building.block_of(Typed(title="Talk", minutes="5", notes="x" * 4001))


def test_text_that_turns_round_or_cannot_be_seen_is_left_out():
    block = building.block_of(Typed(title="\u202eTalk\x00\u2066", minutes="5", notes="a\x07b"))

    assert (block.title, block.notes) == ("Talk", "ab")


def test_a_barrier_vote_keeps_its_barriers_when_it_is_changed():
    before = make_block(kind=RoundKind.BARRIERS)

    block = building.block_of(building.typed(before), before=before)

    assert block.options == COLOURS


def test_more_pages_than_a_block_can_use_are_told():
    refs = [f"tip:t{n}" for n in range(21)]

    with pytest.raises(Invalid, match="at most 20 pages"):
        building.block_of(Typed(title="Talk", minutes="5", refs=refs))


def test_what_is_no_ref_is_left_out():
    said = Typed(title="Talk", minutes="5", refs=["<script>", "tip:a", "tip:a b"])

    assert building.block_of(said).refs == ("tip:a",)


def test_a_page_of_the_library_becomes_a_block(session):
    card = make_tip_card(session, title="Start small", try_this="Ring one person.")
    study = make_case_study(session, title="A blog")
    exercise = make_training(
        session, title="Hands", minutes_min=5, steps=[{"text": "Ask."}, {"text": "Count."}]
    )

    blocks = [building.from_resource(one) for one in (card, study, exercise)]

    assert [(block.title, block.minutes) for block in blocks] == [
        ("Start small", building.OF_A_CARD),
        ("A blog", building.OF_A_STUDY),
        ("Hands", 5),
    ]
    assert "Try this: Ring one person." in blocks[0].notes
    assert blocks[2].notes == "1. Ask.\n2. Count."
    assert [block.refs for block in blocks] == [(card.ref,), (study.ref,), (exercise.ref,)]
