"""The words of letters about copies. Addresses of people stand in none of them."""

from collections.abc import Collection
from datetime import date

from kb.copying.models import Copy, Status

SubjectAndText = tuple[str, str]
STATES = {
    Status.PLANNED: "planned, and not begun,",
    Status.TRYING: "being tried",
    Status.DOING: "being done",
    Status.STOPPED: "stopped",
}


def copied(copy: Copy, base_url: str) -> SubjectAndText:
    """To whoever shared the practice: somebody copies it."""
    subject = _line(f"{copy.council.name} is copying your practice")
    return subject, "\n\n".join(
        [
            f"{copy.council.name} is copying “{_title(copy)}”.",
            "What they keep, change and drop, and why, is here:",
            f"{base_url}/copies/{copy.id}",
            "We ask them after 4 and 12 weeks how it goes, and let you know what they say.",
        ]
    )


def copied_in_turn(copy: Copy, parent: Copy, base_url: str) -> SubjectAndText:
    """To the council whose version of a practice somebody copies."""
    subject = _line(f"{copy.council.name} is copying your version")
    return subject, "\n\n".join(
        [
            f"{copy.council.name} is copying “{_title(copy)}”. "
            f"They began from what {parent.council.name} made of it.",
            "What they keep, change and drop, and why, is here:",
            f"{base_url}/copies/{copy.id}",
            "How it goes there is said on the same page. You do not have to do anything.",
        ]
    )


def look_again(copy: Copy, on: date, base_url: str) -> SubjectAndText:
    """To the copier, on the day on which they wanted to look at their plan again."""
    page = f"{base_url}/copies/{copy.id}"
    subject = _line(f"Time to look again: {copy.resource.title}"[:140])
    return subject, "\n\n".join(
        [
            f"{copy.council.name} is copying “{_title(copy)}”, and the plan says to look "
            f"at it again on {_day(on)}.",
            f"Your plan, as it stands:\n{page}",
            f"If something has happened, say how it goes:\n{page}/reports/new",
            f"If you need more time, choose another date:\n{page}/edit",
            "Stopping is a good answer too: it saves the next council time.",
        ]
    )


def first_step(copy: Copy, by: date, base_url: str) -> SubjectAndText:
    """To the copier, on the day by which they wanted to have begun: a nudge, no more."""
    page = f"{base_url}/copies/{copy.id}"
    subject = _line(f"Your first step: {copy.resource.title}"[:140])
    step = f"It is:\n{_quoted(copy.first_step)}" if copy.first_step else ""
    parts = [
        f"{copy.council.name} plans to copy “{_title(copy)}”. "
        f"By the plan, the first step is to be taken by {_day(by)}.",
        step,
        f"Have you begun? Say so here:\n{page}/reports/new",
        f"If now is not the time, choose another date:\n{page}/edit",
        "We remind you of this once only.",
    ]
    return subject, "\n\n".join(filter(None, parts))


def reported(copy: Copy, base_url: str) -> SubjectAndText:
    """To whoever shared the practice: a copier says how it goes."""
    is_planned = copy.status is Status.PLANNED
    said = (
        "still plans to copy your practice" if is_planned else "says how your practice went there"
    )
    subject = _line(f"{copy.council.name} {said}")
    parts = [f"“{_title(copy)}” is {STATES[copy.status]} at {copy.council.name}."]
    if copy.status_note:
        parts.append(f"Why, in their words:\n{_quoted(copy.status_note)}")
    if copy.hours_spent is not None:
        parts.append(f"Hours they spent: {copy.hours_spent}")
    if copy.what_happened:
        parts.append(f"What happened, in their words:\n{_quoted(copy.what_happened)}")
    return subject, "\n\n".join([*parts, "All of it:", f"{base_url}/copies/{copy.id}"])


def asked(copy: Copy, week: int, token: str, base_url: str) -> SubjectAndText:
    """To the copier: how does it go? Each answer is a link, and one button behind it.

    Who only planned it is not asked whether they still do it.
    """
    page = f"{base_url}/copies/follow-up?token={token}"
    is_planned = copy.status is Status.PLANNED
    question = "how is it going?" if is_planned else "are you still doing it?"
    not_begun = f"We have not begun yet:\n{page}&status=planned" if is_planned else ""
    parts = [
        f"{week} weeks ago {copy.council.name} "
        f"{'planned' if is_planned else 'began'} to copy “{_title(copy)}”.",
        "How does it go? Follow one link, then press the button there. "
        "You do not need to sign in.",
        not_begun,
        f"We are doing it:\n{page}&status=doing",
        f"We are {'' if is_planned else 'still '}trying:\n{page}&status=trying",
        f"We stopped:\n{page}&status=stopped",
        "Stopping is a good answer too: it saves the next council time.",
        "These links are for your council alone. Please do not pass this letter on.",
    ]
    return _line(f"{week} weeks on: {question}"), "\n\n".join(filter(None, parts))


