import random
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from kb.feeds.models import Entry, EntryVersion
from kb.feeds.store import FLOOD, IDENTITY_REASONS, MOST_NEW, Stored, store
from kb.feeds.types import Illustration
from tests.factories import NOW, make_source, make_term
from tests.feeds.said import entry, feed

NOTHING = Stored(new=0, changed=0)


@pytest.fixture
def source(session):
    return make_source(session)


def entries(session, source):
    """Newest first, as a river shows them."""
    of_it = select(Entry).where(Entry.source_id == source.id)
    return list(session.scalars(of_it.order_by(Entry.sort_at.desc(), Entry.id.desc())))


def titles(session, source):
    return [entry.title for entry in entries(session, source)]


def days(number):
    return timedelta(days=number)


def three_times(session, source, make):
    """What each of three fetches stored; `make` gives the document of each."""
    return [store(session, source, make(n), now=NOW + days(n)) for n in range(3)]


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


def test_guids_that_change_their_scheme_are_told_apart_by_links(session, source):
    def said(fetch):
        scheme = "https" if fetch % 2 else "http"
        site = f"{scheme}://blog.example"
        return feed(*(entry(n, guid=f"{site}/?p={n}", link=f"{site}/{n}") for n in range(5)))

    assert three_times(session, source, said) == [Stored(new=5), NOTHING, NOTHING]
    assert source.identity == 1
    assert source.note == IDENTITY_REASONS[1]


def test_guids_that_are_new_each_time_do_not_make_entries_new(session, source):
    def said(fetch):
        return feed(*(entry(n, guid=f"{fetch}-{n}") for n in range(5)))

    assert three_times(session, source, said) == [Stored(new=5), NOTHING, NOTHING]
    assert source.identity == 1


def test_tracking_in_links_does_not_make_entries_new(session, source):
    def said(fetch):
        link = "https://blog.example/p/{}?utm_source=rss&utm_campaign={}&fbclid={}"
        return feed(*(entry(n, guid="", link=link.format(n, fetch, fetch)) for n in range(5)))

    assert three_times(session, source, said) == [Stored(new=5), NOTHING, NOTHING]


def test_one_guid_for_all_is_no_guid(session, source):
    document = feed(*(entry(n, guid="same") for n in range(3)))

    assert three_times(session, source, lambda _: document) == [Stored(new=3), NOTHING, NOTHING]
    assert source.identity == 1


def test_one_link_for_all_and_no_guid_leaves_the_text(session, source):
    document = feed(*(entry(n, guid="", link="https://blog.example/") for n in range(3)))

    assert three_times(session, source, lambda _: document) == [Stored(new=3), NOTHING, NOTHING]
    assert source.identity == 2
    assert IDENTITY_REASONS[2] in source.note


def test_no_guid_and_no_link_leave_the_text(session, source):
    document = feed(*(entry(n, guid="", link="") for n in range(3)))

    assert three_times(session, source, lambda _: document) == [Stored(new=3), NOTHING, NOTHING]


def test_one_link_for_all_does_no_harm_to_good_guids(session, source):
    document = feed(*(entry(n, link="https://blog.example/podcast") for n in range(5)))

    assert three_times(session, source, lambda _: document) == [Stored(new=5), NOTHING, NOTHING]
    assert source.identity == 0


def test_a_few_bad_guids_do_not_discredit_the_rest(session, source):
    good = [entry(n) for n in range(2, 50)]
    document = feed(entry(0, guid="same"), entry(1, guid="same"), *good)

    assert three_times(session, source, lambda _: document) == [Stored(new=50), NOTHING, NOTHING]
    assert (source.identity, source.note) == (0, "")


def test_of_two_with_one_guid_each_stays_itself_when_the_other_is_gone(session, source):
    good = [entry(n) for n in range(2, 50)]
    one, other = entry(0, guid="same"), entry(1, guid="same")
    documents = [feed(one, *good), feed(other, one, *good), feed(other, *good), feed(one, *good)]

    stored = [store(session, source, said, now=NOW) for said in documents]

    assert stored == [Stored(new=49), Stored(new=1), NOTHING, NOTHING]


def test_what_the_document_repeats_word_for_word_is_kept_once(session, source):
    stored = store(session, source, feed(entry(1, guid=""), entry(1, guid="")), now=NOW)

    assert stored == Stored(new=1)


def test_twins_are_kept_both_and_shown_once(session, source):
    twin = replace(entry(1), copy=2, keys=tuple(f"{key} 2" for key in entry(1).keys))
    good = [entry(n) for n in range(2, 12)]
    documents = [feed(entry(1), twin, *good), feed(twin, *good, entry(1)), feed(entry(1), *good)]

    stored = [store(session, source, said, now=NOW) for said in documents]

    kept = [each for each in entries(session, source) if each.title == "Post 1"]
    assert stored == [Stored(new=12), NOTHING, NOTHING]
    assert sorted(each.leads for each in kept) == [False, True]
    assert kept[0].story_id == kept[1].story_id
    assert source.identity == 0


