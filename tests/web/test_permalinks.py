"""Short addresses that last."""

import pytest

from kb.library.models import Standing
from kb.library.publish import set_standing
from tests.factories import make_case_study, make_tip_card, make_training
from tests.web.reading import facts


@pytest.mark.parametrize(
    ("make", "folder"),
    [
        (make_case_study, "case-studies"),
        (make_tip_card, "tip-cards"),
        (make_training, "training"),
    ],
)
def test_a_short_address_leads_to_the_page(browser, session, make, folder):
    resource = make(session, title="Some practice")
    session.commit()

    response = browser.response(f"/p/{resource.id}")

    assert response.status_code == 301
    assert response.location == f"/{folder}/some-practice"


def test_a_withdrawn_page_keeps_its_title_credit_and_reason(browser, session):
    study = make_case_study(session, title="Some practice", credit="A council", summary="Hidden.")
    set_standing(session, study, Standing.WITHDRAWN, note="Asked for by the council.")
    session.commit()

    page = browser.get(f"/p/{study.id}", expect=410)

    assert page.heading == "Some practice"
    assert facts(page)["Credit"] == "A council"
    assert facts(page)["Reason"] == "Asked for by the council."
    assert "Hidden." not in page.text


@pytest.mark.parametrize("number", ["99", "99999999999999999999", "0"])
def test_an_unknown_number_is_not_found(browser, number):
    browser.get(f"/p/{number}", expect=404)
