"""What is said between us and the identity provider of OpenID Connect."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kb.errors import KbError


class ProviderDown(KbError):
    """It does not answer, or not in a way that we understand."""


class Refused(KbError):
    """It answered, and what it said is no proof of who somebody is."""


@dataclass(frozen=True, kw_only=True)
class Journey:
    """What only the browser that was sent away knows when it comes back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Who somebody is to the provider; the address is only proved where it `is_verified`."""

    subject: str
    email: str
    is_verified: bool
    name: str


class IdentityProvider(Protocol):
    """Where to send people, and who came back; both raise ProviderDown, `finish` Refused."""

    issuer: str

    def start(self, *, now: datetime) -> tuple[str, Journey]: ...

    def finish(self, journey: Journey, code: str, *, now: datetime) -> Claims: ...
