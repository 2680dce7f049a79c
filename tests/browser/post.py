"""The letters that arrive on a real mail server, each of them checked."""

import re

from kb import jobs
from kb.clock import utcnow
from kb.mail.models import Letter, State

LINK = re.compile(r"https?://\S+")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


class Post:
    """Takes out what has come since it last looked."""

    def __init__(self, runtime, server):
        self._runtime = runtime
        self._server = server
        self._read = 0

    def brings(self, *expected, now=None):
        """These letters and no other, each (address, part of its subject); gives their texts."""
        jobs.deliver_letters(self._runtime, now=now or utcnow())
        letters = self._server.letters[self._read :]
        self._read = len(self._server.letters)
        assert len(letters) == len(expected), [letter["Subject"] for letter in letters]
        return [self._text(letters, *each) for each in expected]

    def is_empty(self):
        """Is nothing left to be sent, and was nothing sent twice?"""
        ids = [letter["Message-ID"] for letter in self._server.letters]
        with self._runtime.database.reading() as session:
            left = session.query(Letter).filter(Letter.state != State.SENT).count()
        return left == 0 and len(set(ids)) == len(ids) == self._read

    def _text(self, letters, to, subject):
        (letter,) = [each for each in letters if each["To"] == to and subject in each["Subject"]]
        text = letter.get_content().replace("\r\n", "\n")
        base_url = self._runtime.settings.base_url
        assert all(link.startswith(f"{base_url}/") for link in LINK.findall(text)), text
        assert not ADDRESS.findall(text), "nobody's address stands in a letter"
        assert ADDRESS.findall(str(letter["To"])) == [to]
        assert (letter["Cc"], letter["Bcc"]) == (None, None)
        return text


def link(text, place=0):
    return LINK.findall(text)[place]
