from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from tests.browser.pages import READING

FIRST_VIEW_BYTES = 60_000


def focused(page):
    return page.evaluate("document.activeElement.textContent.trim()")


def test_an_officer_finds_an_example_with_the_keyboard_alone(open_page):
    page = open_page("/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    page.focus("#q")
    page.keyboard.type("get residents to suggest topics")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    page.locator(".hits a[href^='/case-studies/']").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/case-studies/**")

    assert page.get_by_text("Where this is written down").count() >= 1


def test_the_same_journey_works_without_scripts(open_page):
    page = open_page("/", java_script_enabled=False)

    page.fill("#q", "get residents to suggest topics")
    page.press("#q", "Enter")
    page.locator(".hits h3 a").first.click()

    assert "Scrutiny Swap" in page.title()


def test_filters_are_a_form_that_needs_no_scripts(open_page):
    page = open_page("/search?q=webcast", java_script_enabled=False)
    before = page.locator(".results__bar h2").text_content()

    page.locator(".facet summary", has_text="Nation").click()
    page.get_by_label("Wales").check()
    page.get_by_role("button", name="Apply filters").click()

    assert "nation=Wales" in page.url
    assert page.locator(".results__bar h2").text_content() != before
    page.get_by_role("link", name="Remove filter: Wales").click()
    assert page.locator(".results__bar h2").text_content() == before


def test_suggestions_can_be_chosen_with_the_keyboard(open_page):
    page = open_page("/")

    page.locator("#q").press_sequentially("kirkl")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")

    assert page.locator("#q").get_attribute("aria-activedescendant")
    page.keyboard.press("Escape")
    assert page.locator("[role=option]:visible").count() == 0


def test_a_case_study_prints_on_a_few_pages_without_navigation(open_page):
    page = open_page(READING["case study"])

    page.emulate_media(media="print")

    assert not page.locator("header.head").is_visible()
    assert not page.locator("footer.foot").is_visible()
    assert pages_of(page.pdf(prefer_css_page_size=True, format="A4")) <= 3


def test_the_first_deck_prints_on_three_sheets_and_no_card_overflows(open_page):
    page = open_page("/tip-cards/print")

    overflowing = page.evaluate(
        """() => [...document.querySelectorAll('.a6')]
            .filter(card => card.scrollHeight > card.clientHeight + 1)
            .map(card => card.textContent.trim().slice(0, 60))"""
    )

    assert overflowing == []
    assert page.locator(".a6").count() == 12
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 3


@pytest.mark.parametrize("name", ["home", "search", "case study"])
def test_the_first_view_is_small(open_page, name):
    page = open_page("/healthz")
    sizes = []
    page.on("response", lambda response: sizes.append(sent(response)))

    page.goto(READING[name])
    page.wait_for_load_state("networkidle")

    assert 5_000 < sum(sizes) <= FIRST_VIEW_BYTES


def sent(response):
    """Bytes on the wire."""
    sizes = response.request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


def pages_of(pdf):
    return pdf.count(b"/Type /Page") - pdf.count(b"/Type /Pages")


def test_every_code_on_the_sheets_leads_to_its_card(open_page):
    page = open_page("/tip-cards/print", device_scale_factor=2)
    cards = page.locator(".a6:has(.a6__qr)").all()

    pictures = [card.locator(".a6__qr").screenshot() for card in cards]
    codes = [zxingcpp.read_barcode(Image.open(BytesIO(picture))).text for picture in pictures]

    assert len(set(codes)) == 10
    for card, code in zip(cards, codes, strict=True):
        assert code.startswith("http://127.0.0.1:8000/p/")
        assert code.removeprefix("http://") in card.inner_text()
