"""What people in a room type, made harmless before it is kept: text, and only so much of it."""

import re
import unicodedata

MOST_MARKS = 3  # on one letter; Welsh and Vietnamese need two
# What turns the direction of the text that follows it, and what cannot be kept as UTF-8.
_TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_GONE = {"Cc", "Cs", "Co", "Cn"}
_MARKS = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_PILED = re.compile(f"({_MARKS}{{{MOST_MARKS}}}){_MARKS}+")


def clean(text: str, longest: int) -> str:
    """One line of at most so many characters, without what cannot be seen or turns text round.

    Emoji, Welsh letters and right-to-left scripts stay as they are.
    """
    kept = _kept(text[: longest * 20])
    return kept if len(kept) <= longest else kept[:longest].rstrip("\u200d ")


def note_if_cut(text: str, longest: int) -> str:
    """What to tell the person whose text was too long; "" where all of it is kept."""
    if len(_kept(text[: longest * 20])) <= longest:
        return ""
    return f"We kept the first {longest} characters of what you wrote."


def _kept(text: str) -> str:
    plain = unicodedata.normalize("NFC", re.sub(r"\s+", " ", text))
    plain = "".join(c for c in plain if c not in _TURNS and unicodedata.category(c) not in _GONE)
    plain = _PILED.sub(r"\1", plain)
    plain = re.sub(r"\s+", " ", plain).strip()
    return plain if any(_is_seen(c) for c in plain) else ""


def _is_seen(c: str) -> bool:
    """Is there ink? A text of joiners and marks alone would be an empty card on the wall."""
    return unicodedata.category(c)[0] in "LNPS"
