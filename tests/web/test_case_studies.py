"""The page of a case study says what the record says, and nothing more."""

from datetime import timedelta

import pytest

from kb.library.models import Standing
from kb.library.publish import set_standing
from tests.factories import TODAY, make_case_study, make_council, make_term
from tests.web.reading import facts

PATH = "/case-studies/webcasts-with-replay"


def published(session, **values):
    study = make_case_study(session, title="Webcasts with replay", **values)
    session.commit()
    return study


def scale(session):
    for level, label in enumerate(["An idea", "They did it", "Some numbers"]):
        make_term(session, "evidence", str(level), label=label, position=level)


def test_a_case_study_shows_its_sections_in_order(browser, session):
    published(
        session,
        reasons="Few came.",
        actions="They filmed.",
        results="More came.",
        differently="Begin earlier.",
        our_reading="One figure can mislead.",
        steps=[{"text": "Keep every recording.", "detail": "From the first day."}],
    )

    page = browser.get(PATH)

    assert page.heading == "Webcasts with replay"
    told = ["Few came.", "They filmed.", "More came.", "Begin earlier.", "One figure"]
    places = [page.words.index(words) for words in [*told, "Keep every recording."]]
    assert places == sorted(places)


def test_what_is_missing_is_named_once_and_not_invented(browser, session):
    published(session, actions="They filmed.")

    page = browser.get(PATH)

    assert (
        "Not stated in the record: why they did it; what happened; "
        "what they would do differently; how to copy it." in page.words
    )
    assert facts(page)["Effort"] == "Not stated"
    assert "Not stated: sign-off, who acts, moment, scrutiny form, duty." in page.words


def test_the_facts_name_and_link_every_council(browser, session):
    make_council(session, code="KIR", short_name="Kirklees", slug="kirklees")
    make_council(session, code="LDS", short_name="Leeds", slug="leeds")
    published(session, councils=("KIR", "LDS"), years="2010", organisation="A charity")

    page = browser.get(PATH)

    assert ("Kirklees Council", "/councils/kirklees") in page.links
    assert ("Leeds Council", "/councils/leeds") in page.links
    assert facts(page)["Councils"] == "Kirklees Council, Leeds CouncilA charity"


def test_effort_and_cost_are_said_in_words(browser, session):
    make_term(session, "weekly", "15", label="Up to 15 minutes a week")
    make_term(session, "cost", "free", label="Free or staff time only")
    published(session, setup_hours=1, weekly=("15",), effort_note="One officer", cost=("free",))

    page = browser.get(PATH)

    assert facts(page)["Effort"] == "1 hour to set up. Up to 15 minutes a week. One officer"
    assert facts(page)["Cost"] == "Free or staff time only"


def test_vocabulary_stands_in_where_no_number_is_given(browser, session):
    make_term(session, "setup", "half-day", label="Half a day")
    published(session, setup=("half-day",), weekly_minutes=20, cost_note="£40")

    page = browser.get(PATH)

    assert facts(page)["Effort"] == "Half a day to set up. 20 minutes a week"
    assert facts(page)["Cost"] == "£40"


@pytest.mark.parametrize("note", ["45 minutes to set up", "45 minutes in all"])
def test_a_time_that_was_given_is_not_said_twice(browser, session, note):
    make_term(session, "setup", "hour", label="Up to an hour")
    published(session, setup=("hour",), effort_note=note)

    assert facts(browser.get(PATH))["Effort"] == note


def test_evidence_is_a_scale_in_words(browser, session):
    scale(session)
    published(session, evidence=("1",))

    page = browser.get(PATH)

    levels = page.find(".//ol[@class='evid__bar evid__bar--six']/li")
    assert [level.get("class") for level in levels] == ["on", "on", None]
    assert [level.get("aria-current") for level in levels] == [None, "true", None]
    assert "Level 1 of 2: they did it." in page.words


def test_evidence_that_nobody_stated_is_not_stated(browser, session):
    scale(session)
    published(session)

    page = browser.get(PATH)

    assert "How strong is the evidence? Not stated" in page.words


def test_our_own_words_are_labelled_as_ours(browser, session):
    published(
        session, our_reading="It may mislead.", steps=[{"text": "Count both."}], steps_by="us"
    )

    page = browser.get(PATH)

    assert "These are our words, not the council’s. It may mislead." in page.words
    assert "These steps are our suggestion, drawn from the record." in page.words


def test_steps_of_the_council_are_said_to_be_its_own(browser, session):
    published(session, steps=[{"text": "Count both."}], steps_by="council")

    assert "These steps are the council’s own." in browser.get(PATH).words


def test_a_recent_check_is_dated(browser, session):
    published(session, checked=TODAY, check_note="Only the opening was read.", confidence="low")

    page = browser.get(PATH)

    assert "Checked 23 November 2026. Version 1." in page.words
    assert "Low. Treat it as a lead" in page.words
    assert "Only the opening was read." in page.words


def test_an_old_check_warns_in_words(browser, session):
    published(session, checked=TODAY - timedelta(days=2000))

    assert "Check before use" in browser.get(PATH).words


