"""What changed on a page, version by version."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.copying.hiding import forget_steps
from kb.db.database import Session
from kb.errors import Invalid
from kb.library import history, vocabulary
from kb.library import service as library
from kb.library.facets import FACET_LABELS
from kb.library.history import FieldChange
from kb.library.models import Resource, Revision
from kb.submissions import hiding
from kb.web import reading
from kb.web.caching import kept
from kb.web.context import current_person, db_session, is_editor, public, reviewers_only
from kb.web.forms.review import HidingForm, RestorationForm

bp = Blueprint("history", __name__)

FIELD_LABELS = FACET_LABELS | {
    "ref": "Reference",
    "kind": "Kind",
    "title": "Title",
    "summary": "In one sentence",
    "body": "Text",
    "lang": "Language",
    "councils": "Councils",
    "organisation": "Organisation",
    "years": "When",
    "start_year": "First year",
    "end_year": "Last year",
    "cost_note": "Cost in words",
    "setup_hours": "Hours to set up",
    "weekly_minutes": "Minutes a week",
    "effort_note": "Effort in words",
    "replaces": "What it replaces",
    "went_wrong": "What went wrong, or nearly did",
    "next_step": "First step for others",
    "attachments": "Files",
    "reasons": "Why they did it",
    "actions": "What they did",
    "results": "What happened",
    "differently": "What they would do differently",
    "our_reading": "Our reading",
    "steps": "Steps",
    "steps_by": "Who wrote the steps",
    "number": "Card number",
    "applies_to": "Applies to",
    "try_this": "Try this",
    "watch_out": "Watch out",
    "duration": "Time",
    "minutes_min": "Shortest time in minutes",
    "minutes_max": "Longest time in minutes",
    "group_size": "Group",
    "group_min": "Smallest group",
    "group_max": "Largest group",
    "audience": "For",
    "format": "Format",
    "materials": "You need",
    "confidence": "Confidence",
    "checked": "Date of the last check",
    "check_note": "What the check covered",
    "credit": "Credit",
    "sources": "Sources",
    "related": "Related pages",
}


@bp.get("/p/<int(max=2147483647):resource_id>/history")
@public
@kept
def index(resource_id: int) -> ResponseReturnValue:
    session = db_session()
    resource = library.get(session, resource_id)
    if not resource.is_public:
        return reading.withdrawn(resource)
    revisions = history.revisions(session, resource)
    return render_template("history/index.html", resource=resource, revisions=revisions)


@bp.get("/p/<int(max=2147483647):resource_id>/history/<int(max=2147483647):number>")
@public
@kept
def show(resource_id: int, number: int) -> ResponseReturnValue:
    session = db_session()
    resource = library.get(session, resource_id)
    if not resource.is_public:
        return reading.withdrawn(resource)
    return page(session, resource, number, RestorationForm() if is_editor() else None)


@bp.post("/p/<int(max=2147483647):resource_id>/history/<int(max=2147483647):number>/hidden-words")
@reviewers_only
def create_hidden_words(resource_id: int, number: int) -> ResponseReturnValue:
    """The older words of what changed in this version are hidden."""
    session = db_session()
    resource = library.get(session, resource_id)
    form = HidingForm()
    try:
        hiding.hide(
            session,
            resource,
            number,
            form.fields.data or [],
            by=current_person(),
            reason=form.why.data or "",
            now=utcnow(),
        )
    except Invalid as error:
        for name, sentence in error.problems.items():
            form[name].errors = [sentence]
        return page(session, resource, number, RestorationForm(formdata=None), form), 422
    if "steps" in (form.fields.data or []):
        forget_steps(session, resource, before=number)
    flash(f"Nobody reads these words in the versions before {number} any more.")
    return redirect(url_for("history.show", resource_id=resource.id, number=number), code=303)


def page(
    session: Session,
    resource: Resource,
    number: int,
    form: RestorationForm | None,
    to_hide: HidingForm | None = None,
) -> str:
    """One version and what changed in it; for reviewers, with forms to restore it and to hide."""
    revision = history.revision(session, resource, number)
    before = history.revision(session, resource, number - 1) if number > 1 else None
    return render_template(
        "history/show.html",
        resource=resource,
        revision=revision,
        before=before,
        changes=_changes(session, resource, before, revision) if before else [],
        hidden=history.hidden_changes(before, revision) if before else [],
        labels_of_fields=FIELD_LABELS,
        form=form,
        to_hide=to_hide or (HidingForm(formdata=None) if form else None),
    )


def hidden_labels(session: Session, resource: Resource, number: int) -> str:
    """What is hidden in a version, for reviewers, so that nothing of it is restored."""
    hidden = history.revision(session, resource, number).hidden
    return ", ".join(FIELD_LABELS[name] for name in hidden)


def _changes(
    session: Session, resource: Resource, before: Revision, after: Revision
) -> list[FieldChange]:
    """What changed, with the words of terms and councils in place of their ids."""
    words: dict[str, Mapping[str, str]] = {**vocabulary.labels(session)}
    words["councils"] = {council.code: council.name for council in resource.councils}
    return [
        _in_words(change, before, after, words[change.field]) if change.field in words else change
        for change in history.changes(before, after)
    ]


def _in_words(
    change: FieldChange, before: Revision, after: Revision, words: Mapping[str, str]
) -> FieldChange:
    old, new = (_listed(revision.content.get(change.field), words) for revision in (before, after))
    return FieldChange(field=change.field, runs=history.diff(old, new))


def _listed(ids: object, words: Mapping[str, str]) -> str:
    return "\n".join(words.get(id, id) for id in ids) if isinstance(ids, list) else ""
