"""What a council did here, line by line, for its participation report."""

from collections.abc import Iterator, Sequence

from kb.copying.models import Copy
from kb.web.copied import DOES
from kb.web.filters import url_of
from kb.web.work_done import DraftRow, PageRow, QuestionRow, Work, next_date

HEADINGS = ("What", "Title", "Address", "State", "Since", "Next date", "What happened")
Row = Sequence[object]


def rows(work: Work, base_url: str) -> Iterator[Row]:
    """What was shared, copied, asked and answered, and what is still being written."""
    yield from (_of_page(each, base_url) for each in work.pages)
    yield from (_of_copy(each, base_url) for each in work.copies)
    yield from (_of_question("Question from us", each, base_url) for each in work.asked)
    yield from (_of_question("Question to us", each, base_url) for each in work.received)
    yield from (_of_draft(each, base_url) for each in work.drafts)


def _of_page(row: PageRow, base_url: str) -> Row:
    page = row.resource
    stops = [_of_stop(copy) for copy in row.stops]
    what = "note of a reader" if row.notes == 1 else "notes of readers"
    notes = f"{row.notes} {what} to look at." if row.notes else ""
    return (
        "Shared by us",
        page.title,
        base_url + url_of(page.kind, page.slug),
        row.mark or "Current",
        page.first_published_at.date(),
        page.review_by,
        "\n".join(filter(None, [row.copied, *stops, notes])),
    )


def _of_stop(copy: Copy) -> str:
    """Bristol stopped: Nobody had time."""
    why = "" if copy.is_hidden else copy.status_note
    return (
        f"{copy.council.short_name} stopped: {why}"
        if why
        else f"{copy.council.short_name} stopped."
    )


def _of_copy(copy: Copy, base_url: str) -> Row:
    what = "hour" if copy.hours_spent == 1 else "hours"
    hours = f"{copy.hours_spent} {what} spent." if copy.hours_spent is not None else ""
    return (
        "Copied by us",
        copy.resource.title,
        f"{base_url}/copies/{copy.id}",
        DOES[copy.status],
        copy.started_at.date(),
        next_date(copy),
        "\n".join(filter(None, [copy.what_happened, copy.status_note, hours])),
    )


def _of_question(what: str, row: QuestionRow, base_url: str) -> Row:
    """Not its words: they are between two people until both agree."""
    question = row.question
    page = question.resource
    address = base_url + url_of(page.kind, page.slug)
    return what, page.title, address, row.state, question.asked_at.date(), None, ""


def _of_draft(row: DraftRow, base_url: str) -> Row:
    address = f"{base_url}/share/{row.draft.id}" if row.is_own else ""
    since = row.draft.started_at.date()
    return "Draft", row.title, address, row.state, since, None, row.place
