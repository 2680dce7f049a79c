import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.accounts.models import State
from kb.copying import followups
from kb.copying.models import CopyReport, FollowUp, Status
from kb.copying.reports import Outcome
from kb.errors import NotFound
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.mail.models import Letter
from tests.copying.making import BASE, STEPS, make_copy
from tests.factories import NOW, make_case_study, make_user


def due(session, week=4, now=NOW):
    return followups.due(session, week=week, now=now, limit=10)


def ask(session, copy, week=4, now=NOW):
    """Ask; the token that the letter holds."""
    assert followups.ask(session, copy.id, week=week, base_url=BASE, now=now)
    return re.search(r"token=([\w-]+)", letter(session, copy, f"week {week}").text)[1]


def letter(session, copy, about):
    return session.scalar(select(Letter).where(Letter.key == f"copy {copy.id}, {about}"))


def answer(session, token, status=Status.DOING, now=NOW, **values):
    found = followups.find(session, token, now=now)
    outcome = Outcome(status=status, **values)
    followups.answer(session, found, outcome, now=now)
    return found.copy


def unaware_told(session, now):
    """Tell who does not know how the source stands; the ids of the copies it was about."""
    due = followups.unaware(session, limit=10)
    return [
        each for each in due if followups.tell_of_standing(session, each, base_url=BASE, now=now)
    ]


def change_source(session, copy, **values):
    study = copy.resource
    codes = tuple(council.code for council in study.councils)
    kept = {"ref": study.ref, "title": study.title, "councils": codes, "steps": STEPS}
    make_case_study(session, **kept | values)


@pytest.mark.parametrize(
    ("weeks", "first", "second"), [(3, False, False), (4, True, False), (12, False, True)]
)
def test_copiers_are_asked_after_4_and_after_12_weeks(session, weeks, first, second):
    copy = make_copy(session, weeks=weeks)

    assert due(session, 4) == [copy.id] * first
    assert due(session, 12) == [copy.id] * second


def test_who_stopped_is_not_asked_whether_they_still_do_it(session):
    make_copy(session, weeks=4, status=Status.STOPPED)

    assert due(session) == []


def test_nobody_is_asked_the_same_twice(session):
    copy = make_copy(session, weeks=4)
    ask(session, copy)

    assert due(session) == []
    assert not followups.ask(session, copy.id, week=4, base_url=BASE, now=NOW)


@pytest.mark.parametrize(
    ("status", "subject", "answers"),
    [
        (Status.TRYING, "4 weeks on: are you still doing it?", ["doing", "trying", "stopped"]),
        (
            Status.PLANNED,
            "4 weeks on: how is it going?",
            ["planned", "doing", "trying", "stopped"],
        ),
    ],
)
def test_the_letter_offers_every_true_answer_and_only_its_hash_is_kept(
    session, status, subject, answers
):
    copy = make_copy(session, weeks=4, status=status)

    token = ask(session, copy)

    sent = letter(session, copy, "week 4")
    assert (sent.to, sent.subject) == (copy.owner.email, subject)
    links = re.escape(f"{BASE}/copies/follow-up?token={token}&status=") + r"(\w+)"
    assert re.findall(links, sent.text) == answers
    assert session.scalar(select(FollowUp.token_hash)) != token


def test_an_answer_needs_the_token_alone(session):
    copy = make_copy(session, weeks=4)

    answer(session, ask(session, copy), Status.TRYING, hours=3, what_happened="Slow.")

    assert (copy.status, copy.hours_spent, copy.what_happened) == (Status.TRYING, 3, "Slow.")


def test_an_answer_can_be_given_again_and_stays_one_report(session):
    copy = make_copy(session, weeks=4)
    token = ask(session, copy)

    answer(session, token, Status.DOING)
    answer(session, token, Status.STOPPED, note="No time.")

    [said] = session.scalars(select(CopyReport).where(CopyReport.copy_id == copy.id))
    assert (said.week, said.status, said.status_note) == (4, Status.STOPPED, "No time.")


def test_why_it_was_stopped_may_be_left_out_by_mail(session):
    copy = make_copy(session, weeks=4)

    answer(session, ask(session, copy), Status.STOPPED)

    assert copy.status is Status.STOPPED


def test_a_token_ends_with_the_next_letter(session):
    copy = make_copy(session, weeks=4)
    first = ask(session, copy)
    later = NOW + timedelta(weeks=8)
    second = ask(session, copy, week=12, now=later)

    with pytest.raises(NotFound):
        followups.find(session, first, now=later)
    assert followups.find(session, second, now=later).copy is copy


def test_the_last_token_ends_after_half_a_year(session):
    copy = make_copy(session, weeks=12)
    token = ask(session, copy, week=12)

    with pytest.raises(NotFound):
        followups.find(session, token, now=NOW + timedelta(weeks=27))


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "\0", "ŵ", "' OR 1=1 --"])
def test_a_forged_token_finds_nothing(session, token):
    ask(session, make_copy(session, weeks=4))

    with pytest.raises(NotFound):
        followups.find(session, token, now=NOW)


