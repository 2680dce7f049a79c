import pytest

from kb.feeds import leads, stories
from tests.factories import (
    NOW,
    make_case_study,
    make_council,
    make_entry,
    make_lead,
    make_source,
)
from tests.pages import words
from tests.web.reading import headings


def store(runtime, make, **values):
    with runtime.database.transaction() as session:
        return make(session, **values)


def test_the_same_story_is_shown_once_and_says_where_else(browser, runtime):
    with runtime.database.transaction() as session:
        first = make_entry(session, make_source(session, name="Here"), title="One")
        second = make_entry(session, make_source(session, name="There"), title="One")
        stories.join(session, second, first)

    assert len(headings(browser.get("/feeds"))) == 1
    page = browser.get(f"/feeds/entries/{first.id}")

    assert "Also seen atThere" in page.words
    assert dict(page.links)["There"] == f"/feeds/entries/{second.id}"


def test_who_tells_what_another_leads_keeps_its_own_page_and_council(browser, runtime):
    with runtime.database.transaction() as session:
        council = make_council(session, code="BST", short_name="Bristol")
        first = make_entry(session, make_source(session, name="Here"), title="One")
        theirs = make_source(session, name="There", council=council)
        copy = make_entry(session, theirs, title="One, again")
        stories.join(session, copy, first)

    for path in (f"/feeds/sources/{theirs.id}", "/feeds?council=BST"):
        page = browser.get(path)
        assert headings(page) == ["One, again"]
        assert "Also seen at Here" in page.words
    assert "Also seen at There" in browser.get("/feeds").words


def test_many_who_tell_the_same_are_named_in_short(browser, runtime):
    with runtime.database.transaction() as session:
        first = make_entry(session, title="One")
        for name in "ABCDE":
            copy = make_entry(session, make_source(session, name=name), leads=False)
            stories.join(session, copy, first)

    page = browser.get("/feeds")

    assert "Also seen at A, B, C and 2 more that tell: One" in page.words


def test_a_story_outlives_the_entry_that_led_it(browser, editor, runtime):
    with runtime.database.transaction() as session:
        first = make_entry(session, make_source(session, name="Here"), title="One")
        second = make_entry(session, make_source(session, name="There"), title="One again")
        stories.join(session, second, first)

    page = editor.post(f"/feeds/entries/{first.id}/hiding")

    assert (
        "hidden from everybody but editors. There tells the same story, which stays." in page.text
    )
    assert headings(browser.get("/feeds")) == ["One again"]
    assert "Here" not in browser.get(f"/feeds/entries/{second.id}").words


def test_an_editor_splits_and_joins_stories(editor, runtime):
    with runtime.database.transaction() as session:
        one, other = make_entry(session, title="One"), make_entry(session, title="Other")

    address = f"http://127.0.0.1:8000/feeds/entries/{other.id}"
    page = editor.post(f"/feeds/entries/{one.id}/union", other=address)
    together = headings(editor.get("/feeds"))
    editor.post(f"/feeds/entries/{one.id}/separation")

    assert "shown as one story" in page.words
    assert len(together) == 1
    assert len(headings(editor.get("/feeds"))) == 2


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ("", "Give the address or the number of the other entry."),
        ("abc", "We have no entry there."),
        ("999999", "We have no entry there."),
        ("https://evil.example/feeds/entries/1", "We have no entry there."),
        ("/feeds/sources/1", "We have no entry there."),
        ("{id}", "That is this entry itself."),
        ("/feeds/entries/{id}?x#y", "That is this entry itself."),
    ],
)
def test_a_story_is_joined_with_nothing_that_is_not_there(editor, runtime, other, sentence):
    entry = store(runtime, make_entry)
    other = other.format(id=entry.id)

    page = editor.post(f"/feeds/entries/{entry.id}/union", expect=422, other=other)

    assert page.title.startswith("Error: ")
    assert sentence in words(page.find(".//*[@id='other-error']")[0])
    assert sentence in words(page.find(".//*[@role='alert']")[0])
    assert page.find(".//input[@id='other']")[0].get("value") == other
    assert page.find(".//details[@open]//input[@id='other']")


def test_an_editor_turns_an_entry_into_a_lead(editor, browser, runtime, session):
    with runtime.database.transaction() as writing:
        source = make_source(writing, council=make_council(writing))
        entry = make_entry(writing, source, title="Damp")

    assert "Turn into a lead: Damp" in dict(editor.get("/feeds").links)
    page = editor.post(f"/feeds/entries/{entry.id}/lead", why="They asked tenants.")

    assert "“Damp” is now a lead." in page.words
    (lead,) = leads.open_leads(session)
    assert (lead.why, lead.council_id) == ("They asked tenants.", source.council_id)
    assert "They asked tenants." in browser.get(f"/feeds/entries/{entry.id}").words
    assert "See the lead: Damp" in dict(browser.get("/feeds").links)


def test_a_lead_from_a_source_of_no_council_names_one(editor, runtime, session):
    with runtime.database.transaction() as writing:
        make_council(writing, short_name="Bristol", name="Bristol City Council")
        entry = make_entry(writing)
    address, why = f"/feeds/entries/{entry.id}/lead", "They asked tenants."

    wrong = editor.post(address, expect=422, why=why, council="Atlantis")
    editor.post(address, why=why, council="bristol")

    assert "We know no council of that name." in wrong.words
    assert why in wrong.find(".//*[@id='why']")[0].text
    assert [lead.council.short_name for lead in leads.open_leads(session)] == ["Bristol"]


@pytest.mark.parametrize("why", ["", "  ", "x" * 1001])
def test_a_lead_without_a_good_reason_is_asked_for_again(editor, runtime, why):
    entry = store(runtime, make_entry)

    page = editor.post(f"/feeds/entries/{entry.id}/lead", expect=422, why=why)

    assert page.title.startswith("Error: ")
    assert "There is a problem" in page.words
    assert page.find(".//*[@id='why']")


def test_a_lead_of_a_copy_flags_the_story_wherever_it_shows(editor, browser, runtime):
    with runtime.database.transaction() as session:
        first = make_entry(session, title="One")
        copy = make_entry(session, make_source(session, name="There"), title="One again")
        stories.join(session, copy, first)

    editor.post(f"/feeds/entries/{copy.id}/lead", why="They asked tenants.")

    assert "See the lead: One" in dict(browser.get("/feeds").links)
    assert "Marked where it was seen at There." in browser.get(f"/feeds/entries/{first.id}").words
    editor.post(f"/feeds/entries/{first.id}/lead", expect=409, why="Again.")


def test_a_second_lead_of_an_entry_is_a_conflict(editor, runtime):
    lead = store(runtime, make_lead)

    editor.post(f"/feeds/entries/{lead.entry_id}/lead", expect=409, why="Again.")


def test_a_written_up_entry_leads_to_its_case_study_and_is_no_lead_again(browser, editor, runtime):
    with runtime.database.transaction() as session:
        lead = make_lead(session)
        study = make_case_study(session, title="Asking tenants")
        leads.close(session, lead, resource=study, now=NOW)

    page = editor.get(f"/feeds/entries/{lead.entry_id}")
    editor.post(f"/feeds/entries/{lead.entry_id}/lead", expect=409, why="Again.")

    assert "Written up: Asking tenants" in page.words
    assert not page.find(".//*[@id='why']")
    assert "Written up" in browser.get(f"/feeds/entries/{lead.entry_id}").words
