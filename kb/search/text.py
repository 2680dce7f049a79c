"""Turns text into words as search sees them: folded, stemmed and counted."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from kb.search.whoosh_stem import english

WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")

# Never indexed and never a gap, so that "O&S", "O and S" and "O & S" are the same words.
UNSEEN = frozenset({"and"})

# Words that a question is made of. They are indexed, for the sake of phrases, but a
# search that holds any other word does without them.
COMMON = frozenset(
    """
    a about all also am an any are as at be been but by can could did do does doing for from
    get getting give go going got had has have having help how i if in into is it its just let
    like make may me might more my need of on or our please shall she should so some someone
    than that the their them then there these they this those to too us want was way ways we
    were what when where which who whom whose why will with without would you your
    im ive id dont doesnt cant isnt whats wheres theres
    """.split()
)

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})
_INVISIBLE = re.compile("[\x00\u00ad\u200b-\u200f\u2060\ufeff]")
_POSSESSIVE = re.compile(r"['’ʼ]s$")
_APOSTROPHE = re.compile("['’ʼ]")
_MAX_WORD = 40

_AMERICAN = re.compile(r"(?<=\w{3})iz(?=(?:e|ed|es|er|ers|ing|ation|ations|ational)$)")


@dataclass(frozen=True)
class Word:
    """A word as it is compared: `plain` is folded, `stem` is what is indexed."""

    plain: str
    stem: str


def clean(text: str) -> str:
    """The same text, in composed letters and without characters nobody can see."""
    if not text.isascii():
        text = text.encode("utf-8", "ignore").decode("utf-8")
        text = unicodedata.normalize("NFC", text)
    return _INVISIBLE.sub("", text)


def words(text: str) -> list[Word]:
    """The words of a text that are indexed, in their order."""
    found = (word(match) for match in WORD.findall(text))
    return [each for each in found if each.plain and each.plain not in UNSEEN]


@lru_cache(maxsize=200_000)
def word(raw: str) -> Word:
    """What one run of letters is compared as."""
    plain = fold(raw)
    return Word(plain, stem(plain))


def fold(raw: str) -> str:
    """Without case, accents, apostrophes and the possessive s."""
    if raw.isascii() and raw.isalnum():
        return raw.lower()[:_MAX_WORD]
    bare = _APOSTROPHE.sub("", _POSSESSIVE.sub("", raw))
    apart = unicodedata.normalize("NFKD", bare.casefold())
    kept = "".join(letter for letter in apart if letter.isalnum())
    return kept.translate(_LETTERS)[:_MAX_WORD]


@lru_cache(maxsize=200_000)
def stem(plain: str) -> str:
    """The stem of a folded English word; anything else comes back as it is."""
    if len(plain) < 3 or not plain.isascii() or not plain.isalpha():
        return plain
    return english(_AMERICAN.sub("is", plain))
