import json
import socket

import pytest

from kb.mail.notify import Notify
from kb.mail.senders import from_url
from kb.mail.types import MailError, Message
from tests.services.feedserver import Reply, serve

KEY = "test-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"
SENDER = "Scrutiny Swap <no-reply@example.org>"


def a_message(**values):
    given = {"to": "mari@example.org", "subject": "Croeso, ŵyn", "text": "Dŵr a thân"}
    return Message(**{"message_id": "abc@scrutiny-swap"} | given | values)


def notify(server):
    host = server.url("").removeprefix("http://").rstrip("/")
    return from_url(f"notify+http://template:{KEY}@{host}", folder=None, sender=SENDER)


def a_reply(status, **said):
    return Reply(
        status=status, body=json.dumps(said).encode(), headers={"Content-Type": "application/json"}
    )


def test_notify_is_given_the_letter_and_its_number():
    routes = {"/v2/notifications/email": a_reply(201, id="1")}
    with serve(routes) as server:
        notify(server).send(a_message())

        assert server.hits("/v2/notifications/email") == 1


@pytest.mark.parametrize(("status", "is_final"), [(400, True), (429, False), (500, False)])
def test_what_notify_refuses_is_tried_again_only_if_it_may_help(status, is_final):
    routes = {"/v2/notifications/email": a_reply(status, errors=[])}
    with serve(routes) as server, pytest.raises(MailError) as caught:
        notify(server).send(a_message())

    assert caught.value.is_final is is_final


@pytest.mark.parametrize(("found", "known"), [([{"id": "1"}], True), ([], False)])
def test_notify_knows_what_it_was_given(found, known):
    with serve({"/v2/notifications": a_reply(200, notifications=found)}) as server:
        assert notify(server).was_sent("abc@scrutiny-swap") is known


def test_a_notify_that_does_not_answer_is_asked_again_before_anything_is_sent_again():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        silent = Notify(KEY, "template", f"http://127.0.0.1:{nobody.getsockname()[1]}")

        with pytest.raises(MailError) as caught:
            silent.send(a_message())
        with pytest.raises(MailError):
            silent.was_sent("abc@scrutiny-swap")

    assert not caught.value.is_final
