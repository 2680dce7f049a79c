import random
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from kb.feeds.models import EntryVersion
from kb.feeds.store import FLOOD, MOST_LATE, MOST_NEW, Stored, store
from kb.feeds.types import Illustration
from tests.factories import NOW, make_source, make_term
from tests.feeds.said import entry, feed
from tests.feeds.storing import NOTHING, days, entries, three_times, titles


@pytest.fixture
def source(session):
    return make_source(session)


def test_what_is_new_is_kept_with_all_that_it_says(session, source):
    picture = Illustration(url="https://x/p.png", alt="A chart")
    said = entry(1, author="A. Officer", categories=("Housing",), pictures=(picture,))

    stored = store(session, source, feed(said), now=NOW)

    (kept,) = entries(session, source)
    assert stored == Stored(new=1)
    assert (kept.title, kept.author, kept.link) == ("Post 1", "A. Officer", said.link)
    assert (kept.categories, kept.pictures) == (["Housing"], [asdict(picture)])
    assert kept.illustrations == [picture]
    assert kept.leads


def test_the_same_document_again_changes_nothing(session, source):
    document = feed(*map(entry, range(20)))

    assert three_times(session, source, lambda _: document) == [Stored(new=20), NOTHING, NOTHING]


def test_a_new_order_changes_nothing(session, source):
    said = list(map(entry, range(20)))

    stored = three_times(session, source, lambda n: feed(*random.Random(n).sample(said, 20)))

    assert stored[1:] == [NOTHING, NOTHING]


def test_what_is_gone_from_the_feed_is_kept_and_is_not_new_when_it_returns(session, source):
    store(session, source, feed(entry(1), entry(2)), now=NOW)

    gone = store(session, source, feed(entry(2)), now=NOW)
    returned = store(session, source, feed(entry(1), entry(2)), now=NOW)

    assert (gone, returned) == (NOTHING, NOTHING)
    assert titles(session, source) == ["Post 1", "Post 2"]


def test_an_empty_feed_deletes_nothing(session, source):
    store(session, source, feed(entry(1)), now=NOW)

    assert store(session, source, feed(), now=NOW) == NOTHING
    assert titles(session, source) == ["Post 1"]


def test_a_window_that_moves_loses_and_repeats_nothing(session, source):
    def said(fetch):
        return feed(*(entry(n) for n in range(5 * fetch + 20, 5 * fetch, -1)))

    assert three_times(session, source, said) == [Stored(new=20), Stored(new=5), Stored(new=5)]


def test_what_changed_is_renewed_and_its_older_text_kept(session, source):
    store(session, source, feed(entry(1, text="Ten cameras.")), now=NOW)

    stored = store(session, source, feed(entry(1, text="Twelve cameras.")), now=NOW + days(1))

    (kept,) = entries(session, source)
    (older,) = session.scalars(select(EntryVersion))
    assert stored == Stored(changed=1)
    assert (kept.text, kept.changed_at, kept.seen_at) == ("Twelve cameras.", NOW + days(1), NOW)
    assert (older.html, older.seen_at) == ("<p>Ten cameras.</p>", NOW)


def test_what_changed_stays_where_it_was(session, source):
    store(session, source, feed(entry(2), entry(1)), now=NOW)

    store(session, source, feed(entry(2), entry(1, text="Newer.")), now=NOW + days(1))

    assert titles(session, source) == ["Post 2", "Post 1"]


def test_what_changed_can_change_again(session, source):
    stored = three_times(session, source, lambda n: feed(entry(1, text=f"Version {n}.")))

    assert stored == [Stored(new=1), Stored(changed=1), Stored(changed=1)]
    assert len(list(session.scalars(select(EntryVersion)))) == 2


def test_a_date_that_drifts_is_no_change(session, source):
    stored = three_times(
        session, source, lambda n: feed(entry(1, published_at=NOW + timedelta(hours=n)))
    )

    assert stored[1:] == [NOTHING, NOTHING]


