"""An editor brings a list of sources from another reader."""

from hashlib import sha512
from io import BytesIO

import pytest

from kb.feeds import sources
from kb.feeds.models import State
from tests.web.adding import store


def upload(editor, content, expect=200, **data):
    file = (BytesIO(content), "list.opml")
    return editor.post("/feeds/sources/import/preview", expect, file=file, **data)


def listed(*lines):
    return b"<opml version='2.0'><body>\n%s\n</body></opml>" % b"\n".join(lines)


GOOD = b'<outline text="%s" xmlUrl="https://%s.example/feed"/>'


def test_a_list_is_looked_into_and_then_put_on_ours_switched_off(editor, runtime, session):
    store(runtime, name="Ours", feed_url="https://a.example/feed")
    bad = b'<outline text="Bad &lt;one&gt;" xmlUrl="file:///etc/passwd"/>'

    page = upload(editor, listed(GOOD % (b"A", b"a"), bad, GOOD % (b"B", b"b")))
    before = [each.name for each in sources.everyone(session)]
    signed = page.find(".//input[@name='listed']")[0].get("value")
    session.rollback()
    after = editor.post("/feeds/sources/import", listed=signed)

    assert "1 new source, 1 on our list already, 1 line that we cannot use." in page.words
    assert "Line 3: the address of “Bad <one>” is no web address: file:///etc/passwd" in page.words
    assert "Ours" in dict(page.links)
    assert before == ["Ours"]
    assert "1 new source, switched off until somebody probes them." in after.text
    assert {each.name: each.state for each in sources.everyone(session)} == {
        "Ours": State.OK,
        "B": State.OFF,
    }


def test_a_list_of_nothing_new_offers_nothing(editor, runtime):
    store(runtime, name="Ours", feed_url="https://a.example/feed")

    page = upload(editor, listed(GOOD % (b"A", b"a")))

    assert not page.find(".//input[@name='listed']")


def test_a_list_that_is_sent_twice_is_taken_once(editor, session):
    page = upload(editor, listed(GOOD % (b"A", b"a")))
    signed = page.find(".//input[@name='listed']")[0].get("value")

    editor.post("/feeds/sources/import", listed=signed)
    page = editor.post("/feeds/sources/import", listed=signed)

    assert "0 new sources" in page.text
    assert len(sources.everyone(session)) == 1


def test_a_long_list_is_taken_in_parts_that_a_form_can_hold(editor, session):
    many = [GOOD % (b"%d" % n, b"host%d" % n) for n in range(700)]
    page = upload(editor, listed(*many))
    signed = page.find(".//input[@name='listed']")[0].get("value")

    editor.post("/feeds/sources/import", listed=signed)
    page = upload(editor, listed(*many))

    assert "We take 500 at once" not in page.words
    assert "200 new sources, 500 on our list already" in page.words


def test_no_title_is_so_long_that_a_list_could_not_be_taken(editor, session):
    names = [sha512(b"%d" % n).hexdigest().encode() for n in range(500)]
    page = upload(editor, listed(*(GOOD % (name * 2, name[:60]) for name in names)))
    signed = page.find(".//input[@name='listed']")[0].get("value")

    editor.post("/feeds/sources/import", listed=signed)

    assert "Send the file again afterwards" in page.words
    assert 100 < len(sources.everyone(session)) < 500


BOMB = b"""<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">
<!ENTITY c SYSTEM "file:///etc/passwd">]><opml><body>
<outline text="&b;&c;" xmlUrl="https://a.example/&b;"/></body></opml>"""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (BOMB, "This file declares entities"),
        (BOMB.decode().encode("utf-16"), "This file declares entities"),
        (b"hello", "This is not an OPML file."),
        (b"", "This is not an OPML file."),
        (listed(), "This list holds no feed."),
        (b"<opml>" * 50_000, "This list holds no feed."),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(editor, session, content, sentence):
    page = upload(editor, content, expect=422)

    assert page.title.startswith("Error: ")
    assert sentence in page.words
    assert "root:" not in page.text
    assert sources.everyone(session) == []


def test_without_a_file_one_is_asked_for(editor):
    page = editor.post("/feeds/sources/import/preview", 422)

    assert "Choose a file." in page.words


def test_a_file_of_many_megabytes_is_refused(editor):
    path, body = "/feeds/sources/import/preview", bytes(2 * 1024 * 1024)

    response = editor.client.post(path, data=body, content_type="multipart/form-data")

    assert response.status_code == 413
    assert "That is too big" in response.text


def test_only_lists_may_be_large(editor):
    editor.post("/feeds/sources/candidates", 413, address="x" * 100_000)


def test_only_a_list_that_we_looked_into_is_taken(editor, browser, session):
    for listed_ in ("", "x", "e30.x.x"):
        page = editor.post("/feeds/sources/import", 422, listed=listed_)
    fetched = editor.post("/feeds/sources/import", 422, address="https://a.example/list")

    assert page.heading == "Import a list of sources"
    assert "What we found in the list has run out. Look into it again." in page.words
    assert fetched.find(".//input[@id='address']")[0].get("value") == "https://a.example/list"

    assert sources.everyone(session) == []


@pytest.mark.parametrize("token", ["", "x"])
def test_a_list_needs_our_token(editor, session, token):
    upload(editor, listed(GOOD % (b"A", b"a")), expect=400, csrf_token=token)

    assert sources.everyone(session) == []
