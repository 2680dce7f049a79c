"""Six weeks after a session, as the worker does it."""

from datetime import timedelta

from sqlalchemy import select

from kb import jobs
from kb.jobs.training import (
    forget_addresses,
    remind_people,
    tidy_training,
    write_up_sessions,
)
from kb.mail.models import Letter
from kb.training import reminding, tidying
from kb.training.models import Pack, Reminder, SessionState, TrainingSession, WriteUp
from kb.training.types import RoundKind
from tests.factories import NOW, make_user
from tests.training.packing import make_pack, make_seeded
from tests.training.past import SIX_WEEKS, join, make_pledge, make_round, make_session

DUE = NOW + SIX_WEEKS


def pledged(session, number=3):
    training = make_session(session)
    one = make_round(session, training, "p", RoundKind.PLEDGE)
    for device in join(session, training, number):
        make_pledge(session, one, device, email=f"p{device.id}@example.org")
    session.commit()
    return training


def test_they_run_by_themselves():
    assert {remind_people, forget_addresses, write_up_sessions, tidy_training} < set(jobs.REGULAR)


def test_each_gets_one_letter_however_often_the_job_runs(runtime, session):
    pledged(session)

    assert remind_people(runtime, now=DUE - timedelta(hours=1)) == 0
    assert remind_people(runtime, now=DUE) == 3
    assert remind_people(runtime, now=DUE) == 0
    assert len(session.scalars(select(Letter)).all()) == 3


def test_addresses_go_once_the_letters_are_out(runtime, session):
    training = pledged(session)
    remind_people(runtime, now=DUE)
    assert forget_addresses(runtime, now=DUE) == 0

    jobs.deliver_letters(runtime, now=DUE)

    assert forget_addresses(runtime, now=DUE) == 3
    assert forget_addresses(runtime, now=DUE) == 0
    assert set(session.scalars(select(Reminder.email))) == {""}
    assert set(session.scalars(select(Letter.to))) == {""}
    assert reminding.followed_up(session, training).asked == 3


def test_addresses_go_after_eight_weeks_though_no_letter_was_sent(runtime, session):
    pledged(session)

    assert forget_addresses(runtime, now=DUE + reminding.LATEST) == 3
    assert remind_people(runtime, now=DUE + reminding.LATEST) == 0
    assert set(session.scalars(select(Reminder.email))) == {""}


def test_sessions_that_closed_without_drafts_are_written_up_once(runtime, session):
    make_session(session)
    session.commit()

    assert write_up_sessions(runtime, now=NOW) == 1
    assert write_up_sessions(runtime, now=NOW) == 0
    assert len(session.scalars(select(WriteUp)).all()) == 1


def test_what_guests_made_and_never_used_goes_after_a_year(runtime, session):
    make_seeded(session, title="Seeded")
    make_pack(session, title="Owned", owner=make_user(session))
    run, used = (make_pack(session, title=title)[0] for title in ("Run", "Only prepared"))
    make_pack(session, title="Left")
    prepared = {"state": SessionState.PREPARED, "opened_at": NOW, "closed_at": None}
    make_session(session, title="Held", pack_id=run.id)
    make_session(session, title="Never opened", pack_id=used.id, **prepared)
    make_session(session, title="Owned", owner=make_user(session), **prepared)
    first = make_session(session, title="First of two", **prepared)
    make_session(session, title="Second", before_id=first.id, opened_at=NOW)
    session.commit()

    early = tidy_training(runtime, now=NOW + tidying.KEPT - timedelta(days=1))
    deleted = [tidy_training(runtime, now=NOW + tidying.KEPT) for _ in range(2)]

    session.rollback()
    assert (early, deleted) == (0, [3, 0])
    assert set(session.scalars(select(Pack.title))) == {"Seeded", "Owned", "Run"}
    titles = set(session.scalars(select(TrainingSession.title)))
    assert titles == {"Held", "Owned", "First of two", "Second"}
