"""An editor adds a source: what was pasted is looked into, and one of what was found chosen."""

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from kb.feeds import sources
from kb.feeds.models import State
from kb.web import candidates
from tests.factories import make_council
from tests.services.feedserver import Reply, serve
from tests.web.adding import FEED, HTML, RSS, found_by, store


@pytest.fixture
def web(fenbridge):
    return fenbridge


@pytest.fixture
def app(fetching_app):
    return fetching_app


class LongAgo(TimestampSigner):
    def get_timestamp(self):
        return super().get_timestamp() - candidates.LASTS_S - 60


SIGNERS = (TimestampSigner, LongAgo)


def adding(**values):
    return {"feed": "0", "name": "Fenbridge", "kind": "blog", "language": "en"} | values


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

    assert page.find(".//input[@id='name']")[0].get("value") == ""
    given = adding(feed="1", name=" Fenbridge  scrutiny ", council="swansea", kind="meetings")
    page = editor.post("/feeds/sources", found=found, **given)

    assert page.heading == "Fenbridge scrutiny"
    (source,) = sources.everyone(session)
    assert source.feed_url == web.url("/meetings")
    assert (source.council.id, source.kind, source.language) == (council.id, "meetings", "en")
    assert browser.get("/feeds/sources").find(".//tbody/tr")


def test_one_of_several_must_be_chosen_and_all_that_is_wrong_is_said_at_once(editor, session, web):
    page, found = found_by(editor, web.url("/"))

    wrong = adding(feed="", council="Atlantis")
    page = editor.post("/feeds/sources", expect=422, found=found, **wrong)

    assert page.title.startswith("Error: ")
    assert "Choose one of the feeds." in page.words
    assert "We know no council of that name." in page.words
    assert page.find(".//*[@id='feed']")[0].get("type") == "radio"  # where the summary leads
    assert page.words.count("How we asked tenants (2 November 2026)") == 2
    assert sources.everyone(session) == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
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


def test_of_several_the_one_that_is_chosen_gives_its_own_name(editor, session, web):
    _, found = found_by(editor, web.url("/"))

    editor.post("/feeds/sources", found=found, **adding(feed="1", name=" "))

    assert [each.name for each in sources.everyone(session)] == ["Fenbridge meetings"]


def test_a_feed_is_followed_once(editor, session, web):
    _, found = found_by(editor, web.url("/feed"))
    editor.post("/feeds/sources", found=found, **adding())

    page = editor.post(
        "/feeds/sources", expect=422, found=found, **adding(name="Ours", kind="news")
    )

    assert "Error: We follow this already as “Fenbridge”." in page.words
    assert dict(page.links)["See Fenbridge"].startswith("/feeds/sources/")
    assert page.find(".//input[@id='name']")[0].get("value") == "Ours"
    assert page.find(".//*[@id='kind']/option[@selected]")[0].get("value") == "news"
    assert "How we asked tenants (2 November 2026)" in page.words
    assert len(sources.everyone(session)) == 1


def test_a_source_on_our_list_is_led_to_and_can_be_switched_on_there(editor, runtime, web):
    twin = web.url("/feed").replace("http:", "HTTP:") + "/?utm_source=x"
    source = store(runtime, name="Seeded", feed_url=twin, state=State.OFF)

    page = editor.post("/feeds/sources/candidates", address=web.url("/feed"))

    address = f"/feeds/sources/{source.id}"
    assert "This source is on our list as “Seeded”, switched off." in page.words
    assert dict(page.links)["See Seeded"] == address
    assert page.find(f".//form[@action='{address}/probe']")
    assert not page.find(".//input[@name='feed']")


def test_of_several_those_that_we_have_are_not_offered(editor, runtime, web):
    store(runtime, name="Ours", feed_url=web.url("/feed"), state=State.PAUSED)

    page, _ = found_by(editor, web.url("/"))

    assert "on our list as “Ours”, paused. It is the same as Fenbridge posts" in page.words
    (radio,) = page.find(".//input[@name='feed']")
    assert (radio.get("value"), radio.get("checked") is not None) == ("1", True)
    assert page.find(".//input[@id='name']")[0].get("value") == "Fenbridge meetings"


