"""What editors must be told of: sources that fail and do not mend by themselves."""

from dataclasses import dataclass

from kb.clock import utcnow
from kb.feeds import sources
from kb.feeds.models import Source, State
from kb.feeds.sources import Health
from kb.web.context import db_session, is_editor


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A source in trouble: how it is, and why in words."""

    source: Source
    health: Health
    why: str


def troubles() -> list[Trouble]:
    """The longest first; none for visitors, who can do nothing about them."""
    now = utcnow()
    found = sources.troubled(db_session(), now=now) if is_editor() else []
    return [
        Trouble(source=each, health=sources.health(each, now=now), why=_why(each))
        for each in found
    ]


def _why(source: Source) -> str:
    """What its page says in several sentences, in one; since when is said beside it."""
    return source.last_error if source.state is State.FAILING else source.reason
