"""Leads: what somebody should write up, for everybody to see and for editors to close."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.councils import service as councils
from kb.councils.models import Council
from kb.db.database import Session
from kb.errors import Invalid, NotFound
from kb.feeds import leads
from kb.feeds.models import Lead
from kb.library import service as library
from kb.library.models import Resource
from kb.submissions import drafts
from kb.web import our_pages
from kb.web.context import db_session, editors_only, is_editor, public
from kb.web.filters import kind_at
from kb.web.forms import line
from kb.web.forms.feeds import LeadEndForm

bp = Blueprint("leads", __name__, url_prefix="/feeds/leads")

WRITTEN_UP = 10


@bp.get("")
@public
def index() -> ResponseReturnValue:
    session = db_session()
    code = line(request.args.get("council"))
    return _page(session, council=councils.by_code(session, code) if code else None)


@bp.post("/<int(max=2147483647):lead_id>/end")
@editors_only
def create_end(lead_id: int) -> ResponseReturnValue:
    session = db_session()
    lead = leads.get(session, lead_id)
    leads.check_open(lead)
    form = LeadEndForm()
    try:
        resource = _resource(session, form.resource.data or "")
    except Invalid as error:
        form.resource.errors = [error.problems["resource"]]
        return _page(session, refused=(lead, form)), 422
    leads.close(session, lead, resource=resource, now=utcnow())
    flash("Written up: the lead is closed." if resource else "The lead is closed.")
    return redirect(url_for("leads.index"), code=303)


def _page(
    session: Session,
    *,
    council: Council | None = None,
    refused: tuple[Lead, LeadEndForm] | None = None,
) -> str:
    """`refused` is a lead that could not be closed, with what was typed."""
    everything = leads.open_leads(session)
    shown = leads.open_leads(session, council=council) if council else everything
    forms = {lead.id: LeadEndForm(formdata=None) for lead in shown if is_editor()}
    if refused:
        forms[refused[0].id] = refused[1]
    for lead_id, form in forms.items():
        form.resource.id = f"resource-{lead_id}"
    return render_template(
        "leads/index.html",
        leads=shown,
        begun=drafts.begun_from(session, [lead.id for lead in shown]),
        forms=forms,
        refused=refused[1] if refused else None,
        council=council,
        choices=_councils(everything),
        written_up=leads.written_up(session, limit=WRITTEN_UP),
    )


def _councils(found: list[Lead]) -> list[tuple[str, str]]:
    """Code and name of each council that has a lead, by name."""
    named = {lead.council.code: lead.council.short_name for lead in found if lead.council}
    return sorted(named.items(), key=lambda pair: pair[1])


def _resource(session: Session, text: str) -> Resource | None:
    """What somebody gave as the case study: its address here, its number or its ref.

    Raises Invalid where there is none that readers can see.
    """
    if not text:
        return None
    try:
        resource = _found(session, text)
    except NotFound as error:
        sentence = "We have no page there. Give the address or the number of one on this site."
        raise Invalid({"resource": sentence}) from error
    if not resource.is_public:
        raise Invalid({"resource": f"“{resource.title}” is no longer published."})
    return resource


def _found(session: Session, text: str) -> Resource:
    endpoint, values = our_pages.page_at(text)
    kind, number = kind_at(endpoint), values.get("resource_id", our_pages.number(text))
    if kind is not None:
        return library.by_slug(session, kind, values["slug"])
    return library.by_ref(session, text) if number is None else library.get(session, number)
