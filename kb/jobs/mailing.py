"""Send the letters that wait."""

from datetime import datetime

from kb import logs
from kb.mail import service as mail
from kb.mail.types import Doubt, MailError
from kb.runtime import Runtime

LOST = "The worker ended while it was being sent, so it may have arrived."

log = logs.get("jobs")


def deliver_letters(runtime: Runtime, *, now: datetime) -> int:
    """Send what is due; how many letters went out. None goes out twice.

    That its sending begins is written down before anything leaves. What was cut off there is
    asked of the sender: where that cannot say, an admin decides.
    """
    _settle_doubts(runtime, now)
    with runtime.database.transaction(quietly=True) as session:
        taken = mail.take(session, now=now)
    return sum(_send(runtime, letter_id, now) for letter_id in taken)


def tidy_letters(runtime: Runtime, *, now: datetime) -> int:
    with runtime.database.transaction(quietly=True) as session:
        return mail.tidy(session, now=now)


def _send(runtime: Runtime, letter_id: int, now: datetime) -> bool:
    with runtime.database.reading() as session:
        letter = mail.get(session, letter_id)
        message, is_first = mail.message_of(letter), letter.attempts == 1
    try:
        if is_first or not runtime.mail.was_sent(message.message_id):
            runtime.mail.send(message)
    except MailError as error:
        return _settle(runtime, letter_id, error, now)
    except Exception:
        log.exception("letter could not be sent", letter=letter_id)
        return _settle(runtime, letter_id, Doubt("Something broke while it was sent."), now)
    return _settle(runtime, letter_id, None, now)


def _settle_doubts(runtime: Runtime, now: datetime) -> None:
    with runtime.database.reading() as session:
        stuck = {letter.id: letter.message_id for letter in mail.in_doubt(session, now=now)}
    for letter_id, message_id in stuck.items():
        _settle(runtime, letter_id, _doubt(runtime, message_id), now)


def _doubt(runtime: Runtime, message_id: str) -> MailError | None:
    try:
        was_sent = runtime.mail.was_sent(message_id)
    except MailError as error:
        return error
    if was_sent:
        return None
    return Doubt(LOST) if was_sent is None else MailError(LOST)


def _settle(runtime: Runtime, letter_id: int, problem: MailError | None, now: datetime) -> bool:
    """Write down what became of it; was it sent?"""
    with runtime.database.transaction(quietly=True) as session:
        letter = mail.get(session, letter_id)
        if problem is None:
            mail.note_sent(letter, now=now)
        else:
            log.warning("letter not sent", letter=letter_id, problem=type(problem).__name__)
            mail.note_failure(letter, problem, now=now)
    return problem is None
