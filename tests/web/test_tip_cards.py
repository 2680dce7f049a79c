"""Decks of tip cards, single cards, plans and sheets to print."""

import pytest

from kb.library.models import Standing
from kb.library.publish import set_standing
from tests.factories import make_case_study, make_term, make_tip_card


@pytest.fixture
def cards(session):
    """A first deck of three, one of which gets round a lack of time, and one card elsewhere."""
    make_term(session, "deck", "ten-ideas", label="Ten ideas to get started")
    make_term(session, "deck", "rules", label="Rules and safety")
    make_term(session, "barrier", "time", label="No time")
    make_term(session, "barrier", "no-money", label="No money or kit")
    first = [
        make_tip_card(
            session,
            title=f"Idea {number}",
            number=number,
            deck=("ten-ideas",),
            barrier=("time",) if number == 2 else (),
            body=f"Text of {number}.",
            try_this=f"Try {number}.",
            watch_out=f"Watch {number}.",
        )
        for number in (1, 2, 3)
    ]
    rule = make_tip_card(session, title="A rule", number=30, deck=("rules",), barrier=("time",))
    session.commit()
    return [*first, rule]


def titles(page):
    return [name for name, url in page.links if (url or "").startswith("/tip-cards/") and name]


def test_the_first_deck_is_shown_unless_another_is_asked_for(browser, cards):
    page = browser.get("/tip-cards")

    assert page.heading == "Ten ideas to get started"
    assert [name for name in titles(page) if name.startswith("Tip")] == [
        "Tip 1: Idea 1",
        "Tip 2: Idea 2",
        "Tip 3: Idea 3",
    ]
    assert "Write the eleventh" in page.words


def test_other_decks_are_one_link_away(browser, cards):
    page = browser.get("/tip-cards?deck=rules")

    assert page.heading == "Rules and safety"
    assert "Tip 30: A rule" in titles(page)
    assert "Idea 1" not in page.words
    assert ("All cards", "/tip-cards?deck=all") in page.links


def test_every_card_can_be_seen_at_once(browser, cards):
    page = browser.get("/tip-cards?deck=all")

    assert page.heading == "All tip cards"
    assert "Showing all 4 cards" in page.words


def test_a_barrier_narrows_the_deck(browser, cards):
    page = browser.get("/tip-cards?barrier=time")

    assert [name for name in titles(page) if name.startswith("Tip")] == ["Tip 2: Idea 2"]
    assert "1 card for “No time”" in page.words
    assert "Write the eleventh" not in page.words


def test_a_barrier_that_no_card_of_the_deck_answers_leads_on(browser, cards):
    page = browser.get("/tip-cards?barrier=no-money")

    assert "No card in this deck is about that" in page.words
    assert ("all the cards", "/tip-cards?deck=all&barrier=no-money") in page.links


@pytest.mark.parametrize("query", ["deck=nothing", "barrier=nothing", "tip=9"])
def test_what_does_not_exist_is_not_found(browser, cards, query):
    browser.get(f"/tip-cards?{query}", expect=404)


def test_the_number_of_sheets_is_said_before_printing(browser, cards):
    page = browser.get("/tip-cards")

    assert ("Print the deck (1 sheet of A4)", "/tip-cards/print") in page.links


def test_picked_cards_become_a_plan(browser, cards):
    page = browser.get("/tip-cards?tip=1&tip=3")

    assert page.heading == "My plan"
    assert "Try this. Try 1." in page.words
    assert "Try this. Try 3." in page.words
    assert "Idea 2" not in page.words
    assert "You picked" not in page.words


def test_a_plan_of_one_says_so(browser, cards):
    assert "One thing to try" in browser.get("/tip-cards?tip=2").words


def test_more_than_two_picks_are_gently_questioned(browser, cards):
    page = browser.get("/tip-cards?tip=1&tip=2&tip=3")

    assert "You picked 3 cards. One or two are enough to begin with." in page.words


