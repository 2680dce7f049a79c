"""What a sender is given, and how it says that it could not."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Message:
    """One letter as it goes out; `message_id` is the same at every attempt."""

    message_id: str
    to: str
    subject: str
    text: str


class MailError(Exception):
    """It was not sent; when `is_final`, it never will be."""

    def __init__(self, sentence: str, *, is_final: bool = False) -> None:
        super().__init__(sentence)
        self.is_final = is_final


class Doubt(MailError):
    """Nobody knows whether it was sent, so nobody may send it again without being asked."""


class Sender(Protocol):
    """One way to send letters. Raises MailError."""

    def send(self, message: Message) -> None: ...

    def was_sent(self, message_id: str) -> bool | None:
        """Did a letter with this id go out? None where nobody can ever know. Raises MailError."""
