"""Copy this practice, as a council does it in a browser."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from sqlalchemy import select

from kb import jobs
from kb.accounts.models import User
from kb.clock import utcnow
from kb.copying import service as copying
from kb.copying.models import Copy
from kb.jobs.copying import ask_copiers
from kb.mail.models import Letter
from kb.submissions.models import Draft
from tests.copying.making import KEEP, STEPS, change, make_copy, make_practice, make_writer
from tests.factories import NOW, make_case_study, make_tip_card, make_training, make_user
from tests.pages import Browser, words
from tests.people import Person, token_of
from tests.web.reading import facts


@pytest.fixture
def study(session):
    study = make_practice(session)
    session.commit()
    return study


@pytest.fixture
def officer(app, session):
    """Somebody who writes for Testford."""
    writer = make_writer(session, short_name="Testford", name="Testford Council")
    return signed_in(app, session, writer)


def signed_in(app, session, user):
    session.commit()
    return Person(app, user)


def new_path(study):
    return f"/case-studies/{study.slug}/copies/new"


def typed(study, officer, **values):
    return {
        "of": study.id,
        "source_version": study.version,
        "choice_0": "keep",
        "choice_1": "keep",
        "owner": officer.user.id,
    } | values


def test_the_page_of_a_practice_offers_to_copy_it(browser, study):
    page = browser.get(f"/case-studies/{study.slug}")

    assert ("We are copying this", new_path(study)) in page.links
    assert "Nobody has copied it yet." in page.words
    assert "Not copied yet" in page.words


def test_a_stranger_is_led_to_sign_in(browser, study):
    answer = browser.response(new_path(study))

    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")


def test_a_council_makes_its_own_plan(officer, study, session):
    form = officer.get(new_path(study))
    assert [i.get("value") for i in form.find(".//input[@checked]")] == ["keep", "keep"]

    page = officer.post(
        "/copies", **typed(study, officer, choice_0="change", text_0="One post.", why_0="Small")
    )

    assert page.heading == f"How Testford Council copies “{study.title}”"
    assert "Changed Write three posts.Instead: One post.Why: Small" in page.words
    assert "Kept Ask comms for ten minutes." in page.words
    assert officer.user.name not in page.words
    assert session.scalar(select(Copy.owner_id)) == officer.user.id


def test_a_second_copy_of_the_same_council_leads_to_the_first(officer, study, session):
    officer.post("/copies", **typed(study, officer))

    again = officer.get(new_path(study))
    posted = officer.post("/copies", **typed(study, officer))

    assert again.heading == posted.heading == f"How Testford Council copies “{study.title}”"
    assert len(session.scalars(select(Copy)).all()) == 1


def test_what_is_wrong_is_said_and_what_was_typed_stays(officer, study):
    page = officer.post(
        "/copies",
        422,
        **typed(
            study,
            officer,
            choice_1="change",
            first_step="Ring Siân",
            review_on="soon",
        ),
    )

    assert page.title.startswith("Error: ")
    told = [words for words, href in page.links if href in {"#text_1", "#review_on"}]
    assert told == ["Give a day, month and year, such as 2026-11-23."]
    assert "Ring Siân" in page.words
    assert page.find(".//input[@id='review_on']")[0].get("value") == "soon"


def test_a_change_without_words_is_named_beside_its_step(officer, study):
    page = officer.post("/copies", 422, **typed(study, officer, choice_1="change"))

    assert ("Say what you do instead of step 2.", "#text_1") in page.links


def test_a_tip_card_is_copied_by_its_number(officer, session):
    card = make_tip_card(session, title="Start small", deck=(), number=None)
    session.commit()

    form = officer.get(f"/copies/new?of={card.id}")
    page = officer.post("/copies", **typed(card, officer, also="Only one post a month."))

    assert form.heading == "Copy “Start small”"
    assert "What they do besidesOnly one post a month." in page.words.replace(" Only", "Only")


def test_anothers_version_can_be_copied_in_turn(officer, study, session):
    first = make_copy(session, study, steps=[change("One post."), KEEP])
    session.commit()

    form = officer.get(f"/copies/new?of={study.id}&from={first.id}")
    page = officer.post("/copies", **typed(study, officer) | {"from": first.id})

    assert form.find(".//input[@id='text_0']")[0].get("value") == "One post."
    assert f"They began from what {first.council.name} made of it." in page.words


def test_a_parent_of_another_practice_is_refused(officer, study, session):
    other = make_copy(session, make_practice(session, title="Another"))
    session.commit()

    officer.get(f"/copies/new?of={study.id}&from={other.id}", 404)
    officer.post("/copies", 404, **typed(study, officer) | {"from": other.id})

    assert session.scalars(select(Copy)).all() == [other]


@pytest.mark.parametrize(
    "wrong",
    [
        {"of": "99999"},
        {"of": "x"},
        {"of": "9" * 40},
        {"of": "-1"},
        {"source_version": "2"},
        {"source_version": "0"},
        {"source_version": ""},
        {"from": "9" * 10},
    ],
)
def test_made_up_numbers_are_not_found(officer, study, wrong):
    officer.post("/copies", 404, **typed(study, officer) | wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"choice_0": "burn"},
        {"choice_1": ""},
        {"owner": "999"},
        {"owner": "x"},
        {"also": "x" * 501},
    ],
)
def test_made_up_answers_are_refused(officer, study, session, wrong):
    make_writer(session)
    session.commit()

    officer.post("/copies", 422, **typed(study, officer) | wrong)

    assert session.scalars(select(Copy)).all() == []


def test_a_million_fields_are_refused(officer, study):
    many = {f"text_{number}": "" for number in range(10_000)}

    officer.post("/copies", 413, **typed(study, officer) | many)


def test_an_oversize_form_is_refused(officer, study):
    officer.post("/copies", 413, **typed(study, officer, also="x" * 70_000))


def test_training_is_not_copied_with_a_plan(officer, session):
    exercise = make_training(session)
    session.commit()

    officer.get(f"/copies/new?of={exercise.id}", 404)
    officer.post("/copies", 404, **typed(exercise, officer))


def test_a_council_does_not_copy_itself(app, study):
    owner = Person(app, study.owner)

    owner.get(new_path(study), 403)
    owner.post("/copies", 403, **typed(study, owner))


@pytest.fixture
def copy(officer, study, session):
    """Testford's copy of the practice."""
    copy = make_copy(session, study, session.get(User, officer.user.id))
    session.commit()
    return copy


