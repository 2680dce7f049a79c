import pytest

from tests.browser.pages import ALL, ON_A_PHONE

PHONE = {"width": 320, "height": 640}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_axe_finds_nothing_on_any_kind_of_page(open_kind, axe, name, scripts):
    page = open_kind(name, scripts=scripts)

    assert axe(page) == []


@pytest.mark.parametrize("name", ON_A_PHONE)
def test_on_a_phone_nothing_scrolls_sideways_and_axe_finds_nothing(open_kind, axe, name):
    page = open_kind(name, viewport=PHONE)

    width = page.evaluate("document.documentElement.scrollWidth")

    assert width <= PHONE["width"]
    assert axe(page) == []


@pytest.mark.parametrize("name", ["home", "search", "case study", "tip card", "councils", "river"])
def test_nothing_is_lost_in_forced_colours(open_kind, axe, name):
    page = open_kind(name, forced_colors="active")

    borders = page.evaluate(
        """() => [...document.querySelectorAll('.kind, .tip, .card, button, input')]
            .filter(e => e.offsetParent && e.checkVisibility())
            .filter(e => getComputedStyle(e).color === getComputedStyle(e).backgroundColor)
            .map(e => e.outerHTML.slice(0, 80))"""
    )

    assert borders == []
    assert axe(page, off=["color-contrast"]) == []  # the colours are the reader's own


@pytest.mark.parametrize("name", ALL)
def test_no_page_calls_another_host(open_kind, site, name):
    called = []

    page = open_kind(name, on={"request": lambda request: called.append(request.url)})
    page.wait_for_load_state("networkidle")

    assert called
    assert [url for url in called if not url.startswith(site)] == []


@pytest.mark.parametrize("name", ALL)
def test_the_content_security_policy_has_nothing_to_refuse(open_kind, name):
    said = []
    listening = {
        "console": lambda message: said.append(message.text),
        "pageerror": lambda error: said.append(str(error)),
    }

    page = open_kind(name, on=listening)
    page.wait_for_load_state("networkidle")

    assert [text for text in said if "404" not in text] == []
