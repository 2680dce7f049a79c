"""What was found behind an address, carried from one page to the next under our signature."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from kb.accounts import sign_ins
from kb.errors import Invalid
from kb.feeds.opml import Outline
from kb.feeds.types import Candidate, CleanEntry, Platform, Resolved

LASTS_S = int(sign_ins.LASTS.total_seconds())  # as long as the form that it comes with
LONGEST_TITLE = 120  # of an entry: three of each of a dozen feeds go back and forth
_FIELDS = ("url", "title", "site_url", "language", "kind")
MOST_OF_A_LIST = 500
MOST_CHARACTERS = 48 * 1024  # so that the form stays below what the site takes
_LIST_OVER = "What we found in the list has run out. Look into it again."
_OVER = "What we found has run out. Look for it again; what else you typed is kept."


def write(found: Resolved) -> str:
    """Of the newest entries no more than what the page shows of them."""
    said = {"sentence": found.sentence, "candidates": [_said(each) for each in found.candidates]}
    return _text(_signer("candidates").dumps(said))


def read(text: str) -> Resolved:
    """What was found; raises Invalid for what we did not sign, or signed too long ago."""
    try:
        said: dict[str, Any] = _signer("candidates").loads(text, max_age=LASTS_S)
    except BadData as error:
        raise Invalid({"address": _OVER}) from error
    return Resolved(
        sentence=said["sentence"],
        candidates=tuple(_candidate(each) for each in said["candidates"]),
    )


def address(text: str, place: str) -> str:
    """Where to look again for the feed at that place among what we signed, however long ago.

    Without such a place it is the site of them all; "" for what we did not sign.
    """
    try:
        found: list[dict[str, str]] = _signer("candidates").loads(text)["candidates"]
    except BadData:
        return ""
    places = {str(number): each["url"] for number, each in enumerate(found)}
    only = "0" if len(found) == 1 else place
    return places.get(only) or found[0]["site_url"] or found[0]["url"]


def write_list(outlines: Sequence[Outline]) -> tuple[str, int]:
    """As many feeds of a list as one form can send back, and how many those are."""
    count = min(len(outlines), MOST_OF_A_LIST)
    while True:
        text = _text(_signer("list").dumps([vars(each) for each in outlines[:count]]))
        if len(text) <= MOST_CHARACTERS:
            return text, count
        count //= 2


def read_list(text: str) -> list[Outline]:
    """The feeds of a list; raises Invalid for what we did not sign, or signed too long ago."""
    try:
        said: list[dict[str, str]] = _signer("list").loads(text, max_age=LASTS_S)
    except BadData as error:
        raise Invalid({"file": _LIST_OVER}) from error
    return [Outline(**each) for each in said]


def choices(found: Resolved) -> dict[str, str]:
    """The place of each candidate, as a form sends it, and what it is called."""
    return {str(place): each.title or each.url for place, each in enumerate(found.candidates)}


def _said(candidate: Candidate) -> dict[str, Any]:
    newest = [
        [entry.title[:LONGEST_TITLE], entry.published_at and entry.published_at.isoformat()]
        for entry in candidate.newest
    ]
    said = {name: getattr(candidate, name) for name in _FIELDS}
    return said | {"platform": candidate.platform.value, "newest": newest}


def _candidate(said: dict[str, Any]) -> Candidate:
    newest = tuple(_entry(title, at) for title, at in said["newest"])
    return Candidate(**said | {"platform": Platform(said["platform"]), "newest": newest})


def _entry(title: str, published_at: str | None) -> CleanEntry:
    when = datetime.fromisoformat(published_at) if published_at else None
    return CleanEntry(keys=("", "", ""), hash="", title=title, published_at=when)


def _signer(salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=salt)


def _text(signed: str | bytes) -> str:
    return signed if isinstance(signed, str) else signed.decode("ascii")