def edited(copy, officer, **values):
    return {
        "version": copy.version,
        "choice_0": "keep",
        "choice_1": "drop",
        "owner": officer.user.id,
    } | values


def test_a_colleague_changes_the_plan(app, copy, session):
    colleague = signed_in(app, session, make_user(session, copy.council))

    page = colleague.post(f"/copies/{copy.id}", **edited(copy, colleague))

    assert "Dropped Ask comms for ten minutes." in page.words


def test_two_colleagues_at_once_get_one_clear_page_that_keeps_what_was_typed(
    officer, copy, session
):
    path, seen = f"/copies/{copy.id}", edited(copy, officer)
    officer.post(path, **seen)

    page = officer.post(path, 409, **seen | {"first_step": "Ring Siân"})

    assert page.title.startswith("Error: ")
    assert "A colleague saved this copy while you were writing" in page.words
    assert "Ring Siân" in page.words
    again = page.find(".//input[@name='version']")[0].get("value")
    saved = officer.post(path, **seen | {"first_step": "Ring Siân", "version": again})
    assert "Ring Siân" in saved.words


def test_reports_at_once_conflict_too(officer, copy):
    path, said = f"/copies/{copy.id}/reports", {"version": copy.version, "status": "doing"}
    officer.post(path, **said)

    page = officer.post(path, 409, **said | {"what_happened": "More came."})

    assert "More came." in page.words


