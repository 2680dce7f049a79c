import re
from datetime import timedelta

import pytest
from sqlalchemy import inspect, select, text

from kb.db.base import Base
from kb.errors import NotFound
from kb.mail import service as mail
from kb.mail.models import Letter, State
from kb.mail.types import MailError
from kb.training import reminding
from kb.training.models import Reminder
from kb.training.types import RoundKind
from tests.factories import NOW, make_tip_card
from tests.training.past import SIX_WEEKS, join, make_pledge, make_round, make_session

BASE = "https://swap.example"
DUE = NOW + SIX_WEEKS
ADDRESS = "bev@calderwick.gov.uk"


def make_reminder(session, email=ADDRESS, training=None, one=None, **values):
    training = training or make_session(session)
    one = one or make_round(session, training, "p", RoundKind.PLEDGE)
    device = join(session, training)[0]
    return make_pledge(session, one, device, email=email, **values).reminder


def ask(session, reminder, now=DUE):
    return reminding.ask(session, reminder.id, base_url=BASE, now=now)


def letter(session, reminder):
    key = f"reminder {reminder.id}"
    return session.scalar(select(Letter).where(Letter.key == key))


def asked(session, **values):
    """A reminder whose letter is written, and the token in it."""
    reminder = make_reminder(session, **values)
    assert ask(session, reminder)
    return reminder, re.search(r"token=([\w-]+)", letter(session, reminder).text)[1]


def send(session, reminder):
    mail.take(session, now=DUE)
    mail.note_sent(letter(session, reminder), now=DUE)


def test_the_letter_is_due_after_six_weeks(session):
    reminder = make_reminder(session)

    assert reminding.due(session, now=DUE - timedelta(minutes=1), limit=9) == []
    assert reminding.due(session, now=DUE, limit=9) == [reminder.id]


def test_nobody_is_asked_twice(session):
    reminder, _ = asked(session)

    assert reminding.due(session, now=DUE, limit=9) == []
    assert not ask(session, reminder)


def test_only_the_hash_of_the_link_is_kept(session):
    reminder, token = asked(session)

    assert reminder.token_hash != token
    assert reminding.find(session, token, now=DUE) is reminder


def test_nothing_that_somebody_typed_is_sent_to_an_address_nobody_checked(session):
    training = make_session(session, title="Win a prize at http://evil.example")
    reminder, _ = asked(session, training=training, will="visit http://evil.example")

    assert "evil" not in letter(session, reminder).text + letter(session, reminder).subject


def test_the_cards_that_were_picked_are_named(session):
    card = make_tip_card(session, title="Talk to comms anyway")

    reminder, _ = asked(session, cards=[card])

    assert "Talk to comms anyway" in letter(session, reminder).text


@pytest.mark.parametrize(
    "email", ["a@example.org\nBcc: b@example.org", "a@example.org\r\nX: y", "a\x1b@example.org"]
)
def test_an_address_with_a_header_in_it_gets_no_letter_and_is_forgotten(session, email):
    reminder = make_reminder(session, email=email)

    assert not ask(session, reminder)
    assert reminder.email == ""
    assert letter(session, reminder) is None


def test_the_same_address_left_many_times_in_one_room_gets_one_letter(session):
    training = make_session(session)
    one = make_round(session, training, "p", RoundKind.PLEDGE)
    ids = [
        make_reminder(session, email, training, one).id
        for email in (ADDRESS, ADDRESS.upper(), ADDRESS)
    ]

    written = [reminding.ask(session, each, base_url=BASE, now=DUE) for each in ids]

    assert written == [True, False, False]
    assert reminding.followed_up(session, training).left == 1


def test_the_same_address_in_another_session_is_another_letter(session):
    first, second = make_reminder(session), make_reminder(session)

    assert ask(session, first)
    assert ask(session, second)


