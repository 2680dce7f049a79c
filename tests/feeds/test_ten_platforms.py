"""Ten sources of ten platforms: pasted as a person would, resolved, followed, found.

What a platform says of an account is told as it said it, and nothing where it said nothing.
"""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from kb import jobs
from kb.feeds import river, sources
from kb.feeds.fetch import Fetcher
from kb.feeds.models import State
from kb.feeds.resolve import resolve
from tests.factories import NOW, make_council
from tests.feeds.asking import Asker
from tests.services.feedserver import Reply, serve
from tests.services.feedtexts import as_page
from tests.services.samples import SAMPLES, sites
from tests.services.world import World

API = "/public.api.bsky.app/xrpc/app.bsky.actor.getProfile"


@pytest.fixture
def site(runtime):
    """A runtime to whom the ten sites are the internet."""
    with serve(sites()) as server:
        fetcher = Fetcher(contact="a@example.org", allow=frozenset({server.address}))
        yield replace(runtime, fetcher=World(fetcher, server))
        runtime.reader.close()


def found(site, pasted):
    """What the site says that it found behind what was pasted."""
    world, reader = site.fetcher, site.reader
    return resolve(
        pasted,
        fetch=world.fetch,
        page=world.page,
        read=lambda fetched: reader.read(fetched, now=NOW),
    )


def added(site, session, sample):
    return sources.add(
        session,
        found(site, sample.pasted).candidates[0],
        name=sample.title,
        council=make_council(session),
        organisation="",
        kind="",
        language="en",
        now=NOW,
    )


def shown(session):
    return river.page(session, river.Filters(), limit=100, before=None)


def platforms_seen(session, platform):
    only = river.Filters(platform=frozenset({platform.value}))
    return {entry.source.platform for entry in river.page(session, only, limit=100)}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.platform)
def test_what_a_person_pastes_leads_to_the_feed(site, sample):
    resolved = found(site, sample.pasted)

    first = resolved.candidates[0]
    assert (first.url, first.platform) == (sample.feed_url, sample.platform)
    assert first.title == sample.title
    assert sample.words in " ".join(f"{e.title} {e.text}" for e in first.newest)
    assert resolved.sentence.endswith((".", "?"))


def test_ten_sources_are_added_refreshed_and_read(site):
    with site.database.transaction() as session:
        for sample in SAMPLES:
            added(site, session, sample)

    report = jobs.refresh_sources(site, now=NOW, limit=10)

    assert (report.sources, report.failed) == (10, 0)
    with site.database.reading() as session:
        words = " ".join(f"{entry.title} {entry.text}" for entry in shown(session))
        assert [s.words for s in SAMPLES if s.words not in words] == []
        assert {source.state for source in sources.everyone(session)} == {State.OK}


def test_a_second_refresh_stores_nothing_again(site):
    with site.database.transaction() as session:
        for sample in SAMPLES:
            added(site, session, sample)
    first = jobs.refresh_sources(site, now=NOW, limit=10)

    second = jobs.refresh_sources(site, now=NOW + timedelta(days=2), limit=10)

    assert first.new_entries > 20
    assert (second.sources, second.new_entries, second.changed) == (10, 0, 0)


def test_the_river_is_filtered_by_platform(site):
    with site.database.transaction() as session:
        for sample in SAMPLES:
            added(site, session, sample)
    jobs.refresh_sources(site, now=NOW, limit=10)

    with site.database.reading() as session:
        seen = {sample.platform: platforms_seen(session, sample.platform) for sample in SAMPLES}

        assert seen == {sample.platform: {sample.platform} for sample in SAMPLES}


@pytest.fixture
def asker(web, reader):
    return Asker(web, reader)


def test_somebody_who_wants_no_strangers_on_bluesky_is_left_alone(web, asker):
    web.routes.update(sites())
    about = {"did": "did:plc:x", "labels": [{"val": "!no-unauthenticated"}]}
    web.routes[API] = Reply(body=json.dumps(about).encode())

    found = asker.find_in_world("@dunleascrutiny.bsky.social")

    assert found.candidates == ()
    assert found.sentence.startswith("This person asks Bluesky to show their posts only")


def test_an_account_that_bluesky_does_not_know_is_told(web, asker):
    found = asker.find_in_world("@nobody.bsky.social")

    assert found.sentence.startswith("Bluesky knows no account of that name.")


@pytest.mark.parametrize(
    ("pasted", "name"),
    [
        ("@scrutiny.bsky.social", "Bluesky"),
        ("substack.com/@ann", "Substack"),
        ("https://www.youtube.com/@council", "YouTube"),
        ("https://podcasts.apple.com/gb/podcast/x/id1", "itunes.apple.com"),
    ],
)
def test_a_platform_that_cannot_be_reached_is_not_said_to_know_nobody(web, reader, pasted, name):
    async def no_name(host, port):
        raise OSError(f"{host} is not known")

    found = Asker(web, reader, lookup=no_name).find(pasted)

    assert found.candidates == ()
    why = "We can find no site of that name at the moment."
    assert found.sentence == f"We could not ask {name}. {why}"


@pytest.mark.parametrize(
    ("pasted", "path", "status", "sentence"),
    [
        ("@a.bsky.social", f"{API}?actor=a.bsky.social", 400, "Bluesky knows no account of that"),
        ("@a.bsky.social", API, 503, "We could not ask Bluesky. The site is not available at the"),
        ("https://substack.com/@ann", "/substack.com/@ann", 404, "Substack knows nobody of that"),
        ("https://substack.com/@ann", "/substack.com/@ann", 403, "We could not ask Substack. The"),
        (
            "https://youtube.com/@a",
            "/youtube.com/@a",
            404,
            "YouTube has no channel at this address",
        ),
        (
            "https://youtube.com/@a",
            "/youtube.com/@a",
            429,
            "We could not ask YouTube. The site asks",
        ),
    ],
)
def test_what_a_platform_does_not_tell_us_is_no_fact(web, asker, pasted, path, status, sentence):
    web.routes[path] = Reply(status=status)

    found = asker.find_in_world(pasted)

    assert found.sentence.startswith(sentence)
    is_helped = "youtube.com/channel/" in found.sentence or "name.substack" in found.sentence
    assert is_helped is (status in {403, 429} or "Substack" in sentence)


def test_an_account_whose_feed_cannot_be_read_is_not_said_to_be_unknown(web, asker):
    web.routes[API] = Reply(body=json.dumps({"did": "did:plc:x"}).encode())
    web.routes["/bsky.app/profile/did:plc:x/rss"] = Reply(status=503)

    found = asker.find_in_world("@a.bsky.social")

    assert found.candidates == ()
    assert found.sentence == (
        "This is a Bluesky account, but its feed could not be read. "
        "The site is not available at the moment (503)."
    )


def test_a_youtube_page_that_hides_its_channel_is_told(web, asker):
    web.routes["/www.youtube.com/@council"] = as_page("Before you continue")

    found = asker.find_in_world("https://www.youtube.com/@council")

    assert found.sentence.startswith("YouTube did not show us the channel")
