import socket
from email import message_from_bytes
from email.policy import default

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.config import ROOT
from kb.mail.senders import Folder, Smtp, from_url, written
from kb.mail.types import Doubt, MailError, Message
from tests.services.mailserver import mail_server

SENDER = "Scrutiny Swap <no-reply@example.org>"


def a_message(**values):
    given = {"to": "mari@example.org", "subject": "Croeso, ŵyn", "text": "Dŵr a thân"}
    return Message(**{"message_id": "abc@scrutiny-swap"} | given | values)


def sent(subject):
    """The subject as it is read again out of the letter as it goes out."""
    letter = written(a_message(subject=subject), sender=SENDER)
    whole = letter.as_bytes(policy=letter.policy.clone(linesep="\r\n"))
    assert max(map(len, whole.split(b"\r\n"))) <= 78
    return message_from_bytes(whole, policy=default)["Subject"]


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


def test_the_subjects_about_every_page_arrive_as_they_were_written():
    titles = [
        frontmatter.load(file)["title"]
        for file in sorted((ROOT / "seed_data").rglob("*.md"))
        if "title" in frontmatter.load(file).metadata
    ]
    subjects = [f"What happened with “{title}”?"[:150] for title in titles]

    assert len(titles) > 100
    assert [sent(subject) for subject in subjects] == subjects


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=150))
def test_any_subject_arrives_as_it_was_written(subject):
    assert sent(f"x{subject}x") == f"x{subject}x"


@pytest.mark.parametrize(
    "subject",
    [
        "Rheolau ffilmio wrth y llyw: asked ŷ residents ŷ “ŵyn” about it",
        "=?utf-8?q?x=0d=0aBcc:_c=40d.example?=",
    ],
)
def test_no_space_is_lost_and_nothing_is_read_that_looks_encoded(subject):
    with mail_server() as server:
        smtp(server).send(a_message(subject=subject))

    (letter,) = server.letters
    assert letter["Subject"] == subject
    assert letter["Bcc"] is None


def test_a_link_can_be_copied_out_of_a_letter_in_a_folder(tmp_path):
    link = f"https://swap.example/sign-in/link?token={'a1' * 60}&next=/p/1"

    Folder(tmp_path, SENDER).send(a_message(text=f"Dŵr, “hello”:\n{link}\n"))

    (file,) = tmp_path.iterdir()
    lines = file.read_bytes().split(b"\r\n")
    assert link.encode() in lines
    assert "Dŵr, “hello”:".encode() in lines
