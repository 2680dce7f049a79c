"""Passwords: long enough, not everybody's, and kept as argon2 hashes."""

import re
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kb.accounts.models import User
from kb.errors import Invalid

SHORTEST, LONGEST = 8, 128
LONGEST_GUESSED = 20  # the words of a longer one save it, and it takes long to take apart
FEWEST_GUESSES = 10**9
OWN_NAMES = (
    "This is little more than your own name, your council’s or your address. "
    "Choose another password."
)
# What OWASP asks for at least: strong, and a small machine can still sign in many at once.
_HASHER = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
# Made once with the same hasher, so that to compare with nobody's takes as long at once.
NOBODYS = (
    "$argon2id$v=19$m=19456,t=2,p=1$+XQk3okkUsryiIEOzCPEEQ$"
    "QbJD4CtwbU6WxquNhNjeoIPRM2EMpUoN+JwDn0/1Ac4"
)


def set_password(user: User, password: str) -> None:
    """Raises Invalid for one that is too short, too long, common, or the person's own names."""
    user.password_hash = _HASHER.hash(checked_for(user, password))


def checked_for(user: User, password: str) -> str:
    """The password as it is hashed for this person. Raises Invalid; see `set_password`."""
    checked_password = checked(password, email=user.email)
    if _is_guessed(checked_password, _own_words(user)):
        raise Invalid({"password": OWN_NAMES})
    return checked_password


def checked(password: str, *, email: str = "") -> str:
    """The password as it is hashed: ŵ is one letter, however a keyboard makes it."""
    password = unicodedata.normalize("NFC", password)
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid({"password": f"Use {SHORTEST} to {LONGEST} characters."})
    plain = password.casefold()
    if plain in _common() or len(set(plain)) <= 2:
        raise Invalid({"password": "Many people use this password. Choose another one."})
    if plain in {email, email.partition("@")[0], email.rpartition("@")[2]}:
        raise Invalid({"password": "This is a part of your address. Choose another password."})
    return password


def matches(user: User | None, password: str) -> bool:
    """Is this the person's password? Takes as long for nobody as for somebody."""
    kept = (user.password_hash if user else "") or NOBODYS
    try:
        is_right = _HASHER.verify(kept, unicodedata.normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False
    return is_right and user is not None and bool(user.password_hash)


def _own_words(user: User) -> list[str]:
    """What somebody who wants to sign in as this person would try first."""
    council = user.council
    names = (council.name, council.short_name, council.welsh_name) if council else ()
    words = re.findall(r"\w{3,}", " ".join((user.email, user.name, *names)).casefold())
    return [*dict.fromkeys(words)]


def _is_guessed(password: str, own: list[str]) -> bool:
    """Is it soon guessed by who knows these words, whatever was put beside them?"""
    if len(password) > LONGEST_GUESSED:
        return False
    # Not above, for the same reason as below.
    from zxcvbn import zxcvbn

    found = zxcvbn(password.casefold(), user_inputs=own)
    has_own = any(part.get("dictionary_name") == "user_inputs" for part in found["sequence"])
    return has_own and found["guesses"] < FEWEST_GUESSES


@lru_cache
def _common() -> frozenset[str]:
    # Not above: it is 12 MB, and few processes ever set a password.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST)
