"""Start small: one or two things on one page, in the address or saved."""

from datetime import date, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from kb.clock import utcnow
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.planning import service as planning
from tests.factories import (
    make_case_study,
    make_council,
    make_term,
    make_tip_card,
    make_training,
    make_user,
)
from tests.pages import words as text_of
from tests.people import Person
from tests.web.reading import facts

SCRIPT = '"><script>alert(1)</script>'


@pytest.fixture
def shelf(session):
    """Three things that fit a purpose, a barrier or both, and the card that says why two."""
    make_term(session, "purpose", "evid-call", label="Call for evidence")
    make_term(session, "barrier", "central-comms", label="Comms controls the accounts")
    make_term(session, "deck", "ten-ideas", label="Ten ideas")
    make_council(session, code="ANW", short_name="Anwick", name="Anwick Council")
    found = {
        "study": make_case_study(
            session,
            title="One post a week",
            councils=["ANW"],
            purpose=["evid-call"],
            barrier=["central-comms"],
            next_step="Ring comms for ten minutes.",
        ),
        "other": make_case_study(session, title="A blog for calls", purpose=["evid-call"]),
        "card": make_tip_card(
            session, title="Agree a rule", number=4, barrier=["central-comms"], try_this="Ask."
        ),
        "why": make_tip_card(
            session, title="Start small, copy freely", number=2, deck=("ten-ideas",)
        ),
    }
    session.commit()
    return found


@pytest.fixture
def officer(app, session, shelf):
    user = make_user(session)
    session.commit()
    return Person(app, user)


def plan_path(*practice, **given):
    picks = "&".join(f"pick={each.ref}" for each in practice)
    rest = "".join(f"&{name}={quote(str(value), safe='')}" for name, value in given.items())
    return f"/planner/plan?{picks}{rest}"


def picks_of(page):
    return [box.get("value") for box in page.find(".//main//input[@type='checkbox']")]


def form_of(*practice, **given):
    return {"pick": [each.ref for each in practice], "look": "2027-01-18"} | given


def saved(app, officer):
    with app.extensions["kb"].database.reading() as session:
        return planning.of_person(session, officer.user)


def test_it_asks_for_a_wish_and_what_stops_it(browser, shelf):
    page = browser.get("/planner")

    assert page.heading == "Start small"
    assert [text_of(label) for label in page.find(".//main//label")] == [
        "What do you want to do?",
        "What stops you?",
    ]
    assert "Make my plan" not in page.words


def test_it_shows_what_fits_both_first(browser, shelf):
    page = browser.get("/planner?purpose=evid-call&barrier=central-comms")

    assert picks_of(page) == [shelf[name].ref for name in ("study", "other", "card")]
    assert "Anwick Council. Fits both" in page.words
    assert "Fits what stops you" in page.words
    chosen = [option.get("value") for option in page.find(".//option[@selected]")]
    assert chosen == ["evid-call", "central-comms"]


def test_councils_like_mine_come_first_and_say_why(browser, session, shelf):
    make_council(session, code="MIN", short_name="Mine")
    make_council(session, code="FAR", short_name="Far", type="SCO", nation="Scotland")
    session.commit()
    far = make_case_study(
        session, title="Newest", councils=["FAR"], purpose=["evid-call"], start_year=2026
    )
    session.commit()

    plain = browser.get("/planner?purpose=evid-call")
    mine = browser.get("/planner?purpose=evid-call&like=MIN")

    assert picks_of(plain)[0] == far.ref
    assert picks_of(mine)[0] == shelf["study"].ref
    assert "Like yours: same type, same nation" in mine.words


def test_nothing_that_fits_leads_on(browser, session, shelf):
    make_term(session, "purpose", "recruit", label="Find witnesses")
    session.commit()

    page = browser.get("/planner?purpose=recruit")

    assert "Nobody has shared anything that fits yet" in page.words
    assert ("share yours", "/share") in page.links


def test_a_plan_without_a_date_gets_one_in_eight_weeks(browser, shelf):
    answer = browser.response(plan_path(shelf["study"]))

    look = parse_qs(urlsplit(answer.location).query)["look"]
    assert answer.status_code == 303
    assert look == [(utcnow().date() + timedelta(weeks=8)).isoformat()]


def test_a_plan_says_the_first_step_whom_to_ask_and_when_to_look_again(browser, shelf):
    page = browser.get(
        plan_path(shelf["study"], shelf["card"], barrier="central-comms", look="2027-01-18")
    )

    assert page.heading == "My plan"
    assert "Two things to try." in page.words
    assert "What stops us: comms controls the accounts." in page.words
    assert "30 minutes or lessRing comms for ten minutes." in page.words
    assert facts(page)["Ask first"] == "The comms team"
    assert "Look again on 18 January 2027" in page.words


