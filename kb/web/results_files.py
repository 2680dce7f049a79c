"""What a session came to, for the trainer's records: a table and JSON."""

from collections.abc import Iterator, Sequence

from kb.library.models import Resource
from kb.training.attendance import Attendance
from kb.training.models import TrainingSession
from kb.training.outcomes import Answers, Bar, Before, GapShown, Pledged, Results
from kb.web import csv_files
from kb.web.filters import url_of
from kb.web.outside import local

HEADINGS = ("Part", "Question", "Answer", "Number", "Of", "From devices", "Hands typed in", "By")
Row = Sequence[object]


def to_csv(training: TrainingSession, found: Results, came: Attendance) -> str:
    return csv_files.to_csv(HEADINGS, _rows(training, found, came))


def to_json(
    training: TrainingSession, found: Results, came: Attendance, base_url: str
) -> dict[str, object]:
    return {
        "session": _session(training, found),
        "heading": found.title,
        "agenda": [vars(part) for part in found.agenda],
        "gaps": [_gap(gap) for gap in found.gaps],
        "asked_before": _before(found.before) if found.before else None,
        "barriers": [_answers(each) for each in found.barriers],
        "answers": [_answers(each) for each in found.answers],
        "ideas": [vars(idea) for idea in found.ideas],
        "pledges": [_pledged(pledge, base_url) for pledge in found.pledges],
        "said": [vars(each) for each in found.said],
        "parked": list(found.parked),
        "used": [_page(page, base_url) for page in found.used],
        "credit": found.credit,
        "attendance": {
            "devices": came.devices,
            "joined": [each.isoformat(timespec="minutes") for each in came.joined],
        },
        "six_weeks_on": vars(found.follow_up),
    }


def _session(training: TrainingSession, found: Results) -> dict[str, object]:
    return {
        "number": training.id,
        "title": training.title,
        "host": training.host,
        "held_on": found.held_on.isoformat(),
        "closed_at": training.closed_at.isoformat() if training.closed_at else None,
        "people": found.people,
    }


def _before(before: Before) -> dict[str, object]:
    return {"held_on": before.held_on.isoformat(), "gap": _gap(before.gap)}


def _pledged(pledge: Pledged, base_url: str) -> dict[str, object]:
    card = pledge.card
    return {
        "card": card.title if card else None,
        "address": base_url + url_of(card.kind, card.slug) if card else None,
        "people": pledge.people,
        "by": pledge.by.isoformat() if pledge.by else None,
    }


def _page(page: Resource, base_url: str) -> dict[str, object]:
    return {"title": page.title, "address": base_url + url_of(page.kind, page.slug)}


def _rows(training: TrainingSession, found: Results, came: Attendance) -> Iterator[Row]:
    date = local(found.held_on).date()
    yield ("Session", training.title, training.host, "", found.people, came.devices, "", date)
    for part in found.agenda:
        yield ("Agenda, minutes", part.title, "Took", part.took, part.planned, "", "", "")
    for gap in found.gaps:
        yield from _rows_of_gap("Gap", gap)
    if found.before:
        yield from _rows_of_gap(f"Gap on {local(found.before.held_on).date()}", found.before.gap)
    yield from _rows_of_answers("Barriers", found.barriers)
    yield from _rows_of_answers("Answers", found.answers)
    yield from _rows_of_words(found)
    if found.follow_up.left:
        did, left = found.follow_up.did, found.follow_up.left
        yield ("Six weeks on", "Did you?", "Yes", did, left, "", "", "")


def _rows_of_answers(what: str, group: Sequence[Answers]) -> Iterator[Row]:
    for each in group:
        for bar in each.bars:
            yield (what, each.question, bar.label, bar.number, each.people, *_from(bar), "")


def _rows_of_words(found: Results) -> Iterator[Row]:
    for idea in found.ideas:
        yield ("Idea", "", idea.text, idea.votes, "", "", "", "")
    for pledge in found.pledges:
        card = pledge.card.title if pledge.card else "Something else"
        yield ("Pledges for a card", "", card, pledge.people, "", "", "", pledge.by)
    for said in found.said:
        yield ("Pledge", said.when, said.will, "", "", "", "", "")
    for point in found.parked:
        yield ("Parked", "", point, "", "", "", "", "")


def _rows_of_gap(what: str, gap: GapShown) -> Iterator[Row]:
    for question, yes in zip((gap.question, gap.second), gap.yes, strict=True):
        yield (what, question, yes.label, yes.number, gap.people, *_from(yes), "")
    how = f"Counted {'from totals' if gap.is_from_totals else 'by person'}"
    number = gap.gap if gap.is_known else "Not known"
    yield (what, how, "Want to and do not yet", number, gap.people, "", "", "")
    if gap.left_out or gap.unanswered:
        number = gap.unanswered or ""
        yield (what, gap.left_out, "Not in the gap", number, gap.people, "", "", "")


def _from(bar: Bar) -> tuple[int, int]:
    return bar.devices, bar.hands


def _gap(gap: GapShown) -> dict[str, object]:
    would, do = (vars(each) for each in gap.counted)
    said = dict(zip(("would", "do"), map(vars, gap.yes), strict=True))
    number = gap.gap if gap.is_known else None
    counted = {"would": would, "do": do}
    return {**vars(gap), "gap": number, "counted": counted, "yes": said}


def _answers(each: Answers) -> dict[str, object]:
    return {
        "kind": each.kind.value,
        "question": each.question,
        "people": each.people,
        "answers": [vars(bar) for bar in each.bars],
        "counted": vars(each.counted),
    }
