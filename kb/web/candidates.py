"""What was found behind an address, carried from one page to the next under our signature."""

from collections.abc import Sequence
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from kb.errors import NotAllowed
from kb.feeds.opml import Outline
from kb.feeds.types import Candidate, Platform, Resolved

LASTS_S = 60 * 60
_FIELDS = ("url", "title", "site_url", "language", "kind")
MOST_OF_A_LIST = 500
MOST_CHARACTERS = 48 * 1024  # so that the form stays below what the site takes
_LIST_OVER = "The list that you sent has run out. Send the file again."
_OVER = "What we found has run out. Paste the address again."


def write(found: Resolved) -> str:
    """All but the newest entries, which are only for looking at."""
    said = {
        "sentence": found.sentence,
        "candidates": [
            {name: getattr(each, name) for name in _FIELDS} | {"platform": each.platform.value}
            for each in found.candidates
        ],
    }
    return _text(_signer("candidates").dumps(said))


def read(text: str) -> Resolved:
    """What was found; raises NotAllowed for what we did not sign, or signed too long ago."""
    try:
        said: dict[str, Any] = _signer("candidates").loads(text, max_age=LASTS_S)
    except BadData as error:
        raise NotAllowed(_OVER) from error
    return Resolved(
        sentence=said["sentence"],
        candidates=tuple(
            Candidate(**each | {"platform": Platform(each["platform"])})
            for each in said["candidates"]
        ),
    )


def write_list(outlines: Sequence[Outline]) -> tuple[str, int]:
    """As many feeds of a list as one form can send back, and how many those are."""
    count = min(len(outlines), MOST_OF_A_LIST)
    while True:
        text = _text(_signer("list").dumps([vars(each) for each in outlines[:count]]))
        if len(text) <= MOST_CHARACTERS:
            return text, count
        count //= 2


def read_list(text: str) -> list[Outline]:
    """The feeds of a list; raises NotAllowed for what we did not sign, or signed long ago."""
    try:
        said: list[dict[str, str]] = _signer("list").loads(text, max_age=LASTS_S)
    except BadData as error:
        raise NotAllowed(_LIST_OVER) from error
    return [Outline(**each) for each in said]


def choices(found: Resolved) -> dict[str, str]:
    """The place of each candidate, as a form sends it, and what it is called."""
    return {str(place): each.title or each.url for place, each in enumerate(found.candidates)}


def _signer(salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=salt)


def _text(signed: str | bytes) -> str:
    return signed if isinstance(signed, str) else signed.decode("ascii")
