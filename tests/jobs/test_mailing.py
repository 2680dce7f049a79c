from dataclasses import replace
from datetime import timedelta

import pytest

from kb import jobs
from kb.mail import senders
from kb.mail import service as mail
from kb.mail.models import Letter, State
from tests.factories import NOW
from tests.services.mailserver import mail_server

LATER = NOW + mail.DOUBT_AFTER


@pytest.fixture
def server():
    with mail_server() as server:
        yield server


@pytest.fixture
def posting(runtime, server):
    """The site with a real mail server."""
    sender = senders.from_url(server.url, folder=None, sender="Swap <a@example.org>")
    return replace(runtime, mail=sender)


def letters(runtime, *keys, to="mari@example.org"):
    with runtime.database.transaction(quietly=True) as session:
        for key in keys:
            mail.write(session, key=key, to=to, subject=key, text="Words", now=NOW)


def states(runtime):
    with runtime.database.reading() as session:
        return {letter.key: letter.state for letter in session.query(Letter)}


def begin_and_be_killed(runtime):
    """A worker that ended after it had written down that it would send."""
    with runtime.database.transaction(quietly=True) as session:
        mail.take(session, now=NOW)


def test_what_waits_is_delivered_once(posting, server):
    letters(posting, "one", "two")

    assert jobs.deliver_letters(posting, now=NOW) == 2
    assert jobs.deliver_letters(posting, now=LATER) == 0
    assert sorted(letter["Subject"] for letter in server.letters) == ["one", "two"]


def test_one_letter_that_cannot_be_sent_stops_no_other(posting, server):
    letters(posting, "bad", to="not an address")
    letters(posting, "good")

    assert jobs.deliver_letters(posting, now=NOW) == 1
    assert states(posting) == {"bad": State.DEAD, "good": State.SENT}


def test_what_failed_is_tried_again_later(posting, server):
    letters(posting, "one")
    server.answer = "451 Later"
    jobs.deliver_letters(posting, now=NOW)
    server.answer = "250 OK"

    assert jobs.deliver_letters(posting, now=NOW + timedelta(seconds=59)) == 0
    assert jobs.deliver_letters(posting, now=NOW + timedelta(minutes=1)) == 1


def test_a_server_cannot_say_what_it_got_so_nothing_is_sent_twice(posting, server):
    letters(posting, "one")
    begin_and_be_killed(posting)

    assert jobs.deliver_letters(posting, now=LATER) == 0
    assert states(posting) == {"one": State.DEAD}
    assert server.letters == []


def test_a_folder_can_say_what_it_got(runtime):
    letters(runtime, "lost", "kept")
    begin_and_be_killed(runtime)
    with runtime.database.reading() as session:
        kept = session.query(Letter).filter_by(key="kept").one()
        runtime.mail.send(mail.message_of(kept))

    jobs.deliver_letters(runtime, now=LATER)
    jobs.deliver_letters(runtime, now=LATER + timedelta(days=1))

    assert states(runtime) == {"lost": State.SENT, "kept": State.SENT}
    assert len(list(runtime.settings.mail_dir.iterdir())) == 2
