"""Pages about the site."""

import pytest

from tests.factories import make_term

PAGES = {
    "/how-we-check": "How we check practice",
    "/accessibility": "Accessibility statement",
    "/privacy": "Privacy",
    "/cookies": "Cookies",
    "/credits": "Credits and licences",
    "/api": "Open data and API",
}


@pytest.mark.parametrize(("path", "heading"), PAGES.items())
def test_each_page_is_there_and_says_what_it_is(browser, path, heading):
    page = browser.get(path)

    assert page.heading == heading
    assert page.meta("og:url") == f"http://127.0.0.1:8000{path}"
    assert page.meta("description")


@pytest.mark.parametrize("path", PAGES)
def test_reading_them_sets_no_cookie(browser, path):
    assert "Set-Cookie" not in browser.response(path).headers


def test_the_levels_of_evidence_come_from_the_vocabulary(browser, session):
    make_term(session, "evidence", "0", label="An idea, not tried yet")
    make_term(session, "evidence", "1", label="They did it and say how")
    session.commit()

    page = browser.get("/how-we-check")

    levels = ["".join(item.itertext()) for item in page.find(".//ol[@class='levels']/li")]
    assert levels == ["An idea, not tried yet", "They did it and say how"]
    assert "a scale from 0 to 1" in page.words


def test_every_licence_that_was_built_is_linked_and_served(browser):
    links = [url for _, url in browser.get("/credits").links if "/assets/licences/" in url]

    assert len(links) == 2
    assert all(browser.response(url).status_code == 200 for url in links)
