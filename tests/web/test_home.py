from urllib.parse import parse_qs, urlsplit

from kb.web.home import EXAMPLES, FIRST_STEPS
from tests.factories import make_case_study, make_term


def test_an_empty_site_has_a_home_page(browser):
    page = browser.get("/")

    assert page.heading == "Someone has already tried it. Copy them shamelessly."
    assert "Newest practice" not in page.words


def test_it_counts_what_there_is(seeded_browser):
    page = seeded_browser.get("/")

    assert "50 ideas on cards" in page.words
    assert "30 exercises" in page.words


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

    boxes = page.find(".//input[@name='tip']")
    assert [int(box.get("value")) for box in boxes] == list(FIRST_STEPS)
    assert seeded_browser.get("/tip-cards?tip=2&tip=3").heading == "My plan"


def test_purposes_and_barriers_say_how_much_a_search_for_them_finds(seeded_browser):
    rows = seeded_browser.get("/").find(".//ul[@class='picks']/li")

    links = [(row.find("a").get("href"), row.find("span").text) for row in rows]
    assert {next(iter(parse_qs(urlsplit(url).query))) for url, _ in links} == {
        "purpose",
        "barrier",
    }
    for url, count in links[:3] + links[-3:]:
        assert f": {count} result" in seeded_browser.get(url).title


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
