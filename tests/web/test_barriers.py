"""What's stopping you? A page for each barrier."""

import pytest

from tests.factories import make_case_study, make_council, make_term, make_tip_card

SCRIPT = '"><script>alert(1)</script>'


@pytest.fixture
def barriers(session):
    make_term(session, "barrier", "time", label="No time")
    make_term(session, "barrier", "lockdown", label="Sites are blocked")
    make_term(session, "barrier", "welsh", label="Working in Welsh and English")
    make_council(session, code="ANW", short_name="Anwick", name="Anwick Council")
    make_case_study(
        session,
        title="Ten minutes a week",
        councils=["ANW"],
        barrier=["time", "lockdown"],
        steps=[{"text": f"Step {n}."} for n in range(1, 6)],
        steps_by="council",
        went_wrong="The first post had no link.",
        setup_hours=2,
    )
    make_tip_card(session, title="Say less", number=7, barrier=["time"])
    session.commit()


def test_every_barrier_is_listed_with_what_there_is_for_it(browser, barriers):
    page = browser.get("/barriers")

    assert page.heading == "What’s stopping you?"
    assert [link for link in page.links if link[1].startswith("/barriers/")] == [
        ("Sites are blocked", "/barriers/lockdown"),
        ("No time", "/barriers/time"),
        ("Working in Welsh and English", "/barriers/welsh"),
    ]
    assert "No time 1 case study, 1 tip card" in page.words
    assert "Working in Welsh and English Nobody has shared anything yet" in page.words


def test_a_site_without_a_vocabulary_says_so(browser):
    assert "No barriers are named here yet." in browser.get("/barriers").words


def test_a_barrier_says_who_got_round_it_and_how(browser, barriers):
    page = browser.get("/barriers/time")

    assert page.heading == "No time"
    assert "Anwick Council" in page.words
    assert "2 hours to set up" in page.words
    assert "How they did it Step 1.Step 2.Step 3. 2 more on its page." in page.words
    assert "Step 4." not in page.words
    assert "What went wrong, or nearly did. The first post had no link." in page.words
    assert ("Say less", "/tip-cards/say-less") in page.links
    assert ("Sites are blocked", "/barriers/lockdown") in page.links
    assert ("Plan one or two things against it", "/planner?barrier=time") in page.links


def test_steps_that_we_wrote_are_not_said_to_be_the_councils(browser, session):
    make_term(session, "barrier", "time", label="No time")
    make_case_study(session, barrier=["time"], steps=[{"text": "Ask."}], steps_by="us")
    session.commit()

    assert "How to copy it, in our words" in browser.get("/barriers/time").words


def test_a_barrier_that_nobody_got_round_asks_for_yours(browser, barriers):
    page = browser.get("/barriers/welsh")

    assert "Nobody has shared how they got round this" in page.words
    assert ("Share yours", "/share") in page.links


@pytest.mark.parametrize("slug", ["nothing", "TIME", "%3Cscript%3E", "time%00"])
def test_an_unknown_barrier_is_not_found(browser, barriers, slug):
    assert "<script>" not in browser.get(f"/barriers/{slug}", 404).text.split("<main")[1]


def test_a_merged_barrier_leads_to_its_heir(browser, session):
    heir = make_term(session, "barrier", "permission", label="Permission and risk")
    make_term(session, "barrier", "risk", replaced_by_id=heir.id)
    session.commit()

    answer = browser.response("/barriers/risk")

    assert (answer.status_code, answer.location) == (301, "/barriers/permission")
    assert "/barriers/risk" not in browser.get("/barriers").text


def test_words_of_the_record_are_shown_and_not_obeyed(browser, session):
    make_term(session, "barrier", "time", label=SCRIPT)
    make_case_study(
        session,
        title=SCRIPT,
        summary=SCRIPT,
        barrier=["time"],
        steps=[{"text": SCRIPT}],
        went_wrong=SCRIPT,
    )
    session.commit()

    for path in ("/barriers", "/barriers/time"):
        assert "<script>alert" not in browser.get(path).text


def test_both_pages_are_kept_for_browsers_without_a_session(browser, barriers):
    for path in ("/barriers", "/barriers/time"):
        answer = browser.response(path)
        again = browser.response(path, headers={"If-None-Match": answer.headers["ETag"]})

        assert "Set-Cookie" not in answer.headers
        assert again.status_code == 304


def test_every_barrier_of_the_seed_data_has_a_page(seeded_browser):
    links = [url for _, url in seeded_browser.get("/barriers").links if "/barriers/" in url]

    assert len(links) == 18
    for url in links:
        seeded_browser.get(url)
