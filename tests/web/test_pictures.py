"""Pictures come through this site alone, and only those of entries that everybody may see."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from kb.feeds import river
from kb.feeds.album import Album
from kb.feeds.fetch import Fetcher
from kb.feeds.pictures import Painter
from tests.apps import create_app
from tests.factories import make_entry, make_source
from tests.feeds.test_pictures import drawn
from tests.services.feedserver import Reply, serve

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture
def web():
    with serve({"/1.jpg": Reply(body=drawn("JPEG"))}) as server:
        yield server


@pytest.fixture(scope="module")
def painter():
    """One that has begun, so that no answer waits for it."""
    with Painter() as painter:
        painter.redraw(drawn("PNG", (10, 10)))
        yield painter


@pytest.fixture
def app(runtime, web, painter):
    fetcher = Fetcher(contact="https://swap.example.org", allow=frozenset({web.address}))
    yield create_app(replace(runtime, fetcher=fetcher, painter=painter))
    fetcher.close()


@pytest.fixture
def showing(runtime, browser):
    """The page of an entry with those pictures."""

    def showing(*urls, **values):
        with runtime.database.transaction() as session:
            source = make_source(session, name="Fenbridge")
            entry = make_entry(session, source, **{"pictures": [*urls]} | values)
        return browser.get(f"/feeds/entries/{entry.id}")

    return showing


def images(page):
    return page.find(".//main//img")


def address(page):
    (image,) = images(page)
    return image.get("src")


def test_a_picture_is_shown_in_plain_words_with_its_original(showing, web):
    page = showing(web.url("/1.jpg"))

    (image,) = images(page)
    assert image.get("alt") == "Picture from Fenbridge, of which we have no description"
    assert image.get("loading") == "lazy"
    assert image.get("width") is None
    assert "Picture from Fenbridge, of which we have no description." in page.words
    assert ("See the original", web.url("/1.jpg")) in page.links
    assert urlsplit(image.get("src")).netloc == ""
    assert web.hits("/1.jpg") == 0


def test_a_picture_is_made_anew_kept_and_sent_with_its_own_type(showing, browser, web):
    url = address(showing(web.url("/1.jpg")))

    first, second = browser.response(url), browser.response(url)

    assert (first.status_code, first.mimetype) == (200, "image/jpeg")
    assert first.data == second.data
    assert first.data != web.routes["/1.jpg"].body
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["Cache-Control"] == "public, max-age=604800"
    assert "Set-Cookie" not in first.headers
    assert web.hits("/1.jpg") == 1


def test_who_has_a_picture_is_told_so(showing, browser, web):
    url = address(showing(web.url("/1.jpg")))
    tag = browser.response(url).headers["ETag"]

    again = browser.response(url, headers={"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")


def test_a_picture_that_is_kept_says_how_large_it_is(showing, browser, web):
    page = showing(web.url("/1.jpg"))
    browser.response(address(page))

    (image,) = images(showing(web.url("/1.jpg")))

    assert (image.get("width"), image.get("height")) == ("800", "400")


def test_what_turned_out_to_be_none_is_left_out(showing, browser, web):
    web.routes["/1.jpg"] = Reply(body=SVG)

    response = browser.response(address(showing(web.url("/1.jpg"))))
    page = showing(web.url("/1.jpg"))

    assert (response.status_code, response.data) == (404, b"")
    assert response.headers["Cache-Control"] == "public, max-age=600"
    assert images(page) == []
    assert "1 picture is left out here." in page.words
    assert web.hits("/1.jpg") == 1


@pytest.mark.parametrize(
    "url", ["https://a.example/1.svg", "https://a.example/1.SVGZ?x=1", "javascript:x", "//a/1.jpg"]
)
def test_drawings_and_what_is_no_address_are_never_shown(showing, url):
    page = showing(url)

    assert images(page) == []
    assert "1 picture is left out here." in page.words


def test_no_more_than_twenty_are_shown(showing):
    page = showing(*(f"https://a.example/{number}.jpg" for number in range(25)))

    assert len(images(page)) == 20
    assert "5 pictures are left out here." in page.words
    alt = images(page)[1].get("alt")
    assert alt == "Picture 2 from Fenbridge, of which we have no description"


def test_what_its_source_says_that_a_picture_shows_is_its_description(showing):
    said = "Siart o’r ŵyl: <b>\"90%\"</b> 'wir' &amp; שלום " + "x" * 2_000
    pictures = [{"url": "https://a.example/1.jpg", "alt": said}, "https://a.example/2.jpg"]

    page = showing(pictures=pictures, language="cy")

    told, untold = images(page)
    assert (told.get("alt"), told.get("lang")) == (said, "cy")
    assert untold.get("alt") == "Picture 2 from Fenbridge, of which we have no description"
    assert untold.get("lang") is None
    assert "Picture and description from Fenbridge." in page.words
    assert page.find(".//main//b") == []


def test_a_picture_that_came_as_a_file_is_shown_and_not_listed_again(showing, browser, web):
    files = [
        {"url": web.url("/1.jpg"), "type": "image/jpeg", "title": "Damp"},
        {"url": "https://a.example/agenda.pdf", "type": "application/pdf", "title": "Agenda"},
    ]

    page = showing(enclosures=files)

    assert [image.get("alt") for image in images(page)] == ["Damp"]
    assert browser.response(address(page)).status_code == 200
    assert [words for words, url in page.links if url.startswith("https://a.")] == ["Agenda"]
    assert [words for words, url in page.links if "/1.jpg" in url] == ["See the original"]


def test_the_river_shows_none(showing, browser, web):
    showing(web.url("/1.jpg"))

    assert images(browser.get("/feeds")) == []


def test_only_addresses_that_we_signed_are_fetched(showing, browser, web):
    _, _, _, signature, number, name = address(showing(web.url("/1.jpg"))).split("/")
    other = address(showing(web.url("/2.jpg"))).split("/")

    for made_up in (
        f"/feeds/pictures/{signature[:-1]}x/{number}/{name}",
        f"/feeds/pictures/{signature}/{number}/{other[5]}",
        f"/feeds/pictures/{signature}/{other[4]}/{name}",
        f"/feeds/pictures/x/{number}/{web.url('/1.jpg')}",
        f"/feeds/pictures/{signature}/99999999999/{name}",
    ):
        assert browser.response(made_up).status_code == 404

    assert web.hits("/1.jpg") == web.hits("/2.jpg") == 0


def test_pictures_of_what_is_hidden_changed_or_gone_are_not_shown(showing, browser, runtime, web):
    urls = [address(showing(web.url(f"/{number}.jpg"))) for number in range(3)]
    hidden, changed, gone = (int(url.split("/")[4]) for url in urls)
    with runtime.database.transaction() as session:
        river.hide(session, river.entry(session, hidden), is_hidden=True)
        river.entry(session, changed).pictures = []
        session.delete(river.entry(session, gone))

    assert {browser.response(url).status_code for url in urls} == {404}
    assert web.hits("/0.jpg") == 0


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:1/x.jpg", "http://localhost/x.jpg", "http://[::1]/x.jpg"),
        *("http://10.0.0.1/x.jpg", "http://169.254.169.254/latest/meta-data/x.jpg"),
        *("http://0x7f000001/x.jpg", "http://[::ffff:127.0.0.1]/x.jpg", "http://100.64.0.1/x.jpg"),
    ],
)
def test_nothing_is_fetched_from_where_the_public_cannot_go(showing, browser, url):
    assert browser.response(address(showing(url))).status_code == 404


def test_a_redirect_to_a_private_address_is_not_followed(showing, browser, web):
    with serve({"/secret.jpg": Reply(body=drawn("JPEG"))}) as private:
        headers = {"Location": private.url("/secret.jpg")}
        web.routes["/away.jpg"] = Reply(status=302, headers=headers)

        response = browser.response(address(showing(web.url("/away.jpg"))))

        assert response.status_code == 404
        assert private.hits("/secret.jpg") == 0


def test_a_picture_that_takes_long_is_to_be_asked_for_again(
    app, showing, browser, web, painter, tmp_path
):
    url = address(showing(web.url("/1.jpg")))
    album = Album(tmp_path / "other", app.extensions["kb"].fetcher, painter, waiting=0)
    app.extensions["kb_album"] = album

    response = browser.response(url)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "3"
    assert response.headers["Cache-Control"] == "no-store"
