"""A source put right: what it is called, whose it is, and where its people went."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm  # type: ignore[import-untyped]

from kb.councils import naming
from kb.councils import service as councils
from kb.councils.models import Council
from kb.db.database import Session
from kb.errors import Invalid
from kb.feeds import sources
from kb.feeds.models import Source, State
from kb.web.context import db_session, editors_only, today
from kb.web.forms.sources import DetailsForm, EditForm

bp = Blueprint("source_edits", __name__, url_prefix="/feeds/sources")


@bp.get("/<int(max=2147483647):source_id>/edit")
@editors_only
def edit(source_id: int) -> ResponseReturnValue:
    source = sources.get(db_session(), source_id)
    form = EditForm(
        formdata=None,
        name=source.name,
        council=source.council.name if source.council else "",
        organisation=source.organisation,
        nation=source.nation,
        kind=source.kind,
        language=source.language,
        successor=str(source.successor_id or ""),
    )
    return _page(source, form)


@bp.post("/<int(max=2147483647):source_id>/edit")
@editors_only
def update(source_id: int) -> ResponseReturnValue:
    session = db_session()
    source = sources.get(session, source_id)
    form = EditForm()
    form.offer(others(session, source))
    try:
        _correct(session, source, form)
    except Invalid as error:
        show_problems(form, error, otherwise="name")
        return _page(source, form), 422
    flash(f"{source.name} is put right.")
    return redirect(url_for("sources.show", source_id=source.id), code=303)


def show_problems(form: FlaskForm, error: Invalid, *, otherwise: str) -> None:
    """Each sentence beside its field, or beside another where the form has none like that."""
    for name, sentence in error.problems.items():
        form[name if name in form else otherwise].errors = [sentence]


def checked(session: Session, form: DetailsForm) -> Council | None:
    """The council that the form names. Raises Invalid with all that is wrong in it at once."""
    problems, council = {}, None
    if not form.validate():
        problems = {name: errors[0] for name, errors in form.errors.items() if name}
    if "council" not in problems:
        try:
            council = naming.named(session, form.council.data or "", today=today())
        except Invalid as error:
            problems |= error.problems
    if problems:
        raise Invalid(problems)
    return council


def council_names(session: Session) -> list[str]:
    """The councils that there are, as a field offers them while somebody types."""
    day = today()
    return [each.name for each in councils.everyone(session) if each.is_current(day)]


def others(session: Session, source: Source) -> list[tuple[int, str]]:
    """The sources that may come after this one, and the one that does."""
    return [
        (each.id, each.name)
        for each in sources.everyone(session)
        if each.id == source.successor_id
        or (each.id != source.id and each.state is not State.RETIRED)
    ]


def _correct(session: Session, source: Source, form: EditForm) -> None:
    council, chosen = checked(session, form), form.successor.data
    sources.correct(
        session,
        source,
        name=form.name.data or "",
        council=council,
        organisation=form.organisation.data or "",
        nation=form.nation.data,
        kind=form.kind.data,
        language=form.language.data,
        successor=sources.get(session, int(chosen)) if chosen else None,
    )


def _page(source: Source, form: EditForm) -> str:
    session = db_session()
    form.offer(others(session, source))
    return render_template(
        "source_edits/edit.html", source=source, form=form, councils=council_names(session)
    )
