import pytest

from kb.feeds import sources
from kb.feeds.models import State
from tests.factories import make_council, make_entry, make_source
from tests.pages import words
from tests.web.adding import found_by, store
from tests.web.reading import facts


@pytest.fixture
def web(fenbridge):
    return fenbridge


@pytest.fixture
def app(fetching_app):
    return fetching_app


def test_every_source_is_listed_with_how_it_is(browser, runtime):
    with runtime.database.transaction() as session:
        council = make_council(session, short_name="Swansea")
        make_source(session, name="Craffu", council=council)
        make_source(session, name="Broken", state=State.FAILING, reason="It does not answer.")
        make_source(session, name="Made up", is_sample=True)

    page = browser.get("/feeds/sources")

    rows = [words(row) for row in page.find(".//tbody/tr")]
    assert [row.split()[0] for row in rows] == ["Broken", "Craffu", "Sample"]
    assert "Failing" in rows[0]
    assert "It does not answer." in rows[0]
    assert "Swansea" in rows[1]
    assert "We have not heard from it yet." in rows[1]
    assert "Add a source" not in page.words


def test_sources_are_narrowed_by_state_and_paged(browser, runtime):
    with runtime.database.transaction() as session:
        for number in range(60):
            make_source(session, name=f"Source {number:02}")
        make_source(session, name="Broken", state=State.FAILING)

    everything = browser.get("/feeds/sources")
    second = browser.get("/feeds/sources?page=2")
    failing = browser.get("/feeds/sources?state=failing")

    assert "All (61)" in everything.words
    assert len(everything.find(".//tbody/tr")) == 50
    assert len(second.find(".//tbody/tr")) == 11
    assert len(failing.find(".//tbody/tr")) == 1


@pytest.mark.parametrize("query", ["state=x", "page=x", "page=99999", "state=%00", "page=-1"])
def test_a_list_that_makes_no_sense_gets_a_page(browser, runtime, query):
    assert browser.get(f"/feeds/sources?{query}").heading == "Sources"


def test_a_source_says_what_is_wrong_and_what_happens_next(browser, runtime):
    with runtime.database.transaction() as session:
        new = make_source(session, name="On Medium")
        old = make_source(
            session,
            name="Craffu",
            state=State.RETIRED,
            reason="It moved to Medium.",
            successor_id=new.id,
            note="The founding blog.",
        )
        make_entry(session, old, title="What it said")

    page = browser.get(f"/feeds/sources/{old.id}")

    assert page.heading == "Craffu"
    said = facts(page)
    assert said["State"] == "Retired"
    assert said["Why"] == "It moved to Medium."
    assert said["Moved to"] == "On Medium"
    assert "What happens next" in said
    assert "What it said" in page.words
    assert "The founding blog." in page.words
    assert "Retire it" not in page.words


def test_a_sample_says_that_it_is_made_up(browser, runtime):
    source = store(runtime, is_sample=True)

    assert "No council said any of it" in browser.get(f"/feeds/sources/{source.id}").words


def test_a_sample_has_no_buttons_that_would_fetch_it(editor, runtime):
    source = store(runtime, is_sample=True, state=State.PAUSED)

    page = editor.get(f"/feeds/sources/{source.id}")

    assert "Retire it for good" in page.words
    assert "Resume it" not in page.words


def test_an_editor_probes_a_source_that_is_switched_off(editor, browser, runtime, web, session):
    source = store(runtime, state=State.OFF, name="Fenbridge", feed_url=web.url("/feed"))
    address = f"/feeds/sources/{source.id}"

    assert "Probe it" in editor.get(address).words
    assert "Probe it" not in browser.get(address).words
    page = editor.post(f"{address}/probe")

    assert "Fenbridge answers, and is followed from now on." in page.text
    assert facts(page)["State"] == "Working"
    assert sources.get(session, source.id).state is State.OK


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("/nothing", "404"), ("/", "Add the ones you want")],
)
def test_a_probe_says_why_a_source_stays_off(editor, runtime, web, path, sentence):
    source = store(runtime, state=State.OFF, name="Fenbridge", feed_url=web.url(path))

    page = editor.post(f"/feeds/sources/{source.id}/probe")

    assert "Fenbridge stays switched off." in page.text
    assert sentence in facts(page)["Why"]
    assert facts(page)["State"] == "Switched off"


