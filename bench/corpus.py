"""Documents of natural text in any number, made by recombining those of a file."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

from kb.search.engine import Document

THEMES = [f"theme-{n}" for n in range(14)]
PURPOSES = [f"purpose-{n}" for n in range(40)]
NATIONS = ["england", "scotland", "wales", "northern-ireland"]
KINDS = ["case-study", "tip-card", "training"]
FACETS = ("kind", "purpose", "theme", "nation")
FIRST_DAY = 730_000


def read(path: Path) -> list[dict[str, str]]:
    """Titles and bodies from a file with one JSON object a line, or from a folder of Markdown."""
    if path.is_dir():
        return [_page(page) for page in sorted(path.rglob("*-*/*.md"))]
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _page(path: Path) -> dict[str, str]:
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    lines = [line for line in front.splitlines() if line.startswith("title:")]
    return {"title": lines[0].removeprefix("title:").strip(" '\""), "body": body}


def documents(originals: list[dict[str, str]], size: int) -> Iterator[Document]:
    """The originals first, then new ones from paragraphs of several.

    A new document has the length of one of the originals and a title of another,
    so that lengths and vocabulary stay natural. The same size gives the same documents.
    """
    dice = random.Random(7)
    paragraphs = [p for each in originals for p in each["body"].split("\n\n") if p.strip()]
    for number in range(size):
        original = originals[number % len(originals)]
        body = original["body"]
        title = original["title"]
        if number >= len(originals):
            body = _recombined(dice, paragraphs, len(body))
            title = dice.choice(originals)["title"]
        yield _document(number, title, body, dice)


def _recombined(dice: random.Random, paragraphs: list[str], length: int) -> str:
    chosen: list[str] = []
    while sum(map(len, chosen)) < length:
        chosen.append(dice.choice(paragraphs))
    return "\n\n".join(chosen)


def _document(number: int, title: str, body: str, dice: random.Random) -> Document:
    return Document(
        key=f"bench:{number}",
        kind=KINDS[number % len(KINDS)],
        title=title,
        summary=body[:140],
        body=body,
        facets={
            "theme": (THEMES[number % len(THEMES)],),
            "purpose": tuple(dice.sample(PURPOSES, 2)),
            "nation": (NATIONS[number % len(NATIONS)],),
        },
        happened=FIRST_DAY + number % 5_000,
        checked=FIRST_DAY + number % 700,
        stored={"council": "Kirklees", "years": "2014"},
    )