@pytest.mark.parametrize("tip", ["x", "-1", "99999999999999999999", ""])
def test_a_pick_that_is_no_number_is_left_out(browser, cards, tip):
    assert browser.get(f"/tip-cards?tip={tip}").heading == "Ten ideas to get started"


def test_a_card_has_a_page_with_its_neighbours(browser, cards):
    page = browser.get("/tip-cards/idea-2")

    assert page.heading == "Tip 2: Idea 2"
    assert ("Card 1", "/tip-cards/idea-1") in page.links
    assert ("Card 3", "/tip-cards/idea-3") in page.links
    assert ("Print this card", "/tip-cards/print?tip=2") in page.links


def test_the_ends_of_a_deck_have_one_neighbour(browser, cards):
    assert "Card 2" in [name for name, _ in browser.get("/tip-cards/idea-1").links]
    assert "Card 4" not in [name for name, _ in browser.get("/tip-cards/idea-3").links]


def test_a_card_without_number_or_deck_still_has_a_page(browser, session):
    make_tip_card(session, title="Loose card", body="Some text.")
    make_tip_card(session, title="Second loose card", body="Some text.")
    session.commit()

    page = browser.get("/tip-cards/loose-card")

    assert page.heading == "Loose card"
    assert ("Second loose card", "/tip-cards/second-loose-card") in page.links


def test_a_card_leads_to_practice_on_the_same_subject(browser, session, cards):
    make_case_study(session, title="Somebody saved time", barrier=("time",))
    session.commit()

    page = browser.get("/tip-cards/idea-2")

    assert ("Somebody saved time", "/case-studies/somebody-saved-time") in page.links
    assert "Council not stated, year not stated" in page.words


def test_a_withdrawn_card_leaves_a_tombstone(browser, session, cards):
    set_standing(session, cards[0], Standing.WITHDRAWN)
    session.commit()

    assert browser.get("/tip-cards/idea-1", expect=410).heading == "Idea 1"


def test_sheets_hold_four_cards_and_blanks_fill_the_last(browser, cards):
    page = browser.get("/tip-cards/print?deck=ten-ideas")

    assert len(page.find(".//section[@class='sheet']")) == 1
    assert len(page.find(".//div[@class='a6__text']")) == 3
    assert page.words.count("What worked for you?") == 1
    assert page.heading == "Print the deck"


def test_each_printed_card_leads_to_its_short_address(browser, cards):
    page = browser.get("/tip-cards/print?tip=2")

    assert f"127.0.0.1:8000/p/{cards[1].id}" in page.words
    assert len(page.find(".//span[@class='a6__qr']/{http://www.w3.org/2000/svg}svg")) == 1
    assert page.heading == "Print this card"
    assert "What worked for you?" not in page.words


def test_there_is_nothing_to_print_for_a_barrier_without_cards(browser, cards):
    browser.get("/tip-cards/print?barrier=no-money", expect=404)


def test_wordier_cards_are_printed_smaller(browser, session, cards):
    make_term(session, "deck", "craft", label="Doing it well")
    for number, letters in enumerate((200, 400, 500, 700), start=40):
        make_tip_card(session, number=number, deck=("craft",), body="word " * (letters // 5))
    session.commit()

    page = browser.get("/tip-cards/print?deck=craft")

    sizes = [card.get("class") for card in page.find(".//article")]
    assert sizes == ["a6 a6--s", "a6 a6--m", "a6 a6--l", "a6 a6--xl"]


def test_the_seeded_first_deck_fills_three_sheets(seeded_browser):
    page = seeded_browser.get("/tip-cards/print")

    assert len(page.find(".//section[@class='sheet']")) == 3
    assert page.words.count("What worked for you?") == 2


def test_every_seeded_card_makes_a_sound_page(seeded_browser):
    deck = seeded_browser.get("/tip-cards?deck=all")
    addresses = {url for _, url in deck.links if (url or "").startswith("/tip-cards/")}

    pages = [seeded_browser.get(url) for url in sorted(addresses) if "print" not in url]

    assert len(pages) == 50
