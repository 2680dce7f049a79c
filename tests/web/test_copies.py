"""Copy this practice, as a council does it in a browser."""

import pytest
from sqlalchemy import select

from kb.copying.models import Copy
from tests.copying.making import KEEP, STEPS, change, make_copy, make_practice, make_writer
from tests.factories import make_case_study, make_tip_card, make_training, make_user
from tests.people import Person
from tests.web.copiers import copied_by, new_path, signed_in
from tests.web.reading import facts


def typed(study, officer, **values):
    return {
        "of": study.id,
        "source_version": study.version,
        "choice_0": "keep",
        "choice_1": "keep",
        "owner": officer.user.id,
    } | values


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


@pytest.fixture
def theirs(app, officer, study, session):
    """What a colleague saved while the officer was writing."""
    colleague = make_user(session, officer.user.council)
    return copied_by(signed_in(app, session, colleague), study, session)


def test_of_two_colleagues_who_begin_at_once_the_second_loses_nothing(officer, study, theirs):
    fields = typed(study, officer, choice_0="drop", first_step="Ring Siân")

    page = officer.post("/copies", 409, **fields)

    assert "A colleague began this copy while you were writing" in page.words
    assert ("what your colleague saved", f"/copies/{theirs.id}") in page.links
    [form] = page.find(f".//form[@action='/copies/{theirs.id}']")
    fields["version"] = form.find(".//input[@name='version']").get("value")
    saved = officer.post(form.get("action"), **fields)
    assert "Dropped Write three posts." in saved.words
    assert "Ring Siân" in page.words
    assert "Ring Siân" in saved.words


def test_a_plan_of_another_version_takes_no_colleagues_place(officer, study, theirs, session):
    publish_again(session, study, steps=STEPS[:1])
    session.commit()
    fields = typed(study, officer, source_version=2, choice_0="change", text_0="None at all.")

    page = officer.post("/copies", 409, **fields)

    assert ("change that plan", f"/copies/{theirs.id}/edit") in page.links
    assert page.find(".//input[@id='text_0']")[0].get("value") == "None at all."
    assert "We are copying this" not in page.words


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


def test_a_form_that_does_not_say_what_it_was_made_of_is_shown_again(officer, copy):
    fields = edited(copy, officer)
    del fields["version"]

    page = officer.post(f"/copies/{copy.id}", 409, **fields)

    assert page.title.startswith("Error: ")


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


def test_the_list_of_a_council_holds_its_own_copies(officer, copy, session):
    other = make_copy(session, make_practice(session, title="Anothers"))
    session.commit()

    page = officer.get("/copies")

    assert ("Ask early", f"/copies/{copy.id}") in page.links
    assert f"/copies/{other.id}" not in dict(page.links).values()


def publish_again(session, study, **values):
    codes = tuple(council.code for council in study.councils)
    make_case_study(
        session,
        **{"ref": study.ref, "title": study.title, "councils": codes, "steps": STEPS} | values,
    )


def test_what_changed_since_is_shown_step_by_step_and_that_it_was_changed_back(
    browser, copy, study, session
):
    publish_again(session, study, steps=[{"text": "Write one post."}, STEPS[1]])
    session.commit()
    page = browser.get(f"/copies/{copy.id}/changes")

    assert "Removed: three" in page.words
    assert "Added: one" in page.words
    assert ("See what is new", f"/copies/{copy.id}/changes") in browser.get(
        f"/copies/{copy.id}"
    ).links

    publish_again(session, study)
    session.commit()
    again = browser.get(f"/copies/{copy.id}/changes")
    assert "It says again what it said when they copied it." in again.words
    assert "still what they were" not in again.words
