"""Pictures are fetched once, a few at a time, and kept up to so many bytes."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest

from kb.feeds.album import BLOCK, GIVEN_UP_FOR, Album, Busy
from kb.feeds.errors import FetchError
from kb.feeds.fetch import Fetcher
from kb.feeds.pictures import Painter
from tests.factories import NOW
from tests.feeds.test_pictures import drawn
from tests.services.feedserver import Reply


@pytest.fixture
def fetcher(web):
    fetcher = Fetcher(contact="a@example.org", allow=frozenset({web.address}))
    yield fetcher
    fetcher.close()


@pytest.fixture(scope="module")
def painter():
    with Painter() as painter:
        yield painter


@pytest.fixture
def open_album(fetcher, painter, tmp_path):
    patient = {"wait_s": 60.0}
    return lambda **given: Album(tmp_path / "pictures", fetcher, painter, **patient | given)


@contextmanager
def held(web, path, body=b""):
    """A route that answers when the block ends."""
    go_on = threading.Event()

    def answer(_):
        go_on.wait(240)
        return Reply(body=body or drawn("PNG", (40, 20)))

    web.routes[path] = answer
    yield
    go_on.set()


def size(folder):
    return sum(path.stat().st_size + BLOCK for path in folder.glob("*/*"))


def test_a_picture_is_fetched_once_and_known_from_then_on(web, open_album):
    web.routes["/1"] = Reply(body=drawn("JPEG", (1600, 800)))
    before = open_album().head(web.url("/1"))

    first = open_album().picture(web.url("/1"), now=NOW)
    again = open_album().picture(web.url("/1"), now=NOW + timedelta(days=300))
    head = open_album().head(web.url("/1"))

    assert before is None
    assert first == again
    assert (head.type, head.width, head.height) == ("image/jpeg", 800, 400)
    assert web.hits("/1") == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=404),
        Reply(body=b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        Reply(body=drawn("PNG", (1, 1))),
    ],
)
def test_what_is_no_picture_is_remembered_for_a_while(web, open_album, reply):
    web.routes["/1"] = reply
    url = web.url("/1")

    for minutes in (0, 1, 30):
        with pytest.raises(FetchError):
            open_album().picture(url, now=NOW + timedelta(minutes=minutes))
    head = open_album().head(url)
    asked = web.hits("/1")
    web.routes["/1"] = Reply(body=drawn("PNG"))

    assert asked == 1
    assert head.is_given_up(NOW)
    assert not head.is_given_up(NOW + GIVEN_UP_FOR)
    assert open_album().picture(url, now=NOW + GIVEN_UP_FOR).type == "image/webp"


def test_a_slow_site_holds_nobody_for_long_and_the_picture_comes_after_all(web, open_album):
    album, url = open_album(wait_s=0.05), web.url("/slow")
    with held(web, "/slow"):
        with pytest.raises(Busy):
            album.picture(url, now=NOW)
        with pytest.raises(Busy):
            album.picture(url, now=NOW)
        going = next(iter(album.going))
    going.result(30)

    assert album.picture(url, now=NOW).width == 40
    assert web.hits("/slow") == 1


def test_no_more_than_so_many_are_fetched_at_once(web, open_album):
    album = open_album(wait_s=0, at_once=1)
    with held(web, "/slow"):
        with pytest.raises(Busy):
            album.picture(web.url("/slow"), now=NOW)
        going = next(iter(album.going))
        with pytest.raises(Busy, match="Too many"):
            album.picture(web.url("/other"), now=NOW)
    going.result(30)

    assert web.hits("/other") == 0


def test_no_more_than_so_many_wait_at_once(web, open_album):
    album = open_album(waiting=0, wait_s=600)
    with held(web, "/slow"):
        with pytest.raises(Busy, match="being fetched"):
            album.picture(web.url("/slow"), now=NOW)
        going = next(iter(album.going))

    assert going.result(30).width == 40


def test_the_oldest_go_when_there_are_too_many(web, open_album, tmp_path):
    most = 30 * BLOCK
    album = open_album(most_bytes=most)
    for number in range(60):
        web.routes[f"/{number}"] = Reply(body=drawn("PNG", (40 + number, 20)))
        album.picture(web.url(f"/{number}"), now=NOW)

    assert size(tmp_path / "pictures") <= most * 5 // 4
    assert album.head(web.url("/0")) is None
    assert album.head(web.url("/59")).width == 99


@pytest.mark.parametrize("content", [b"", b"image/jpeg", b"image/jpeg 1 x y\n", b"\xff\xfe\n"])
def test_a_file_that_makes_no_sense_is_fetched_anew(web, open_album, tmp_path, content):
    web.routes["/1"] = Reply(body=drawn("PNG", (40, 20)))
    open_album().picture(web.url("/1"), now=NOW)
    (path,) = (tmp_path / "pictures").glob("*/*")
    path.write_bytes(content)

    assert open_album().head(web.url("/1")) is None
    assert open_album().picture(web.url("/1"), now=NOW).width == 40


def test_a_folder_that_cannot_be_written_to_costs_only_the_keeping(
    web, fetcher, painter, tmp_path
):
    (tmp_path / "file").write_bytes(b"")
    web.routes["/1"] = Reply(body=drawn("PNG", (40, 20)))

    album = Album(tmp_path / "file", fetcher, painter, wait_s=60.0)

    assert album.picture(web.url("/1"), now=NOW).width == 40


def test_a_picture_on_a_private_machine_is_never_asked_for(web, painter, tmp_path):
    album = Album(tmp_path, Fetcher(contact=""), painter)

    with pytest.raises(FetchError):
        album.picture(web.url("/1"), now=NOW)

    assert web.hits("/1") == 0
