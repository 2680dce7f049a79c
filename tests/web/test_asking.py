"""What the page of a practice says of its questions."""

import pytest

from kb.accounts import service as accounts
from kb.web.asking import REL, said
from tests.copying.making import make_practice
from tests.factories import NOW, make_council, make_tip_card, make_training
from tests.questions.asking import make_copier, make_shown, make_unowned


@pytest.fixture
def study(session):
    return committed(session, make_practice)


def committed(session, make, *args, **values):
    made = make(session, *args, **values)
    session.commit()
    return made


def test_the_page_of_a_practice_offers_to_ask_the_team(browser, study):
    page = browser.get(f"/case-studies/{study.slug}")

    assert ("Send them a question", f"/p/{study.id}/questions/new") in page.links


def test_where_nobody_is_here_the_page_links_to_the_council_instead(browser, session):
    study = committed(session, make_unowned)

    page = browser.get(f"/case-studies/{study.slug}")

    assert "Nobody of the team is here yet." in page.words
    assert "https://www.example.org" in [link for _, link in page.links]
    assert "Send them a question" not in page.words


def test_tip_cards_offer_it_too(browser, session):
    council = make_council(session)
    card = make_tip_card(session, number=1, councils=[council.code])
    committed(session, make_copier, card)

    page = browser.get(f"/tip-cards/{card.slug}")

    assert ("Send them a question", f"/p/{card.id}/questions/new") in page.links


def test_a_council_with_an_address_that_is_no_website_gets_no_link(browser, session):
    study = make_unowned(session)
    study.councils[0].website = "javascript:alert(1)"
    session.commit()

    page = browser.get(f"/case-studies/{study.slug}")

    assert "javascript:" not in page.text


def test_links_in_questions_carry_no_weight_and_cannot_break_out(browser, session):
    text = 'See https://example.org/a?b=1&c=2. https://x.example/"onclick="f() javascript:f()'
    question = committed(session, make_shown, text=text)

    page = browser.get(f"/case-studies/{question.resource.slug}")

    links = {
        a.get("href"): a.get("rel")
        for a in page.find(".//section[@aria-labelledby='questions']//a")
    }
    assert links == dict.fromkeys(
        ["https://example.org/a?b=1&c=2", "https://x.example/"], "nofollow ugc noopener external"
    )


def test_more_than_five_questions_are_folded_away(browser, session, study):
    for n in range(7):
        make_shown(session, study, text=f"Question no. {n}?")
    session.commit()

    page = browser.get(f"/case-studies/{study.slug}")

    (more,) = page.find(".//details[@class='qa__more']")
    assert len(more.findall(".//li")) == 2


def test_the_kept_page_is_made_anew_when_something_is_shown(app, session, browser, study):
    address = f"/case-studies/{study.slug}"
    before = browser.response(address).headers["ETag"]
    committed(session, make_shown, study)

    assert browser.response(address).headers["ETag"] != before
    assert "Half a day." in browser.get(address).words


def test_a_page_whose_owner_has_left_offers_the_next_copier(browser, session):
    study = make_practice(session)
    accounts.close(session, study.owner, now=NOW)
    session.commit()
    address = f"/case-studies/{study.slug}"
    assert "Nobody of the team is here yet." in browser.get(address).words

    committed(session, make_copier, study)

    assert "Send them a question" in browser.get(address).words


def test_training_is_asked_about_nowhere(browser, session):
    exercise = committed(session, make_training)

    assert "Ask the team" not in browser.get(f"/training/{exercise.slug}").words


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<b>&", "&lt;b&gt;&amp;"),
        ("see (https://a.example/b).", 'see (<a href="https://a.example/b" rel="R">'),
        ('https://a.example/"x', '<a href="https://a.example/" rel="R">'),
        ("ftp://a.example", "ftp://a.example"),
        ("HTTPS://A.example/{0}{url}", '<a href="HTTPS://A.example/{0}{url" rel="R">'),
    ],
)
def test_what_was_typed_is_text_with_links(text, html):
    assert html in said(text).replace(REL, "R")