def test_a_probe_changes_nothing_of_a_source_that_is_on(editor, runtime, web, session):
    source = store(runtime, state=State.PAUSED, reason="Hush.", feed_url=web.url("/feed"))

    editor.post(f"/feeds/sources/{source.id}/probe")

    assert sources.get(session, source.id).state is State.PAUSED


def test_a_kind_is_called_the_same_everywhere(editor, browser, runtime, web):
    for kind in sources.KINDS:
        with runtime.database.transaction() as session:
            source = make_source(session, kind=kind)
            make_entry(session, source)
    page, _ = found_by(editor, web.url("/feed"))

    offered = {each.get("value"): words(each) for each in page.find(".//*[@id='kind']/option")}
    filters = browser.get("/feeds").words

    assert offered == sources.KINDS
    assert [label for label in offered.values() if label not in filters] == []
    assert offered[source.kind] in browser.get(f"/feeds/sources/{source.id}").words
    listed = browser.response(f"/api/v1/entries?kind={source.kind}").get_json()
    assert len(listed["entries"]) == 1


def test_an_unknown_source_is_not_found(browser):
    browser.get("/feeds/sources/1", expect=404)


def test_visitors_add_nothing(browser):
    assert browser.get("/feeds/sources/new").heading == "Sign in"


def test_an_editor_pauses_and_resumes(editor, runtime, session):
    source = store(runtime)

    editor.post(f"/feeds/sources/{source.id}/pause")
    paused = facts(editor.get(f"/feeds/sources/{source.id}"))
    editor.post(f"/feeds/sources/{source.id}/pause/end")

    assert paused["State"] == "Paused"
    assert paused["Why"] == "An editor paused it."
    assert sources.get(session, source.id).state is State.OK


def test_an_editor_retires_a_source_and_names_its_successor(editor, runtime, session):
    source, successor = store(runtime), store(runtime, name="On Medium")

    page = editor.post(
        f"/feeds/sources/{source.id}/retirement",
        reason="It moved to Medium.",
        successor=str(successor.id),
    )

    assert facts(page)["State"] == "Retired"
    retired = sources.get(session, source.id)
    assert (retired.reason, retired.successor_id) == ("It moved to Medium.", successor.id)
    assert "Retire it for good" not in page.words


@pytest.mark.parametrize("state", [State.RETIRED, State.MOVED])
def test_an_editor_follows_again_what_was_retired_or_moved(editor, browser, runtime, state):
    source = store(runtime, name="Craffu", state=state, reason="Over.")
    address = f"/feeds/sources/{source.id}"

    assert "Follow it again" in editor.get(address).words
    assert "Follow it again" not in browser.get(address).words
    page = editor.post(f"{address}/retirement/end")

    assert "Craffu is followed again from now on." in page.text
    assert facts(page)["State"] == "Working"
    assert "Follow it again" not in page.words


@pytest.mark.parametrize("given", [{"reason": ""}, {"reason": "\x00"}, {"successor": "999"}])
def test_a_retirement_needs_a_reason_and_a_successor_that_is_there(editor, runtime, given):
    source = store(runtime)

    page = editor.post(
        f"/feeds/sources/{source.id}/retirement",
        expect=422,
        **{"reason": "Over.", "successor": ""} | given,
    )

    assert page.title.startswith("Error: ")


def test_an_editor_reads_a_source_at_once(editor, runtime, session, web):
    source = store(runtime, feed_url=web.url("/feed"))

    page = editor.post(f"/feeds/sources/{source.id}/check")

    assert "It was read: 2 new" in page.words
    assert "How we asked tenants" in page.words


def test_an_editor_sees_what_went_wrong_without_a_log(editor, runtime, web):
    source = store(runtime, feed_url=web.url("/missing"), name="Gone")

    page = editor.post(f"/feeds/sources/{source.id}/check")

    assert "It could not be read." in page.words
    assert "What went wrong last:" in page.words


def test_what_an_editor_sees_of_a_source_visitors_do_not(browser, editor, runtime):
    source = store(runtime, last_error="Its secret address does not answer.")

    assert "What went wrong last" in editor.get(f"/feeds/sources/{source.id}").words
    assert "secret" not in browser.get(f"/feeds/sources/{source.id}").words


def test_what_no_program_may_read_leads_to_writing_it_up(editor):
    page = editor.post("/feeds/sources/candidates", expect=422, address="https://x.com/council")

    assert "write an important post up as a case study" in page.words
    assert dict(page.links)["Write a post up as a case study"] == "/share/new?kind=case-study"
