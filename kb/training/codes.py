"""The code that a room types: six characters that nobody mistakes for others."""

import secrets

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that looks like another
LENGTH = 6
# Words that chance must not put on a wall in front of a room: swear words, and whatever
# somebody could take as said of them. In the letters that a code can have.
_WORDS = (
    *("ARSE", "ASS", "BDSM", "BUM", "CACH", "CNT", "CRAP", "CUM", "CUNT", "DAMN", "FAG", "FANNY"),
    *("FART", "FCK", "FKN", "FUC", "FUK", "FUQ", "GAY", "HEX", "JAP", "JEW", "KKK", "KNUT"),
    *("NAZ", "NGR", "PEE", "PHUK", "PUSS", "RAPE", "SEX", "SHAG", "SHT", "SPAZ", "STFU", "SUCK"),
    *("TARD", "TART", "TURD", "TWAT", "WANK", "WTF", "XXX", "BCH", "DCK", "PRCK", "ADHD", "DEAD"),
)
_READ_AS = str.maketrans("345678", "EASGTB")  # 5EX reads as a word too


def make() -> str:
    """A code that nobody can guess and nobody minds on a wall."""
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        if not is_rude(code):
            return code


def is_rude(code: str) -> bool:
    return any(word in code or word in code.translate(_READ_AS) for word in _WORDS)


def plain(text: str) -> str:
    """The code as we keep it, from what somebody typed; "" if it cannot be one.

    Small letters, spaces and hyphens do not matter.
    """
    typed = "".join(c for c in text[:40].upper() if c not in " -\u2010\u2011\u2013\u00a0\t\r\n.")
    return typed if len(typed) == LENGTH and all(c in LETTERS for c in typed) else ""
