import dataclasses
import multiprocessing
import random
import threading
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from kb import indexing, jobs
from kb.clock import utcnow
from kb.config import Settings, WrongSetting
from kb.factory import build_runtime
from kb.feeds.fetch import Fetcher
from kb.feeds.models import Entry, EntryVersion, Source, State, Story
from kb.jobs import RefreshReport
from tests.factories import NOW, make_source
from tests.services.feedserver import Reply, serve
from tests.services.feedtexts import RSS_TYPE, posts, rss
from tests.services.site import until

KILLS = 20
FEEDS = 30
SHORT = timedelta(seconds=0.5)
START = multiprocessing.get_context("forkserver")
START.set_forkserver_preload(["kb.factory", "tests.services.feedserver"])


@pytest.fixture
def web():
    with serve({}) as server:
        yield server


@pytest.fixture
def site(runtime, web):
    """A site that may ask the test's own web."""
    fetcher = Fetcher(contact="somebody@example.org", allow=frozenset({web.address}))
    yield dataclasses.replace(runtime, fetcher=fetcher)
    runtime.reader.close()


def feed(number, *, site="https://blog.example", **headers):
    body = rss(posts(number, site=site))
    return Reply(body=body, headers={"Content-Type": RSS_TYPE, **headers})


def follow(site, web, path, **values):
    with site.database.transaction(quietly=True) as session:
        return make_source(session, feed_url=web.url(path), **values).id


def source(site, source_id):
    with site.database.reading() as session:
        return session.get(Source, source_id)


def titles(site):
    with site.database.reading() as session:
        return sorted(session.scalars(select(Entry.title)))


def refresh(site, **options):
    return jobs.refresh_sources(site, **{"now": NOW, "chance": lambda: 0.5} | options)


def test_what_is_due_is_fetched_read_and_kept(site, web):
    web.routes["/feed"] = feed(3, ETag='"one"')
    due = follow(site, web, "/feed")
    follow(site, web, "/later", due_at=NOW + timedelta(hours=1))

    report = refresh(site)

    assert report == RefreshReport(sources=1, new_entries=3)
    assert titles(site) == ["Post 0", "Post 1", "Post 2"]
    assert source(site, due).etag == '"one"'
    assert web.hits("/later") == 0


def test_what_was_refreshed_is_not_due_again(site, web):
    web.routes["/feed"] = feed(3)
    follow(site, web, "/feed")
    refresh(site)

    assert refresh(site) == RefreshReport()
    assert web.hits("/feed") == 1


def test_a_person_may_ask_at_any_time(site, web):
    web.routes["/feed"] = feed(3)
    asked = follow(site, web, "/feed", due_at=NOW + timedelta(days=1))

    assert refresh(site, only=[asked]).new_entries == 3


def test_nothing_new_costs_little_and_is_noted(site, web):
    web.routes["/feed"] = lambda request: (
        Reply(status=304) if request.headers.get("if-none-match") else feed(3, ETag='"one"')
    )
    asked = follow(site, web, "/feed")
    refresh(site)

    later = NOW + timedelta(days=2)
    assert refresh(site, now=later) == RefreshReport(sources=1)
    assert source(site, asked).heard_at >= later
    assert source(site, asked).lease == ""


def test_what_is_wrong_with_one_source_costs_that_source_alone(site, web):
    web.routes |= {"/good": feed(3), "/poisoned": Reply(body=b"This is no feed." * 99)}
    good, poisoned, missing = (follow(site, web, f"/{p}") for p in ("good", "poisoned", "missing"))

    report = refresh(site)

    assert report == RefreshReport(sources=3, new_entries=3, failed=2)
    assert source(site, good).state is State.OK
    for failing in (poisoned, missing):
        assert source(site, failing).state is State.FAILING
        assert source(site, failing).reason.endswith(".")


