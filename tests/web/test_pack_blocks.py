"""The blocks of a pack: from the library, or in one's own words."""

from kb import jobs
from kb.training import building
from kb.training.types import RoundKind
from tests.factories import make_tip_card
from tests.training.making import make_block
from tests.web.test_pack_building import guest_with, titles

TYPED = {"title": "Talk", "minutes": "10", "round": "", "do": "save"}


def checked(page):
    return [
        e.get("value") for e in page.find(".//input[@name='refs']") if e.get("checked") is not None
    ]


def test_a_block_is_written_in_ones_own_words(app, session):
    guest, _, path = guest_with(app, session, blocks="")

    page = guest.post(
        f"{path}/blocks",
        title="Vote",
        minutes="10",
        round="several choices",
        question="What was hard?",
        options="Ŵy\nŶd",
    )

    assert titles(page) == ["Vote"]
    assert "A Ŵy" in page.words


def test_a_wrong_block_keeps_everything_that_was_typed(app, session):
    guest, _, path = guest_with(app, session, blocks="")
    said = {"title": "Vote", "minutes": "ten", "notes": "Say it.", "round": "one choice"}

    page = guest.post(f"{path}/blocks", expect=422, **said, question="", options="Only")

    assert page.title.startswith("Error: ")
    assert page.find(".//input[@name='minutes']")[0].get("value") == "ten"
    assert page.find(".//textarea[@name='notes']")[0].text.strip() == "Say it."
    assert page.find(".//textarea[@name='options']")[0].text.strip() == "Only"
    kinds = page.find(".//input[@name='round']")
    assert [e.get("value") for e in kinds if e.get("checked") is not None] == ["one choice"]
    assert "at least two answers" in page.words
    assert "Write the question" in page.words


def test_the_ends_of_a_scale_are_two_lines_or_none_and_a_third_is_told_and_kept(app, session):
    guest, _, path = guest_with(app, session, blocks="")
    said = {"title": "Sure", "minutes": "5", "round": "scale", "question": "How sure?"}
    three, two = "Not at all\nA bit\nVery", "Not at all\nVery"

    refused = guest.post(f"{path}/blocks", expect=422, **said, options=three)
    page = guest.post(f"{path}/blocks", **said, options=two)

    assert building.NOT_ENDS in refused.words
    assert refused.find(".//textarea[@name='options']")[0].text.strip() == three
    assert "Answers: 1 (Not at all) to 5 (Very)." in page.words


def test_a_question_whose_kind_was_not_chosen_is_told_and_kept(app, session):
    guest, _, path = guest_with(app, session, blocks="")

    page = guest.post(f"{path}/blocks", expect=422, **TYPED, question="What was hard?")

    assert page.find(".//a[@href='#round']")[0].text == building.NOT_ASKED
    assert page.find(".//fieldset[@aria-describedby='round-error']")
    assert page.find(".//input[@name='question']")[0].get("value") == "What was hard?"


def test_a_page_of_the_library_is_found_and_used(app, runtime, session):
    guest, _, path = guest_with(app, session, blocks="")
    card = make_tip_card(session, title="Start with the kettle", number=7)
    session.commit()
    jobs.rebuild_index(runtime)

    found = guest.get(f"{path}/blocks/new?q=kettle")
    page = guest.post(f"{path}/blocks", ref=card.ref)

    assert "Start with the kettle" in found.words
    assert page.heading == "Change a block"
    assert checked(page) == [card.ref]


def test_a_page_that_does_not_exist_cannot_be_used(app, session):
    guest, _, path = guest_with(app, session)

    guest.post(f"{path}/blocks", expect=404, ref="tip:nothing")


def test_looking_something_up_for_a_block_keeps_what_was_typed(app, runtime, session):
    guest, _, path = guest_with(app, session, blocks="a")
    card = make_tip_card(session, title="Start with the kettle", number=7)
    session.commit()
    jobs.rebuild_index(runtime)

    page = guest.post(
        f"{path}/blocks/a", **TYPED | {"title": "Typed", "do": "find", "q": "kettle"}
    )

    assert page.find(".//input[@name='title']")[0].get("value") == "Typed"
    assert [e.get("value") for e in page.find(".//input[@name='refs']")] == [card.ref]
    assert checked(page) == []


def test_enter_in_the_search_looks_up_and_does_not_save(app, session):
    guest, _, path = guest_with(app, session, blocks="a")

    page = guest.post(f"{path}/blocks/a", **TYPED, q="kettle", searched="")

    assert page.heading == "Change a block"


def test_what_is_ticked_is_used_and_what_is_not_is_left_out(app, session):
    guest, _, path = guest_with(app, session, blocks="a")
    one, two = make_tip_card(session), make_tip_card(session)
    session.commit()

    guest.post(f"{path}/blocks/a", **TYPED, refs=[one.ref, two.ref])
    assert checked(guest.get(f"{path}/blocks/a")) == [one.ref, two.ref]
    guest.post(f"{path}/blocks/a", **TYPED, refs=[two.ref])

    assert checked(guest.get(f"{path}/blocks/a")) == [two.ref]


def test_a_changed_block_that_is_wrong_keeps_everything(app, session):
    guest, _, path = guest_with(app, session, blocks="a")

    page = guest.post(f"{path}/blocks/a", expect=422, **TYPED | {"minutes": "-5", "notes": "Kept"})

    assert page.find(".//input[@name='minutes']")[0].get("value") == "-5"
    assert "Kept" in page.text


def test_a_search_without_results_says_so(app, runtime, session):
    guest, _, path = guest_with(app, session, blocks=[make_block("a", kind=RoundKind.ONE)])

    page = guest.get(f"{path}/blocks/new?q=holographic")

    assert "Nothing was found" in page.words


def test_a_block_that_is_gone_is_not_found(app, session):
    guest, _, path = guest_with(app, session)

    guest.get(f"{path}/blocks/zz", expect=404)
    guest.post(f"{path}/blocks/zz", expect=404, **TYPED)
