"""Seed files: front matter and Markdown, read into content and loaded once each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import frontmatter
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.db.database import flush
from kb.errors import Invalid
from kb.library.content import Content, check
from kb.library.models import Resource
from kb.library.publish import hash_of, publish_many

AUTHOR = "Seed data"
FOLDERS = ("case-studies", "tip-cards", "training")
SECTIONS = {
    "Why they did it": "reasons",
    "What they did": "actions",
    "What happened": "results",
    "What they would do differently": "differently",
    "Our reading": "our_reading",
    "How to copy it": "steps",
}
_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_STEP = re.compile(r"^\d+\. +\*\*(?P<text>.+?)\*\*(?P<detail>.*)$", re.DOTALL)
_NEXT_STEP = re.compile(r"^(?=\d+\. )", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class SeedReport:
    """`kept` were changed on the site, so the file was not loaded over them."""

    new: int
    renewed: int
    kept: int


def read_all(folder: Path) -> Iterator[Content]:
    """The content of every seed file; raises Invalid naming the file that is wrong."""
    for name in FOLDERS:
        for path in sorted((folder / name).glob("*.md")):
            try:
                yield read(path.read_text(encoding="utf-8"))
            except Invalid as error:
                raise Invalid({path.name: f"{name}/{path.name}: {error}"}) from error


def read(text: str) -> Content:
    """The content of one file; raises Invalid with a sentence for what is wrong."""
    try:
        post = frontmatter.loads(text)
    except yaml.YAMLError as error:
        raise Invalid({"front matter": f"The front matter cannot be read: {error}."}) from error
    return check({**post.metadata, **_sections(post.content)})


def load(session: Session, contents: Iterator[Content], *, now: datetime) -> SeedReport:
    """Publish what is new or was renewed in its file; leave alone what people changed."""
    known = {resource.ref: resource for resource in session.scalars(select(Resource))}
    wanted: list[Content] = []
    new = kept = 0
    for content in contents:
        resource = known.get(content.ref)
        if resource is None:
            new += 1
        elif resource.seed_hash != resource.content_hash:
            kept += 1
            continue
        elif resource.seed_hash == hash_of(content):
            continue
        wanted.append(content)
    for resource in publish_many(session, wanted, author=AUTHOR, now=now):
        resource.seed_hash = resource.content_hash
    flush(session)
    return SeedReport(new=new, renewed=len(wanted) - new, kept=kept)


def _sections(markdown: str) -> dict[str, object]:
    """The text above the first heading is the body; each known heading is a field."""
    body, *rest = _HEADING.split(markdown)
    found: dict[str, object] = {"body": body.strip()}
    for heading, text in zip(rest[::2], rest[1::2], strict=True):
        field = SECTIONS.get(heading)
        if field is None:
            raise Invalid({heading: f"“{heading}” is not one of the headings that we know."})
        if field in found:
            raise Invalid({heading: f"“{heading}” stands twice."})
        found[field] = _steps(text) if field == "steps" else text.strip()
    return found


def _steps(text: str) -> list[dict[str, str]]:
    return [_step(item.strip()) for item in _NEXT_STEP.split(text) if item.strip()]


def _step(item: str) -> dict[str, str]:
    match = _STEP.match(item)
    if match is None:
        raise Invalid(
            {"How to copy it": f"This step has no number and bold sentence: {item[:60]}"}
        )
    return {"text": match["text"], "detail": " ".join(match["detail"].split())}