def test_a_page_without_a_check_says_so(browser, session):
    published(session)

    assert "Check before use Date of check not stated." in browser.get(PATH).words


def test_a_historical_page_says_so_and_why(browser, session):
    study = published(session, checked=TODAY)
    set_standing(session, study, Standing.HISTORICAL, note="The site closed in 2016.")
    session.commit()

    page = browser.get(PATH)

    assert "Historical" in page.words
    assert "The site closed in 2016." in page.words


def test_sources_are_linked_and_say_that_they_lead_away(browser, session):
    source = {"title": "Hundreds tune in", "publisher": "Examiner", "url": "https://www.ex.org/a"}
    published(session, sources=[source, {"title": "A paper file"}])

    page = browser.get(PATH)

    assert ("Hundreds tune in", "https://www.ex.org/a") in page.links
    assert "Examiner. Leaves this site for ex.org." in page.words
    assert "A paper file" in page.words
    assert "Not on the web." in page.words
    assert "We have not opened these links" in page.words


def test_a_source_on_this_site_is_not_shown_as_foreign(browser, session):
    ours = "http://127.0.0.1:8000/tip-cards/ask-early"
    published(session, sources=[{"title": "Ask early", "url": ours}, {"title": "A paper file"}])

    page = browser.get(PATH)

    links = page.find(f".//a[@href='{ours}']")
    assert [link.get("rel") for link in links] == [None, None]
    assert page.words.count("A page of this site.") == 2
    assert "Leaves this site" not in page.words
    assert "We have not opened these links" not in page.words


def test_an_address_that_only_begins_like_ours_is_foreign(browser, session):
    published(session, sources=[{"title": "Other", "url": "http://127.0.0.1:80001/x"}])

    assert "Leaves this site for 127.0.0.1." in browser.get(PATH).words


def test_the_page_can_be_cited_sent_and_copied(browser, session):
    make_term(session, "licence", "ogl-3", label="Open Government Licence v3.0")
    study = published(session, years="2010", organisation="A charity", licence=("ogl-3",))
    address = f"http://127.0.0.1:8000/p/{study.id}"

    page = browser.get(PATH)

    cited = "A charity (2010), “Webcasts with replay”, Scrutiny Swap, version 1."
    assert f"{cited} {address}." in page.words
    assert "Licence: Open Government Licence v3.0." in page.words
    assert ("See what changed", f"/p/{study.id}/history") in page.links
    assert any((url or "").startswith("mailto:?subject=Webcasts%20with") for _, url in page.links)
    assert [b.get("data-copy") for b in page.find(".//button[@data-copy]")] == [address]


def test_related_practice_is_linked(browser, session):
    make_case_study(session, ref="test:other", title="Another way")
    published(session, related=("test:other",))

    assert ("Another way", "/case-studies/another-way") in browser.get(PATH).links


def test_others_may_say_what_the_page_is(browser, session):
    published(session, summary="Nine hundred watched.")

    page = browser.get(PATH)

    assert page.meta("description") == "Nine hundred watched."
    assert page.meta("og:url") == f"http://127.0.0.1:8000{PATH}"
    assert page.meta("og:type") == "article"
    assert page.find(".//article[@itemtype='https://schema.org/Article']")


def test_welsh_content_says_that_it_is_welsh(browser, session):
    published(session, lang="cy")

    page = browser.get(PATH)

    assert [article.get("lang") for article in page.find(".//article")] == ["cy"]


def test_text_from_outside_cannot_become_markup(browser, session):
    published(session, actions="<script>alert(1)</script>", summary="a <b>bold</b> claim")

    page = browser.get(PATH)

    assert "<script>alert(1)</script>" in page.words
    assert "a <b>bold</b> claim" in page.words


def test_a_withdrawn_case_study_leaves_a_tombstone(browser, session):
    study = published(session, credit="A newspaper", actions="They filmed.")
    set_standing(session, study, Standing.WITHDRAWN, note="The source took it back.")
    session.commit()

    page = browser.get(PATH, expect=410)

    assert page.heading == "Webcasts with replay"
    assert facts(page)["Reason"] == "The source took it back."
    assert facts(page)["Credit"] == "A newspaper"
    assert "They filmed." not in page.text


def test_an_unknown_case_study_is_not_found(browser):
    page = browser.get("/case-studies/nothing-like-it", expect=404)

    assert "There is no case study at this address." in page.words


def test_the_address_of_another_kind_is_not_a_case_study(browser, session):
    make_case_study(session, title="Webcasts with replay", ref="test:a")
    session.commit()

    browser.get("/tip-cards/webcasts-with-replay", expect=404)


def test_every_seeded_case_study_makes_a_sound_page(seeded_browser):
    sitemap = seeded_browser.response("/sitemap.xml").text
    slugs = [part.split("<")[0] for part in sitemap.split("/case-studies/")[1:]]

    pages = [seeded_browser.get(f"/case-studies/{slug}") for slug in slugs]

    assert len(pages) >= 120
    assert all("Where this is written down" in page.words for page in pages)
