"""Turn the answers of a draft into content, whole and checked."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.errors import Invalid
from kb.library import publish, vocabulary
from kb.library.content import TIP_WORDS, Attachment, Content, Kind, check
from kb.library.models import Visibility
from kb.submissions import amounts, form
from kb.submissions.models import Draft, Upload

MOST_ATTACHMENTS = 10
REMOVED = "_removed_files"  # digests of what a change takes off the page
NO_ALT = "Describe {name}, or say that it is decorative"
_TERMS = ("purpose", "barrier", "form", "channel", "signoff")
_TERM = ("evidence", "status", "licence")
_TEXTS = ("title", "summary", "reasons", "actions", "results", "differently", "next_step")
_LINES = ("organisation", "years", "replaces", "body", "try_this", "watch_out", "credit")
_ASKED_BY: Mapping[str, str] = {
    "councils": "title",
    "sources": "source_url",
    "cost_note": "money_for",
    "start_year": "years",
    "end_year": "years",
    "setup_hours": "setup_time",
    "weekly_minutes": "weekly_time",
    "effort_note": "setup_time",
    "attachments": form.FILES,
}


def compose(session: Session, draft: Draft) -> Content:
    """What the draft would publish, under the ref of the resource that it changes or its own.

    Raises Invalid with a sentence for each question that has no good answer. What was told
    to peers only or without a name is never in it; see `lesson`.
    """
    terms = vocabulary.labels(session)
    uploads = files(session, draft)
    problems = form.problems(form.questions(draft.kind), draft.answers, terms)
    problems |= _without_alt(uploads) | _too_long(draft)
    if draft.resource is None and draft.council is None:
        problems.setdefault("title", "Your account names no council yet")
    if problems:
        raise Invalid(problems)
    return _checked(draft, _values(draft, uploads))


def draft_of_page(session: Session, draft: Draft) -> Content:
    """The same of a draft that is not finished, for a preview: what is wrong is left out."""
    terms = vocabulary.labels(session)
    asked = form.questions(draft.kind)
    wrong = form.problems(asked, draft.answers, terms)
    kept = {name: value for name, value in draft.answers.items() if name not in wrong}
    whole = {"title": "No title yet"} | kept
    return _checked(draft, _values(draft, files(session, draft), whole))


def lesson(draft: Draft) -> tuple[str, Visibility] | None:
    """What went wrong and who may read it, where that is not everybody under its name."""
    told = form.text(draft.answers, "went_wrong")
    chosen = form.text(draft.answers, "visibility")
    if draft.kind is not Kind.CASE_STUDY or not told or chosen not in {*Visibility}:
        return None
    visibility = Visibility(chosen)
    return None if visibility is Visibility.PUBLIC else (told, visibility)


def files(session: Session, draft: Draft) -> list[Upload]:
    """The files that were sent with a draft, in that order."""
    query = select(Upload).where(Upload.draft_id == draft.id).order_by(Upload.id)
    return list(session.scalars(query))


def removed(draft: Draft) -> list[Attachment]:
    """The files that the live page offers and that this change takes off it."""
    digests = _removed(draft.answers)
    return [each for each in published(draft) if each.digest in digests]


def staying(draft: Draft) -> list[Attachment]:
    """The files that the live page offers and that this change leaves there."""
    digests = _removed(draft.answers)
    return [each for each in published(draft) if each.digest not in digests]


def published(draft: Draft) -> list[Attachment]:
    return list(draft.resource.attachments) if draft.resource is not None else []


def is_undescribed(upload: Upload) -> bool:
    """Is this a picture that nobody has described or called decorative?"""
    is_picture = upload.file.media_type.startswith("image/")
    return is_picture and not upload.is_decorative and not upload.alt.strip()


def _without_alt(uploads: Iterable[Upload]) -> dict[str, str]:
    names = [upload.name for upload in uploads if is_undescribed(upload)]
    return {form.FILES: NO_ALT.format(name=f"“{names[0]}”")} if names else {}


def _too_long(draft: Draft) -> dict[str, str]:
    if draft.kind is not Kind.TIP_CARD:
        return {}
    names = ("body", "try_this", "watch_out")
    count = sum(len(form.text(draft.answers, name).split()) for name in names)
    if count <= TIP_WORDS:
        return {}
    return {"body": f"A tip card has at most {TIP_WORDS} words. This one has {count}"}


def _checked(draft: Draft, values: Mapping[str, object]) -> Content:
    try:
        return check(values)
    except Invalid as error:
        known = {question.name for question in form.questions(draft.kind)}
        raise Invalid(
            {_asker(place, known): sentence for place, sentence in error.problems.items()}
        ) from error


def _asker(place: str, known: set[str]) -> str:
    """The question whose answer became this field."""
    name = place.partition(".")[0]
    name = _ASKED_BY.get(name, name)
    return name if name in known or name == form.FILES else "title"


def _values(
    draft: Draft, uploads: list[Upload], answers: Mapping[str, object] | None = None
) -> dict[str, object]:
    given = draft.answers if answers is None else answers
    base = publish.content_of(draft.resource).to_json() if draft.resource else _new(draft)
    asked = {question.name for question in form.questions(draft.kind)}
    values: dict[str, object] = {
        **{name: form.text(given, name) for name in (*_TEXTS, *_LINES) if name in asked},
        **{name: _chosen(given, name, base) for name in (*_TERMS, *_TERM) if name in asked},
        **_effort(given, asked, base),
        **_cost(given, asked),
        "lang": form.text(given, "lang") or base.get("lang") or "en",
        "attachments": _attachments(base, _removed(given), uploads),
    }
    if draft.kind is Kind.CASE_STUDY:
        values |= _of_case(draft, given, base)
    if "summary" in asked:
        values["summary"] = " ".join(form.text(given, "summary").split())
    values["credit"] = values.get("credit") or _thanks(draft)
    return base | values


def _chosen(given: Mapping[str, object], name: str, base: Mapping[str, object]) -> list[str]:
    """In the order of the page, as far as it has them: nobody chooses an order by ticking."""
    before = base.get(name, ())
    known = list(before) if isinstance(before, list | tuple) else []
    return sorted(
        form.texts(given, name),
        key=lambda term: known.index(term) if term in known else len(known),
    )


def _new(draft: Draft) -> dict[str, object]:
    codes = [draft.council.code] if draft.council else []
    return {"ref": f"shared:{draft.id}", "kind": draft.kind.value, "councils": codes}


def _of_case(
    draft: Draft, given: Mapping[str, object], base: Mapping[str, object]
) -> dict[str, object]:
    is_public = form.text(given, "visibility") == Visibility.PUBLIC
    years = amounts.years(form.text(given, "years"))
    steps = form.texts(given, "steps")
    return {
        "went_wrong": form.text(given, "went_wrong") if is_public else "",
        "steps": _steps(steps, base),
        "steps_by": _steps_by(steps, base),
        "start_year": years[0] if years else None,
        "end_year": years[-1] if years else None,
        "sources": _sources(given, base),
    }


def _steps(texts: list[str], base: Mapping[str, object]) -> list[dict[str, object]]:
    """A step whose words stay keeps what the page says more about it."""
    known = {str(step["text"]): step for step in _steps_before(base)}
    return [known.get(text, {"text": text}) for text in texts]


def _steps_by(texts: list[str], base: Mapping[str, object]) -> object:
    """Who wrote the steps: a change that leaves their words alone does not claim them."""
    if texts == [str(step["text"]).strip() for step in _steps_before(base)]:
        return base.get("steps_by", "")
    return "council" if texts else ""


def _steps_before(base: Mapping[str, object]) -> list[dict[str, object]]:
    before = base.get("steps", ())
    return [dict(step) for step in (before if isinstance(before, list | tuple) else ())]


def _sources(given: Mapping[str, object], base: Mapping[str, object]) -> list[object]:
    """The source that was given comes first; those that the page had otherwise stay."""
    before = base.get("sources", ())
    rest = list(before)[1:] if isinstance(before, list | tuple) else []
    url = form.text(given, "source_url")
    title = form.text(given, "source_title") or url
    if not title:
        return rest
    publisher = form.text(given, "source_publisher")
    return [{"title": title[:200], "publisher": publisher, "url": url or None}, *rest]


def _effort(
    given: Mapping[str, object], asked: set[str], base: Mapping[str, object]
) -> dict[str, object]:
    """Hours where they are whole, else the words that were used; and what a page says besides."""
    besides = str(base.get("effort_note", ""))
    besides = "" if amounts.time_in(besides) else besides
    values: dict[str, object] = {}
    setup = amounts.minutes(form.text(given, "setup_time"))
    weekly = amounts.minutes(form.text(given, "weekly_time"))
    if "setup_time" in asked and setup is not None:
        whole = setup >= 60 and setup % 60 == 0
        values["setup_hours"] = setup // 60 if whole else None
        values["setup"] = [amounts.setup_term(setup)]
        note = amounts.setup_note(form.text(given, "setup_time"))
        values["effort_note"] = besides if whole else note
    if "weekly_time" in asked and weekly is not None:
        values["weekly_minutes"] = weekly
        values["weekly"] = [amounts.weekly_term(weekly)]
    return values


def _cost(given: Mapping[str, object], asked: set[str]) -> dict[str, object]:
    amount = amounts.pounds(form.text(given, "money"))
    if "money" not in asked or amount is None:
        return {}
    paid_for = form.text(given, "money_for")
    note = f"{amounts.as_pounds(amount)}: {paid_for}" if paid_for else amounts.as_pounds(amount)
    return {"cost": [amounts.cost_term(amount)], "cost_note": note}


def _removed(answers: Mapping[str, object]) -> set[str]:
    return set(form.texts(answers, REMOVED))


def _attachments(
    base: Mapping[str, object], gone: set[str], uploads: list[Upload]
) -> list[object]:
    """Those that stay on the page, then what was sent; what was taken off may come back anew."""
    before = base.get("attachments", ())
    offered = list(before) if isinstance(before, list | tuple) else []
    kept = [each for each in offered if each["digest"] not in gone]
    known = {each["digest"] for each in kept}
    new = [_attachment(upload) for upload in uploads if upload.file.digest not in known]
    return [*kept, *new][:MOST_ATTACHMENTS]


def _attachment(upload: Upload) -> dict[str, object]:
    return {
        "digest": upload.file.digest,
        "name": upload.name,
        "media_type": upload.file.media_type,
        "size": upload.file.size,
        "alt": "" if upload.is_decorative else upload.alt.strip(),
        "is_decorative": upload.is_decorative,
    }


def _thanks(draft: Draft) -> str:
    return draft.council.name if draft.council else ""
