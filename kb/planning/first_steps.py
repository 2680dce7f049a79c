"""What to do first, in half an hour at most, and whom to ask before."""

from collections.abc import Iterable

from kb.library.content import Step
from kb.library.models import Resource

HALF_AN_HOUR = 30  # minutes
LONGEST_STEP = 200
MOST_ASKED = 3

COMMS, IT, CHAIR = "The comms team", "IT", "Your committee chair"
MANAGER, MONITORING = "Your line manager", "The monitoring officer"
_BY_SIGNOFF = {
    "line-manager": MANAGER,
    "comms": COMMS,
    "committee": CHAIR,
    "it": IT,
    "legal": MONITORING,
}
_BY_BARRIER = {
    "lockdown": IT,
    "central-comms": COMMS,
    "public-perception": CHAIR,
    "permission": MANAGER,
    "legal": MONITORING,
    "abuse": COMMS,
    "member-reluctance": CHAIR,
    "exec-reluctance": CHAIR,
    "unshareable": IT,
    "no-money": MANAGER,
    "accessibility": COMMS,
    "records": MONITORING,
    "time": MANAGER,
}
NO_SIGNOFF = "none"


def suggested(resource: Resource) -> str:
    """The step that the practice itself offers a copier, else one that always fits.

    What takes nobody knows how long is planned, not done, in half an hour.
    """
    offered = (resource.next_step, getattr(resource, "try_this", ""), *_short(resource.steps))
    if text := _first(offered):
        return _cut(text)
    if text := _first([step.text for step in resource.steps if step.minutes is None]):
        return _cut(f"Write down who would do this here, and when: {text}")
    return _cut(f"Read “{resource.title}”, and write down the one thing to copy.")


def whom_to_ask(resource: Resource, *, barrier: str) -> list[str]:
    """Who signs it off, then who can help with what stops you; nobody twice.

    Empty where the practice says that it needs nobody. Where nothing is said, the line
    manager is asked.
    """
    signoffs = [term.slug for term in resource.terms("signoff")]
    barriers = [barrier] if barrier else [term.slug for term in resource.terms("barrier")]
    asked = [_BY_SIGNOFF.get(slug) for slug in signoffs]
    asked += [_BY_BARRIER.get(slug) for slug in barriers]
    found = list(dict.fromkeys(each for each in asked if each))
    if not found and NO_SIGNOFF not in signoffs:
        return [MANAGER]
    return found[:MOST_ASKED]


def _short(steps: list[Step]) -> list[str]:
    return [step.text for step in steps if 0 < (step.minutes or 0) <= HALF_AN_HOUR]


def _first(texts: Iterable[str | None]) -> str:
    return next((text for text in texts if text and text.strip()), "")


def _cut(text: str) -> str:
    """Whole words on one line, so that a plan fits on its page."""
    line = " ".join(text.split())
    if len(line) <= LONGEST_STEP:
        return line
    return f"{line[: LONGEST_STEP - 1].rsplit(' ', 1)[0]}…"