@pytest.mark.parametrize("given", [{}, {"guid": ""}, {"guid": "", "link": ""}])
def test_a_twin_that_comes_later_joins_the_first_and_is_all_that_is_new(session, source, given):
    first = entry(1, **given)
    twin = replace(first, copy=2, keys=tuple(f"{key} 2" for key in first.keys))

    store(session, source, feed(first), now=NOW)
    stored = [store(session, source, feed(first, twin), now=NOW) for _ in range(2)]

    assert stored == [Stored(new=1), NOTHING]
    assert len({each.story_id for each in entries(session, source)}) == 1


def test_what_was_known_by_its_guid_with_the_host_is_known_by_the_guid_without(session, source):
    def said(site, key):
        guids = [f"{site}/?p={n}" for n in range(3)]
        said = [entry(n, guid=guid, link="") for n, guid in enumerate(guids)]
        return feed(*(replace(e, keys=(e.keys[0], key(e.keys[0]), e.keys[2])) for e in said))

    def with_host(guid):
        return guid.partition("//")[2]

    def without_host(guid):
        return "/" + guid.rpartition("/")[2]

    store(session, source, said("http://old.example", with_host), now=NOW)
    stored = [
        store(session, source, said("http://old.example", without_host), now=NOW),
        store(session, source, said("https://new.example", without_host), now=NOW),
    ]

    assert stored == [NOTHING, NOTHING]


def test_what_had_no_id_is_not_new_when_it_gets_one(session, source):
    def said(start):
        return feed(*(entry(n, guid=start and f"{start}{n}", link="") for n in range(3)))

    store(session, source, said(""), now=NOW)
    source.identity = 0

    assert [store(session, source, said("id-"), now=NOW) for _ in range(2)] == [NOTHING, NOTHING]


def test_words_alone_are_known_again_though_another_entry_shared_their_key(session, source):
    said = entry(1, guid="", link="")
    shared = replace(said, keys=(*said.keys[:2], f"{said.keys[2]} {said.hash}"))

    store(session, source, feed(shared), now=NOW)

    assert [store(session, source, feed(said), now=NOW) for _ in range(2)] == [NOTHING, NOTHING]


@pytest.mark.parametrize("to", ["https://blog.example", "https://www.blog.example:443"])
def test_a_site_that_moves_to_https_is_known_by_its_links(session, source, to):
    def said(site):
        return feed(*(entry(n, guid="", link=f"{site}/p/{n}", text=site) for n in range(3)))

    store(session, source, said("http://blog.example"), now=NOW)
    stored = store(session, source, said(to), now=NOW)

    assert stored.new == 0


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
    store(session, source, feed(entry(1)), now=NOW)

    late = entry(2, published_at=NOW - days(30))
    store(session, source, feed(entry(1), late), now=NOW + days(1))

    newest, _ = entries(session, source)
    assert (newest.title, newest.published_at) == ("Post 2", NOW - days(30))
    assert newest.sort_at == newest.seen_at == NOW + days(1)


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


def test_a_site_that_moves_with_all_its_ids_is_known_by_its_texts(session, source):
    def said(fetch):
        site = f"https://site{min(fetch, 1)}.example"
        return feed(*(entry(n, guid=f"{site}?p={n}", link=f"{site}/{n}") for n in range(5)))

    assert three_times(session, source, said) == [Stored(new=5), NOTHING, NOTHING]
    assert all(e.link.startswith("https://site1.example/") for e in entries(session, source))
    assert source.identity == 0


def test_a_key_of_any_length_is_kept_and_known_again(session, source):
    endless = entry(1, guid="g" * 60_000, link="https://blog.example/?" + "a" * 60_000)

    assert three_times(session, source, lambda _: feed(endless))[1:] == [NOTHING, NOTHING]


def test_guids_that_differ_in_case_are_two(session, source):
    assert store(
        session, source, feed(entry(1, guid="ABC"), entry(2, guid="abc")), now=NOW
    ) == Stored(new=2)


def test_a_flood_is_dammed_and_told_of(session, source):
    endless = feed(*map(entry, range(MOST_NEW + 1)))

    stored = store(session, source, endless, now=NOW)

    assert stored.new == MOST_NEW
    assert source.note == FLOOD


def test_two_sources_may_use_the_same_guids(session, source):
    other = make_source(session)
    store(session, source, feed(entry(1)), now=NOW)

    elsewhere = entry(1, title="Something else", link="https://other.example/1")
    assert store(session, other, feed(elsewhere), now=NOW) == Stored(new=1)


def test_entries_carry_what_the_vocabularies_suggest(session, source):
    make_term(session, "theme", "housing", label="Housing", synonyms="damp; tenants")
    make_term(session, "purpose", "question", label="Take questions", synonyms="petitions")

    store(session, source, feed(entry(1, title="Petitions about damp")), now=NOW)
    (kept,) = entries(session, source)
    assert (kept.purposes, kept.themes) == (["question"], ["housing"])

    changed = replace(entry(1, title="Petitions"), keys=entry(1).keys)
    store(session, source, feed(changed), now=NOW)
    assert (kept.purposes, kept.themes) == (["question"], [])
