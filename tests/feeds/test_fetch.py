"""What we ask other sites, how we say it, and what we make of what they say."""

import threading
from contextlib import contextmanager

import pytest

from kb.feeds.errors import FetchError, Refused
from kb.feeds.fetch import Fetcher
from kb.feeds.types import NotModified, Request, Validators
from tests.services.feedserver import Reply, serve

FEED = b"<rss><channel><title>Scrutiny</title></channel></rss>"
CONTACT = "https://swap.example.org/about"
RSS = {"Content-Type": "application/rss+xml; charset=utf-8"}


@contextmanager
def fetching(routes, **options):
    with serve(routes) as web:
        yield web, Fetcher(contact=CONTACT, allow=frozenset({web.address}), **options)


def sent_on(target, status=302):
    return Reply(status=status, headers={"Location": target})


def stub_lookup(*addresses):
    async def lookup(host, port):
        lookup.asked.append(host)
        return addresses

    lookup.asked = []
    return lookup


def test_a_full_answer_comes_with_all_that_the_server_said():
    headers = {**RSS, "ETag": 'W/"a b"', "Last-Modified": "yesterday"}
    headers |= {"Cache-Control": "max-age=600", "Retry-After": "60", "X-Word": "yes"}
    with fetching({"/feed": Reply(body=FEED, headers=headers)}) as (web, fetcher):
        answer = fetcher.fetch(web.url("/feed#part"))

    assert answer.content == FEED
    assert answer.url == web.url("/feed")
    assert answer.content_type == "application/rss+xml; charset=utf-8"
    assert answer.validators == Validators(etag='W/"a b"', last_modified="yesterday")
    assert (answer.max_age_s, answer.retry_after_s, answer.moved_to) == (600, 60, "")
    assert answer.headers["x-word"] == "yes"


def test_we_say_who_we_are_and_keep_no_cookies():
    with fetching({"/feed": Reply(body=FEED, headers={"Set-Cookie": "a=b"})}) as (web, fetcher):
        fetcher.fetch(web.url("/feed"))
        fetcher.fetch(web.url("/feed"))
        sent = web.requests("/feed")[1]

    assert sent["user-agent"] == f"ScrutinySwap/1.0 (+{CONTACT})"
    assert "application/atom+xml" in sent["accept"]
    assert sent["accept-encoding"] == "gzip, deflate, br"
    assert not {"cookie", "referer", "if-none-match", "if-modified-since"} & sent.keys()


@pytest.mark.parametrize("contact", ["", "a b\r\nX-Evil: (yes)", "caf\u00e9"])
def test_a_contact_that_fits_no_header_breaks_none(contact):
    with serve({"/feed": Reply(body=FEED)}) as web:
        Fetcher(contact=contact, allow=frozenset({web.address})).fetch(web.url("/feed"))
        sent = web.requests("/feed")[0]

    assert sent["user-agent"].startswith("ScrutinySwap/1.0")
    assert "x-evil" not in sent


def test_validators_go_back_byte_for_byte_and_nothing_new_is_said_so():
    known = Validators(etag="abc", last_modified="yesterday")
    routes = {"/feed": Reply(status=304, headers={"Cache-Control": "max-age=60"})}
    with fetching(routes) as (web, fetcher):
        answer = fetcher.fetch(web.url("/feed"), known)
        sent = web.requests("/feed")[0]

    assert answer == NotModified(url=web.url("/feed"), max_age_s=60)
    assert (sent["if-none-match"], sent["if-modified-since"]) == ("abc", "yesterday")


def test_nothing_new_is_an_error_where_we_have_nothing():
    with (
        fetching({"/feed": Reply(status=304)}) as (web, fetcher),
        pytest.raises(FetchError, match="nothing yet") as caught,
    ):
        fetcher.fetch(web.url("/feed"))

    assert caught.value.status == 304


def test_the_address_that_was_checked_is_the_one_that_is_connected_to():
    lookup = stub_lookup("127.0.0.1")
    with serve({"/feed": Reply(body=FEED)}) as web:
        place = f"feeds.example.org:{web.port}"
        fetcher = Fetcher(contact=CONTACT, allow=frozenset({place}), lookup=lookup)
        answer = fetcher.fetch(f"http://{place}/feed")

    assert answer.content == FEED
    assert lookup.asked == ["feeds.example.org"]


