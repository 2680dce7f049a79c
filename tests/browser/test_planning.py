"""Start small, with the keyboard alone and without an account."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.browser.keyboard import Keyboard


@pytest.fixture
def keys(new_page):
    return Keyboard(new_page())


def test_from_what_stops_us_to_a_plan_on_one_sheet_of_paper(keys):
    page = keys.page
    page.goto("/")
    keys.leave_by(page.get_by_role("link", name="We do not know how"))
    assert page.locator(".told > li").count() >= 1
    keys.leave_by(page.get_by_role("button", name="Plan one or two things against it"))

    pick(keys, 3)
    keys.leave_by(page.get_by_role("button", name="Make my plan"))
    assert page.title().startswith("Error: ")
    note = page.locator(".plannote").inner_text()
    assert "You picked 3. One or two are enough to begin with." in note
    assert "A third makes it likelier that none gets done." in note

    keys.tick(page.locator("[name=pick]:checked").nth(2))
    keys.leave_by(page.get_by_role("button", name="Make my plan"))
    assert page.locator(".planitem").count() == 2
    keys.write(page.get_by_label("First step 1, in your own words"), "Ask comms for ten minutes")
    keys.leave_by(page.get_by_role("button", name="Put this in my plan"))
    assert page.locator(".planitem", has_text="Ask comms for ten minutes").count() == 1

    (sheet,) = PdfReader(BytesIO(page.pdf(format="A4"))).pages
    printed = " ".join(sheet.extract_text().split())
    assert "Ask comms for ten minutes" in printed
    assert "Look again on" in printed
    assert "Put this in my plan" not in printed


def pick(keys, number):
    picks = keys.page.locator("[name=pick]")
    assert picks.count() >= number
    for place in range(number):
        keys.tick(picks.nth(place))


def test_the_address_of_a_plan_is_the_plan(keys, open_page):
    page = keys.page
    page.goto("/planner?barrier=skills")
    pick(keys, 2)
    keys.leave_by(page.get_by_role("button", name="Make my plan"))
    titles = page.locator(".planitem h2").all_inner_texts()

    sent_to_a_colleague = open_page(page.url)

    assert sent_to_a_colleague.locator(".planitem h2").all_inner_texts() == titles
