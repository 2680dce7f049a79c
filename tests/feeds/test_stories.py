from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.feeds import stories
from kb.feeds.models import Entry
from kb.feeds.store import store
from tests.factories import NOW, make_source
from tests.feeds.said import entry, feed

LONG = "The committee heard from tenants about damp and what the council should do next. "


def say(session, *entries, source=None, site="https://blog.example/", now=NOW, **values):
    """What a source of that site says; the first entry that was kept of it."""
    source = source or make_source(session, site_url=site, **values)
    store(session, source, feed(*entries), now=now)
    kept = select(Entry).where(Entry.source_id == source.id).order_by(Entry.id.desc())
    return session.scalars(kept).first()


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.example/posts/1",
        "http://www.blog.example/posts/1/",
        "HTTPS://Blog.Example:443/posts/1?utm_source=rss&fbclid=x",
        " https://blog.example/posts/1#utm_medium=feed ",
    ],
)
def test_links_that_mean_the_same_are_normalised_to_the_same(url):
    assert stories.normal_link(url) == "blog.example/posts/1"


def test_links_keep_what_makes_them_differ():
    links = ["https://x.example/?p=1", "https://x.example/?p=2", "https://x.example/#a"]

    assert len(set(map(stories.normal_link, links))) == 3


@pytest.mark.parametrize("url", ["", "mailto:a@b.example", "/posts/1", "http://[", "x:1"])
def test_what_is_no_web_address_has_no_normal_link(url):
    assert stories.normal_link(url) == ""


def test_the_same_link_is_the_same_story_and_its_publisher_leads(session):
    copy = say(session, entry(1, title="Seen elsewhere"), site="https://news.example/")
    original = say(session, entry(1, link="http://www.blog.example/posts/1?utm_source=x"))

    assert copy.story_id == original.story_id
    assert (copy.leads, original.leads) == (False, True)
    assert stories.also_seen(session, original) == [copy]
    assert stories.also_seen(session, copy) == [original]


def test_a_publisher_keeps_leading_when_a_copy_comes(session):
    original = say(session, entry(1))
    copy = say(session, entry(1), site="https://news.example/")

    assert (copy.leads, original.leads) == (False, True)


def test_without_the_publisher_the_earliest_leads(session):
    later = say(session, entry(1, published_at=NOW), site="https://a.example/")
    earlier = say(session, entry(1, published_at=NOW - timedelta(1)), site="https://b.example/")

    assert (later.leads, earlier.leads) == (False, True)


def test_a_home_page_as_link_says_nothing(session):
    one = say(session, entry(1, link="https://blog.example/"))
    other = say(session, entry(2, link="https://blog.example/"), site="https://news.example/")

    assert one.story_id != other.story_id
    assert [one.leads, other.leads] == [True, True]


def test_a_link_that_a_source_repeats_says_nothing(session):
    link = "https://blog.example/podcast"
    many = say(session, entry(1, link=link), entry(2, link=link))
    other = say(session, entry(3, link=link), site="https://news.example/")

    assert [many.leads, other.leads] == [True, True]
    assert stories.also_seen(session, other) == []


def test_the_same_title_and_beginning_are_the_same_story(session):
    one = say(session, entry(1, title="Damp homes: what we heard", text=LONG * 9))
    other = say(
        session,
        entry(2, title="Damp Homes – what we heard", text=LONG + "Read more…"),
        site="https://news.example/",
    )

    assert one.story_id == other.story_id
    assert [one.leads, other.leads].count(True) == 1


def test_the_same_title_with_another_text_is_another_story(session):
    one = say(session, entry(1, title="Agenda", text=LONG))
    other = say(session, entry(2, title="Agenda", text="Roads, bridges and the budget. " * 9))

    assert one.story_id != other.story_id


@pytest.mark.parametrize(("text", "is_same"), [("Cancelled.", True), ("On.", False), ("", False)])
def test_short_texts_must_be_equal(session, text, is_same):
    one = say(session, entry(1, title="Agenda", text="Cancelled." if text else ""))
    other = say(session, entry(2, title="Agenda", text=text))

    assert (one.story_id == other.story_id) is is_same