def test_a_fault_of_ours_costs_that_source_alone(site, web, capsys):
    web.routes |= {"/good": feed(3), "/bad": feed(2, site="https://bad.example")}
    good, bad = follow(site, web, "/good"), follow(site, web, "/bad")

    report = refresh(dataclasses.replace(site, reader=Stumbling(site.reader)))

    assert report == RefreshReport(sources=2, new_entries=3, failed=1)
    assert (source(site, good).failures, source(site, bad).failures) == (0, 1)
    assert source(site, bad).reason == "Something went wrong on our side while this was read."
    assert '"source could not be kept"' in capsys.readouterr().err


def test_what_cannot_be_kept_costs_that_source_alone(site, web, capsys):
    web.routes |= {"/good": feed(3), "/bad": feed(2, site="https://bad.example")}
    good, bad = follow(site, web, "/good"), follow(site, web, "/bad")

    report = refresh(dataclasses.replace(site, reader=Spoiling(site.reader)))

    assert report == RefreshReport(sources=2, new_entries=3, failed=1)
    assert (source(site, good).failures, source(site, bad).failures) == (0, 1)
    assert titles(site) == ["Post 0", "Post 1", "Post 2"]
    assert '"source could not be kept"' in capsys.readouterr().err


def test_what_is_new_is_noted_for_the_index(site, web):
    for n in range(3):
        web.routes[f"/{n}"] = feed(2, site=f"https://blog{n}.example")
        follow(site, web, f"/{n}")

    refresh(site)

    with site.database.reading() as session:
        noted = set(indexing.noted(session, limit=99).values())
        assert noted == {f"entry:{number}" for number in session.scalars(select(Entry.id))}
        assert len(noted) == 6


class Spoiling:
    """A reader whose feeds no database can hold."""

    def __init__(self, reader):
        self._reader = reader

    def read(self, fetched, *, now):
        read = self._reader.read(fetched, now=now)
        if b"bad.example" not in fetched.content:
            return read
        spoilt = tuple(dataclasses.replace(entry, text="\ud800") for entry in read.entries)
        return dataclasses.replace(read, entries=spoilt)


class Stumbling:
    """A reader with a fault that nobody foresaw."""

    def __init__(self, reader):
        self._reader = reader

    def read(self, fetched, *, now):
        if b"bad.example" in fetched.content:
            raise ZeroDivisionError
        return self._reader.read(fetched, now=now)


def test_no_more_are_asked_than_wanted(site, web):
    for n in range(5):
        web.routes[f"/{n}"] = feed(1, site=f"https://blog{n}.example")
        follow(site, web, f"/{n}")

    assert refresh(site, limit=2).sources == 2
    assert refresh(site, limit=9).sources == 3


def test_what_somebody_else_fetches_is_left_to_them(site, web):
    theirs = {"lease": "theirs", "leased_until": NOW + timedelta(minutes=5)}
    taken = follow(site, web, "/feed", **theirs)

    assert refresh(site) == refresh(site, only=[taken]) == RefreshReport()
    assert web.hits("/feed") == 0


def test_what_somebody_else_took_over_meanwhile_is_left_to_them(site, web):
    taken = follow(site, web, "/feed")

    def steal(_):
        with site.database.transaction(quietly=True) as session:
            session.get(Source, taken).lease = "theirs"
        return feed(3)

    web.routes["/feed"] = steal
    report = refresh(site)

    assert (report.new_entries, titles(site)) == (0, [])
    assert source(site, taken).lease == "theirs"


def test_a_long_batch_renews_its_lease(site, web):
    for n in range(3):
        web.routes[f"/{n}"] = feed(1, site=f"https://blog{n}.example")
        follow(site, web, f"/{n}")

    report = refresh(site, lease_for=timedelta(0))

    assert (report.sources, report.failed) == (3, 0)