def test_a_first_fetch_keeps_the_published_order(session, source):
    said = [entry(n, published_at=NOW - days(n)) for n in (3, 1, 2)]

    store(session, source, feed(*said), now=NOW)

    assert titles(session, source) == ["Post 1", "Post 2", "Post 3"]


def test_a_first_fetch_without_dates_keeps_the_order_of_the_document(session, source):
    store(session, source, feed(*(entry(n, published_at=None) for n in (3, 1, 2))), now=NOW)

    assert titles(session, source) == ["Post 3", "Post 1", "Post 2"]


def test_what_arrives_later_stands_where_we_saw_it(session, source):
    known = [entry(1), entry(0, published_at=NOW - days(60))]
    store(session, source, feed(*known), now=NOW)

    late = entry(2, published_at=NOW - days(30))
    store(session, source, feed(late, *known), now=NOW + days(1))

    newest, *_ = entries(session, source)
    assert (newest.title, newest.published_at) == ("Post 2", NOW - days(30))
    assert newest.sort_at == newest.seen_at == NOW + days(1)


def test_what_is_older_than_all_that_we_keep_is_no_news_when_it_comes_to_light(session, source):
    known = [entry(n, published_at=NOW - days(n)) for n in range(1, 4)]
    store(session, source, feed(*known), now=NOW)

    old = [entry(n, published_at=NOW - days(n)) for n in (4, 5)]
    store(session, source, feed(*known, *old), now=NOW + days(1))

    assert titles(session, source) == ["Post 1", "Post 2", "Post 3", "Post 4", "Post 5"]


def test_an_archive_that_comes_at_once_is_no_news_but_for_what_is_newer(session, source):
    ends = [entry(1, published_at=NOW - days(1)), entry(90, published_at=NOW - days(90))]
    store(session, source, feed(*ends), now=NOW)

    archive = [entry(n, published_at=NOW - days(n)) for n in range(MOST_LATE + 3)]
    store(session, source, feed(*archive), now=NOW)

    expected = [f"Post {n}" for n in range(MOST_LATE + 3)]
    assert titles(session, source) == [*expected, "Post 90"]


def test_what_arrives_together_later_keeps_its_own_order(session, source):
    store(session, source, feed(entry(0)), now=NOW - days(9))

    later = [entry(n, published_at=NOW - days(n)) for n in (3, 1, 2)]
    store(session, source, feed(*later), now=NOW)

    assert titles(session, source) == ["Post 1", "Post 2", "Post 3", "Post 0"]


@pytest.mark.parametrize("date", [NOW + days(1), datetime(1994, 12, 31, tzinfo=UTC), None])
def test_a_date_that_cannot_be_is_the_day_we_saw_it(session, source, date):
    store(session, source, feed(entry(1, published_at=date)), now=NOW)

    (kept,) = entries(session, source)
    assert (kept.published_at, kept.sort_at) == (None, NOW)


def test_the_newest_entry_dates_the_source(session, source):
    store(session, source, feed(entry(1, published_at=NOW - days(5))), now=NOW)

    assert source.newest_at == NOW - days(5)


def test_a_first_fetch_takes_all_and_a_later_flood_is_dammed_and_told_of(session, source):
    archive = feed(*map(entry, range(MOST_NEW + 1)))
    endless = feed(*(entry(n) for n in range(-1, -MOST_NEW - 2, -1)))

    first = store(session, source, archive, now=NOW)
    assert (first.new, source.note) == (MOST_NEW + 1, "")
    later = store(session, source, endless, now=NOW)

    assert (later.new, source.note) == (MOST_NEW, FLOOD)


def test_entries_carry_what_the_vocabularies_suggest(session, source):
    make_term(session, "theme", "housing", label="Housing", synonyms="damp; tenants")
    make_term(session, "purpose", "question", label="Take questions", synonyms="petitions")

    store(session, source, feed(entry(1, title="Petitions about damp")), now=NOW)
    (kept,) = entries(session, source)
    assert (kept.purposes, kept.themes) == (["question"], ["housing"])

    changed = replace(entry(1, title="Petitions"), keys=entry(1).keys)
    store(session, source, feed(changed), now=NOW)
    assert (kept.purposes, kept.themes) == (["question"], [])