def test_a_first_step_in_ones_own_words_takes_the_place_of_ours(browser, shelf):
    path = plan_path(shelf["study"], look="2027-01-18")

    page = browser.get(f"{path}&step:{shelf['study'].ref}=Ring+Si%C3%A2n")

    assert facts(page)["First step, 30 minutes or less"] == "Ring Siân"
    assert "go back to “Ring comms for ten minutes.”" in page.words


def test_the_address_holds_the_whole_plan(browser, shelf):
    path = plan_path(shelf["study"], barrier="central-comms", look="2027-01-18")
    path += f"&step:{shelf['study'].ref}=Mine"

    again = dict(browser.get(path).links)["Change my picks"]
    page = browser.get(again)

    [box] = page.find(".//input[@type='checkbox'][@checked]")
    hidden = {f.get("name"): f.get("value") for f in page.find(".//main//input[@type='hidden']")}
    assert box.get("value") == shelf["study"].ref
    assert hidden == {"look": "2027-01-18", f"step:{shelf['study'].ref}": "Mine"}


def test_a_third_pick_is_refused_kindly_with_the_reason(browser, shelf):
    three = [shelf[name] for name in ("study", "other", "card")]

    page = browser.get(plan_path(*three), 422)

    assert page.title.startswith("Error: ")
    assert "Pick one or two things. You can come back for the others." in page.words
    assert "keep at them until they work, then add another" in page.words
    assert ("Start small, copy freely", "/tip-cards/start-small-copy-freely") in page.links
    assert "That is idea 2" in page.words
    checked = page.find(".//input[@type='checkbox'][@checked]")
    assert [box.get("value") for box in checked] == [each.ref for each in three]


def test_a_pick_named_twice_is_one(browser, shelf):
    page = browser.get(plan_path(*[shelf["study"]] * 3, look="2027-01-18"))

    assert "One thing to try." in page.words


def test_no_pick_is_said(browser, shelf):
    page = browser.get("/planner/plan", 422)

    assert "Pick one or two things to try." in page.words


def test_picks_that_are_gone_or_cannot_be_copied_are_left_out_and_counted(browser, session, shelf):
    training = make_training(session)
    set_standing(session, shelf["other"], Standing.WITHDRAWN)
    session.commit()

    page = browser.get(plan_path(shelf["other"], training, shelf["card"], look="2027-01-18"))

    assert "One thing to try." in page.words
    assert "2 things in this plan are no longer on this site." in page.words
    assert "Agree a rule" in page.words

    page = browser.get(plan_path(shelf["other"]), 422)
    assert "What was picked is no longer on this site." in page.words


@pytest.mark.parametrize("look", ["soon", "2027-13-01", "18/01/2027", "9" * 400, ""])
def test_a_date_that_is_none_is_named_beside_its_field(browser, shelf, look):
    page = browser.get(plan_path(shelf["study"], look=look), 422)

    assert page.title.startswith("Error: ")
    assert ("Give a day, month and year, such as 2027-01-18.", "#look") in page.links


def test_a_first_step_that_is_too_long_is_named_and_stays(browser, shelf):
    path = plan_path(shelf["study"], look="2027-01-18")

    page = browser.get(f"{path}&step:{shelf['study'].ref}={'x' * 201}", 422)

    assert ("Use 200 characters or fewer.", "#step_1") in page.links
    assert page.find(".//input[@id='step_1']")[0].get("value") == "x" * 201


def test_a_thousand_picks_are_refused_as_a_third_is(browser, shelf):
    picks = "&".join(f"pick=x:{n}" for n in range(1000))
    real = "&".join(f"pick={shelf[name].ref}" for name in ("study", "other", "card"))

    for path in ("/planner", "/planner/plan"):
        assert browser.response(f"{path}?{picks}").status_code in {200, 422}
    assert "You picked 3" in browser.get(f"/planner/plan?{real}&{picks}", 422).words


@pytest.mark.parametrize("name", ["purpose", "barrier", "pick", "look", "like", "step:test:1"])
def test_nothing_in_the_address_is_obeyed(browser, shelf, name):
    evil = f"{quote(name)}={quote(SCRIPT)}"
    own = f"step:{shelf['study'].ref}={quote(SCRIPT)}"
    good = plan_path(shelf["study"], look="2027-01-18")

    for path in (f"/planner?{evil}", f"/planner/plan?{evil}", f"{good}&{own}&{evil}"):
        answer = browser.client.get(path, follow_redirects=True)
        assert answer.status_code in {200, 422}
        assert "<script>alert" not in answer.text


