"""A copy in other forms: as a line of a table, and as the beginning of a case study."""

from collections.abc import Iterable, Mapping

from kb.copying.models import Choice, Copy, Status
from kb.councils.models import Council
from kb.web import csv_files
from kb.web.filters import url_of

HEADINGS = (
    *("Practice", "Address", "Version copied", "Started", "Status", "Why it was stopped"),
    *("Kept", "Changed", "Dropped", "Done besides", "First step", "First step by"),
    *("Look again on", "Hours spent", "What happened", "Case study that came of it"),
)
STATUS_WORDS = {
    Status.PLANNED: "planned",
    Status.TRYING: "trying",
    Status.DOING: "doing",
    Status.STOPPED: "stopped",
}
LONGEST_CREDIT = 300
NOT_SHOWN = "not shown, because the page was taken down"


def to_csv(copies: Iterable[Copy], base_url: str) -> str:
    """One line for each copy, with nothing in it that a spreadsheet would work out."""
    return csv_files.to_csv(HEADINGS, (_cells(copy, base_url) for copy in copies))


def to_answers(copy: Copy, base_url: str) -> dict[str, object]:
    """What is known already of the questions of a case study.

    Not its title: two pages with one title could not be told apart.
    """
    source = copy.resource
    answers: dict[str, object] = {
        "years": _years(copy),
        "steps": steps_as_done(copy),
        "actions": _what_changed(copy),
        "results": _results(copy),
        "setup_time": _hours(copy.hours_spent),
        "credit": credit(copy),
        "source_url": base_url + url_of(source.kind, source.slug),
        "source_title": source.title,
        "related": [source.ref],
        "lang": source.lang,
    }
    for facet in ("purpose", "barrier", "channel", "form"):
        answers[facet] = [term.slug for term in source.terms(facet)]
    return {name: value for name, value in answers.items() if value}


def shown_changes(copy: Copy) -> list[dict[str, str]]:
    """What a council does with each step. Of a page that was taken down only the numbers stay."""
    if copy.resource.is_public:
        return copy.changes
    return [
        {**each, "step": f"Step {number}" if each["step"] else ""}
        for number, each in enumerate(copy.changes, start=1)
    ]


def steps_as_done(copy: Copy) -> list[str]:
    """The steps that were kept and those that took another's place."""
    is_public = copy.resource.is_public
    done = [each for each in copy.changes if each["choice"] != Choice.DROP]
    return [each["text"] or each["step"] for each in done if each["text"] or is_public]


def credit(copy: Copy) -> str:
    """Copied from “Ask early” (Leeds Council), by way of Cardiff Council."""
    councils = ", ".join(council.name for council in copy.resource.councils)
    who = councils or copy.resource.organisation
    between = " and ".join(each.name for each in _by_way_of(copy))
    source = f"Copied from “{copy.resource.title}”{f' ({who})' if who else ''}"
    return f"{source}{f', by way of {between}' if between else ''}"[:LONGEST_CREDIT]


def _by_way_of(copy: Copy) -> list[Council]:
    """The councils whose versions lie between the source and this copy, in that order."""
    found: list[Council] = []
    parent = copy.parent
    while parent is not None:
        found.insert(0, parent.council)
        parent = parent.parent
    return found


def _cells(copy: Copy, base_url: str) -> list[object]:
    source, result = copy.resource, copy.result
    return [
        source.title,
        base_url + url_of(source.kind, source.slug),
        copy.source_version,
        copy.started_at.date(),
        STATUS_WORDS[copy.status],
        copy.status_note,
        _listed(copy, Choice.KEEP),
        _listed(copy, Choice.CHANGE),
        _listed(copy, Choice.DROP),
        "\n".join(each["text"] for each in copy.changes if not each["step"]),
        copy.first_step,
        copy.first_step_by,
        copy.review_on,
        copy.hours_spent,
        copy.what_happened,
        base_url + url_of(result.kind, result.slug) if result and result.is_public else "",
    ]


def _listed(copy: Copy, choice: Choice) -> str:
    return "\n".join(
        " - ".join(filter(None, [each["step"], each["text"], each["why"]]))
        for each in shown_changes(copy)
        if each["choice"] == choice and each["step"]
    )


def _years(copy: Copy) -> str:
    began = f"{copy.started_at:%B %Y}"
    ended = f"{copy.saved_at:%B %Y}" if copy.status is Status.STOPPED else ""
    return f"{began} to {ended}" if ended and ended != began else f"Since {began}"


def _hours(spent: int | None) -> str:
    return f"{spent} {'hour' if spent == 1 else 'hours'}" if spent else ""


def _what_changed(copy: Copy) -> str:
    """The reasons that were given for what was changed and left out, as a list in Markdown."""
    told = [each for each in shown_changes(copy) if each["why"] and each["choice"] != Choice.KEEP]
    if not told:
        return ""
    return "\n".join(["What we changed and why:\n", *(_reason(each) for each in told)])


def _reason(change: Mapping[str, str]) -> str:
    if change["choice"] == Choice.DROP:
        return f"- We left out “{change['step']}”: {change['why']}"
    return f"- Instead of “{change['step']}” we did “{change['text']}”: {change['why']}"


def _results(copy: Copy) -> str:
    stopped = f"Why we stopped: {copy.status_note}" if copy.status is Status.STOPPED else ""
    return "\n\n".join(filter(None, [copy.what_happened, stopped]))