def test_how_it_went_is_read_by_everybody(officer, browser, copy, study):
    officer.post(
        f"/copies/{copy.id}/reports",
        version=copy.version,
        status="stopped",
        note="Nobody had time.",
        hours="12",
        what_happened="Two people came.",
    )

    page = browser.get(f"/copies/{copy.id}")
    source = browser.get(f"/case-studies/{study.slug}")

    assert "Why they stopped Nobody had time." in page.words
    assert "Two people came." in page.words
    assert facts(page)["Hours spent"] == "12"
    assert "Copied by 1 council: 1 stopped." in source.words
    assert ("Testford", f"/copies/{copy.id}") in source.links


def test_stopping_without_a_reason_is_asked_about(officer, copy):
    page = officer.post(
        f"/copies/{copy.id}/reports", 422, version=copy.version, status="stopped", hours="twelve"
    )

    assert ("Give hours as a whole number, such as 12.", "#hours") in page.links
    assert page.find(".//input[@id='hours']")[0].get("value") == "twelve"


@pytest.mark.parametrize("act", ["edit", "", "reports/new", "reports", "case-study"])
def test_people_of_other_councils_may_only_read(app, copy, session, act):
    stranger = signed_in(app, session, make_writer(session))
    path = f"/copies/{copy.id}/{act}".rstrip("/")

    if act in {"edit", "reports/new"}:
        stranger.get(path, 403)
    else:
        stranger.post(path, 403, **edited(copy, stranger), status="doing")

    assert "Change the plan" not in stranger.get(f"/copies/{copy.id}").words


@pytest.mark.parametrize("path", ["/copies", "/copies/{}", "/copies/{}/reports"])
def test_nothing_is_written_without_our_token(officer, copy, path):
    officer.post(path.format(copy.id), 400, csrf_token="")


@pytest.mark.parametrize("path", ["/copies", "/copies.csv", "/copies/new?of=1"])
def test_what_is_a_councils_own_is_not_for_strangers(browser, path):
    assert browser.response(path).status_code == 303


def test_who_writes_for_no_council_is_told_so(app, session, study):
    waiting = signed_in(app, session, make_user(session))

    waiting.get(new_path(study), 403)
    waiting.get("/copies.csv", 403)


def test_markup_stays_text_wherever_it_is_typed(officer, browser, study, session):
    nasty = "<script>alert(1)</script><b onclick=x>"
    fields = ("text_0", "why_0", "also", "first_step")
    officer.post(
        "/copies", **typed(study, officer, choice_0="change", **dict.fromkeys(fields, nasty))
    )
    copy = session.scalar(select(Copy))
    session.commit()
    officer.post(
        f"/copies/{copy.id}/reports",
        version=copy.version,
        status="stopped",
        note=nasty,
        what_happened=nasty,
    )

    pages = [browser.get(path) for path in (f"/copies/{copy.id}", f"/case-studies/{study.slug}")]

    for page in [*pages, officer.get(f"/copies/{copy.id}/edit"), officer.get("/copies")]:
        assert "<b onclick" not in page.text
        assert "<script>alert" not in page.text
    assert pages[0].words.count("<script>alert(1)</script>") >= 5


def test_a_copy_of_nothing_is_not_found(browser, officer):
    browser.get("/copies/4711", 404)
    browser.get("/copies/99999999999", 404)
    officer.get("/copies/4711/edit", 404)


def test_the_table_of_a_council_holds_no_formulas(officer, copy, session):
    copy.first_step, copy.status_note, copy.what_happened = '=HYPERLINK("x")', "@SUM(1)", "+1\n-2"
    make_copy(session, make_practice(session, title="Anothers"))
    session.commit()

    answer = officer.response("/copies.csv")
    rows = list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))

    assert answer.mimetype == "text/csv"
    assert len(rows) == 2
    assert {'\'=HYPERLINK("x")', "'@SUM(1)", "'+1\n-2"} <= set(rows[1])
    assert not [cell for row in rows for cell in row if cell[:1] in set("=+-@\t\r")]


