from datetime import date

import pytest
from sqlalchemy import select

from kb.accounts.models import State
from kb.copying import service as copying
from kb.copying.models import Choice, Status
from kb.copying.service import StepPlan
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.mail.models import Letter
from tests.copying.making import (
    BASE,
    DROP,
    KEEP,
    STEPS,
    change,
    make_copy,
    make_plan,
    make_practice,
    make_writer,
    report,
)
from tests.factories import NOW, make_case_study, make_user


def letters(session, copy):
    about = Letter.key.startswith(f"copy {copy.id},")
    return list(session.scalars(select(Letter).where(about).order_by(Letter.id)))


def save(session, copy, plan, by, version=None):
    version = copy.version if version is None else version
    return copying.save(session, copy, plan, by=by, version=version, now=NOW)


def test_a_plan_says_of_each_step_what_is_kept_changed_and_dropped(session):
    copy = make_copy(session, steps=[change("One post is enough.", "We are two."), DROP])

    assert copy.changes == [
        {
            "step": "Write three posts.",
            "choice": "change",
            "text": "One post is enough.",
            "why": "We are two.",
        },
        {"step": "Ask comms for ten minutes.", "choice": "drop", "text": "", "why": ""},
    ]
    assert copy.status is Status.PLANNED
    assert copy.source_version == copy.told_version == 1


def test_a_plan_comes_back_as_it_was_saved(session):
    study, writer = make_practice(session), make_writer(session)
    days = {"first_step_by": date(2026, 12, 1), "review_on": date(2027, 3, 1)}
    plan = make_plan(
        study,
        writer,
        change("Ŵyr.", "Cymraeg"),
        KEEP,
        also="In Welsh too.",
        first_step="Ask",
        **days,
    )

    copy = copying.start(session, study, plan, by=writer, base_url=BASE, now=NOW)

    assert copying.plan_of(copy) == plan


def test_who_shared_it_hears_that_somebody_copies_it_without_any_name_of_a_person(session):
    copy = make_copy(session)

    [letter] = letters(session, copy)

    assert letter.to == copy.resource.owner.email
    assert letter.subject == f"{copy.council.name} is copying your practice"
    assert f"{BASE}/copies/{copy.id}" in letter.text
    assert copy.owner.name not in letter.text
    assert copy.owner.email not in letter.text


def test_nobody_is_told_where_nobody_is_known_to_have_shared_it(session):
    copy = make_copy(session, make_case_study(session, steps=STEPS))

    assert letters(session, copy) == []


def test_a_council_copies_a_practice_once(session):
    copy = make_copy(session)
    colleague = make_user(session, copy.council)

    with pytest.raises(Conflict):
        make_copy(session, copy.resource, colleague)

    assert copying.of_council(session, copy.resource, copy.council_id) is copy


def test_a_council_does_not_copy_what_it_shared(session):
    study = make_practice(session)

    with pytest.raises(NotAllowed):
        make_copy(session, study, study.owner)


def test_nobody_begins_to_copy_what_was_withdrawn(session):
    study = make_practice(session)
    set_standing(session, study, Standing.WITHDRAWN)

    with pytest.raises(NotFound):
        make_copy(session, study)


@pytest.mark.parametrize(
    "who", [{"council_role": None}, {"state": State.WAITING}, {"state": State.CLOSED}]
)
def test_only_who_writes_for_a_council_begins_a_copy(session, who):
    writer = make_writer(session)
    for name, value in who.items():
        setattr(writer, name, value)

    with pytest.raises(NotAllowed):
        make_copy(session, by=writer)


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([StepPlan(choice=Choice.CHANGE), KEEP], "text_0"),
        ([KEEP, change("x" * 501)], "text_1"),
        ([KEEP, change("x", "y" * 301)], "why_1"),
        ([KEEP], "steps"),
        ([KEEP] * 3, "steps"),
    ],
)
def test_a_plan_that_breaks_a_rule_is_refused_with_the_field(session, steps, field):
    with pytest.raises(Invalid) as refusal:
        make_copy(session, steps=steps)

    assert list(refusal.value.problems) == [field]


@pytest.mark.parametrize(
    "values",
    [
        {"also": "x" * 501},
        {"first_step": "x" * 501},
        {"first_step_by": date(1066, 10, 14)},
        {"review_on": date(9999, 1, 1)},
    ],
)
def test_the_rest_of_a_plan_has_bounds_too(session, values):
    study, writer = make_practice(session), make_writer(session)
    plan = make_plan(study, writer, **values)

    with pytest.raises(Invalid) as refusal:
        copying.start(session, study, plan, by=writer, base_url=BASE, now=NOW)

    assert list(refusal.value.problems) == list(values)


