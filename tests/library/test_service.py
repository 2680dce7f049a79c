import pytest

from kb.errors import NotFound
from kb.library import service as library
from kb.library.content import Kind
from tests.factories import (
    make_case_study,
    make_council,
    make_term,
    make_tip_card,
    make_training,
)


def titles(found):
    return [resource.title for resource in found]


def test_resources_are_found_by_id_ref_and_address(session):
    resource = make_case_study(session, ref="test:a", title="Ask early")

    assert library.get(session, resource.id) is resource
    assert library.by_ref(session, "test:a") is resource
    assert library.by_slug(session, Kind.CASE_STUDY, "ask-early") is resource
    for missing in (
        lambda: library.get(session, 404),
        lambda: library.by_ref(session, "test:b"),
        lambda: library.by_slug(session, Kind.TIP_CARD, "ask-early"),
    ):
        with pytest.raises(NotFound):
            missing()


def test_the_newest_practice_is_what_happened_last(session):
    make_case_study(session, title="Undated")
    make_case_study(session, title="Old", start_year=2010)
    make_case_study(session, title="New", start_year=2012, end_year=2025)

    assert titles(library.latest_practice(session)) == ["New", "Old", "Undated"]


def test_what_was_published_can_be_listed_by_kind(session):
    make_tip_card(session, title="Tip")
    make_training(session, title="Training")

    assert titles(library.latest(session, kind=Kind.TRAINING)) == ["Training"]
    assert titles(library.all_of(session, Kind.TIP_CARD)) == ["Tip"]
    assert library.counts(session) == {Kind.CASE_STUDY: 0, Kind.TIP_CARD: 1, Kind.TRAINING: 1}


def test_tip_cards_come_by_number_and_can_be_narrowed(session):
    make_term(session, "deck", "craft")
    make_term(session, "barrier", "time")
    make_tip_card(session, title="Last")
    make_tip_card(session, title="Second", number=2, deck=["craft"], barrier=["time"])
    make_tip_card(session, title="First", number=1, deck=["craft"])

    assert titles(library.tip_cards(session)) == ["First", "Second", "Last"]
    assert titles(library.tip_cards(session, deck="craft")) == ["First", "Second"]
    assert titles(library.tip_cards(session, deck="craft", barrier="time")) == ["Second"]
    assert titles(library.tip_cards(session, numbers=[1])) == ["First"]


def test_what_a_council_shared_is_listed_and_counted(session):
    council = make_council(session, code="KIR")
    make_case_study(session, title="Ours", councils=["KIR"])
    make_case_study(session, title="Theirs")

    assert titles(library.of_council(session, council)) == ["Ours"]
    assert library.counts_by_council(session) == {council.id: 1}


def test_related_is_what_the_resource_names_then_what_is_alike(session):
    for slug in ("question", "learn"):
        make_term(session, "purpose", slug)
    alike = make_case_study(session, title="Alike", purpose=["question", "learn"])
    named = make_case_study(session, title="Named")
    make_case_study(session, title="Less alike", purpose=["learn"])
    resource = make_case_study(session, purpose=["question", "learn"], related=[named.ref])

    assert titles(library.related(session, resource)) == ["Named", "Alike", "Less alike"]
    assert library.related(session, resource, limit=1) == [named]
    assert alike.is_public


def test_words_are_looked_for_as_typed(session):
    resource = make_case_study(session, title="Ask 100% early", actions="They asked residents.")

    assert library.refs_with_words(session, ["EARLY", "residents"]) == [resource.ref]
    assert library.refs_with_words(session, ["0% e"]) == [resource.ref]
    assert library.refs_with_words(session, ["%early%"]) == []
