"""Two hundred queries as people type them, from the words of the corpus itself."""

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bench.corpus import FACETS, NATIONS, THEMES
from kb.search.engine import Document, Query
from kb.search.text import COMMON

EACH = {"single": 40, "all words": 40, "any words": 30, "phrase": 30, "prefix": 30, "filtered": 30}
_WORD = re.compile(r"[a-z]{3,}")


@dataclass(frozen=True)
class Asked:
    """A query and the kind it is of; `words` are those it is made of."""

    kind: str
    words: tuple[str, ...]
    query: Query


def queries(sample: Iterable[Document]) -> list[Asked]:
    """The same sample gives the same queries, no two of them alike."""
    dice = random.Random(11)
    texts = [_WORD.findall(each.body.lower()) for each in sample]
    held = Counter(word for text in texts for word in set(text) - COMMON)
    frequent = [word for word, count in held.items() if count >= max(2, len(texts) // 200)]
    made: dict[str, Asked] = {}
    for kind, number in EACH.items():
        wanted = len(made) + number
        while len(made) < wanted:
            asked = _asked(kind, dice, texts, sorted(frequent))
            made.setdefault(asked.query.text, asked)
    return list(made.values())


def _asked(kind: str, dice: random.Random, texts: list[list[str]], frequent: list[str]) -> Asked:
    text = _telling(dice, texts, frequent)
    if kind == "single":
        return _plain(kind, (dice.choice(text),))
    if kind == "phrase":
        words = _in_a_row(dice, dice.choice(texts))
        return Asked(kind, words, _query(f'"{" ".join(words)}"'))
    if kind == "prefix":
        words = (*text[:1], text[1][: dice.randint(2, 5)])[-dice.randint(1, 2) :]
        return Asked(kind, words, _query(" ".join(words)))
    if kind == "any words":
        far = _telling(dice, texts, frequent)
        return _plain(kind, (*text[:2], *far[:2]))
    words = tuple(text[: dice.randint(2, 3)])
    if kind == "all words":
        return _plain(kind, words)
    filters = {"theme": frozenset(dice.sample(THEMES, 3)), "nation": frozenset(NATIONS[:2])}
    return Asked(kind, words[:2], _query(" ".join(words[:2]) + " ", filters))


def _telling(dice: random.Random, texts: list[list[str]], frequent: list[str]) -> list[str]:
    """At least four different words of one document, none of them rare."""
    known = set(frequent)
    while True:
        words = [each for each in dict.fromkeys(dice.choice(texts)) if each in known]
        if len(words) >= 4:
            return dice.sample(words, 4)


def _in_a_row(dice: random.Random, text: list[str]) -> tuple[str, ...]:
    first = dice.randrange(max(len(text) - 3, 1))
    return tuple(text[first : first + dice.randint(2, 3)])


def _plain(kind: str, words: tuple[str, ...]) -> Asked:
    return Asked(kind, words, _query(" ".join(words) + " "))


def _query(text: str, filters: dict[str, frozenset[str]] | None = None) -> Query:
    return Query(text=text, filters=filters or {}, count=FACETS, per_page=10)
