"""Entries are known again, however their feed names them."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from kb.feeds.identity import IDENTITY_REASONS
from kb.feeds.models import EntryVersion
from kb.feeds.store import Stored, store
from tests.factories import NOW, make_source
from tests.feeds.said import entry, feed
from tests.feeds.storing import NOTHING, days, entries, three_times


@pytest.fixture
def source(session):
    return make_source(session)


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


def test_what_has_no_name_at_all_discredits_nothing(session, source):
    healthy, halves = [entry(n) for n in range(12)], [entry(n, guid="", link="") for n in (20, 21)]
    mended = [entry(3, title="Post 3, typo mended", guid="guid-3"), *healthy[4:]]
    documents = [
        feed(*healthy, *halves),
        feed(*healthy, *halves),
        feed(*healthy[:3], *mended),
        feed(*halves, *healthy[:3], *mended),
    ]

    stored = [store(session, source, said, now=NOW) for said in documents]

    assert stored == [Stored(new=14), NOTHING, Stored(changed=1), NOTHING]
    assert (source.identity, source.note) == (0, "")


def test_one_entry_without_an_id_discredits_nothing(session, source):
    few = [*map(entry, range(5)), entry(5, guid="")]
    stored = [
        store(session, source, feed(*said), now=NOW) for said in (few, few, [few[5]], [few[5]])
    ]

    assert stored == [Stored(new=6), NOTHING, NOTHING, NOTHING]
    assert (source.identity, source.note) == (0, "")


def test_a_document_that_stops_in_the_middle_spoils_nothing(session, source):
    posts = [entry(n) for n in range(12)]
    half = entry(11, guid="", link="", text="What")
    cut = replace(feed(*posts[:11], half), is_cut=True, is_half=True)
    shared = replace(feed(entry(0, guid="same"), entry(1, guid="same")), is_cut=True)
    documents = [cut, feed(*posts), cut, shared, feed(*posts)]

    stored = [store(session, source, said, now=NOW) for said in documents]

    assert stored == [Stored(new=11), Stored(new=1), NOTHING, NOTHING, NOTHING]
    assert (source.identity, source.note) == (0, "")


def test_half_an_entry_with_an_id_becomes_the_whole_when_that_comes(session, source):
    half = entry(1, title="Post", text="What the", published_at=None)
    cut = replace(feed(entry(0), half), is_cut=True, is_half=True)
    whole = [entry(0), entry(1, published_at=NOW - days(9))]

    stored = [store(session, source, said, now=NOW) for said in (cut, cut, feed(*whole), cut)]

    (first, second) = entries(session, source)
    assert stored == [Stored(new=2), NOTHING, Stored(changed=1), NOTHING]
    assert (first.title, second.title, second.changed_at) == ("Post 0", "Post 1", None)
    assert second.published_at == second.sort_at == NOW - days(9)
    assert list(session.scalars(select(EntryVersion))) == []


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


def test_two_sources_may_use_the_same_guids(session, source):
    other = make_source(session)
    store(session, source, feed(entry(1)), now=NOW)

    elsewhere = entry(1, title="Something else", link="https://other.example/1")
    assert store(session, other, feed(elsewhere), now=NOW) == Stored(new=1)
