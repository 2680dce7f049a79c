import socket
from email import message_from_bytes
from email.policy import default

import pytest

from kb.mail.senders import Folder, Smtp, from_url
from kb.mail.types import Doubt, MailError, Message
from tests.services.mailserver import mail_server

SENDER = "Scrutiny Swap <no-reply@example.org>"


def a_message(**values):
    given = {"to": "mari@example.org", "subject": "Croeso, ŵyn", "text": "Dŵr a thân"}
    return Message(**{"message_id": "abc@scrutiny-swap"} | given | values)


def smtp(server):
    return from_url(server.url, folder=None, sender=SENDER)


def test_a_letter_arrives_whole_at_a_real_server():
    with mail_server() as server:
        smtp(server).send(a_message())

    (letter,) = server.letters
    assert letter["To"] == "mari@example.org"
    assert letter["From"] == SENDER
    assert letter["Subject"] == "Croeso, ŵyn"
    assert letter["Message-ID"] == "<abc@scrutiny-swap>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().strip() == "Dŵr a thân"


@pytest.mark.parametrize(("answer", "is_final"), [("451 Later", False), ("550 No box", True)])
def test_what_the_server_refuses_is_tried_again_only_if_it_may_help(answer, is_final):
    with mail_server() as server:
        server.answer = answer

        with pytest.raises(MailError, match=answer[4:]) as caught:
            smtp(server).send(a_message())

    assert caught.value.is_final is is_final
    assert not isinstance(caught.value, Doubt)


def test_a_server_that_is_not_there_is_tried_again():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = Smtp(host="127.0.0.1", port=nobody.getsockname()[1], is_tls=False, sender=SENDER)

        with pytest.raises(MailError, match="cannot be used") as caught:
            closed.send(a_message())

    assert not caught.value.is_final


@pytest.mark.parametrize(
    "values", [{"to": "a@b.example\nBcc: c@d.example"}, {"subject": "x\nBcc: c@d.example"}]
)
def test_no_header_is_added_to_a_letter(tmp_path, values):
    with pytest.raises(MailError) as caught:
        Folder(tmp_path, SENDER).send(a_message(**values))

    assert caught.value.is_final


def test_a_folder_keeps_each_letter_once(tmp_path):
    folder = Folder(tmp_path / "mail", SENDER)

    folder.send(a_message())
    folder.send(a_message())

    (file,) = folder.path.iterdir()
    letter = message_from_bytes(file.read_bytes(), policy=default)
    assert letter.get_content().strip() == "Dŵr a thân"
    assert folder.was_sent("abc@scrutiny-swap")
    assert not folder.was_sent("other@scrutiny-swap")
