from datetime import timedelta

import pytest

from kb.errors import Conflict, Invalid
from kb.mail import service as mail
from kb.mail.models import State
from kb.mail.types import Doubt, MailError
from tests.factories import NOW


def a_letter(session, key="one", **values):
    given = {"to": "a@example.org", "subject": "Hello", "text": "Words"} | values
    return mail.write(session, key=key, now=NOW, **given)


def test_the_same_letter_is_written_once(session):
    first = a_letter(session)

    assert first is not None
    assert a_letter(session) is None


@pytest.mark.parametrize("line", ["a@example.org\nBcc: b@example.org", "a\r\nX: y", "a\x00"])
def test_nobody_adds_a_header_to_a_letter(session, line):
    with pytest.raises(Invalid):
        a_letter(session, to=line)
    with pytest.raises(Invalid):
        a_letter(session, subject=line)


def test_a_letter_is_taken_by_one_worker_only(session):
    letter = a_letter(session)

    assert mail.take(session, now=NOW) == [letter.id]
    assert mail.take(session, now=NOW) == []


def test_a_letter_whose_sending_never_ended_is_in_doubt(session):
    letter = a_letter(session)
    mail.take(session, now=NOW)

    assert mail.in_doubt(session, now=NOW) == []
    assert mail.in_doubt(session, now=NOW + mail.DOUBT_AFTER) == [letter]


def test_those_that_are_still_to_go_out_are_counted(session):
    for key in ("one", "two", "three"):
        a_letter(session, key)
    taken = mail.take(session, now=NOW, limit=2)
    mail.note_sent(mail.get(session, taken[0]), now=NOW)

    assert mail.waiting(session) == 2


def test_what_was_sent_is_no_longer_known_in_words(session):
    letter = a_letter(session)

    mail.note_sent(letter, now=NOW)

    assert (letter.state, letter.text) == (State.SENT, "")


def test_attempts_grow_further_apart_and_end(session):
    letter, now, waits = a_letter(session), NOW, []
    while letter.state is State.WAITING:
        mail.take(session, now=now)
        mail.note_failure(letter, MailError("No."), now=now)
        waits.append(letter.due_at - now)
        now = letter.due_at

    assert waits[:-1] == list(mail.WAITS)
    assert letter.state is State.DEAD
    assert letter.last_error == "No."


@pytest.mark.parametrize("problem", [MailError("No such box.", is_final=True), Doubt("Hm.")])
def test_what_is_hopeless_or_in_doubt_is_left_to_an_admin(session, problem):
    letter = a_letter(session)
    mail.take(session, now=NOW)

    mail.note_failure(letter, problem, now=NOW)

    assert mail.dead(session) == [letter]


def test_an_admin_can_have_a_dead_letter_sent_again(session):
    letter = a_letter(session)
    mail.take(session, now=NOW)
    mail.note_failure(letter, Doubt("Hm."), now=NOW)

    mail.send_again(session, letter, now=NOW)

    assert mail.take(session, now=NOW) == [letter.id]
    with pytest.raises(Conflict):
        mail.send_again(session, letter, now=NOW)


def test_letters_of_long_ago_are_forgotten(session):
    mail.note_sent(a_letter(session, "old"), now=NOW - mail.KEPT_FOR - timedelta(days=1))
    mail.note_sent(a_letter(session, "new"), now=NOW)

    assert mail.tidy(session, now=NOW) == 1
    assert a_letter(session, "new") is None


def test_of_a_letter_that_was_sent_its_address_can_be_forgotten(session):
    letter = a_letter(session)
    mail.take(session, now=NOW)
    assert not mail.is_settled(session, "one")
    mail.note_sent(letter, now=NOW)

    assert mail.is_settled(session, "one")
    assert mail.forget_address(session, "one", now=NOW)

    assert (letter.to, letter.text, letter.state) == ("", "", State.SENT)
    assert a_letter(session) is None


def test_a_letter_without_an_address_is_never_sent(session):
    letter = a_letter(session)

    assert mail.forget_address(session, "one", now=NOW)

    assert letter.state is State.DEAD
    assert mail.take(session, now=NOW) == []
    assert mail.dead(session) == []
    with pytest.raises(Conflict):
        mail.send_again(session, letter, now=NOW)


def test_what_a_mail_server_said_of_an_address_is_forgotten_with_it(session):
    letter = a_letter(session)
    mail.note_failure(letter, MailError("a@example.org is full", is_final=True), now=NOW)

    mail.forget_address(session, "one", now=NOW)

    assert letter.last_error == ""


def test_an_address_is_not_forgotten_while_somebody_writes_to_it(session):
    letter = a_letter(session)
    mail.take(session, now=NOW)

    assert not mail.forget_address(session, "one", now=NOW)
    assert letter.to == "a@example.org"
    assert mail.forget_address(session, "one", now=NOW + mail.DOUBT_AFTER)


def test_a_letter_that_was_never_written_needs_no_forgetting(session):
    assert mail.is_settled(session, "none")
    assert mail.forget_address(session, "none", now=NOW)
