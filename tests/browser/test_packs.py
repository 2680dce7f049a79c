"""Session packs in a real browser: without a network, on paper, with the keyboard alone."""

import re

import pytest

from tests.browser.keyboard import Keyboard

PACK = "/sessions/packs/could-we-use-social-media"
SLUGS = (
    "hands-up",
    "could-we-use-social-media",
    "pick-one-and-copy-it",
    "live-posting-practice",
    "make-it-worth-sharing",
)
OF_EVERYBODY = ("/sessions", PACK, f"{PACK}/start", "/sessions/new")
PRINTS = (f"{PACK}/run-sheet", f"{PACK}/handout", f"{PACK}/cards")
A_PAGE = re.compile(rb"/Type\s*/Page\b")


def sheets(page, path):
    page.goto(path)
    return len(A_PAGE.findall(page.pdf(prefer_css_page_size=True)))


@pytest.fixture
def offline(new_page, visited_app, tmp_path):
    """Open the file of a pack from the disk, with no network; gives the page and its requests."""

    def offline(slug, **options):
        path = tmp_path / "pack.html"
        path.write_bytes(
            visited_app.test_client().get(f"/sessions/packs/{slug}/offline.html").data
        )
        page = new_page(offline=True, **options)
        asked, errors = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path.as_uri())
        return page, [path.as_uri()], asked, errors

    return offline


@pytest.mark.parametrize("slug", SLUGS)
def test_the_offline_file_asks_for_nothing_but_itself(offline, axe, slug):
    page, itself, asked, errors = offline(slug)

    assert axe(page) == []
    assert asked == itself
    assert errors == []


def test_the_offline_file_counts_hands_and_says_the_gap(offline):
    page, *_ = offline("hands-up")

    page.fill("[data-count=would]", "22")
    page.fill("[data-count=do]", "3")
    page.fill("[data-count=people]", "25")
    page.get_by_role("button", name="One more: Would like to").click()

    assert (
        page.inner_text("[data-sentence]") == "23 of 25 would like to. 3 already do. The gap: 20."
    )


def test_the_offline_file_works_out_times_and_runs_the_clock(offline):
    page, *_ = offline("could-we-use-social-media")

    page.get_by_label("Start time").fill("17:15")
    page.get_by_role("button", name="Start the clock of this block").nth(1).click()

    assert page.locator("[data-clock]").all_inner_texts()[2] == "5:30pm"
    assert "Running: Pairs" in page.inner_text(".clock__what")


def test_the_offline_file_fits_a_phone(offline, axe):
    page, *_ = offline("could-we-use-social-media", viewport={"width": 320, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert axe(page) == []


@pytest.mark.parametrize("path", [*OF_EVERYBODY, *PRINTS])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(open_page, axe, path, width):
    page = open_page(path, viewport={"width": width, "height": 800})

    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("slug", SLUGS)
def test_a_handout_is_one_sheet_and_a_run_sheet_at_most_two(new_page, slug):
    page = new_page()

    assert sheets(page, f"/sessions/packs/{slug}/handout") == 1
    assert sheets(page, f"/sessions/packs/{slug}/run-sheet?starts=17:15") <= 2


def test_each_pair_of_cards_is_one_sheet(new_page):
    page = new_page()

    printed = sheets(page, "/sessions/packs/live-posting-practice/cards")

    assert printed == page.locator(".sheet").count()


def test_a_pack_is_built_and_started_with_the_keyboard_and_without_scripts(new_page, axe):
    page = new_page(scripts=False)
    keys = Keyboard(page)
    page.goto("/sessions/new?from=hands-up")

    keys.leave_by(page.get_by_role("button", name="Make the copy"))
    keys.leave_by(page.get_by_role("button", name="Go on to the blocks"))
    keys.leave_by(page.get_by_role("button", name="Move down “Hands up”"))
    assert page.locator(".builder__list h3").first.inner_text() == "What gets in the way?"
    assert axe(page) == []
    keys.leave_by(page.get_by_role("button", name="Add a block"))
    assert axe(page) == []
    page.goto(page.url.replace("/blocks/new", "/start"))
    keys.leave_by(page.get_by_role("button", name="Prepare the session"))

    assert page.locator("h1").inner_text() == "Your session is ready"
    assert axe(page) == []
    with page.expect_navigation():
        page.get_by_role("link", name="Print the sheet to join").click()
    assert axe(page) == []
    assert len(A_PAGE.findall(page.pdf(prefer_css_page_size=True))) == 1


def test_what_packs_show_is_not_lost_in_forced_colours(open_page):
    page = open_page(PACK, forced_colors="active")

    bar = page.locator(".timebar li").first
    colours = "e => [getComputedStyle(e).borderTopColor, getComputedStyle(e).backgroundColor]"
    border, ground = bar.evaluate(colours)
    assert border != ground
