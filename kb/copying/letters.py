"""The words of letters about copies. Addresses of people stand in none of them."""

from datetime import date

from kb.copying.models import Copy, Status

STATES = {
    Status.PLANNED: "planned",
    Status.TRYING: "being tried",
    Status.DOING: "being done",
    Status.STOPPED: "stopped",
}


def copied(copy: Copy, base_url: str) -> tuple[str, str]:
    """To whoever shared the practice: somebody copies it."""
    subject = _line(f"{copy.council.name} is copying your practice")
    return subject, "\n\n".join(
        [
            f"{copy.council.name} is copying “{copy.resource.title}”.",
            "What they keep, change and drop, and why, is here:",
            f"{base_url}/copies/{copy.id}",
            "We ask them after 4 and 12 weeks how it goes, and let you know what they say.",
        ]
    )


def copied_in_turn(copy: Copy, parent: Copy, base_url: str) -> tuple[str, str]:
    """To the council whose version of a practice somebody copies."""
    subject = _line(f"{copy.council.name} is copying your version")
    return subject, "\n\n".join(
        [
            f"{copy.council.name} is copying “{copy.resource.title}”. "
            f"They began from what {parent.council.name} made of it.",
            "What they keep, change and drop, and why, is here:",
            f"{base_url}/copies/{copy.id}",
            "How it goes there is said on the same page. You do not have to do anything.",
        ]
    )


def look_again(copy: Copy, on: date, base_url: str) -> tuple[str, str]:
    """To the copier, on the day on which they wanted to look at their plan again."""
    page = f"{base_url}/copies/{copy.id}"
    subject = _line(f"Time to look again: {copy.resource.title}"[:140])
    return subject, "\n\n".join(
        [
            f"{copy.council.name} is copying “{copy.resource.title}”, and the plan says to look "
            f"at it again on {_day(on)}.",
            f"Your plan, as it stands:\n{page}",
            f"If something has happened, say how it goes:\n{page}/reports/new",
            f"If you need more time, choose another date:\n{page}/edit",
            "Stopping is a good answer too: it saves the next council time.",
        ]
    )


def first_step(copy: Copy, by: date, base_url: str) -> tuple[str, str]:
    """To the copier, on the day by which they wanted to have begun: a nudge, no more."""
    page = f"{base_url}/copies/{copy.id}"
    subject = _line(f"Your first step: {copy.resource.title}"[:140])
    step = f"It is:\n{_indented(copy.first_step)}" if copy.first_step else ""
    parts = [
        f"{copy.council.name} plans to copy “{copy.resource.title}”. "
        f"By the plan, the first step is to be taken by {_day(by)}.",
        step,
        f"Have you begun? Say so here:\n{page}/reports/new",
        f"If now is not the time, choose another date:\n{page}/edit",
        "We remind you of this once only.",
    ]
    return subject, "\n\n".join(filter(None, parts))


def reported(copy: Copy, base_url: str) -> tuple[str, str]:
    """To whoever shared the practice: a copier says how it goes."""
    subject = _line(f"{copy.council.name} says how your practice went there")
    parts = [f"“{copy.resource.title}” is {STATES[copy.status]} at {copy.council.name}."]
    if copy.status_note:
        parts.append(f"Why: {copy.status_note}")
    if copy.hours_spent is not None:
        parts.append(f"Hours they spent: {copy.hours_spent}")
    if copy.what_happened:
        parts.append(f"What happened: {copy.what_happened}")
    return subject, "\n\n".join([*parts, "All of it:", f"{base_url}/copies/{copy.id}"])


def asked(copy: Copy, week: int, token: str, base_url: str) -> tuple[str, str]:
    """To the copier: how does it go? Each answer is a link, and one button behind it."""
    page = f"{base_url}/copies/follow-up?token={token}"
    subject = _line(f"{week} weeks on: are you still doing it?")
    return subject, "\n\n".join(
        [
            f"{week} weeks ago {copy.council.name} began to copy “{copy.resource.title}”.",
            "How does it go? Follow one link, then press the button there. "
            "You do not need to sign in.",
            f"We are doing it:\n{page}&status=doing",
            f"We are still trying:\n{page}&status=trying",
            f"We stopped:\n{page}&status=stopped",
            "Stopping is a good answer too: it saves the next council time.",
            "These links are for your council alone. Please do not pass this letter on.",
        ]
    )


def source_changed(copy: Copy, *, steps_changed: bool, base_url: str) -> tuple[str, str]:
    """To the copier: the page that they copied says something new."""
    subject = _line(f"What you copied has changed: {copy.resource.title}"[:140])
    what = (
        "Its steps are not what they were when you copied them."
        if steps_changed
        else "Its steps are still the same; other parts of the page are not."
    )
    return subject, "\n\n".join(
        [
            f"“{copy.resource.title}” was changed since {copy.council.name} copied it.",
            what,
            "What is new, beside what you copied:",
            f"{base_url}/copies/{copy.id}/changes",
            "You do not have to do anything.",
        ]
    )


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def _indented(text: str) -> str:
    """What a person wrote stands apart from what we write."""
    return "\n".join(f"  {line}" for line in text.splitlines())


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
