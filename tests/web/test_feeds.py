from datetime import timedelta

import pytest

from kb.clock import utcnow
from kb.feeds import river
from kb.feeds.models import EntryVersion, State
from kb.feeds.types import Platform
from tests.factories import (
    NOW,
    make_council,
    make_entry,
    make_lead,
    make_source,
    make_term,
)
from tests.pages import words
from tests.web.reading import headings

BAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def store(runtime, make, **values):
    with runtime.database.transaction() as session:
        return make(session, **values)


def test_a_sample_says_so_wherever_it_shows(browser, runtime):
    with runtime.database.transaction() as session:
        source = make_source(session, name="Craffu", is_sample=True)
        entry = make_entry(session, source)
        make_lead(session, entry)

    for path in ("/", "/feeds", f"/feeds/entries/{entry.id}", "/feeds/leads", "/feeds/sources"):
        assert "Sample Craffu" in browser.get(path).words


def test_counts_and_filters_know_what_has_just_come_in(browser, runtime):
    store(runtime, make_entry)
    assert "Posts from 1 source:" in browser.get("/feeds").words

    with runtime.database.transaction() as session:
        make_entry(session, make_source(session, platform=Platform.MASTODON, nation="Wales"))

    page = browser.get("/feeds")
    assert "Posts from 2 sources:" in page.words
    assert "Mastodon, 1 posts" in page.words
    assert len(headings(browser.get("/feeds?nation=Wales"))) == 1


def test_an_empty_river_says_how_it_fills(browser):
    page = browser.get("/feeds")

    assert page.heading == "What other councils are saying"
    assert "Nothing has come in yet" in page.words


def test_what_was_said_is_listed_by_day(browser, runtime):
    with runtime.database.transaction() as session:
        source = make_source(session, name="Fenbridge scrutiny", platform=Platform.MASTODON)
        make_entry(session, source, title="Today", published_at=utcnow())
        for hour in (9, 16):
            make_entry(
                session, source, title=f"At {hour}", published_at=NOW.replace(hour=hour, year=2025)
            )

    page = browser.get("/feeds")

    days = [day.find("h2").text for day in page.find(".//section[@class='day']")]
    assert days[0].startswith("Today, ")
    assert days[1] == "Sunday 23 November 2025"
    assert headings(page) == ["Today", "At 16", "At 9"]
    assert "Fenbridge scrutinyMastodon4:00pm At 16" in page.words


def test_what_came_late_says_its_own_date(browser, runtime):
    store(runtime, make_entry, published_at=NOW - timedelta(days=20), sort_at=NOW)

    page = browser.get("/feeds")

    assert "Monday 23 November 2026" in page.words
    assert "dated 3 November 2026" in page.words


def test_filters_narrow_and_chips_remove_them(browser, runtime):
    with runtime.database.transaction() as session:
        make_term(session, "theme", "housing", label="Housing")
        council = make_council(session, code="SWA", short_name="Swansea")
        welsh = make_source(session, nation="Wales", council=council)
        make_entry(session, welsh, title="theirs", themes=["housing"])
        make_entry(session, welsh, title="another")
        make_entry(session, title="English")

    page = browser.get("/feeds?nation=Wales&theme=housing&council=SWA&council=XXX&nation=Mars")

    assert headings(page) == ["theirs"]
    chips = [link for link in page.links if link[0].startswith("Remove filter")]
    assert chips == [
        ("Remove filter: Swansea", "/feeds?nation=Wales&theme=housing"),
        ("Remove filter: Wales", "/feeds?council=SWA&theme=housing"),
        ("Remove filter: Housing", "/feeds?council=SWA&nation=Wales"),
    ]
    checked = [box.get("value") for box in page.find(".//input[@checked]")]
    assert sorted(checked) == ["SWA", "Wales", "housing"]
    assert "We know no council with the code “XXX”." in page.words
    assert "We know no nation called “Mars”." in page.words
    assert page.meta("robots") == "noindex, follow"


def test_a_council_without_posts_is_a_filter_that_finds_nothing(browser, runtime):
    with runtime.database.transaction() as session:
        make_council(session, code="LDS", short_name="Leeds")
        make_entry(session)

    page = browser.get("/feeds?council=LDS")

    assert headings(page) == []
    assert "No post fits all of this" in page.words
    assert dict(page.links)["Remove filter: Leeds"] == "/feeds"


def test_a_source_leads_to_all_its_posts(browser, runtime):
    with runtime.database.transaction() as session:
        source = make_source(session, name="Craffu", state=State.RETIRED)
        for number in range(6):
            make_entry(session, source, title=str(number))
        make_entry(session, title="of another")

    link = dict(browser.get(f"/feeds/sources/{source.id}").links)["See all 6 posts of Craffu"]
    page = browser.get(link)

    assert link == f"/feeds?source={source.id}"
    assert headings(page) == list("543210")
    assert dict(page.links)["Remove filter: Craffu"] == "/feeds"
    (kept,) = page.find(".//form//input[@type='hidden'][@name='source']")
    assert kept.get("value") == str(source.id)
    unknown = browser.get("/feeds?source=999")
    assert len(headings(unknown)) == 7
    assert "We know no source with the number “999”." in unknown.words


def test_filters_that_fit_nothing_lead_back(browser, runtime):
    with runtime.database.transaction() as session:
        make_entry(session, make_source(session, nation="Wales", kind="news"))
        make_entry(session, make_source(session, nation="England", kind="video"))

    page = browser.get("/feeds?nation=Wales&kind=video")

    assert "No post fits all of this" in page.words
    assert dict(page.links)["See all posts"] == "/feeds"


