"""Councils like mine: chosen once, explained in words, forgotten with one click."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from kb import jobs
from kb.copying.models import Copy, Status
from kb.councils.models import CouncilType
from tests.apps import create_app
from tests.factories import NOW, make_case_study, make_council, make_user

SCRIPT = '"><script>alert(1)</script>'
DISTRICT = {"type": CouncilType.DISTRICT, "region": "South East"}


@pytest.fixture
def library(runtime):
    """Mine is Anwick; Beswick is like it, Farway is not. Farway's is the newest practice."""
    with runtime.database.transaction() as session:
        anwick = make_council(session, code="ANW", short_name="Anwick", **DISTRICT)
        make_council(session, code="BES", short_name="Beswick", **DISTRICT)
        make_council(session, code="FAR", short_name="Farway", region="North West")
        make_case_study(session, title="Posts of Farway", councils=["FAR"], start_year=2026)
        near = make_case_study(
            session, title="Posts of Beswick", councils=["BES"], start_year=2014
        )
        make_case_study(session, title="Posts of nobody", start_year=2020)
        copy = {"council": anwick, "owner": make_user(session, anwick), "source_version": 1}
        when = {"started_at": NOW, "saved_at": NOW, "told_version": 1}
        session.add(Copy(resource=near, status=Status.DOING, version=1, **copy, **when))
    jobs.rebuild_index(runtime)
    return runtime


def titles(page):
    return [link.text for link in page.find(".//ol[@class='hits']/li/h3/a")]


def choose(browser, code="ANW", **given):
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items())
    return browser.response(f"/councils/like/choice?council={quote(code, safe='')}&{query}")


def test_a_council_is_found_by_name_and_chosen(browser, library):
    page = browser.get("/councils/like?q=anw")

    assert page.heading == "Councils like mine"
    assert "Is this it? Anwick Council" in page.words
    [field] = page.find(".//main//input[@name='council']")
    assert field.get("value") == "ANW"


def test_a_name_that_no_council_has_is_said(browser, library):
    assert (
        "No council in the register is called “zzz”" in browser.get("/councils/like?q=zzz").words
    )


def test_the_choice_is_kept_in_a_cookie_of_our_own(browser, library):
    answer = choose(browser)

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("council=ANW; ")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"} <= set(cookie.split("; "))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.location == "/councils/anwick/like"


