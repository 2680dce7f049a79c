"""Session packs: choosing, reading, printing."""

import pytest

from kb.training import scales
from kb.training.types import RoundKind
from kb.web import pack_pages
from tests.factories import make_user
from tests.pages import Browser
from tests.people import Person
from tests.training.making import make_block
from tests.training.packing import make_pack, make_seeded

PACK = "/sessions/packs/could-we-use-social-media"
PRINTS = ("run-sheet", "handout", "cards")
JOKER = "</script></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}"


def joker_block(kind):
    options = [{"key": f"o{n}", "label": f"{JOKER} {n}"} for n in (1, 2)]
    return make_block(
        kind=kind, title=JOKER, notes=JOKER, question=JOKER, second_question=JOKER, options=options
    )


def test_the_five_packs_stand_on_one_page_with_their_lengths(seeded_browser):
    page = seeded_browser.get("/sessions")

    assert page.heading == "Run a session"
    for title in ("15 minutes: hands up", "Live posting practice", "Make it worth sharing"):
        assert title in page.words
    assert "60 minutes" in page.words
    assert "6 to 60 people" in page.words
    assert "4 to 16, in pairs" in page.words
    assert ("Training material", "/training") in page.links
    assert ("Join a live session", "/join") in page.links


def test_the_tab_and_the_footer_lead_to_packs_and_training_stays_reachable(seeded_browser):
    page = seeded_browser.get(PACK)

    tabs = {a.text: a.get("href") for a in page.find(".//nav[@aria-label='Main']//a")}
    footer = {a.text: a.get("href") for a in page.find(".//footer//a")}

    assert tabs["Run a session"] == "/sessions"
    assert "Training material" not in tabs
    assert footer["Session packs"] == "/sessions"
    assert footer["Join a live session"] == "/join"
    assert footer["Training material"] == "/training"


def test_the_third_door_of_the_home_page_leads_to_packs(seeded_browser):
    assert ("Run a session", "/sessions") in seeded_browser.get("/").links


def test_a_pack_shows_its_agenda_from_the_beginning(seeded_browser):
    page = seeded_browser.get(PACK)

    times = [small.text for small in page.find(".//ol[@class='agenda']/li/span/small")]
    assert times == ["5 min", "10 min", "15 min", "10 min", "5 min"]
    assert "0:15 15 min" in page.words.replace("0:1515", "0:15 15")
    assert len(page.find(".//ol[@class='timebar timebar--shares']/li")) == 5
    assert "If something goes wrong" in page.words
    assert "Sites are blocked" in page.words


def test_the_times_are_worked_out_from_a_start(seeded_browser):
    page = seeded_browser.get(f"{PACK}?starts=17:15")

    starts = [span.text for span in page.find(".//ol[@class='agenda']/li/span")]
    assert starts == ["5:15pm", "5:20pm", "5:30pm", "5:45pm", "5:55pm"]


@pytest.mark.parametrize("starts", ["", "ten", "25:99", "٠٩:٠٠", "<b>", "9:5"])
def test_a_start_that_is_no_time_is_left_out(seeded_browser, starts):
    page = seeded_browser.get(f"{PACK}?starts={starts}")

    assert page.find(".//ol[@class='agenda']/li/span")[0].text == "0:00"


def test_readers_of_a_pack_get_no_cookie(seeded_browser):
    for path in ("/sessions", PACK):
        assert "Set-Cookie" not in seeded_browser.get(path).headers


@pytest.mark.parametrize("kind", PRINTS)
def test_each_print_is_a_page(seeded_browser, kind):
    page = seeded_browser.get(f"{PACK}/{kind}?starts=17:15")

    assert "could we use social media for scrutiny?" in page.heading


def test_the_run_sheet_has_times_notes_and_what_to_say(seeded_browser):
    page = seeded_browser.get(f"{PACK}/run-sheet?starts=17:15")

    assert "from 5:15pm to 6:00pm" in page.words
    assert "Then ask: “Do you already use it for your scrutiny work?”" in page.words
    assert "say nothing for ten seconds" in page.words


def test_the_handout_keeps_the_notes_of_the_trainer_back(seeded_browser):
    page = seeded_browser.get(f"{PACK}/handout")

    assert "say nothing for ten seconds" not in page.words
    assert "I will" in page.words


def test_cards_have_yes_and_no_and_a_letter_for_each_answer():
    gap, choice = make_block(kind=RoundKind.GAP), make_block(kind=RoundKind.ONE)

    assert pack_pages.card_sheets([gap]) == [("Yes", "No")]
    assert pack_pages.card_sheets([gap, choice]) == [("Yes", "No"), ("A", "B")]
    assert pack_pages.card_sheets([]) == [("A", "B")]


def test_no_cards_are_printed_for_a_list_of_barriers():
    barriers = make_block(kind=RoundKind.BARRIERS)

    assert pack_pages.card_sheets([make_block(kind=RoundKind.GAP), barriers]) == [("Yes", "No")]


def test_a_scale_is_held_up_with_numbers_and_an_odd_card_stands_alone():
    scale = make_block(kind=RoundKind.SCALE)
    three = make_block(kind=RoundKind.ONE).model_copy(
        update={"options": tuple(joker_block(RoundKind.ONE).options) * 2}
    )
    ends = scale.model_copy(update={"options": scales.options("Not at all", "Very")})

    assert ("5", "") in pack_pages.card_sheets([scale])
    assert pack_pages.card_sheets([ends]) == pack_pages.card_sheets([scale])
    assert pack_pages.card_sheets([three])[-1] == ("C", "D")


def test_a_pack_of_somebody_is_nobody_elses(app, session):
    owner = make_user(session)
    pack, _ = make_pack(session, blocks="a", owner=owner)
    session.commit()
    stranger = Browser(app)

    mine = Person(app, owner)
    for end in ("", "/run-sheet", "/handout", "/cards", "/offline.html", "/start", "/edit"):
        path = f"/sessions/packs/{pack.slug}{end}"
        assert (mine.response(path).status_code, stranger.response(path).status_code) == (200, 404)


def test_an_account_finds_its_packs_and_no_cache_keeps_them(app, session):
    owner = make_user(session)
    make_pack(session, title="Our first posts", blocks="a", owner=owner)
    session.commit()

    page = Person(app, owner).get("/sessions")

    assert "Our first posts" in page.words
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Our first posts" not in Browser(app).get("/sessions").words


def test_a_pack_that_does_not_exist_is_not_found(browser):
    for slug in ("nothing", "%00", "..%2f..", "x" * 3000):
        browser.get(f"/sessions/packs/{slug}", expect=404)


@pytest.mark.parametrize("kind", [None, *RoundKind])
def test_whatever_a_pack_says_is_text_on_every_page(browser, session, kind):
    pack = make_seeded(
        session,
        title=JOKER,
        lede=JOKER,
        people=JOKER,
        audience=JOKER,
        needs=JOKER,
        credit=JOKER,
        blocks=[joker_block(kind)],
    )
    session.commit()

    for end in ("", *(f"/{each}" for each in PRINTS), "/start"):
        page = browser.get(f"/sessions/packs/{pack.slug}{end}")
        assert "<img src=x" not in page.text
        assert "alert(1)</script>" not in page.text
    assert "<img src=x" not in browser.get("/sessions").text