def test_older_posts_follow_and_nothing_is_left_out(browser, runtime):
    with runtime.database.transaction() as session:
        source = make_source(session, nation="Wales")
        for number in range(65):
            make_entry(session, source, title=str(number))
    seen, url = [], "/feeds?nation=Wales"

    while url:
        page = browser.get(url)
        seen += headings(page)
        url = dict(page.links).get("Older posts")

    assert seen == [str(number) for number in reversed(range(65))]
    assert dict(page.links)["Newest posts"] == "/feeds?nation=Wales"


@pytest.mark.parametrize("before", ["x", "-1", "0", "99999999999999999999", "1e9", "%00", "٣"])
def test_a_place_that_makes_no_sense_gets_a_page(browser, runtime, before):
    store(runtime, make_entry)

    assert browser.get(f"/feeds?before={before}").heading


@pytest.mark.parametrize("name", [*river.FACETS, "before"])
def test_what_is_typed_into_the_address_is_not_obeyed(browser, runtime, name):
    store(runtime, make_entry)

    page = browser.get("/feeds", query_string={name: BAD})

    assert "<script>alert" not in page.text
    assert "<img" not in page.text


def test_an_entry_names_its_source_first_and_both_dates(browser, runtime):
    with runtime.database.transaction() as session:
        council = make_council(session, name="Swansea Council", short_name="Swansea")
        source = make_source(session, name="Scrutiny Swansea", council=council)
        entry = make_entry(
            session,
            source,
            title="How we asked",
            html="<p>We <b>asked</b>.</p>",
            published_at=NOW - timedelta(days=2),
            seen_at=NOW,
            author="Ann",
        )

    page = browser.get(f"/feeds/entries/{entry.id}")

    assert page.heading == "How we asked"
    assert page.title == "How we asked - Scrutiny Swansea - Scrutiny Swap"
    assert page.words.index("Scrutiny Swansea") < page.words.index("How we asked")
    assert "Dated 21 November 2026" in page.words
    assert "Seen by us on 23 November 2026" in page.words
    assert "By Ann" in page.words
    assert page.find(".//div[@class='prose entry__text']/p/b")[0].text == "asked"
    assert dict(page.links)["Swansea Council"] == "/councils/swansea"
    assert page.meta("robots") == "noindex, follow"


def test_an_entry_without_a_date_a_title_or_text_is_shown(browser, runtime):
    entry = store(runtime, make_entry, title="", html="", text="", published_at=None, link="")

    page = browser.get(f"/feeds/entries/{entry.id}")

    assert page.heading == "Untitled"
    assert "Its source gives no date" in page.words
    assert "gives no text" in page.words


def test_suggestions_are_called_suggestions(browser, runtime):
    with runtime.database.transaction() as session:
        make_term(session, "purpose", "learn", label="Learn")
        make_term(session, "theme", "housing", label="Housing")
        entry = make_entry(session, purposes=["learn"], themes=["housing", "gone"])

    page = browser.get(f"/feeds/entries/{entry.id}")

    assert "Suggested from its words by a program" in page.words
    rows = [words(row) for row in page.find(".//li") if "suggested" in words(row)]
    assert rows == ["Learn suggested purpose", "Housing suggested theme", "gone suggested theme"]
    assert dict(page.links)["Housing"] == "/feeds?theme=housing"


def test_an_entry_tells_what_changed(browser, runtime, editor):
    with runtime.database.transaction() as session:
        entry = make_entry(session, title="Damp", text="We asked us.", changed_at=NOW)
        never = make_entry(session)
        session.add(
            EntryVersion(entry_id=entry.id, seen_at=NOW, title="Damp", html="<p>We asked</p>")
        )

    page = browser.get(
        dict(browser.get(f"/feeds/entries/{entry.id}").links)["Changed on 23 November 2026"]
    )
    unchanged = browser.get(f"/feeds/entries/{never.id}/changes")
    editor.post(f"/feeds/entries/{entry.id}/hiding")

    assert page.heading == "What changed in “Damp”"
    assert "Seen on 23 November 2026" in page.words
    assert [words(each) for each in page.find(".//ins")] == ["Added: us."]
    assert page.meta("robots") == "noindex, follow"
    assert "We have seen no change of its words." in unchanged.words
    browser.get(f"/feeds/entries/{entry.id}/changes", expect=410)


def test_what_is_hidden_is_gone_for_everybody_but_editors(browser, editor, runtime):
    entry = store(runtime, make_entry, title="Spam")

    editor.post(f"/feeds/entries/{entry.id}/hiding")

    browser.get(f"/feeds/entries/{entry.id}", expect=410)
    assert headings(browser.get("/feeds")) == []
    assert "Only editors see this page" in editor.get(f"/feeds/entries/{entry.id}").words

    editor.post(f"/feeds/entries/{entry.id}/hiding/end")

    assert browser.get(f"/feeds/entries/{entry.id}").heading == "Spam"


def test_a_kept_page_shows_the_new_name_of_a_source(browser, runtime):
    with runtime.database.transaction() as session:
        entry = make_entry(session, make_source(session, name="Old name"))
    before = browser.get("/").words

    with runtime.database.transaction() as session:
        river.entry(session, entry.id).source.name = "New name"

    assert "Old name" in before
    assert "New name" in browser.get("/").words


@pytest.mark.parametrize("path", ["/feeds/entries/1", "/feeds/entries/2147483647"])
def test_an_unknown_entry_is_not_found(browser, path):
    assert browser.get(path, expect=404).heading == "Page not found"


def test_the_home_page_shows_the_newest_three(browser, runtime):
    assert "From the feeds" not in browser.get("/").words
    with runtime.database.transaction() as session:
        for number in range(4):
            make_entry(session, title=f"Post {number}")

    page = browser.get("/")

    assert headings(page) == ["Post 3", "Post 2", "Post 1"]
    assert "From the feeds" in page.words
