"""Servers that lie, never end, or send us where we must not go."""

import gzip
import zlib
from itertools import repeat

import pytest

from kb.feeds.errors import FetchError, ParseError, Refused
from kb.feeds.fetch import Fetcher
from tests.services.feedserver import Reply
from tests.services.feedtexts import posts, rss

PRIVATE = [
    *(
        "http://127.0.0.1:9/",
        "http://[::1]/",
        "http://0/",
        "http://2130706433/",
        "http://10.0.0.1/",
    ),
    *("http://169.254.169.254/latest/", "http://100.64.0.1/", "http://[64:ff9b::7f00:1]/"),
    *("http://[2002:7f00:1::]/", "http://[::ffff:127.0.0.1]/", "http://224.0.0.1/"),
    *("http://localhost/", "file:///etc/passwd", "gopher://127.0.0.1/", "http://a@10.0.0.1/"),
]


@pytest.fixture
def fetcher(web):
    """One that loses its patience soon."""
    return Fetcher(contact="a@example.org", allow=frozenset({web.address}), time_limit_s=0.3)


@pytest.mark.parametrize("target", PRIVATE)
def test_a_redirect_to_a_private_address_is_refused(web, fetcher, target):
    web.routes["/away"] = Reply(status=302, headers={"Location": target})

    with pytest.raises(Refused):
        fetcher.fetch(web.url("/away"))


def test_redirects_come_to_an_end(follower, web):
    with pytest.raises(FetchError):
        follower.hears(status=302, headers={"Location": "/feed"})

    assert web.hits("/feed") <= 6


def packed(method):
    data = b"<rss>" + b" " * 30_000_000
    if method == "gzip":
        return gzip.compress(data)
    return gzip.compress(gzip.compress(data)) if "," in method else zlib.compress(data)


@pytest.mark.parametrize("method", ["gzip", "deflate", "gzip, gzip"])
def test_a_bomb_is_not_unpacked_to_its_end(follower, method):
    with pytest.raises((FetchError, ParseError)):
        follower.hears(packed(method), headers={"Content-Encoding": method})


def test_an_endless_body_is_left(follower):
    with pytest.raises(FetchError):
        follower.hears(repeat(b"<!-- more -->" * 5_000))


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Length": "999999"},
        {"Content-Length": "-1"},
        {"Content-Encoding": "rot13"},
    ],
)
def test_an_answer_that_lies_about_itself_is_an_error(follower, headers):
    with pytest.raises((FetchError, ParseError)):
        follower.hears(rss(posts(3)), headers=headers)

    assert follower.entries == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(delay_s=60),
        Reply(body=b"<rss>" * 1_000, drip=(1, 0.05)),
        Reply(body=repeat(b"<!-- -->"), drip=(1, 0.05)),
    ],
    ids=["never-answers", "drips", "drips-for-ever"],
)
def test_a_server_that_takes_for_ever_is_left(web, fetcher, reply):
    web.routes["/slow"] = reply

    with pytest.raises(FetchError, match="in time"):
        fetcher.fetch(web.url("/slow"))


def test_chunks_that_are_none_are_an_error(web, fetcher):
    headers = {"Transfer-Encoding": "chunked", "Content-Length": None}
    web.routes["/chunks"] = Reply(body=rss(posts(3)), headers=headers)

    with pytest.raises(FetchError):
        fetcher.fetch(web.url("/chunks"))


def test_an_answer_that_breaks_off_is_not_stored(follower):
    with pytest.raises(FetchError):
        follower.hears(rss(posts(20)), cut=True)

    assert follower.entries == []


def test_a_body_that_drips_is_put_together(follower):
    body = rss(posts(2))

    follower.hears(body, drip=(len(body) // 5 + 1, 0.01))

    assert len(follower.entries) == 2


@pytest.mark.parametrize("status", [204, 206, 401, 403, 404, 410, 429, 451, 500, 503])
def test_an_answer_without_success_touches_no_entry(follower, status):
    follower.hears(rss(posts(1)))

    with pytest.raises(FetchError) as told:
        follower.hears(rss(posts(2)), status=status)

    assert told.value.status == status
    assert len(follower.entries) == 1