def test_a_public_name_with_a_private_address_is_refused():
    fetcher = Fetcher(contact=CONTACT, lookup=stub_lookup("93.184.215.14", "127.0.0.1"))

    with pytest.raises(Refused, match="not public"):
        fetcher.fetch("https://blog.example.org/feed")


def test_a_name_that_nobody_has_is_said_to_be_unknown():
    fetcher = Fetcher(contact=CONTACT, lookup=stub_lookup())

    with pytest.raises(FetchError, match="no site of that name"):
        fetcher.fetch("https://blog.example.org/feed")


def test_answers_come_in_the_thread_that_asked():
    threads = set()
    with fetching({"/feed": Reply(body=FEED)}) as (web, fetcher):
        requests = [Request(key=n, url=web.url("/feed")) for n in range(3)]
        fetcher.fetch_many(requests, lambda *_: threads.add(threading.get_ident()))

    assert threads == {threading.get_ident()}


def test_whoever_asks_may_ask_for_more_while_answers_come():
    with fetching({"/feed": Reply(body=FEED)}) as (web, fetcher):
        more = []
        fetcher.fetch_many(
            [Request(key=1, url=web.url("/feed"))],
            lambda *_: more.append(fetcher.fetch(web.url("/feed"))),
        )

    assert more[0].content == FEED


def test_requests_are_taken_as_answers_come():
    taken, when_answered = [], []

    def requests(url):
        for n in range(500):
            taken.append(n)
            yield Request(key=n, url=url)

    with fetching({"/feed": Reply(body=FEED)}) as (web, fetcher):
        fetcher.fetch_many(requests(web.url("/feed")), lambda *_: when_answered.append(len(taken)))

    assert when_answered[0] <= 200
    assert len(when_answered) == when_answered[-1] == 500


def test_what_goes_wrong_with_an_answer_goes_to_whoever_asked():
    def fail(request, answer):
        raise KeyError("ours")

    with fetching({"/feed": Reply(body=FEED)}) as (web, fetcher):
        with pytest.raises(KeyError, match="ours"):
            fetcher.fetch_many([Request(key=n, url=web.url("/feed")) for n in range(9)], fail)

        assert fetcher.fetch(web.url("/feed")).content == FEED


def robots(text):
    return Reply(body=text.encode(), headers={"Content-Type": "text/plain"})


def test_a_page_is_read_where_its_site_asks_nothing_else():
    routes = {"/blog": Reply(body=b"<html>"), "/robots.txt": robots("User-agent: *\nDisallow: /x")}
    with fetching(routes) as (web, fetcher):
        pages = [fetcher.page(web.url("/blog")) for _ in range(3)]

        assert web.hits("/robots.txt") == 1
        assert "text/html" in web.requests("/blog")[0]["accept"]
    assert pages[2].content == b"<html>"
    fetcher.close()


@pytest.mark.parametrize("start", ["/private/1", "/open"])
def test_a_page_that_programs_should_leave_alone_is_left_alone(start):
    wishes = "User-agent: ScrutinySwap\nDisallow: /private"
    routes = {"/robots.txt": robots(wishes), "/open": sent_on("/private/1")}
    with fetching({**routes, "/private/1": Reply(body=b"<html>")}) as (web, fetcher):
        with pytest.raises(Refused, match="asks programs not to"):
            fetcher.page(web.url(start))

        assert web.hits("/private/1") == 0


@pytest.mark.parametrize(
    "answer",
    [
        Reply(status=404),
        Reply(status=500),
        sent_on("/robots.txt"),
        sent_on("http://10.0.0.1/robots.txt"),
        Reply(body=bytes(600 * 1024)),
    ],
)
def test_a_site_that_cannot_say_what_it_wants_has_asked_nothing(answer):
    with fetching({"/robots.txt": answer, "/": Reply(body=b"<html>")}) as (web, fetcher):
        assert fetcher.page(web.url("/")).content == b"<html>"


def test_a_feed_is_there_for_programs_to_read():
    routes = {"/robots.txt": robots("User-agent: *\nDisallow: /"), "/feed": Reply(body=FEED)}
    with fetching(routes) as (web, fetcher):
        fetcher.fetch(web.url("/feed"))

        assert web.hits("/robots.txt") == 0