def test_nobody_of_another_council_can_own_a_copy(session):
    study, writer, stranger = make_practice(session), make_writer(session), make_writer(session)
    plan = make_plan(study, writer, owner_id=stranger.id)

    with pytest.raises(Invalid) as refusal:
        copying.start(session, study, plan, by=writer, base_url=BASE, now=NOW)

    assert list(refusal.value.problems) == ["owner"]


def test_a_version_that_never_was_cannot_be_copied(session):
    study, writer = make_practice(session), make_writer(session)
    plan = make_plan(study, writer, source_version=9)

    with pytest.raises(NotFound):
        copying.start(session, study, plan, by=writer, base_url=BASE, now=NOW)


def test_what_is_copied_from_another_council_begins_with_its_choices(session):
    first = make_copy(session, steps=[change("One post."), DROP])
    writer = make_writer(session)

    parent = copying.parent_of(session, first.resource, first.id)
    plan = copying.prefilled(first.resource, by=writer, parent=parent)

    assert plan.steps == (change("One post."), DROP)
    assert plan.owner_id == writer.id


def test_both_councils_before_it_hear_of_a_copy_of_a_copy(session):
    first = make_copy(session)
    second = make_copy(session, first.resource, parent=first)

    source, parent = letters(session, second)

    assert (source.to, parent.to) == (first.resource.owner.email, first.owner.email)
    assert parent.subject == f"{second.council.name} is copying your version"
    assert f"They began from what {first.council.name} made of it." in parent.text
    assert f"{BASE}/copies/{second.id}" in parent.text


def test_nobody_hears_twice_of_a_copy_of_a_copy(session):
    first = make_copy(session)
    first.resource.owner = first.owner

    second = make_copy(session, first.resource, parent=first)

    assert [letter.to for letter in letters(session, second)] == [first.owner.email]


def test_the_parent_of_a_copy_copied_the_same_practice(session):
    first, other = make_copy(session), make_practice(session, title="Another")

    with pytest.raises(NotFound):
        copying.parent_of(session, other, first.id)


def test_a_colleague_changes_the_plan_and_may_take_it_over(session):
    copy = make_copy(session)
    colleague = make_user(session, copy.council)

    save(session, copy, make_plan(copy.resource, colleague, DROP, KEEP), colleague)

    assert copy.changes[0]["choice"] == "drop"
    assert copy.owner_id == colleague.id


def test_the_plan_keeps_to_its_version_when_the_source_moves_on(session):
    copy = make_copy(session)
    study = copy.resource
    make_case_study(session, ref=study.ref, title="Ask early", steps=[{"text": "Only this."}])

    save(session, copy, make_plan(study, copy.owner, DROP, DROP, source_version=1), copy.owner)

    assert [each["step"] for each in copy.changes] == [step["text"] for step in STEPS]


def write(session, copy, act, by, version):
    if act == "save":
        save(session, copy, make_plan(copy.resource, by), by, version=version)
    else:
        report(session, copy, by=by, version=version)


@pytest.mark.parametrize("act", ["save", "report"])
def test_people_of_other_councils_change_nothing(session, act):
    copy, stranger = make_copy(session), make_writer(session)

    with pytest.raises(NotAllowed):
        write(session, copy, act, stranger, copy.version)


@pytest.mark.parametrize("act", ["save", "report"])
def test_of_two_colleagues_at_once_the_second_is_told(session, act):
    copy = make_copy(session)
    seen = copy.version
    save(session, copy, make_plan(copy.resource, copy.owner, DROP, KEEP), copy.owner)

    with pytest.raises(Conflict):
        write(session, copy, act, copy.owner, seen)


def test_a_title_with_odd_letters_makes_no_second_line_in_a_letter(session):
    copy = make_copy(session, by=make_writer(session, name="Odd\r\nBcc: x@example.org"))

    [letter] = letters(session, copy)

    assert letter.subject == "Odd Bcc: x@example.org is copying your practice"


def test_nobody_begins_from_words_that_are_hidden(session):
    parent = make_copy(session, hidden_at=NOW)

    with pytest.raises(NotFound):
        copying.parent_of(session, parent.resource, parent.id)


def test_a_finished_copy_knows_the_case_study_that_came_of_it(session):
    copy = make_copy(session)
    study = make_case_study(session, title="We asked earlier still")

    copying.finish(session, copy.id, study, now=NOW)

    assert copy.result is study
    with pytest.raises(Invalid):
        copying.finish(session, copy.id, copy.resource, now=NOW)


def test_the_copies_of_a_council_are_its_own(session):
    copy = make_copy(session)
    make_copy(session)

    assert copying.all_of_council(session, copy.council_id) == [copy]
    assert copying.all_of_council(session, None) == []


def test_a_copy_that_does_not_exist_is_not_found(session):
    with pytest.raises(NotFound):
        copying.get(session, 4711)
