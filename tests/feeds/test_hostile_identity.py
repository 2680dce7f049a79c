"""Ids and links that cannot be relied on make nothing new of what is known."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.services.feedtexts import posts, rss


@pytest.mark.parametrize(
    "again",
    [
        lambda kept: list(reversed(kept)),
        lambda kept: [replace(p, guid=p.guid.replace("https:", "http:")) for p in kept],
        lambda kept: [replace(p, link=f"{p.link}?utm_source=feed&fbclid=x") for p in kept],
        lambda kept: [replace(p, at=p.at + timedelta(minutes=3)) for p in kept],
        lambda kept: kept[1:],
        lambda kept: [],
    ],
    ids=["reorder", "guid-flip", "link-tracking", "date-drift", "gone", "empty"],
)
def test_the_same_said_otherwise_is_neither_new_nor_changed(follower, again):
    kept = posts(5)
    follower.hears(rss(kept))

    second, third = follower.hears(rss(again(kept))), follower.hears(rss(kept))

    assert [(s.new, s.changed) for s in (second, third)] == [(0, 0), (0, 0)]
    assert len(follower.entries) == 5


def test_the_half_of_an_entry_waits_for_the_whole(follower):
    kept = posts(30)
    whole = rss(kept)
    words = whole[: whole.index(b"meeting 29.")]
    title = whole[: whole.index(b"</title>", len(words) - 300)]

    stored = [follower.hears(said) for said in (title, words, whole, title, words, whole)]

    assert [(s.new, s.changed) for s in stored] == [(29, 0), (1, 0), (0, 1), *[(0, 0)] * 3]
    assert follower.source.identity == 0


def test_entries_with_one_guid_stay_the_same_each_time(follower):
    same = [replace(p, guid="same") for p in posts(3)]
    follower.hears(rss(same))
    first = follower.titles

    again = follower.hears(rss(list(reversed(same))))

    assert (again.new, again.changed) == (0, 0)
    assert follower.titles == first


@pytest.mark.parametrize("change", [{}, {"guid": ""}, {"guid": "", "link": ""}])
def test_what_a_document_says_twice_stays_twice_in_any_order(follower, change):
    twin, *others = [replace(p, **change) for p in posts(8)]

    stored = [
        follower.hears(rss(said))
        for said in ([twin, twin, *others], [*reversed(others), twin, twin], [twin, *others])
    ]

    assert [(s.new, s.changed) for s in stored] == [(9, 0), (0, 0), (0, 0)]
    assert len({entry.key for entry in follower.entries}) == 9
    assert len([entry for entry in follower.entries if entry.leads]) == 8


@pytest.mark.parametrize("site", ["https://blog.example", "https://www.blog.example:443"])
def test_a_site_that_moves_to_https_says_nothing_new(follower, site):
    before = [replace(p, guid="") for p in posts(5, site="http://blog.example")]
    after = [replace(p, guid="") for p in posts(5, site=site)]
    follower.hears(rss(before))

    again = follower.hears(rss(after))

    assert (again.new, again.changed) == (0, 0)


def test_guids_without_links_may_change_scheme_and_host(follower):
    before = [replace(p, link="") for p in posts(5, site="http://old.example")]
    after = [replace(p, link="", html="<p>New.</p>") for p in posts(5, site="https://new.example")]
    follower.hears(rss(before))

    again = follower.hears(rss(after))

    assert again.new == 0
    assert len(follower.entries) == 5


def test_entries_without_a_guid_that_share_a_link_are_several(follower):
    shared = [replace(p, guid="", link="https://blog.example/") for p in posts(3)]
    follower.hears(rss(shared))

    assert follower.hears(rss(shared)).new == 0
    assert len(follower.entries) == 3
