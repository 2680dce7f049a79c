from dataclasses import replace

import pytest

from kb.feeds import sources
from kb.feeds.fetch import Fetcher
from kb.feeds.models import State
from kb.feeds.reading import Reader
from tests.apps import create_app
from tests.factories import make_council, make_entry, make_source
from tests.pages import words
from tests.services.feedserver import Reply, serve
from tests.web.editors import Editor
from tests.web.reading import facts

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>%s</title>
<link>http://fenbridge.example/</link><description>x</description>
<item><title>How we asked tenants</title><link>http://fenbridge.example/1</link>
<guid>1</guid><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title>&lt;script&gt;alert(1)&lt;/script&gt;</title><guid>2</guid></item>
</channel></rss>"""
RSS = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html"}
TWO = b"""<!doctype html><title>Fenbridge</title>
<link rel="alternate" type="application/rss+xml" title="Posts" href="/feed">
<link rel="alternate" type="application/rss+xml" title="Meetings" href="/meetings">"""


@pytest.fixture(scope="module")
def reader():
    reader = Reader()
    yield reader
    reader.close()


@pytest.fixture
def web():
    routes = {
        "/": Reply(body=TWO, headers=HTML),
        "/feed": Reply(body=FEED % b"Fenbridge posts", headers=RSS),
        "/meetings": Reply(body=FEED.replace(b"/1", b"/9") % b"Fenbridge meetings", headers=RSS),
        "/plain": Reply(body=b"<!doctype html><title>x</title><p>x", headers=HTML),
    }
    with serve(routes) as server:
        yield server


@pytest.fixture
def app(runtime, web, reader):
    fetcher = Fetcher(contact="https://swap.example.org", allow=frozenset({web.address}))
    yield create_app(replace(runtime, fetcher=fetcher, reader=reader))
    fetcher.close()


@pytest.fixture
def editor(app):
    return Editor(app)


def store(runtime, **values):
    with runtime.database.transaction() as session:
        return make_source(session, **values)


def found_by(editor, address):
    page = editor.post("/feeds/sources/candidates", address=address)
    return page, page.find(".//input[@name='found']")[0].get("value")


def adding(**values):
    return {"feed": "0", "name": "Fenbridge", "kind": "blog", "language": "en"} | values


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


def test_what_is_pasted_is_found_shown_chosen_and_stored(editor, browser, runtime, session, web):
    with runtime.database.transaction() as writing:
        council = make_council(writing, name="Swansea Council", short_name="Swansea")

    page, found = found_by(editor, web.url("/"))

    assert page.heading == "What we found"
    assert "Fenbridge posts" in page.words
    assert "Fenbridge meetings" in page.words
    assert "How we asked tenants (2 November 2026)" in page.words
    assert "<script>alert(1)</script>" in page.words
    assert "<script>alert" not in page.text
    assert "There is none" in browser.get("/feeds/sources").words

    given = adding(feed="1", name=" Fenbridge  scrutiny ", council="swansea", kind="meetings")
    page = editor.post("/feeds/sources", found=found, **given)

    assert page.heading == "Fenbridge scrutiny"
    (source,) = sources.everyone(session)
    assert source.feed_url == web.url("/meetings")
    assert (source.council.id, source.kind, source.language) == (council.id, "meetings", "en")
    assert browser.get("/feeds/sources").find(".//tbody/tr")


def test_one_of_several_must_be_chosen(editor, session, web):
    page, found = found_by(editor, web.url("/"))

    page = editor.post("/feeds/sources", expect=422, found=found, **adding(feed=""))

    assert page.title.startswith("Error: ")
    assert "Choose one of the feeds." in page.words
    assert sources.everyone(session) == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("name", " ", "Give the source a name."),
        ("name", "x" * 200, "Use 120 characters or fewer."),
        ("council", "Atlantis", "We know no council of that name."),
        ("kind", "x", "Not a valid choice."),
        ("language", "xx", "Not a valid choice."),
        ("feed", "7", "Not a valid choice."),
        ("organisation", "x" * 200, "Use 120 characters or fewer."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(editor, session, web, name, value, sentence):
    _, found = found_by(editor, web.url("/feed"))

    page = editor.post("/feeds/sources", expect=422, found=found, **adding(**{name: value}))

    assert sentence in page.words
    assert page.find(f".//*[@id='{name}']")
    assert sources.everyone(session) == []


def test_a_feed_is_followed_once(editor, session, web):
    _, found = found_by(editor, web.url("/feed"))
    editor.post("/feeds/sources", found=found, **adding())

    page = editor.post("/feeds/sources", expect=409, found=found, **adding())

    assert "We follow this already" in page.words
    assert len(sources.everyone(session)) == 1


@pytest.mark.parametrize(
    "found", ["", "x", "e30.x.x", "eyJ1cmwiOiJodHRwOi8vMTAuMC4wLjEifQ.aaa.bbb"]
)
def test_only_what_we_found_ourselves_is_stored(editor, session, found):
    editor.post("/feeds/sources", expect=403, found=found, **adding())

    assert sources.everyone(session) == []


@pytest.mark.parametrize("address", ["", "   ", "\x00", "x" * 3000, "not an address at all"])
def test_what_is_no_address_is_asked_for_again(editor, address):
    page = editor.post("/feeds/sources/candidates", expect=422, address=address)

    assert page.title.startswith("Error: ")
    assert page.find(".//input[@id='address']")


@pytest.mark.parametrize(
    "address",
    [
        *("http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://10.0.0.1/feed"),
        *("http://169.254.169.254/latest/meta-data/", "http://0x7f000001/", "http://100.64.0.1/"),
        *("http://[::ffff:127.0.0.1]/", "http://user:pass@192.168.0.1/", "file:///etc/passwd"),
    ],
)
def test_addresses_that_are_not_public_are_refused_with_a_sentence(editor, session, address):
    page = editor.post("/feeds/sources/candidates", expect=422, address=address)

    assert page.heading == "Add a source"
    assert page.title.startswith("Error: ")
    assert "root:" not in page.text
    assert sources.everyone(session) == []


def test_a_redirect_to_a_private_address_is_refused(editor, web):
    with serve({"/secret": Reply(body=FEED % b"Secret", headers=RSS)}) as private:
        web.routes["/away"] = Reply(status=302, headers={"Location": private.url("/secret")})

        page = editor.post("/feeds/sources/candidates", expect=422, address=web.url("/away"))

        assert "Secret" not in page.words
        assert private.hits("/secret") == 0


def test_a_page_without_a_feed_says_so(editor, web):
    web.routes = {"/plain": web.routes["/plain"]}

    page = editor.post("/feeds/sources/candidates", expect=422, address=web.url("/plain"))

    assert page.heading == "Add a source"
    assert page.find(".//*[@role='alert']")


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
