"""Take a page down, make it live again, and restore one of its versions."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.errors import Invalid, NotAllowed, NotFound
from kb.library import service as library
from kb.library.models import Resource
from kb.submissions import history, removal
from kb.web import history as versions
from kb.web.context import current_person, db_session, reviewers_only, runtime, signed_in_only
from kb.web.filters import url_of
from kb.web.forms.review import RemovalForm, RestorationForm

bp = Blueprint("removals", __name__, url_prefix="/review/pages/<int(max=2147483647):resource_id>")

REFUSED = "Only reviewers, or the council whose page it is, can take it down."


@bp.get("/removal")
@signed_in_only
def new(resource_id: int) -> ResponseReturnValue:
    return _page(_mine(resource_id), RemovalForm())


@bp.post("/removal")
@signed_in_only
def create(resource_id: int) -> ResponseReturnValue:
    resource = _mine(resource_id)
    form = RemovalForm()
    if not form.validate_on_submit():
        return _page(resource, form), 422
    removal.take_down(
        db_session(),
        resource,
        by=current_person(),
        reason=form.reason.data or "",
        now=utcnow(),
        base_url=runtime().settings.base_url,
    )
    flash(f"You took “{resource.title}” down.")
    return redirect(url_for("permalinks.show", resource_id=resource.id), code=303)


@bp.post("/publication")
@reviewers_only
def create_publication(resource_id: int) -> ResponseReturnValue:
    """Live again."""
    session = db_session()
    resource = library.get(session, resource_id)
    base_url = runtime().settings.base_url
    removal.make_live(session, resource, by=current_person(), now=utcnow(), base_url=base_url)
    flash(f"“{resource.title}” is live again.")
    return redirect(url_of(resource.kind, resource.slug), code=303)


@bp.post("/restoration")
@reviewers_only
def create_restoration(resource_id: int) -> ResponseReturnValue:
    session = db_session()
    resource = library.get(session, resource_id)
    number, form = _version(), RestorationForm()
    try:
        removal.restore(
            session,
            resource,
            number,
            by=current_person(),
            reason=form.reason.data or "",
            now=utcnow(),
            base_url=runtime().settings.base_url,
        )
    except Invalid as error:
        form.reason.errors = [*error.problems.values()]
        return versions.page(session, resource, number, form), 422
    hidden = versions.hidden_labels(session, resource, number)
    stays = f" As they are now stay: {hidden}." if hidden else ""
    flash(f"Everybody reads what version {number} says again.{stays}")
    return redirect(url_of(resource.kind, resource.slug), code=303)


def _mine(resource_id: int) -> Resource:
    """What was taken down is shown to reviewers alone."""
    user, resource = current_person(), library.get(db_session(), resource_id)
    if not resource.is_public and not user.can_review:
        raise NotFound("There is no such page.")
    if not removal.may_take_down(user, resource):
        raise NotAllowed(REFUSED)
    return resource


def _page(resource: Resource, form: RemovalForm) -> str:
    decisions = history.of_resource(db_session(), resource) if current_person().can_review else []
    return render_template("removals/new.html", resource=resource, form=form, decisions=decisions)


def _version() -> int:
    typed = request.form.get("number", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0