@pytest.mark.parametrize(
    ("typed", "stored", "sentence"),
    [
        ("wychmoor", "Wychmoor City Council", ""),
        ("East Fenbridge Council", "East Fenbridge District Council", ""),
        ("Fenbridge", "", "East Fenbridge District Council or West Fenbridge District Council?"),
    ],
)
def test_a_council_is_typed_as_people_say_it(
    editor, runtime, session, web, typed, stored, sentence
):
    with runtime.database.transaction() as writing:
        for name in ("Wychmoor City", "East Fenbridge District", "West Fenbridge District"):
            make_council(writing, short_name=name)
    page, found = found_by(editor, web.url("/feed"))

    given, expect = adding(council=typed), 422 if sentence else 200
    answer = editor.post("/feeds/sources", expect=expect, found=found, **given)

    assert page.find(".//input[@list='councils']")
    assert len(page.find(".//datalist[@id='councils']/option")) == 3
    assert sentence in answer.words
    assert [each.council.name for each in sources.everyone(session)] == [stored] * bool(stored)


LIST = b"""<?xml version="1.0"?><opml><body>
<outline text="Wychmoor" xmlUrl="https://wychmoor.example/feed"/></body></opml>"""


def test_the_address_of_a_list_shows_what_is_in_it(editor, session, web):
    web.routes["/list.opml"] = Reply(body=LIST, headers={"Content-Type": "text/x-opml"})
    web.routes["/empty.opml"] = Reply(body=b"<opml></opml>", headers=HTML)

    page = editor.post("/feeds/sources/candidates", address=web.url("/list.opml"))
    empty = editor.post("/feeds/sources/candidates", 422, address=web.url("/empty.opml"))
    listed = page.find(".//input[@name='listed']")[0].get("value")
    editor.post("/feeds/sources/import", listed=listed)

    assert page.heading == "What is in the list"
    assert web.url("/list.opml") in page.words
    assert [each.name for each in sources.everyone(session)] == ["Wychmoor"]
    assert "This list holds no feed." in empty.words


@pytest.mark.parametrize(
    "found", ["", "x", "e30.x.x", "eyJ1cmwiOiJodHRwOi8vMTAuMC4wLjEifQ.aaa.bbb"]
)
def test_only_what_we_found_ourselves_is_stored(editor, session, found):
    page = editor.post("/feeds/sources", expect=422, found=found, **adding())

    assert page.heading == "Add a source"
    assert page.find(".//input[@id='address']")[0].get("value") == ""
    assert sources.everyone(session) == []


@pytest.mark.parametrize(("place", "path"), [("1", "/meetings"), ("0", "/feed"), ("", "/")])
def test_after_a_long_break_nothing_that_was_typed_is_lost(app, editor, session, web, place, path):
    _, found = found_by(editor, web.url("/"))
    signed = [URLSafeTimedSerializer(app.secret_key, "candidates", signer=s) for s in SIGNERS]
    old = signed[1].dumps(signed[0].loads(found))
    typed = {"name": "Craffu <Ŵyr>", "nation": "Wales", "organisation": "Audit Wales"}

    page = editor.post("/feeds/sources", 422, found=old, **adding(feed=place, **typed))

    assert (page.heading, page.title[:7]) == ("Add a source", "Error: ")
    assert "What we found has run out. Look for it again" in page.words
    assert "Organisation or person, if it is no council’s Audit Wales" in page.words
    [form] = [
        form for form in page.find(".//form") if form.find(".//*[@id='address']") is not None
    ]
    sent = {each.get("name"): each.get("value") for each in form.iter("input")}
    assert sent["address"] == (web.url(path) if place else "http://fenbridge.example/")
    web.routes["/down"] = Reply(status=503)
    twice = editor.post(form.get("action"), 422, **sent | {"address": web.url("/down")})
    assert "Nation, if it is no council’s Wales" in twice.words
    page = editor.post(form.get("action"), **sent | {"address": web.url("/feed")})
    assert page.find(".//input[@id='name']")[0].get("value") == typed["name"]
    found = page.find(".//input[@name='found']")[0].get("value")
    editor.post("/feeds/sources", found=found, **adding(**typed))
    (source,) = sources.everyone(session)
    assert (source.name, source.nation) == (typed["name"], "Wales")


def test_a_form_that_was_open_for_too_long_shows_what_was_typed_and_no_more(editor, web):
    _, found = found_by(editor, web.url("/feed"))

    page = editor.post("/feeds/sources", 400, csrf_token="x", found=found, **adding(name="Craffu"))

    assert page.heading == "This page was open for too long"
    assert "Craffu" in page.text
    assert found not in page.text
    assert ("Open the form again (opens in a new tab)", "/feeds/sources/new") in page.links


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
