from urllib.parse import parse_qs, urlsplit

from kb.web.home import EXAMPLES, FIRST_STEPS
from tests.factories import make_case_study, make_term


def test_an_empty_site_has_a_home_page(browser):
    page = browser.get("/")

    assert page.heading == "Someone has already tried it. Copy them shamelessly."
    assert "Newest practice" not in page.words


def test_it_counts_what_there_is(seeded_browser):
    page = seeded_browser.get("/")

    assert "Search 143 case studies" in page.words
    assert "One room, one projector or bare hands" in page.words


def test_every_example_is_a_search_that_answers(seeded_browser):
    page = seeded_browser.get("/")

    examples = page.find(".//ul[@class='hero__try']/li/a")
    assert [link.text for link in examples] == list(EXAMPLES)
    for url in [link.get("href") for link in examples]:
        assert seeded_browser.get(url).find(".//ol[@class='hits']/li")


def test_every_link_of_the_home_page_leads_somewhere(seeded_browser):
    links = {url for _, url in seeded_browser.get("/").links if url.startswith("/")}

    assert len(links) > 20
    assert {seeded_browser.response(url).status_code for url in links} == {200}


def test_one_or_two_first_steps_can_be_picked(seeded_browser):
    page = seeded_browser.get("/")

    refs = [box.get("value") for box in page.find(".//input[@name='pick']")]
    assert len(refs) == len(FIRST_STEPS)
    plan = seeded_browser.get(f"/planner/plan?pick={refs[0]}&pick={refs[1]}")
    assert plan.heading == "My plan"


def test_purposes_say_how_much_a_search_for_them_finds(seeded_browser):
    rows = seeded_browser.get("/").find(".//ul[@class='picks'][1]/li")

    links = [(row.find("a").get("href"), row.find("span").text) for row in rows]
    links = [link for link in links if "purpose" in parse_qs(urlsplit(link[0]).query)]
    assert len(links) > 5
    for url, count in links[:3]:
        assert f": {count} result" in seeded_browser.get(url).title


def test_the_four_barriers_of_the_founding_post_lead_to_who_got_round_them(seeded_browser):
    page = seeded_browser.get("/")

    links = [link for link in page.links if link[1].startswith("/barriers/")]
    assert links == [
        ("Sites are blocked", "/barriers/lockdown"),
        ("Comms controls the accounts", "/barriers/central-comms"),
        ("How it looks to the public", "/barriers/public-perception"),
        ("We do not know how", "/barriers/skills"),
    ]
    assert ("Everything that stops people", "/barriers") in page.links


def test_the_newest_practice_comes_first_by_when_it_happened(browser, runtime):
    with runtime.database.transaction() as session:
        make_case_study(session, title="Old", start_year=1999)
        make_case_study(session, title="New", start_year=2025)
        make_case_study(session, title="Undated")

    page = browser.get("/")

    cards = [link.text for link in page.find(".//article//h3/a")]
    assert cards == ["New", "Old", "Undated"]


def test_words_of_the_record_are_shown_and_not_obeyed(browser, runtime):
    with runtime.database.transaction() as session:
        make_term(session, "purpose", "learn", label="<i>Learn</i>")
        make_case_study(session, title="<script>alert(1)</script>", purpose=["learn"])

    page = browser.get("/")

    assert "<script>alert(1)</script>" in page.words
    assert "<i>Learn</i>" in page.words


def test_it_can_be_shared_and_read_by_machines(seeded_browser):
    page = seeded_browser.get("/")

    assert page.meta("og:title") == "Scrutiny Swap"
    assert page.meta("og:url").endswith("/")
    assert page.meta("description") == page.meta("og:description")
    assert page.find(".//main[@itemtype='https://schema.org/WebSite']")
