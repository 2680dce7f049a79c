"""Ten sources of ten platforms: pasted as a person would, resolved, followed, found."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kb import jobs
from kb.feeds import river, sources
from kb.feeds.fetch import Fetcher
from kb.feeds.models import State
from kb.feeds.resolve import resolve
from tests.factories import NOW, make_council
from tests.services.feedserver import serve
from tests.services.samples import SAMPLES, sites
from tests.services.world import World


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