def test_a_slow_source_holds_up_no_other_however_many_there_are(site, web):
    asked_last, was_in_time = threading.Event(), []

    def slow(_):
        was_in_time.append(asked_last.wait(240))
        return Reply(status=404)

    def last(_):
        asked_last.set()
        return Reply(status=404)

    web.routes["/last"] = last
    with serve({"/slow": slow}) as other:
        allow = frozenset({web.address, other.address})
        fetcher = Fetcher(contact="somebody@example.org", allow=allow)
        with site.database.transaction(quietly=True) as session:
            make_source(session, feed_url=other.url("/slow"), due_at=NOW - timedelta(days=1))
            for n in range(300):
                make_source(session, feed_url=web.url(f"/missing?{n}"))
            make_source(session, feed_url=web.url("/last"), due_at=NOW)

        report = refresh(dataclasses.replace(site, fetcher=fetcher))

    assert (report.sources, was_in_time) == (302, [True])


def test_progress_is_told_of_every_source(site, web):
    follow(site, web, "/missing"), follow(site, web, "/missing-too")
    told = []

    refresh(site, progress=told.append)

    assert told == [1, 1]


def test_the_worker_is_told_once_there_is_something_to_find(site, web):
    told = []
    site.database.after_commit = lambda: told.append(1)
    web.routes["/feed"] = feed(3)
    follow(site, web, "/feed")

    refresh(site)
    refresh(site, now=NOW + timedelta(days=2))

    assert told == [1]


@pytest.mark.parametrize(
    "given", ["127.0.0.1", "http://x:80", "x:0", "x:99999", "a@x:80", "x:80/y"]
)
def test_a_place_to_allow_is_a_host_and_a_port(given):
    with pytest.raises(WrongSetting, match="KB_FETCH_ALLOW"):
        Settings.from_environ({"KB_FETCH_ALLOW": f"127.0.0.1:8099,{given}"})


def test_several_places_may_be_allowed():
    settings = Settings.from_environ(
        {"KB_FETCH_ALLOW": " 127.0.0.1:8099, Feeds.intranet:80,[::1]:9"}
    )

    assert settings.fetch_allow == {"127.0.0.1:8099", "feeds.intranet:80", "[::1]:9"}
    assert Settings.from_environ({}).fetch_allow == frozenset()


def refresh_for_ever(data_dir, database_url, address, ids):
    """What is killed: it asks for every source again and again."""
    allow = frozenset({address})
    settings = Settings(data_dir=data_dir, database_url=database_url, fetch_allow=allow)
    runtime = build_runtime(settings)
    while True:
        jobs.refresh_sources(runtime, now=utcnow(), only=ids, lease_for=SHORT)


def test_a_refresh_that_is_killed_twenty_times_loses_and_repeats_nothing(site, web):
    version, asked, moment = [1], [0], random.Random(3)

    def answer(request, name):
        asked[0] += 1
        tag = f'"{version[0]}"'
        if request.headers.get("if-none-match") == tag:
            return Reply(status=304)
        return feed(version[0], site=f"https://{name}.example", ETag=tag)

    web.routes |= {f"/{n}": partial(answer, name=f"blog{n}") for n in range(FEEDS)}
    ids = [follow(site, web, f"/{n}") for n in range(FEEDS)]
    where = (site.settings.data_dir, site.settings.database_url, web.address, ids)

    for _ in range(KILLS):
        version[0] += 1
        stop_at = asked[0] + moment.randint(1, 2 * FEEDS)
        worker = START.Process(target=refresh_for_ever, args=where)
        worker.start()
        until(lambda: asked[0] >= stop_at)  # noqa: B023
        worker.kill()
        worker.join()

    later = utcnow() + timedelta(days=1)
    jobs.refresh_sources(site, now=later, only=ids)

    with site.database.reading() as session:
        links = list(session.scalars(select(Entry.link)))
        stories = set(session.scalars(select(Entry.story_id)))
        assert len(links) == len(set(links)) == FEEDS * version[0]
        assert stories <= set(session.scalars(select(Story.id)))
        assert list(session.scalars(select(EntryVersion))) == []
        assert set(session.scalars(select(Source.lease))) == {""}
