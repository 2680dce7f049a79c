import pytest
from sqlalchemy import select

from kb.copying import figures, followups, hiding, lineage
from kb.copying.models import Copy, CopyReport, FollowUp, Hider, Status
from kb.errors import Conflict, Invalid, NotAllowed
from kb.library import hiding as words
from kb.mail.models import Letter
from tests.copying.making import (
    BASE,
    DROP,
    change,
    make_copy,
    make_practice,
    make_writer,
    report,
)
from tests.factories import NOW, make_case_study, make_user


def hide(session, copy, reason="It names a person.", by=None):
    by = by or make_user(session, is_reviewer=True)
    return hiding.hide(session, copy, reason, by=by, base_url=BASE, now=NOW)


def show_again(session, copy, by):
    hiding.show_again(session, copy, by=by, base_url=BASE, now=NOW)


def take_back(session, copy, by=None, *, is_written_up=False):
    by = by or copy.owner
    return hiding.take_back(session, copy, by=by, is_written_up=is_written_up, now=NOW)


def letters(session):
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def changed(session, copy):
    """What the family tree says of it."""
    told = lineage.told(session, lineage.of(session, copy.resource).nodes)
    return told[copy.id].changed


def test_what_a_reviewer_hides_is_in_no_tree_and_its_council_is_told_why(session):
    copy = make_copy(session, steps=[change("Ring Ann."), change("Ring Bob.")])
    before = changed(session, copy)

    why = hide(session, copy, " It names\na person. ")

    assert (before, changed(session, copy)) == ("Ring Ann.", "")
    assert (copy.is_hidden, copy.hidden_by, copy.hidden_why) == (True, Hider.REVIEWER, why)
    letter = letters(session)[-1]
    assert letter.to == copy.owner.email
    assert "\n> It names a person.\n" in letter.text
    with pytest.raises(Conflict):
        hide(session, copy)


@pytest.mark.parametrize("reason", ["", " \n", "x" * 501])
def test_nothing_is_hidden_without_a_reason(session, reason):
    copy = make_copy(session)

    with pytest.raises(Invalid) as refusal:
        hide(session, copy, reason)

    assert list(refusal.value.problems) == ["reason"]
    assert not copy.is_hidden


def test_only_reviewers_hide_and_only_those_of_elsewhere_show_again(session):
    copy = make_copy(session)
    with pytest.raises(NotAllowed):
        hide(session, copy, by=make_writer(session))
    with pytest.raises(Conflict):
        show_again(session, copy, copy.owner)
    hide(session, copy)
    for nobody in (copy.owner, make_user(session, copy.council, is_reviewer=True)):
        with pytest.raises(NotAllowed):
            show_again(session, copy, nobody)

    show_again(session, copy, make_user(session, is_reviewer=True))

    assert (copy.is_hidden, copy.hidden_why) == (False, "")
    assert letters(session)[-1].subject == "Shown again: your copy of Ask early"


def test_a_copy_of_which_nothing_came_goes_altogether_and_its_number_is_free(session):
    first = make_copy(session)
    copy = make_copy(session, first.resource, parent=first)
    study, writer, number = copy.resource, copy.owner, copy.id
    session.add(FollowUp(copy_id=number, week=4, token_hash="x", asked_at=NOW))
    report(session, copy, Status.PLANNED)
    heard = {letter.to for letter in letters(session) if letter.key.startswith(f"copy {number},")}

    assert take_back(session, copy)

    sent = [letter for letter in letters(session) if "after all" in letter.subject]
    assert {letter.to for letter in sent} == heard
    assert session.get(Copy, number) is None
    assert not session.scalars(select(CopyReport)).all()
    assert not session.scalars(select(FollowUp)).all()
    again = make_copy(session, study, writer)
    told = [letter.to for letter in letters(session) if letter.key == f"copy {again.id}, started"]
    assert told == [study.owner.email]


def test_nobody_is_told_that_a_copy_is_gone_of_which_they_never_heard(session):
    copy = make_copy(session)
    copy.resource.owner = make_user(session, copy.resource.councils[0])

    assert take_back(session, copy)

    assert not [letter for letter in letters(session) if "after all" in letter.subject]


def test_plans_do_not_repeat_steps_whose_words_are_hidden(session):
    person = "Ring Jane Example."
    study = make_practice(session, steps=[{"text": person}, {"text": "Ask comms."}])
    copy = make_copy(session, study, steps=[DROP, change("Ring anybody.")], status=Status.DOING)
    kept = {"ref": study.ref, "title": study.title, "councils": (study.councils[0].code,)}
    make_case_study(session, **kept, steps=[{"text": "Ring somebody."}, {"text": "Ask comms."}])
    later = make_copy(session, study, status=Status.DOING)

    words.hide(session, study, {"steps"}, before=2)
    hiding.forget_steps(session, study, before=2)

    assert [each["step"] for each in copy.changes] == ["Step 1", "Step 2"]
    assert [each["text"] for each in copy.changes] == ["", "Ring anybody."]
    assert [each["step"] for each in later.changes] == ["Ring somebody.", "Ask comms."]
    said = figures.of(session, lineage.of(session, study)).changed_most
    assert {each.step for each in said} == {"Step 1", "Step 2"}
    assert followups.have_hidden_steps_changed(session, copy)
    assert followups.tell_of_change(session, copy.id, base_url=BASE, now=NOW)
    assert "Its steps are not what they were" in letters(session)[-1].text


@pytest.mark.parametrize("built_on", ["begun", "begun once", "copied", "written up"])
def test_a_copy_that_others_build_on_stays_without_its_words(session, built_on):
    copy = make_copy(session, steps=[change("Ring Ann."), change("Ring Bob.")])
    if built_on.startswith("begun"):
        report(session, copy, Status.TRYING)
    if built_on == "begun once":
        report(session, copy, Status.PLANNED)
    if built_on == "copied":
        make_copy(session, copy.resource, parent=copy)

    is_gone = take_back(session, copy, is_written_up=built_on == "written up")

    assert not is_gone
    assert (changed(session, copy), copy.hidden_by) == ("", Hider.COUNCIL)
    with pytest.raises(NotAllowed):
        show_again(session, copy, make_user(session, is_reviewer=True))
    show_again(session, copy, make_user(session, copy.council))
    assert changed(session, copy) == "Ring Ann."


def test_people_of_other_councils_take_nothing_back(session):
    copy = make_copy(session)

    with pytest.raises(NotAllowed):
        take_back(session, copy, make_writer(session))


def test_a_council_cannot_make_its_own_of_what_a_reviewer_hid(session):
    copy = make_copy(session, status=Status.DOING)
    hide(session, copy)

    with pytest.raises(Conflict):
        take_back(session, copy)

    assert copy.hidden_by is Hider.REVIEWER
