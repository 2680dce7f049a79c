"""Hide what a council wrote about its copy, show it again, and take back a copy that is none."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.models import User
from kb.clock import utcnow
from kb.copying import hiding
from kb.copying import service as copying
from kb.copying.models import Copy, Hider
from kb.db.database import Session
from kb.errors import Conflict, Invalid
from kb.submissions import drafts, history
from kb.submissions.models import Verdict
from kb.web import copy_tables
from kb.web.context import (
    contributors_only,
    current_person,
    db_session,
    reviewers_only,
    runtime,
    signed_in_only,
)
from kb.web.filters import url_of
from kb.web.forms.copies import HidingForm

bp = Blueprint("copy_removals", __name__, url_prefix="/copies/<int(max=2147483647):copy_id>")


@bp.get("/hiding")
@reviewers_only
def new_hiding(copy_id: int) -> ResponseReturnValue:
    copy = copying.get(db_session(), copy_id)
    if copy.hidden_by is Hider.REVIEWER:
        raise Conflict(hiding.HIDDEN)
    return _hiding_page(copy, HidingForm())


@bp.post("/hiding")
@reviewers_only
def create_hiding(copy_id: int) -> ResponseReturnValue:
    session, me, now = db_session(), current_person(), utcnow()
    copy, form = copying.get(session, copy_id), HidingForm()
    base_url = runtime().settings.base_url
    try:
        said = form.reason.data or ""
        why = hiding.hide(session, copy, said, by=me, base_url=base_url, now=now)
    except Invalid as error:
        form.reason.errors = [*error.problems.values()]
        return _hiding_page(copy, form), 422
    _record(session, Verdict.COPY_HIDDEN, copy, why, by=me, now=now)
    flash(
        "Only the council and reviewers can read it now. The council gets your reason by letter."
    )
    return _to(copy)


@bp.post("/publication")
@signed_in_only
def create_publication(copy_id: int) -> ResponseReturnValue:
    """Show what was hidden again."""
    session, me, now = db_session(), current_person(), utcnow()
    copy = copying.get(session, copy_id)
    hiding.show_again(session, copy, by=me, base_url=runtime().settings.base_url, now=now)
    if not copying.may_change(copy, me):
        _record(session, Verdict.COPY_SHOWN, copy, "", by=me, now=now)
    flash("Everybody can read it again.")
    return _to(copy)


@bp.get("/removal")
@contributors_only
def new(copy_id: int) -> ResponseReturnValue:
    copy = copying.get(db_session(), copy_id)
    copying.check_may_change(copy, current_person())
    goes = hiding.can_go(db_session(), copy) and not _is_written_up(copy)
    return render_template("copy_removals/new.html", copy=copy, goes=goes)


@bp.post("/removal")
@contributors_only
def create(copy_id: int) -> ResponseReturnValue:
    """We pressed this by mistake."""
    session = db_session()
    copy = copying.get(session, copy_id)
    source = copy.resource
    is_gone = hiding.take_back(
        session, copy, by=current_person(), is_written_up=_is_written_up(copy), now=utcnow()
    )
    if not is_gone:
        flash("Nobody else can read what you wrote about it now.")
        return _to(copy)
    flash("It is gone. We let those know who heard of it.")
    return redirect(url_of(source.kind, source.slug), code=303)


def _record(
    session: Session, verdict: Verdict, copy: Copy, why: str, *, by: User, now: datetime
) -> None:
    """Among the decisions about the page that is copied."""
    said = f"The copy of {copy.council.name}. {why}".strip()
    history.record(session, verdict, by=by, resource=copy.resource, message=said, now=now)


def _is_written_up(copy: Copy) -> bool:
    return drafts.is_written_up(db_session(), copy.id)


def _to(copy: Copy) -> ResponseReturnValue:
    return redirect(url_for("copies.show", copy_id=copy.id), code=303)


def _hiding_page(copy: Copy, form: HidingForm) -> str:
    choices = copy_tables.shown_changes(copy)
    return render_template("copy_removals/hiding.html", copy=copy, form=form, choices=choices)
