"""What machines ask a site for."""

from datetime import datetime, timedelta

import html5lib

from kb.clock import utcnow
from kb.library.models import Standing
from kb.library.publish import set_standing
from tests.factories import make_case_study, make_council, make_tip_card

BASE = "http://127.0.0.1:8000"


def test_the_sitemap_lists_public_pages_with_their_dates(browser, session):
    make_case_study(session, title="Webcasts & more")
    make_council(session, slug="kirklees")
    session.commit()

    response = browser.response("/sitemap.xml")

    assert response.mimetype == "application/xml"
    assert f"<loc>{BASE}/</loc>" in response.text
    assert f"<loc>{BASE}/how-we-check</loc>" in response.text
    assert f"<loc>{BASE}/councils/kirklees</loc>" in response.text
    dated = f"<loc>{BASE}/case-studies/webcasts-and-more</loc><lastmod>2026-11-23</lastmod>"
    assert dated in response.text


def test_the_sitemap_leaves_out_what_was_withdrawn(browser, session):
    card = make_tip_card(session, title="Bad advice")
    set_standing(session, card, Standing.WITHDRAWN)
    session.commit()

    assert "bad-advice" not in browser.response("/sitemap.xml").text


def test_robots_may_read_everything(browser):
    response = browser.response("/robots.txt")

    assert response.mimetype == "text/plain"
    assert response.text == f"User-agent: *\nAllow: /\n\nSitemap: {BASE}/sitemap.xml\n"


def test_security_txt_says_whom_to_tell_and_expires_within_a_year(browser):
    text = browser.response("/.well-known/security.txt").text

    fields = dict(line.split(": ", 1) for line in text.splitlines())
    expires = datetime.fromisoformat(fields["Expires"])
    assert fields["Contact"] == f"{BASE}/how-we-check"
    assert fields["Canonical"] == f"{BASE}/.well-known/security.txt"
    assert timedelta(days=363) < expires - utcnow() <= timedelta(days=365)


def test_every_seeded_address_in_the_sitemap_is_unique(seeded_browser):
    tree = html5lib.parse(
        seeded_browser.response("/sitemap.xml").text, namespaceHTMLElements=False
    )

    addresses = [loc.text for loc in tree.iter("loc")]

    assert len(addresses) == len(set(addresses))
    assert len(addresses) > 600
