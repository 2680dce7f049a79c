"""Case studies: what a council did, and how to copy it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kb.editions import PerEdition
from kb.feeds import leads
from kb.library import service as library
from kb.library.content import Kind
from kb.web import extras, reading
from kb.web.caching import kept
from kb.web.context import db_session, public, today

bp = Blueprint("case_studies", __name__)

_with_leads = PerEdition(leads.resources_with_any)


@bp.get("/case-studies/<slug>")
@public
@kept
def show(slug: str) -> ResponseReturnValue:
    session = db_session()
    study = library.by_slug(session, Kind.CASE_STUDY, slug)
    if not study.is_public:
        return reading.withdrawn(study)
    return render_template(
        "case_studies/show.html",
        study=study,
        trust=reading.trust(study, today=today()),
        evidence=reading.evidence(session, study),
        related=library.related(session, study),
        **extras.of(session, study),
        leads=leads.of_resource(session, study) if study.id in _with_leads(session) else [],
    )
