"""Many sites at once, each with one visitor, and none in the way of another."""

import threading

from kb.feeds.errors import Refused
from kb.feeds.fetch import Fetcher
from kb.feeds.politeness import Politeness
from kb.feeds.round import StoppableClock
from kb.feeds.types import Fetched, Request
from tests.services.feedserver import Reply, serve

FEED = b"<rss><channel><title>Scrutiny</title></channel></rss>"


def fetcher_for(*servers, **options):
    allow = frozenset(server.address for server in servers)
    return Fetcher(contact="", allow=allow, **options)


def many(fetcher, requests):
    answers = {}
    fetcher.fetch_many(requests, lambda request, answer: answers.update({request.key: answer}))
    return answers


def test_many_are_asked_for_and_each_answer_comes_once():
    routes = {f"/{n}": Reply(body=FEED + b"%d" % n) for n in range(30)}
    with serve(routes) as web:
        requests = [Request(key=n, url=web.url(f"/{n}")) for n in range(30)]
        answers = many(fetcher_for(web), [*requests, Request(key=30, url="http://10.0.0.1/")])

        assert [web.hits(path) for path in routes] == [1] * 30
    assert [answers[n].content for n in range(30)] == [FEED + b"%d" % n for n in range(30)]
    assert isinstance(answers[30], Refused)


def test_nothing_asked_for_is_nothing_done():
    assert many(Fetcher(contact=""), []) == {}


def test_a_site_sees_one_visitor_at_a_time():
    open_now, most, lock = [], [], threading.Lock()

    def pieces():
        with lock:
            open_now.append(1)
            most.append(len(open_now))
        yield FEED
        with lock:
            open_now.pop()

    routes = {"/feed": lambda _: Reply(body=pieces())}
    with serve(routes) as web:
        many(fetcher_for(web), [Request(key=n, url=web.url(f"/feed?{n}")) for n in range(20)])

    assert most == [1] * 20


def test_a_site_that_hangs_keeps_no_other_waiting():
    heard, all_else_came = [], threading.Event()

    def hang(_):
        all_else_came.wait(240)
        return Reply(body=FEED)

    def done(request, answer):
        heard.append(request.key)
        if len(heard) == 20:
            all_else_came.set()

    with serve({"/feed": hang}) as slow, serve({"/feed": Reply(body=FEED)}) as quick:
        sites = [slow, slow, *[quick] * 20]
        requests = [Request(key=n, url=site.url(f"/feed?{n}")) for n, site in enumerate(sites)]
        fetcher_for(slow, quick).fetch_many(requests, done)

    assert heard[20:] == [0, 1]


def test_a_bug_in_one_visit_costs_that_visit_alone():
    async def lookup(host, port):
        raise ZeroDivisionError

    with serve({"/feed": Reply(body=FEED)}) as web:
        fetcher = Fetcher(contact="", allow=frozenset({web.address}), lookup=lookup)
        urls = ["https://blog.example.org/", web.url("/feed")]
        answers = many(fetcher, [Request(key=n, url=url) for n, url in enumerate(urls)])

    assert isinstance(answers[0], ZeroDivisionError)
    assert answers[1].content == FEED


def test_turns_at_a_site_are_spaced_out():
    politeness = Politeness(every_s=0.05, burst=1)
    with serve({"/feed": Reply(body=FEED)}) as web:
        fetcher = fetcher_for(web, politeness=politeness)
        answers = many(fetcher, [Request(key=n, url=web.url(f"/feed?{n}")) for n in range(3)])

        assert web.hits("/feed") == 3
    assert all(isinstance(answer, Fetched) for answer in answers.values())


def test_a_redirect_waits_for_its_turn_too():
    politeness = Politeness(every_s=0.05, burst=1)
    routes = {"/old": Reply(status=301, headers={"Location": "/feed"}), "/feed": Reply(body=FEED)}
    with serve(routes) as web:
        fetcher = fetcher_for(web, politeness=politeness, time_limit_s=5)

        assert fetcher.fetch(web.url("/old")).content == FEED


def test_a_redirect_does_not_wait_for_ever():
    politeness = Politeness(every_s=3600, burst=1)
    routes = {"/old": Reply(status=301, headers={"Location": "/feed"}), "/feed": Reply(body=FEED)}
    with serve(routes) as web:
        answers = many(
            fetcher_for(web, politeness=politeness), [Request(key=1, url=web.url("/old"))]
        )

    assert "too much already" in str(answers[1])


def test_while_we_are_away_the_clock_stands_still():
    loop = StoppableClock()
    before = loop.time()

    loop.stood_still(1000)

    assert loop.time() < before - 900
    loop.close()
