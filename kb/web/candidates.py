"""What was found behind an address, carried from one page to the next under our signature."""

from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from kb.errors import NotAllowed
from kb.feeds.types import Candidate, Platform, Resolved

LASTS_S = 60 * 60
_FIELDS = ("url", "title", "site_url", "language", "kind")
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
    text = _signer().dumps(said)
    return text if isinstance(text, str) else text.decode("ascii")


def read(text: str) -> Resolved:
    """What was found; raises NotAllowed for what we did not sign, or signed too long ago."""
    try:
        said: dict[str, Any] = _signer().loads(text, max_age=LASTS_S)
    except BadData as error:
        raise NotAllowed(_OVER) from error
    return Resolved(
        sentence=said["sentence"],
        candidates=tuple(
            Candidate(**each | {"platform": Platform(each["platform"])})
            for each in said["candidates"]
        ),
    )


def choices(found: Resolved) -> dict[str, str]:
    """The place of each candidate, as a form sends it, and what it is called."""
    return {str(place): each.title or each.url for place, each in enumerate(found.candidates)}


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="candidates")