def test_over_https_the_cookie_is_bound_to_the_host(library):
    settings = replace(library.settings, base_url="https://swap.example.org")
    client = create_app(replace(library, settings=settings)).test_client()

    url = "/councils/like/choice?council=ANW"
    cookie = client.get(url, base_url="https://swap.example.org").headers["Set-Cookie"]

    assert cookie.startswith("__Host-council=ANW; ")
    assert {"Secure", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_a_search_then_names_the_council_and_puts_its_like_first(browser, library):
    choose(browser)

    answer = browser.response("/search?q=posts")
    page = browser.get("/search?q=posts")

    assert (answer.status_code, answer.location) == (302, "/search?q=posts&like=ANW")
    assert titles(page)[0] == "Posts of Beswick"
    assert "Like yours: same type, same region" in page.words
    assert "Like yours: same nation" in page.words
    assert "Practice of councils like Anwick is moved up" in page.words


def test_without_words_nearness_alone_orders(browser, library):
    page = browser.get("/search?like=ANW")

    assert titles(page) == ["Posts of Beswick", "Posts of Farway", "Posts of nobody"]


def test_another_order_that_was_asked_for_stays(browser, library):
    page = browser.get("/search?like=ANW&sort=newest")

    assert titles(page) == ["Posts of Farway", "Posts of nobody", "Posts of Beswick"]
    assert "Each result says what its council has in common with Anwick." in page.words
    assert "Like yours: same type, same region" in page.words


def test_the_pages_of_a_search_share_one_order(library, browser):
    with library.database.transaction() as session:
        for n in range(50):
            make_case_study(session, title=f"Later posts {n}", start_year=2026)
    jobs.rebuild_index(library)

    pages = [titles(browser.get(f"/search?q=posts&like=ANW&page={n}")) for n in (1, 2, 3)]

    assert len(pages[0]) == len(pages[1]) == 20
    assert len({title for page in pages for title in page}) == 53


def test_the_links_and_forms_of_a_search_keep_the_council(browser, library):
    page = browser.get("/search?q=posts&nation=England&like=ANW")

    chips = [link.get("href") for link in page.find(".//a[@class='chip']")]
    kept = page.find(".//form//input[@name='like']")
    assert chips == ["/search?q=posts&like=ANW"]
    assert [field.get("value") for field in kept] == ["ANW"] * 3


def test_what_councils_like_mine_copied_is_one_click_away(browser, library):
    url = dict(browser.get("/search?like=ANW").links)["Only what councils like mine copied"]

    page = browser.get(url)

    assert titles(page) == ["Posts of Beswick"]
    assert "Copied by: District council, England" in page.words
    assert "Only what councils like mine copied" not in page.words


def test_one_click_forgets_the_council(browser, library):
    choose(browser)
    url = dict(browser.get("/search?q=posts").links)["Forget my council"]

    answer = browser.response(url)

    assert answer.location == "/search?q=posts"
    assert "council=; " in answer.headers["Set-Cookie"]
    assert browser.response("/search?q=posts").status_code == 200


def test_the_council_of_the_address_wins_over_the_cookie(browser, library):
    choose(browser, "FAR")

    page = browser.get("/search?q=posts&like=ANW")

    assert "Practice of councils like Anwick is moved up" in page.words


def test_a_page_of_like_councils_gives_reasons_and_no_ranks(browser, library):
    page = browser.get("/councils/anwick/like")

    assert page.heading == "Councils like Anwick"
    assert ("Posts of Beswick", "/case-studies/posts-of-beswick") in page.links
    assert "Same type, same region Beswick" in page.words
    assert "It is no ranking" in page.words
    assert not page.find(".//main//ol[@class='hits']")
    assert ("Councils like this one", "/councils/anwick/like") in browser.get(
        "/councils/anwick"
    ).links


def test_an_old_address_of_a_council_leads_to_its_page(browser, library):
    answer = browser.response("/councils/Anwick/like")

    assert (answer.status_code, answer.location) == (301, "/councils/anwick/like")
    browser.get("/councils/nowhere/like", 404)


def test_the_cookie_changes_no_page_that_is_kept(browser, library):
    paths = ("/", "/councils", "/councils/anwick", "/councils/anwick/like", "/barriers")
    before = {path: browser.response(path) for path in paths}
    choose(browser)

    for path in paths:
        after = browser.response(path)
        assert after.data == before[path].data
        assert after.headers["ETag"] == before[path].headers["ETag"]
        assert "Set-Cookie" not in after.headers


def test_a_plan_is_made_from_the_address_too(browser, library):
    choose(browser)

    answer = browser.response("/planner?purpose=learn")
    plain = browser.response("/planner?purpose=learn&like=ANW")

    assert answer.location == "/planner?purpose=learn&like=ANW"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert plain.headers["ETag"]


@pytest.mark.parametrize(
    "rubbish",
    ["ANW%0d%0aX: y", "<script>", "A" * 3000, "anw", "../..", "ANW&q=evil", "Ŵ", "[1]", "ANW "],
)
def test_a_cookie_with_rubbish_is_passed_over(browser, library, rubbish):
    browser.client.set_cookie("council", rubbish)

    answer = browser.response("/search?q=posts")

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    browser.get("/councils/like")
    browser.get("/planner")


def test_a_cookie_with_a_council_that_never_was_is_passed_over(browser, library):
    browser.client.set_cookie("council", "ZZZ")

    page = browser.get("/search?q=posts")

    assert "is moved up" not in page.words
    assert len(titles(page)) == 3


@pytest.mark.parametrize("code", ["ZZZ", SCRIPT, "ANW\r\nSet-Cookie: a=b", "anw", "é", "A" * 500])
def test_a_council_that_never_was_is_not_kept(browser, library, code):
    answer = choose(browser, code)

    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/%0d%0aLocation: https://evil.example\r\nX: y",
        "javascript:alert(1)",
        " //evil.example",
        "/" + "a" * 5000,
    ],
)
def test_back_leads_to_no_other_site(browser, library, back):
    answer = choose(browser, back=back)
    page = browser.get(f"/councils/like?q=anw&back={quote(back, safe='')}")

    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\"))
    assert "X" not in answer.headers
    assert "//evil.example" not in page.text


def test_back_leads_to_the_page_without_another_council(browser, library):
    answer = choose(browser, back="/search?q=posts&like=FAR&page=2")

    assert answer.location == "/search?q=posts&page=2"


def test_words_typed_are_shown_and_not_obeyed(browser, library):
    evil = quote(SCRIPT)
    for path in (
        f"/councils/like?q={evil}&back={evil}",
        f"/councils/like?back={quote('/search?q=' + SCRIPT, safe='')}",
        f"/search?like={evil}&q=posts",
    ):
        assert "<script>alert" not in browser.get(path).text


def test_the_cookies_page_names_the_cookie(browser):
    page = browser.get("/cookies")

    assert "The cookie is called council" in page.words
    assert ("Councils like mine", "/councils/like") in page.links