def test_the_address_waits_until_the_letter_is_on_its_way(session):
    reminder, _ = asked(session)

    assert reminding.to_forget(session, now=DUE, limit=9) == [reminder.id]
    assert not reminding.forget(session, reminder.id, now=DUE)
    assert reminder.email == ADDRESS


def test_once_the_letter_is_sent_the_address_is_in_no_table(session):
    reminder, token = asked(session)
    send(session, reminder)

    assert reminding.forget(session, reminder.id, now=DUE)

    assert everything(session, ADDRESS) == []
    assert reminding.to_forget(session, now=DUE, limit=9) == []
    assert reminding.find(session, token, now=DUE) is reminder


def test_once_the_letter_is_given_up_the_address_is_in_no_table(session):
    reminder, _ = asked(session)
    mail.take(session, now=DUE)
    refused = MailError(f"{ADDRESS}: no such mailbox", is_final=True)
    mail.note_failure(letter(session, reminder), refused, now=DUE)

    assert reminding.forget(session, reminder.id, now=DUE)

    assert everything(session, ADDRESS) == []
    assert mail.dead(session) == []


def test_eight_weeks_on_the_address_is_gone_though_no_letter_could_leave(session):
    reminder, _ = asked(session)

    assert reminding.forget(session, reminder.id, now=DUE + reminding.LATEST)

    assert everything(session, ADDRESS) == []
    assert mail.take(session, now=DUE + reminding.LATEST) == []


def test_eight_weeks_on_an_address_that_nobody_got_to_is_gone_without_a_letter(session):
    reminder = make_reminder(session)
    late = DUE + reminding.LATEST

    assert reminding.due(session, now=late, limit=9) == []
    assert reminding.to_forget(session, now=late, limit=9) == [reminder.id]
    assert reminding.forget(session, reminder.id, now=late)
    assert everything(session, ADDRESS) == []


def test_a_letter_that_is_being_sent_keeps_its_address_until_that_is_settled(session):
    reminder, _ = asked(session)
    mail.take(session, now=DUE)

    assert not reminding.forget(session, reminder.id, now=DUE)
    assert letter(session, reminder).state is State.SENDING


def test_forgetting_what_is_not_there_does_nothing(session):
    assert not reminding.forget(session, 4711, now=DUE)
    assert not reminding.ask(session, 4711, base_url=BASE, now=DUE)


@pytest.mark.parametrize("token", ["", "x", "\udcff", "x" * 10_000])
def test_a_link_cannot_be_made_up(session, token):
    make_reminder(session)

    with pytest.raises(NotFound):
        reminding.find(session, token, now=DUE)


def test_the_link_is_over_after_half_a_year(session):
    _, token = asked(session)

    with pytest.raises(NotFound):
        reminding.find(session, token, now=DUE + reminding.ANSWERS_FOR + timedelta(days=1))


def test_answers_are_counted_and_may_be_changed(session):
    training = make_session(session)
    one = make_round(session, training, "p", RoundKind.PLEDGE)
    reminders = [
        asked(session, email=f"{n}@example.org", training=training, one=one)[0] for n in range(3)
    ]
    for reminder in reminders[:2]:
        reminding.answer(session, reminder, did=True, now=DUE)
    reminding.answer(session, reminders[1], did=False, now=DUE)

    found = reminding.followed_up(session, training)

    assert (found.left, found.asked, found.answered, found.did) == (3, 3, 2, 1)


def test_answers_of_other_sessions_are_not_counted(session):
    asked(session)

    assert reminding.followed_up(session, make_session(session)).left == 0


def everything(session, words):
    """Where these words stand, in whichever table."""
    session.flush()
    tables = inspect(session.connection()).get_table_names()
    assert {Reminder.__tablename__, Letter.__tablename__} < set(tables)
    return [
        table.name
        for table in Base.metadata.sorted_tables
        for row in session.execute(text(f'select * from "{table.name}"'))
        if words.lower() in str(tuple(row)).lower()
    ]
