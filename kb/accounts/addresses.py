"""E-mail addresses: which ones we write to, and what counts as the same mailbox."""

import re

from kb.errors import Invalid

LONGEST, LONGEST_LOCAL = 254, 64
HOW = "Enter an email address in the form name@council.gov.uk."
LOOK_ALIKE = (
    "Enter the address in the letters a to z. Letters that only look like those are not "
    "taken here, because nobody could tell such an address from somebody else’s."
)
# What a person's address is made of in practice: no quotes, no comments, no second @.
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}\.)+[a-z]{{2,63}}")


def checked(text: str) -> str:
    """The address as we keep it, in lower case. Raises Invalid."""
    text = text.strip(" ")
    if not text.isascii():
        raise Invalid({"email": LOOK_ALIKE if text.isprintable() else HOW})
    local, _, domain = text.lower().partition("@")
    if any(label.startswith("xn--") for label in domain.split(".")):
        raise Invalid({"email": LOOK_ALIKE})
    is_short = len(text) <= LONGEST and len(local) <= LONGEST_LOCAL
    if not (is_short and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise Invalid({"email": HOW})
    return f"{local}@{domain}"


def domain_of(email: str) -> str:
    return email.rpartition("@")[2]


def mailbox_of(email: str) -> str:
    """Where a letter ends up: name+anything@ is the mailbox of name@."""
    local, _, domain = email.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"
