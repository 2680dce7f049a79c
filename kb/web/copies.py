"""Copy this practice: a council's own plan, how it goes, and what comes of it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.copying import followups, hiding, lineage, reports
from kb.copying import service as copying
from kb.copying.models import Copy, Status
from kb.copying.service import Plan
from kb.db.database import Session
from kb.errors import Conflict, Invalid, NotFound
from kb.library import service as library
from kb.library.content import Kind, Step
from kb.library.models import Resource
from kb.submissions import drafts
from kb.web import copied, copy_tables, csv_files, paging, reading
from kb.web.caching import kept
from kb.web.context import (
    contributors_only,
    current_person,
    db_session,
    is_editor,
    person,
    public,
    runtime,
)
from kb.web.copied import COPYABLE
from kb.web.forms.copies import (
    AnswerForm,
    OutcomeForm,
    PlanForm,
    plan_form,
    show_problems,
)
from kb.web.history import FIELD_LABELS

bp = Blueprint("copies", __name__)

LARGEST = 2**31 - 1
COPIES_A_PAGE = 50
COPY = "/copies/<int(max=2147483647):copy_id>"


@bp.get("/case-studies/<slug>/copies/new")
@contributors_only
def new_of_case_study(slug: str) -> ResponseReturnValue:
    return _new(library.by_slug(db_session(), Kind.CASE_STUDY, slug), None)


@bp.get("/copies/new")
@contributors_only
def new() -> ResponseReturnValue:
    resource = library.get(db_session(), _number(request.args.get("of")))
    return _new(resource, _optional(request.args.get("from")))


@bp.post("/copies")
@contributors_only
def create() -> ResponseReturnValue:
    session, me = db_session(), current_person()
    resource = library.get(session, _number(request.form.get("of")))
    if resource.kind not in COPYABLE:
        raise NotFound("Only case studies and tip cards are copied with a plan.")
    parent = copying.parent_of(session, resource, _optional(request.form.get("from")))
    version = _version(resource, request.form.get("source_version"))
    form = _form(session, resource, copying.prefilled(resource, by=me, parent=parent), version)
    try:
        if not form.validate():
            return _form_page("new", form, resource, parent=parent), 422
        copy = copying.start(
            session,
            resource,
            form.plan(version),
            by=me,
            parent=parent,
            base_url=runtime().settings.base_url,
            now=utcnow(),
        )
    except Invalid as error:
        show_problems(form, dict(error.problems))
        return _form_page("new", form, resource, parent=parent), 422
    except Conflict:
        return _begun(session, resource.id, form, version)
    flash("Your plan is saved. We ask you in 4 weeks how it goes.")
    return _to(copy)


@bp.get("/copies")
@contributors_only
def index() -> ResponseReturnValue:
    me = current_person()
    copies = copying.all_of_council(db_session(), me.council_id)
    return render_template("copies/index.html", copies=copies, council=me.council)


@bp.get("/copies.csv")
@contributors_only
def export() -> ResponseReturnValue:
    copies = copying.all_of_council(db_session(), current_person().council_id)
    text = copy_tables.to_csv(copies, runtime().settings.base_url)
    return csv_files.download(text, "copies.csv")


@bp.get(COPY)
@public
@kept
def show(copy_id: int) -> ResponseReturnValue:
    session = db_session()
    copy = copying.get(session, copy_id)
    is_ours = copying.may_change(copy, person())
    return render_template(
        "copies/show.html",
        copy=copy,
        choices=copy_tables.shown_changes(copy),
        is_ours=is_ours,
        is_readable=not copy.is_hidden or is_ours or is_editor(),
        may_show_again=hiding.may_show_again(copy, person()),
    )


@bp.get("/p/<int(max=2147483647):resource_id>/copies")
@public
@kept
def family(resource_id: int) -> ResponseReturnValue:
    """Everybody who copied it, for whom the page of a practice has no room."""
    session = db_session()
    resource = library.get(session, resource_id)
    if resource.kind not in COPYABLE:
        raise NotFound("Only case studies and tip cards are copied with a plan.")
    if not resource.is_public:
        return reading.withdrawn(resource)
    copies = lineage.of(session, resource).nodes
    pages = paging.paging(
        page=max(1, _number(request.args.get("page"))),
        total=len(copies),
        per_page=COPIES_A_PAGE,
        most=len(copies) or 1,
        url_of_page=lambda page: url_for(
            "copies.family", resource_id=resource.id, page=page if page > 1 else None
        ),
    )
    shown = copies[pages.first_shown - 1 : pages.last_shown] if copies else ()
    return render_template(
        "copies/family.html",
        resource=resource,
        branches=copied.listed(session, shown),
        paging=pages,
    )


@bp.get(f"{COPY}/edit")
@contributors_only
def edit(copy_id: int) -> ResponseReturnValue:
    session = db_session()
    copy = _ours(session, copy_id)
    form = _form(session, copy.resource, copying.plan_of(copy), copy.source_version, copy=copy)
    return _form_page("edit", form, copy.resource, copy=copy)


@bp.post(COPY)
@contributors_only
def update(copy_id: int) -> ResponseReturnValue:
    session, me = db_session(), current_person()
    copy = _ours(session, copy_id)
    form = _form(session, copy.resource, copying.plan_of(copy), copy.source_version, copy=copy)
    status = 422
    try:
        if form.validate():
            plan, seen = form.plan(copy.source_version), _number(request.form.get("version"))
            copying.save(session, copy, plan, by=me, version=seen, now=utcnow())
            flash("Your plan is saved.")
            return _to(copy)
    except Invalid as error:
        show_problems(form, dict(error.problems))
    except Conflict:
        status = _after_conflict(session, copy, form)
    return _form_page("edit", form, copy.resource, copy=copy), status


@bp.get(f"{COPY}/reports/new")
@contributors_only
def new_report(copy_id: int) -> ResponseReturnValue:
    copy = _ours(db_session(), copy_id)
    return _report_page(copy, OutcomeForm(data=_said(copy)))


@bp.post(f"{COPY}/reports")
@contributors_only
def create_report(copy_id: int) -> ResponseReturnValue:
    session = db_session()
    copy = _ours(session, copy_id)
    form = OutcomeForm()
    status = 422
    try:
        if form.validate():
            reports.report(
                session,
                copy,
                form.outcome(),
                by=current_person(),
                version=_number(form.version.data),
                base_url=runtime().settings.base_url,
                now=utcnow(),
            )
            flash("Thank you. Everybody can read how it went.")
            return _to(copy)
    except Invalid as error:
        show_problems(form, dict(error.problems))
    except Conflict:
        status = _after_conflict(session, copy, form)
    return _report_page(copy, form), status


@bp.get(f"{COPY}/changes")
@public
@kept
def changes(copy_id: int) -> ResponseReturnValue:
    session = db_session()
    copy = copying.get(session, copy_id)
    if not copy.resource.is_public:
        return reading.withdrawn(copy.resource)
    found = followups.changes_since(session, copy)
    return render_template(
        "copies/changes.html",
        copy=copy,
        steps=next((change for change in found if change.field == "steps"), None),
        have_hidden_steps_changed=followups.have_hidden_steps_changed(session, copy),
        others=[FIELD_LABELS.get(c.field, c.field) for c in found if c.field != "steps"],
    )


@bp.post(f"{COPY}/case-study")
@contributors_only
def create_case_study(copy_id: int) -> ResponseReturnValue:
    """Begin to write up what came of it, with all that is known filled in."""
    session, me = db_session(), current_person()
    copy = _ours(session, copy_id)
    written = [d for d in drafts.mine(session, by=me) if d.copy_id == copy.id and d.is_open]
    draft = next(iter(written), None) or drafts.start(
        session,
        by=me,
        kind=Kind.CASE_STUDY,
        now=utcnow(),
        answers=copy_tables.to_answers(copy, runtime().settings.base_url),
        copy_id=copy.id,
        base_url=runtime().settings.base_url,
    )
    return redirect(url_for("share.show", draft_id=draft.id), code=303)


@bp.get("/copies/follow-up")
@public
def new_answer() -> ResponseReturnValue:
    """Where the links of our letters lead. Nothing happens until the button is pressed."""
    session, token = db_session(), request.args.get("token", "")
    found = followups.find(session, token, now=utcnow())
    said, asked = followups.said(session, found), request.args.get("status", "")
    status = asked if asked in {*Status} else (said.status.value if said else "")
    form = AnswerForm(data=_said(found.copy) | {"status": status, "token": token})
    is_said = said is not None and not asked
    return render_template("copies/follow_up.html", form=form, copy=found.copy, is_said=is_said)


@bp.post("/copies/follow-up")
@public
def create_answer() -> ResponseReturnValue:
    session = db_session()
    found = followups.find(session, request.form.get("token", ""), now=utcnow())
    form = AnswerForm(data=_said(found.copy))
    _keep_what_was_not_asked(form, found.copy)
    try:
        if form.validate():
            followups.answer(session, found, form.outcome(), now=utcnow())
            return redirect(url_for("copies.new_answer", token=form.token.data), code=303)
    except Invalid as error:
        show_problems(form, dict(error.problems))
    is_said = followups.said(session, found) is not None
    page = render_template("copies/follow_up.html", form=form, copy=found.copy, is_said=is_said)
    return page, 422


def _new(resource: Resource, parent_id: int | None) -> ResponseReturnValue:
    session, me = db_session(), current_person()
    if resource.kind not in COPYABLE or not resource.is_public:
        raise NotFound("There is nothing here that can be copied with a plan.")
    parent = copying.parent_of(session, resource, parent_id)
    existing = copying.of_council(session, resource, me.council_id)
    if existing:
        return _existing(existing)
    copying.check_may_start(resource, me)
    plan = copying.prefilled(resource, by=me, parent=parent)
    return _form_page("new", _form(session, resource, plan, resource.version), resource, parent)


def _existing(copy: Copy) -> ResponseReturnValue:
    flash("Your council copies this already. Here is its plan.")
    return _to(copy)


def _begun(
    session: Session, resource_id: int, form: PlanForm, version: int
) -> ResponseReturnValue:
    """A colleague was first: theirs stays, until somebody knowingly puts theirs in its place."""
    session.rollback()
    resource = library.get(session, resource_id)
    theirs = copying.of_council(session, resource, current_person().council_id)
    if theirs is None:
        raise Conflict("Somebody else changed this at the same moment.")
    if form.plan(version) == copying.plan_of(theirs):  # the button was pressed twice
        return _existing(theirs)
    form.version.data = str(theirs.version)
    form.form_errors.append(copying.BEGUN)
    view = "edit" if version == theirs.source_version else "new"
    return _form_page(view, form, resource, copy=theirs), 409


def _to(copy: Copy) -> ResponseReturnValue:
    return redirect(url_for("copies.show", copy_id=copy.id), code=303)


def _ours(session: Session, copy_id: int) -> Copy:
    """A copy of one's own council; of another's, its public page is all there is."""
    copy = copying.get(session, copy_id)
    copying.check_may_change(copy, current_person())
    return copy


def _form(
    session: Session, resource: Resource, plan: Plan, version: int, *, copy: Copy | None = None
) -> PlanForm:
    council_id = copy.council_id if copy else current_person().council_id
    people = copying.colleagues(session, council_id)
    if copy is not None and copy.owner_id not in {each.id for each in people}:
        people.append(copy.owner)
    steps = copying.steps_of(session, resource, version)
    if not resource.is_public:
        steps = [Step(text=copy_tables.NOT_SHOWN)] * len(steps)
    return plan_form(steps, people, plan, version=copy.version if copy else 0)


def _form_page(
    view: str,
    form: PlanForm,
    resource: Resource,
    parent: Copy | None = None,
    *,
    copy: Copy | None = None,
) -> str:
    return render_template(
        f"copies/{view}.html", form=form, resource=resource, parent=parent, copy=copy
    )


def _report_page(copy: Copy, form: OutcomeForm) -> str:
    return render_template("copies/report.html", form=form, copy=copy)


def _after_conflict(session: Session, copy: Copy, form: PlanForm | OutcomeForm) -> int:
    """What was typed stays in the form; saving it again is then done knowingly."""
    session.rollback()
    form.version.data = str(copying.get(session, copy.id).version)
    form.form_errors.append(copying.CHANGED)
    return 409


def _said(copy: Copy) -> dict[str, object]:
    return {
        "status": copy.status.value,
        "note": copy.status_note,
        "hours": copy.hours_spent,
        "what_happened": copy.what_happened,
        "version": copy.version,
    }


def _keep_what_was_not_asked(form: AnswerForm, copy: Copy) -> None:
    """The first page of an answer asks for less than the second; what we know stays."""
    for name, value in _said(copy).items():
        if name not in request.form and name != "status":
            form[name].data = value


def _version(resource: Resource, typed: str | None) -> int:
    """The version that the form was about; NotFound for one that never was."""
    version = _number(typed)
    if not 1 <= version <= resource.version:
        raise NotFound("There is no such version of this page.")
    return version


def _optional(typed: str | None) -> int | None:
    return _number(typed) if typed else None


def _number(typed: str | None) -> int:
    """A whole number that a database can hold; 0, which is nobody's id, for anything else."""
    text = typed or ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
    return number if number <= LARGEST else 0