@pytest.mark.parametrize(("days", "is_same"), [(14, True), (15, False)])
def test_the_same_title_long_after_is_another_story(session, days, is_same):
    one = say(session, entry(1, text=LONG, title="Damp", published_at=NOW - timedelta(days)))
    other = say(session, entry(2, text=LONG, title="Damp"), site="https://news.example/")

    assert (one.story_id == other.story_id) is is_same


def test_one_source_may_say_the_same_twice(session):
    source = make_source(session)
    say(session, entry(1, title="Damp", text=LONG), source=source)
    again = say(session, entry(2, title="Damp", text=LONG), source=source)

    assert again.leads
    assert stories.also_seen(session, again) == []


def test_an_entry_without_a_title_is_told_once_it_is_seen_elsewhere(session):
    one = say(session, entry(1, title=""))
    other = say(session, entry(1, title=""), site="https://news.example/")

    assert stories.also_seen(session, one) == [other]


def test_three_sources_make_one_story(session):
    told = [say(session, entry(1), site=f"https://{name}.example/") for name in ("a", "b", "blog")]

    assert len({entry.story_id for entry in told}) == 1
    assert [entry.leads for entry in told] == [False, False, True]


def test_an_editor_splits_for_good(session):
    original, copy = say(session, entry(1)), say(session, entry(1), site="https://news.example/")

    stories.split(session, copy)
    third = say(session, entry(1), site="https://third.example/")

    assert [copy.leads, original.leads, third.leads] == [True, True, False]
    assert stories.also_seen(session, copy) == []
    assert stories.also_seen(session, original) == [third]


def test_when_the_leader_is_split_off_another_leads(session):
    original, copy = say(session, entry(1)), say(session, entry(1), site="https://news.example/")

    stories.split(session, original)

    assert [original.leads, copy.leads] == [True, True]


def test_an_editor_joins_what_nothing_joined(session):
    one = say(session, entry(1, title="Damp homes"))
    other = say(
        session,
        entry(2, title="Homes, damp", published_at=NOW - timedelta(1)),
        site="https://news.example/",
    )

    stories.join(session, one, other)

    assert stories.also_seen(session, one) == [other]
    assert (one.leads, other.leads) == (True, False)


def test_an_editor_joins_what_was_split(session):
    original, copy = say(session, entry(1)), say(session, entry(1), site="https://news.example/")
    stories.split(session, copy)

    stories.join(session, copy, original)

    assert (copy.leads, copy.is_split, original.leads) == (False, False, True)


def test_joining_moves_all_who_tell_the_story_and_tears_nothing_apart(session):
    first = say(session, entry(1))
    copy = say(session, entry(1), site="https://news.example/")
    other = say(session, entry(2, title="Homes"), site="https://third.example/")

    stories.join(session, copy, other)

    assert first.story_id == copy.story_id == other.story_id
    assert sorted(each.leads for each in (first, copy, other)) == [False, False, True]


def test_who_else_tells_is_known_of_many_at_once(session):
    first, alone = say(session, entry(1)), say(session, entry(2))
    later = say(session, entry(1, published_at=NOW), site="https://a.example/")
    before = NOW - timedelta(days=2)
    earlier = say(session, entry(1, published_at=before), site="https://b.example/")
    hidden = say(session, entry(1), site="https://c.example/")
    hidden.is_hidden = True

    assert stories.also_seen_of(session, [first, alone]) == {first.id: [earlier, later]}
    assert stories.also_seen_of(session, []) == {}


def test_what_belongs_to_no_story_can_be_joined(session):
    one, other = say(session, entry(1, title="")), say(session, entry(2, title=""))

    stories.join(session, one, other)

    assert stories.also_seen(session, one) == [other]
    assert [one.leads, other.leads].count(True) == 1


def test_a_story_is_led_anew_when_its_leader_is_hidden(session):
    first = say(session, entry(1))
    copy = say(session, entry(1), site="https://news.example/")
    first.is_hidden = True

    stories.lead_anew(session, first)

    assert (first.leads, copy.leads) == (False, True)


def test_a_hidden_entry_is_not_named(session):
    original, copy = say(session, entry(1)), say(session, entry(1), site="https://news.example/")
    copy.is_hidden = True

    assert stories.also_seen(session, original) == []