def test_the_list_of_a_council_holds_its_own_copies(officer, copy, session):
    other = make_copy(session, make_practice(session, title="Anothers"))
    session.commit()

    page = officer.get("/copies")

    assert ("Ask early", f"/copies/{copy.id}") in page.links
    assert f"/copies/{other.id}" not in dict(page.links).values()


def publish_again(session, study, **values):
    codes = tuple(council.code for council in study.councils)
    make_case_study(
        session, **{"ref": study.ref, "title": study.title, "councils": codes} | values
    )


def test_what_changed_since_is_shown_step_by_step(browser, copy, study, session):
    publish_again(session, study, steps=[{"text": "Write one post."}, STEPS[1]])
    session.commit()

    page = browser.get(f"/copies/{copy.id}/changes")

    assert "Removed: three" in page.words
    assert "Added: one" in page.words
    assert ("See what is new", f"/copies/{copy.id}/changes") in browser.get(
        f"/copies/{copy.id}"
    ).links


def test_a_copy_begins_a_case_study_with_what_is_known(officer, copy, session):
    copy.hours_spent, copy.what_happened = 6, "More came."
    copy.changes = [{**copy.changes[0], "choice": "change", "text": "One post."}, copy.changes[1]]
    session.commit()

    path = f"/copies/{copy.id}/case-study"
    sent = {"csrf_token": officer.token()}
    first, second = (officer.client.post(path, data=sent) for _ in range(2))

    [draft] = session.scalars(select(Draft))
    assert first.status_code == second.status_code == 303
    assert first.location == second.location == f"/share/{draft.id}"
    assert draft.copy_id == copy.id
    assert draft.answers["steps"] == ["One post.", "Ask comms for ten minutes."]
    assert draft.answers["results"] == "More came."
    assert draft.answers["setup_time"] == "6 hours"
    assert draft.answers["credit"].startswith("Copied from “Ask early” (Testshire")


def test_the_case_study_that_came_of_it_is_linked_both_ways(browser, copy, study, session):
    result = make_case_study(session, title="We asked earlier still")
    copying.finish(session, copy.id, result, now=NOW)
    session.commit()

    source = browser.get(f"/case-studies/{study.slug}")
    new = browser.get(f"/case-studies/{result.slug}")

    assert ("Read how it went at Testford", f"/case-studies/{result.slug}") in source.links
    assert "This came of a copy of Ask early." in new.words
    assert ("What was kept and changed", f"/copies/{copy.id}") in new.links


@pytest.fixture
def token(copy, runtime, session):
    """What the letter of week 4 holds."""
    copy.started_at = NOW - timedelta(weeks=4)
    session.commit()
    assert ask_copiers(runtime, now=utcnow()) == 1
    letter = session.scalar(select(Letter).where(Letter.key == f"copy {copy.id}, week 4"))
    session.commit()
    return re.search(r"token=([\w-]+)", letter.text)[1]


def now_of(session, copy):
    """The copy as the database has it; the test's own transaction ends with the look at it."""
    session.refresh(copy)
    session.commit()
    return copy


def sent_by(browser, page, **values):
    return browser.post("/copies/follow-up", csrf_token=token_of(page), **values)


def test_a_letter_is_answered_with_two_clicks_and_without_signing_in(app, copy, token, session):
    reader = Browser(app)

    page = reader.get(f"/copies/follow-up?token={token}&status=doing")
    assert now_of(session, copy).status == "planned"
    thanks = sent_by(reader, page, token=token, status="doing")

    assert "Yes, we are doing it" in page.words
    assert thanks.heading == "Thank you"
    assert now_of(session, copy).status == "doing"


def test_hours_may_be_added_after_the_two_clicks(app, copy, token, session):
    reader = Browser(app)
    page = reader.get(f"/copies/follow-up?token={token}&status=doing")
    thanks = sent_by(reader, page, token=token, status="doing")

    sent_by(reader, thanks, token=token, status="doing", note="", hours="5", what_happened="Well.")
    page = reader.get(f"/copies/follow-up?token={token}&status=trying")
    sent_by(reader, page, token=token, status="trying")
    now_of(session, copy)

    assert (copy.status, copy.hours_spent, copy.what_happened) == ("trying", 5, "Well.")