def test_words_of_the_record_are_shown_and_not_obeyed(browser, session):
    make_term(session, "barrier", "time", label=SCRIPT)
    study = make_case_study(
        session, title=SCRIPT, summary=SCRIPT, barrier=["time"], next_step=SCRIPT
    )
    session.commit()

    for path in ("/planner?barrier=time", plan_path(study, barrier="time", look="2027-01-18")):
        assert "<script>alert" not in browser.get(path).text


def test_both_pages_are_kept_for_browsers_without_a_session(browser, shelf):
    for path in ("/planner?barrier=central-comms", plan_path(shelf["card"], look="2027-01-18")):
        answer = browser.response(path)
        again = browser.response(path, headers={"If-None-Match": answer.headers["ETag"]})

        assert "Set-Cookie" not in answer.headers
        assert again.status_code == 304


def test_a_stranger_is_asked_to_sign_in_to_save(browser, shelf):
    path = plan_path(shelf["study"], look="2027-01-18")

    url = dict(browser.get(path).links)["Sign in to save it"]

    assert parse_qs(urlsplit(url).query)["next"] == [path.replace(":", "%3A")]
    assert browser.response("/planner/plans").location == "/sign-in?next=/planner/plans"
    assert browser.client.post("/planner/plans", data=form_of(shelf["study"])).status_code == 400


def test_a_plan_is_saved_found_again_and_deleted(app, officer, shelf):
    path = plan_path(shelf["study"], barrier="central-comms", look="2027-01-18")
    form = officer.get(f"{path}&step:{shelf['study'].ref}=Mine").find(
        ".//form[@action='/planner/plans']//input"
    )
    typed = {field.get("name"): field.get("value") for field in form}

    page = officer.post("/planner/plans", **typed)

    assert page.heading == "Your saved plans"
    assert "Look again on 18 January 2027." in page.words
    url = dict(page.links)["One post a week"]
    assert facts(officer.get(url))["First step, 30 minutes or less"] == "Mine"
    [plan] = saved(app, officer)
    officer.post(f"/planner/plans/{plan.id}/removal")
    assert saved(app, officer) == []


def test_a_plan_needs_the_token_of_our_form(app, officer, shelf):
    answer = officer.client.post("/planner/plans", data=form_of(shelf["study"]))

    assert answer.status_code == 400
    assert saved(app, officer) == []


def test_a_third_pick_is_not_saved_either(app, officer, shelf):
    three = [shelf[name] for name in ("study", "other", "card")]

    page = officer.post("/planner/plans", 422, **form_of(*three))

    assert "You picked 3. One or two are enough to begin with." in page.words
    assert saved(app, officer) == []


def test_a_plan_without_picks_or_with_a_wrong_date_is_not_saved(app, officer, shelf):
    officer.post("/planner/plans", 422, look="2027-01-18")
    officer.post("/planner/plans", 422, **form_of(shelf["study"], look="soon"))
    officer.post("/planner/plans", 422)

    assert saved(app, officer) == []


def test_one_plan_too_many_is_refused(app, officer, session, shelf):
    for number in range(planning.MOST_PLANS):
        planning.save(
            session,
            by=officer.user,
            purpose="",
            barrier="",
            first_steps={make_case_study(session, title=f"Title {number}").ref: ""},
            look_again=date(2027, 1, 18),
            now=utcnow(),
        )
    session.commit()

    page = officer.post("/planner/plans", 422, **form_of(shelf["study"]))

    assert "Delete one that is over before you save another." in page.words
    assert len(saved(app, officer)) == planning.MOST_PLANS


def test_the_plans_of_others_can_be_neither_seen_nor_deleted(app, officer, session, shelf):
    officer.post("/planner/plans", **form_of(shelf["study"]))
    [plan] = saved(app, officer)
    other = make_user(session)
    session.commit()
    stranger = Person(app, other)

    page = stranger.get("/planner/plans")
    stranger.post(f"/planner/plans/{plan.id}/removal", 404)

    assert "One post a week" not in page.words
    assert "You have no saved plan yet." in page.words
    assert [each.id for each in saved(app, officer)] == [plan.id]


def test_a_saved_plan_whose_pick_was_withdrawn_says_so(officer, session, shelf):
    officer.post("/planner/plans", **form_of(shelf["study"]))
    set_standing(session, shelf["study"], Standing.WITHDRAWN)
    session.commit()

    assert "What you picked is no longer here" in officer.get("/planner/plans").words


def test_every_pair_of_the_seed_data_can_be_asked_for(seeded_browser):
    options = seeded_browser.get("/planner").find(".//select[@name='barrier']/option")

    for barrier in [option.get("value") for option in options]:
        page = seeded_browser.get(f"/planner?purpose=evid-call&barrier={barrier}")
        assert picks_of(page)