def source_changed(copy: Copy, differs: Collection[str], base_url: str) -> SubjectAndText:
    """To the copier: the page says something new. `differs` is what is not as they copied it."""
    what = (
        "Its steps are not what they were when you copied them."
        if "steps" in differs
        else "Its steps are still the same; other parts of the page are not."
        if differs
        else "It says again what it said when you copied it."
    )
    subject = _line(f"What you copied has changed: {copy.resource.title}"[:140])
    return subject, "\n\n".join(
        [
            f"“{_title(copy)}” was changed since {copy.council.name} copied it.",
            what,
            "What is new, beside what you copied:",
            f"{base_url}/copies/{copy.id}/changes",
            "You do not have to do anything.",
        ]
    )


def source_withdrawn(copy: Copy, base_url: str) -> SubjectAndText:
    """To the copier: the page that they copied was taken down."""
    subject = _line(f"What you copied was taken down: {copy.resource.title}"[:140])
    why = copy.resource.standing_note
    parts = [
        f"“{_title(copy)}”, which {copy.council.name} copied, was taken down"
        f"{', for this reason:' if why else '.'}",
        _quoted(why),
        f"What its address says now:\n{base_url}/p/{copy.resource_id}",
        "Your plan stays. While the page is down, your plan does not show the page’s words, "
        f"only yours:\n{base_url}/copies/{copy.id}",
        "Look at what you do in the light of that reason.",
    ]
    return subject, "\n\n".join(filter(None, parts))


def source_is_back(copy: Copy, base_url: str) -> SubjectAndText:
    """To the copier who heard that the page was taken down: everybody can read it again."""
    subject = _line(f"What you copied is back: {copy.resource.title}"[:140])
    return subject, "\n\n".join(
        [
            f"“{_title(copy)}”, which {copy.council.name} copied, is live again:",
            f"{base_url}/p/{copy.resource_id}",
            "You do not have to do anything.",
        ]
    )


def hidden(copy: Copy, base_url: str) -> SubjectAndText:
    """To the copier: a reviewer does not let others read what they wrote."""
    page = f"{base_url}/copies/{copy.id}"
    subject = _line(f"Hidden from your copy: {copy.resource.title}"[:140])
    return subject, "\n\n".join(
        [
            f"A reviewer has hidden what {copy.council.name} wrote about its copy of "
            f"“{_title(copy)}”, for this reason:",
            _quoted(copy.hidden_why),
            "Everybody still sees that you copy it and where you stand. Only your council and "
            f"the reviewers see the rest:\n{page}",
            f"Nothing is lost. You can change the words of the plan here:\n{page}/edit",
            f"And what you said of how it goes here:\n{page}/reports/new",
            "When that is done, or if this is wrong, tell us: a reviewer can show them again.",
        ]
    )


def shown_again(copy: Copy, base_url: str) -> SubjectAndText:
    """To the copier: everybody can read it again."""
    subject = _line(f"Shown again: your copy of {copy.resource.title}"[:140])
    return subject, "\n\n".join(
        [
            f"Everybody can read again what {copy.council.name} wrote about its copy of "
            f"“{_title(copy)}”:",
            f"{base_url}/copies/{copy.id}",
        ]
    )


def taken_back(copy: Copy) -> SubjectAndText:
    """To those who were told that a council copies this: it does not."""
    subject = _line(f"{copy.council.name} is not copying it after all")
    return subject, "\n\n".join(
        [
            f"We wrote to you that {copy.council.name} is copying “{_title(copy)}”. "
            "They say that this was a mistake, and have taken it back.",
            "You do not have to do anything.",
        ]
    )


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def _title(copy: Copy) -> str:
    return _line(copy.resource.title)


def _quoted(text: str) -> str:
    """Every line marked, so that nobody takes what was typed for words of ours."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
