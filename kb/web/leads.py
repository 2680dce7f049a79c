"""Leads: what somebody should write up, for everybody to see and for editors to close."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.councils import service as councils
from kb.db.database import Session
from kb.errors import NotFound
from kb.feeds import leads
from kb.feeds.models import Lead
from kb.library import service as library
from kb.library.content import Kind
from kb.library.models import Resource
from kb.web.context import db_session, editors_only, public
from kb.web.feeds import entry_number
from kb.web.forms import line

bp = Blueprint("leads", __name__, url_prefix="/feeds/leads")

WRITTEN_UP = 10


@bp.get("")
@public
def index() -> ResponseReturnValue:
    session = db_session()
    everything = leads.open_leads(session)
    code = line(request.args.get("council"))
    council = councils.by_code(session, code) if code else None
    shown = leads.open_leads(session, council=council) if council else everything
    return render_template(
        "leads/index.html",
        leads=shown,
        council=council,
        choices=_councils(everything),
        written_up=leads.written_up(session, limit=WRITTEN_UP),
    )


@bp.post("/<int(max=2147483647):lead_id>/end")
@editors_only
def create_end(lead_id: int) -> ResponseReturnValue:
    session = db_session()
    lead = leads.get(session, lead_id)
    resource = _resource(session, line(request.form.get("resource")))
    leads.close(session, lead, resource=resource, now=utcnow())
    flash("Written up: the lead is closed." if resource else "The lead is closed.")
    return redirect(url_for("leads.index"), code=303)


def _councils(found: list[Lead]) -> list[tuple[str, str]]:
    """Code and name of each council that has a lead, by name."""
    named = {lead.council.code: lead.council.short_name for lead in found if lead.council}
    return sorted(named.items(), key=lambda pair: pair[1])


def _resource(session: Session, text: str) -> Resource | None:
    """What somebody gave as the case study: its address here, its number or its ref."""
    if not text:
        return None
    last = text.rstrip("/").rpartition("/")[2]
    number = entry_number(last)
    if number is not None:
        return library.get(session, number)
    return _by_slug(session, last) or library.by_ref(session, text)


def _by_slug(session: Session, slug: str) -> Resource | None:
    try:
        return library.by_slug(session, Kind.CASE_STUDY, slug)
    except NotFound:
        return None
