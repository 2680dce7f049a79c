"""A real mail server on this machine that keeps what it is sent."""

import socket
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller


class MailServer:
    """Answers every letter as it was told to, and keeps those that it accepted."""

    def __init__(self):
        self.letters = []
        self.answer = "250 OK"

    async def handle_DATA(self, server, session, envelope):  # its library's name
        if self.answer.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content, policy=default))
        return self.answer

    @property
    def texts(self):
        return [letter.get_content() for letter in self.letters]


@contextmanager
def mail_server():
    """Gives the server; `url` is what KB_MAIL_URL would be."""
    kept = MailServer()
    port = free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    kept.url = f"smtp://127.0.0.1:{port}"
    try:
        yield kept
    finally:
        controller.stop()


def free_port():
    """Its library cannot tell which port it was given, so it must be told one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
