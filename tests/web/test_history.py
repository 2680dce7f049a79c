"""What changed on a page, version by version."""

import pytest

from kb.library import lessons
from kb.library.models import Resource, Standing, Visibility
from kb.library.publish import content_of, publish, set_standing
from tests.factories import NOW, make_content, make_council, make_term
from tests.people import Reviewer


@pytest.fixture
def study(session):
    """A case study in its second version."""
    make_council(session, code="KIR", short_name="Kirklees")
    make_term(session, "channel", "webcast", label="Webcast")
    make_term(session, "channel", "blog", label="Blog post")
    common = {"ref": "test:history", "title": "Webcasts", "councils": ("KIR",)}
    first = make_content(**common, actions="They filmed it.", channel=("blog",))
    second = make_content(
        **common,
        actions="They filmed everything.",
        channel=("blog", "webcast"),
        checked="2026-11-23",
    )
    publish(session, first, author="Somebody", now=NOW)
    resource = publish(session, second, author="Somebody", now=NOW, note="A number mended.")
    session.commit()
    return resource


def section(page, label):
    return next(
        "".join(part.itertext())
        for part in page.find(".//section[@class='diff']")
        if label in "".join(part.itertext())
    )


def test_every_version_is_listed_newest_first(browser, study):
    page = browser.get(f"/p/{study.id}/history")

    assert page.heading == "Versions of “Webcasts”"
    newest, oldest = (
        " ".join("".join(item.itertext()).split())
        for item in page.find(".//ol[@class='lineage versions']/li")
    )
    assert newest.startswith("Version 2, what everyone reads now Published 23 November 2026.")
    assert "A number mended." in newest
    assert oldest.startswith("Version 1")


def test_who_published_a_version_is_nobody_elses_business(browser, study):
    assert "Somebody" not in browser.get(f"/p/{study.id}/history").text


def test_a_version_shows_the_words_that_changed(browser, study):
    page = browser.get(f"/p/{study.id}/history/2")

    assert [" ".join("".join(e.itertext()).split()) for e in page.find(".//del")] == [
        "Removed: it"
    ]
    added = [" ".join("".join(e.itertext()).split()) for e in page.find(".//ins")]
    assert "Added: everything" in added
    assert "They filmed" in section(page, "What they did")


def test_terms_are_shown_by_their_labels(browser, study):
    page = browser.get(f"/p/{study.id}/history/2")

    assert "Webcast" in section(page, "Channel")
    assert "Blog post" in section(page, "Channel")


def test_fields_that_are_no_lists_are_shown_too(browser, study):
    assert "2026-11-23" in section(
        browser.get(f"/p/{study.id}/history/2"), "Date of the last check"
    )


def test_the_first_version_has_nothing_before_it(browser, study):
    page = browser.get(f"/p/{study.id}/history/1")

    assert "This is the first version." in page.words


@pytest.mark.parametrize("path", ["history/3", "history/0", "history/99999999999999999999"])
def test_an_unknown_version_is_not_found(browser, study, path):
    browser.get(f"/p/{study.id}/{path}", expect=404)


@pytest.mark.parametrize("path", ["history", "history/2"])
def test_the_history_of_what_was_withdrawn_is_gone_as_well(browser, session, study, path):
    set_standing(session, study, Standing.WITHDRAWN)
    session.commit()

    page = browser.get(f"/p/{study.id}/{path}", expect=410)

    assert "filmed" not in page.text


def told_otherwise(runtime, study, visibility):
    """The council told what went wrong to everybody once, and does not any more."""
    with runtime.database.transaction() as session:
        resource = session.get(Resource, study.id)
        for words, credit in (("The link was dead.", "A"), ("", "B")):
            changed = {"went_wrong": words, "credit": credit}
            content = content_of(resource).model_copy(update=changed)
            publish(session, content, author="Somebody", now=NOW)
        lessons.tell(
            session,
            resource,
            text="The link was dead.",
            visibility=visibility,
            council_type="UA",
            now=NOW,
        )


@pytest.mark.parametrize("visibility", [Visibility.PEERS, Visibility.UNATTRIBUTED])
def test_what_went_wrong_is_not_in_the_history_once_it_is_not_for_everybody(
    app, browser, runtime, study, visibility
):
    told_otherwise(runtime, study, visibility)
    reviewer, path = Reviewer(app), f"/p/{study.id}/history"

    answer = reviewer.post(
        f"/review/pages/{study.id}/restoration", number="3", reason="It was better."
    )

    assert "As they are now stay: What went wrong, or nearly did." in answer.words
    for number in range(1, 6):
        for reader in (browser, reviewer):
            page = reader.get(f"{path}/{number}")
            assert "dead" not in page.text
            assert "What went wrong" not in page.words
    assert "dead" not in browser.get(f"/p/{study.id}").text


def test_a_reviewer_hides_a_name_that_a_change_took_out(app, browser, study):
    path = f"/p/{study.id}/history/2"
    reviewer = Reviewer(app)
    before = browser.get(path)
    assert "Removed: it" in before.words
    assert "Hide words" not in before.words

    empty = reviewer.post(f"{path}/hidden-words", 422, why="It is a name.")
    assert empty.title.startswith("Error: ")
    assert "Choose the parts whose older words you want to hide." in empty.words
    done = reviewer.post(f"{path}/hidden-words", fields="actions", why="It is a name.")

    assert "Nobody reads these words in the versions before 2 any more." in done.words
    page = browser.get(path)
    assert "filmed it" not in page.text
    assert "A reviewer has hidden the words of older versions." in section(page, "What they did")
    decisions = reviewer.get(f"/review/pages/{study.id}/removal")
    assert "In every version before 2, of: actions. It is a name." in decisions.words
    restored = reviewer.post(f"/review/pages/{study.id}/restoration", number="1", reason="So.")
    assert "As they are now stay: What they did." in restored.words
    assert "They filmed everything." in restored.words