def test_a_token_answers_for_its_own_copy_alone(session):
    mine, other = make_copy(session, weeks=4), make_copy(session, weeks=4)

    answer(session, ask(session, mine), Status.DOING)

    assert other.status is Status.PLANNED


def test_a_colleague_is_asked_where_the_owner_has_left(session):
    copy = make_copy(session, weeks=4)
    colleague = make_user(session, copy.council)
    copy.owner.state = State.CLOSED

    ask(session, copy)

    assert letter(session, copy, "week 4").to == colleague.email


def test_where_nobody_is_left_nobody_is_asked_again_and_again(session):
    copy = make_copy(session, weeks=4)
    copy.owner.state = State.CLOSED

    assert not followups.ask(session, copy.id, week=4, base_url=BASE, now=NOW)
    assert due(session) == []


def test_copiers_are_told_once_of_the_newest_version(session):
    copy = make_copy(session)
    change_source(session, copy, summary="Now with a summary.")
    change_source(session, copy, steps=[{"text": "Write one post."}])

    assert followups.outdated(session, limit=10) == [copy.id]
    assert followups.tell_of_change(session, copy.id, base_url=BASE, now=NOW)
    assert not followups.tell_of_change(session, copy.id, base_url=BASE, now=NOW)

    sent = letter(session, copy, "version 3")
    assert "Its steps are not what they were" in sent.text
    assert f"{BASE}/copies/{copy.id}/changes" in sent.text
    assert followups.outdated(session, limit=10) == []


def test_a_source_that_is_again_as_it_was_copied_is_said_to_be(session):
    copy = make_copy(session)
    changed = [{"text": "Write one post."}]
    for version, steps in ((2, changed), (3, STEPS), (4, changed)):
        change_source(session, copy, steps=steps)
        followups.tell_of_change(session, copy.id, base_url=BASE, now=NOW)
        sent = letter(session, copy, f"version {version}").text

        is_again = steps is STEPS
        assert ("It says again what it said when you copied it." in sent) == is_again
        assert ("Its steps are not what they were when you copied them." in sent) != is_again


def test_what_came_and_went_between_two_letters_is_no_news(session):
    copy = make_copy(session)
    change_source(session, copy, steps=[{"text": "Write one post."}])
    change_source(session, copy)

    assert not followups.tell_of_change(session, copy.id, base_url=BASE, now=NOW)


def test_steps_that_changed_before_the_last_letter_are_still_not_what_was_copied(session):
    copy = make_copy(session)
    change_source(session, copy, steps=[{"text": "Write one post."}])
    followups.tell_of_change(session, copy.id, base_url=BASE, now=NOW)
    change_source(session, copy, steps=[{"text": "Write one post."}], summary="Short.")

    followups.tell_of_change(session, copy.id, base_url=BASE, now=NOW)

    assert "Its steps are not what they were" in letter(session, copy, "version 3").text


def test_copiers_hear_once_that_the_source_was_taken_down_and_once_that_it_is_back(session):
    copy = make_copy(session, status=Status.STOPPED)
    set_standing(session, copy.resource, Standing.WITHDRAWN, note="Wrong.\nSign in here")
    moments = (NOW, NOW + timedelta(days=1))

    down = [unaware_told(session, now) for now in moments]
    set_standing(session, copy.resource, Standing.LIVE)
    back = [unaware_told(session, now) for now in moments]

    assert (down, back) == ([[copy.id], []], [[copy.id], []])
    sent = letter(session, copy, f"withdrawn {NOW:%Y-%m-%d %H:%M}")
    assert sent.to == copy.owner.email
    assert "> Wrong.\n> Sign in here" in sent.text
    assert f"{BASE}/p/{copy.resource_id}" in sent.text
    assert "is live again" in letter(session, copy, f"back {NOW:%Y-%m-%d %H:%M}").text


def test_a_page_that_was_only_looked_at_again_is_no_news(session):
    copy = make_copy(session)
    change_source(session, copy, checked=NOW.date())

    assert not followups.tell_of_change(session, copy.id, base_url=BASE, now=NOW)

    assert followups.outdated(session, limit=10) == []
    assert followups.changes_since(session, copy) == []


def test_telling_of_a_change_disturbs_nobody_who_writes_in_the_plan(session):
    copy = make_copy(session)
    before = copy.version
    change_source(session, copy, steps=[{"text": "Write one post."}])

    followups.tell_of_change(session, copy.id, base_url=BASE, now=NOW)
    session.refresh(copy)

    assert copy.version == before
    assert copy.told_version == 2


def test_the_steps_are_compared_with_the_version_that_was_copied(session):
    copy = make_copy(session)
    change_source(session, copy, steps=[{"text": "Write one post."}, STEPS[1]])

    [change] = followups.changes_since(session, copy)

    assert change.field == "steps"
    assert {(run.fate.value, run.text) for run in change.runs} >= {
        ("removed", "three"),
        ("added", "one"),
    }
