"""Ways to send letters: a folder of files, a mail server, GOV.UK Notify."""

import os
import smtplib
import ssl
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import (
    Address,
    BaseHeader,
    HeaderRegistry,
    UnstructuredHeader,
)
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kb.mail.types import Doubt, MailError, Message, Sender

TIME_LIMIT_S = 30
LONGEST_LINE = 75  # of a header, where it is more than plain letters


class Subject(BaseHeader):
    """A subject that arrives as it was written.

    Python's own way to cut one into lines forgets spaces before and after words with
    letters such as ŵ and marks such as “, so those go into it as one text. Nor is a title
    read that looks as if it were encoded already: it could hide the end of a line.
    """

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, object]) -> None:
        UnstructuredHeader.parse("", kwds)
        kwds["decoded"] = value

    def fold(self, *, policy: Policy) -> str:
        text = str(self)
        if text.isascii() and "=?" not in text and len(text) <= LONGEST_LINE - len("Subject: "):
            return f"{self.name}: {text}{policy.linesep}"
        whole = Header(text, "utf-8", maxlinelen=LONGEST_LINE, header_name=self.name)
        return f"{self.name}: {whole.encode(linesep=policy.linesep)}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("subject", Subject)
POLICY = EmailPolicy(header_factory=_headers)


@dataclass(frozen=True)
class Folder:
    """Keeps each letter as a file, for installations that do not send mail yet, and for tests.

    People open these files and copy links out of them, so the text stands in them as it is.
    """

    path: Path
    sender: str

    def send(self, message: Message) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        number, draft = tempfile.mkstemp(dir=self.path, suffix=".tmp")
        with os.fdopen(number, "wb") as file:
            letter = written(message, sender=self.sender, encoding="8bit")
            file.write(letter.as_bytes(policy=POLICY.clone(linesep=SMTP.linesep)))
        Path(draft).replace(self._file(message.message_id))

    def was_sent(self, message_id: str) -> bool | None:
        return self._file(message_id).exists()

    def _file(self, message_id: str) -> Path:
        return self.path / f"{message_id.partition('@')[0]}.eml"


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """A mail server. `smtps` speaks TLS from the start; `smtp` turns to it where it can."""

    host: str
    port: int
    is_tls: bool
    sender: str
    user: str = ""
    password: str = ""

    def send(self, message: Message) -> None:
        """Once the server has all of it, only its own yes or no tells what became of it."""
        letter = written(message, sender=self.sender)
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise MailError(f"The mail server cannot be used: {_said(error)}") from error
        try:
            server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise MailError(_text(said), is_final=code >= 500) from error
        except smtplib.SMTPResponseException as error:
            raise MailError(_said(error), is_final=error.smtp_code >= 500) from error
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise Doubt(f"The mail server hung up: {_said(error)}") from error
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def was_sent(self, message_id: str) -> bool | None:
        return None

    def _connect(self) -> smtplib.SMTP:
        if self.is_tls:
            trust = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIME_LIMIT_S, context=trust
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIME_LIMIT_S)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
        if self.user:
            server.login(self.user, self.password)
        return server


def from_url(url: str, *, folder: Path, sender: str) -> Sender:
    """The sender that a checked setting describes; "" is the folder."""
    parts = urlsplit(url)
    if parts.scheme in {"smtp", "smtps"}:
        is_tls = parts.scheme == "smtps"
        return Smtp(
            host=parts.hostname or "",
            port=parts.port or (465 if is_tls else 25),
            is_tls=is_tls,
            sender=sender,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )
    if parts.scheme in {"notify", "notify+http"}:
        from kb.mail.notify import Notify  # its library is 13 MB that few sites need

        scheme = "http" if parts.scheme == "notify+http" else "https"
        port = f":{parts.port}" if parts.port else ""
        return Notify(
            key=unquote(parts.password or ""),
            template=unquote(parts.username or ""),
            address=f"{scheme}://{parts.hostname}{port}",
        )
    return Folder(folder, sender)


def written(message: Message, *, sender: str, encoding: str | None = None) -> EmailMessage:
    """The letter as mail; the library refuses whatever would add a header.

    Without an encoding of its text, it chooses one that every mail server takes.
    """
    name, address = parseaddr(sender)
    letter = EmailMessage(POLICY)
    letter["Message-ID"] = f"<{message.message_id}>"
    letter["Date"] = format_datetime(datetime.now(UTC))  # noqa: TID251 - the time of sending
    letter["From"] = Address(display_name=name, addr_spec=address)
    try:
        letter["To"] = Address(addr_spec=message.to)
        letter["Subject"] = message.subject
    except ValueError as error:
        raise MailError(
            "The address or the subject cannot stand in a letter.", is_final=True
        ) from error
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text, cte=encoding)
    return letter


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