@pytest.mark.parametrize("forged", ["", "x", "a" * 43, "%00"])
def test_a_forged_token_opens_nothing(browser, token, forged):
    browser.get(f"/copies/follow-up?token={forged}&status=doing", 404)


def test_a_foreign_token_answers_for_its_own_copy_alone(app, copy, token, session):
    other = make_copy(session, copy.resource)
    session.commit()
    reader = Browser(app)
    page = reader.get(f"/copies/follow-up?token={token}&status=doing")

    sent_by(reader, page, token=token, status="doing", copy_id=other.id, of=other.id)

    assert now_of(session, other).status == "planned"


def test_an_answer_needs_our_token_too(app, token):
    Browser(app).post("/copies/follow-up", 400, token=token, status="doing")


def test_a_made_up_answer_is_shown_again(app, token):
    reader = Browser(app)
    page = reader.get(f"/copies/follow-up?token={token}&status=burning")

    again = reader.post(
        "/copies/follow-up", 422, csrf_token=token_of(page), token=token, status="burning"
    )

    assert again.title.startswith("Error: ")


def test_a_family_of_many_is_folded(browser, study, session):
    first = make_copy(session, study, status="doing")
    for _ in range(14):
        make_copy(session, study, parent=first, status="doing")
    session.commit()

    page = browser.get(f"/case-studies/{study.slug}")

    assert "Copied by 15 councils: 15 doing it." in page.words
    assert f"3 more copied {first.council.short_name}" in page.words
    assert len(page.find(".//ol[@class='lineage']//details//li")) == 3


def test_my_council_is_drawn_with_a_dashed_line(officer, browser, copy, study):
    mine = officer.get(f"/case-studies/{study.slug}").find(".//li[@class='you']/strong/a")
    anyones = browser.get(f"/case-studies/{study.slug}").find(".//li[@class='you']/strong/a")

    assert [link.text for link in mine] == ["Testford"]
    assert anyones == []


def test_claimed_effort_stands_beside_what_copiers_spent(browser, session):
    study = make_practice(session, title="Ask once", setup_hours=2)
    for hours in (3, 8, 30):
        make_copy(session, study, status="doing", hours_spent=hours)
    session.commit()

    page = browser.get(f"/case-studies/{study.slug}")

    told = {words(pair[0]): words(pair[1]) for pair in page.find(".//dl/div")}
    assert told["Effort, as they say who did it first"] == "2 hours to set up"
    assert told["Hours the copiers spent, the middle of 3 reports"] == "8"


def test_piles_say_their_number_in_words_wherever_cards_lie(browser, runtime, session):
    study = make_practice(session, title="Often copied")
    make_practice(session, title="Never copied")
    for _ in range(6):
        make_copy(session, study, status="doing")
    session.commit()
    jobs.rebuild_index(runtime)

    home, found = browser.get("/"), browser.get("/search?sort=copied")

    assert "Most copied" in home.words
    [pile] = home.find(".//article[@class='card card--link pile-3']")
    assert "Copied by 6 councils" in words(pile)
    first, second = found.find(".//ol[@class='hits']/li")
    assert "Often copied" in words(first)
    assert first.find(".//span[@data-p='3']") is not None
    assert "Copied by 6councils copied it" in words(first)
    assert "Not copied yet" in words(second)


def test_practice_is_found_by_the_kind_of_council_that_copied_it(browser, runtime, session):
    make_copy(session, make_practice(session, title="Copied here"), status="doing")
    make_practice(session, title="Copied nowhere")
    session.commit()
    jobs.rebuild_index(runtime)

    page = browser.get("/search?copier=UA+England")

    assert "1 result" in page.words
    assert "Copied by: Unitary council, England" in page.words


def test_a_home_page_without_copies_has_no_empty_list(browser):
    assert "Most copied" not in browser.get("/").words
