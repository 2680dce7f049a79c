"""The last part of sharing: look at a draft, see it as a page, send it or throw it away."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts import limits
from kb.clock import utcnow
from kb.db.database import Session
from kb.errors import Invalid, KbError
from kb.feeds.types import Answer
from kb.feeds.types import Request as Asked
from kb.library import preview, vocabulary
from kb.library.content import Kind
from kb.submissions import amounts, checks, composing, drafts, form, looking, returning
from kb.submissions.models import Draft
from kb.web import extras, limiting, reading
from kb.web.context import (
    current_person,
    db_session,
    let_go,
    runtime,
    signed_in_only,
    today,
)
from kb.web.share import MOST_DRAFTS, fix_url

bp = Blueprint("sending", __name__, url_prefix="/share/<int(max=2147483647):draft_id>")

A_DAY = timedelta(days=1)
MOST_SENT = 10
MOST_ASKED = 30  # times a day that somebody may have links asked
CONFIRMATIONS = {
    "agreed": "Confirm that your manager or scrutiny lead is happy for this to be public",
    "licensed": "Confirm that others can copy it under the licence that you chose",
}


@bp.get("/check")
@signed_in_only
def check(draft_id: int) -> ResponseReturnValue:
    session = db_session()
    draft = drafts.own(session, draft_id, by=current_person())
    if not draft.is_open:
        return _to(draft)
    found = looking.findings(session, draft, today=today())
    return render_template(
        "sending/check.html",
        draft=draft,
        title=drafts.title(draft),
        findings=found,
        needing=checks.needing(found),
        missing=_missing(session, draft),
        links=checks.links(draft.kind, draft.answers),
        fix_url=fix_url,
    )


@bp.post("/links")
@signed_in_only
def create_links(draft_id: int) -> ResponseReturnValue:
    """Ask the links in the text whether they answer; no transaction is open meanwhile."""
    by = current_person()
    limiting.count("share links", by.id, limit=MOST_ASKED, within=A_DAY)
    draft = drafts.own(db_session(), draft_id, by=by)
    links = checks.links(draft.kind, draft.answers)
    let_go()
    answered = _asked(links)
    draft = drafts.own(db_session(), draft_id, by=by)
    drafts.note(db_session(), draft, checks.LINKS, answered, by=by)
    return redirect(url_for("sending.check", draft_id=draft_id), code=303)


@bp.get("/answers")
@signed_in_only
def show(draft_id: int) -> ResponseReturnValue:
    session = db_session()
    draft = drafts.own(session, draft_id, by=current_person())
    return _answers_page(session, draft, problems={}) if draft.is_open else _to(draft)


@bp.post("/sending")
@signed_in_only
def create(draft_id: int) -> ResponseReturnValue:
    """Send it; what is missing is a list with a link to each question."""
    session, by = db_session(), current_person()
    draft = drafts.own(session, draft_id, by=by)
    unconfirmed = {name: CONFIRMATIONS[name] for name in CONFIRMATIONS if not _ticked(name)}
    if unconfirmed:
        problems = _missing(session, draft) | unconfirmed
        return _answers_page(session, draft, problems=problems), 422
    sending = limiting.count("share sending", by.id, limit=MOST_SENT, within=A_DAY)
    flags = checks.flags(looking.findings(session, draft, today=today()))
    base_url = runtime().settings.base_url
    try:
        drafts.send(session, draft, by=by, flags=flags, now=utcnow(), base_url=base_url)
    except Invalid as error:
        limits.take_back(session, [sending])
        return _answers_page(session, draft, problems=error.problems), 422
    return _to(draft)


@bp.post("/sending/end")
@signed_in_only
def create_sending_end(draft_id: int) -> ResponseReturnValue:
    """Take back what waits for a reviewer."""
    session, by = db_session(), current_person()
    draft = drafts.own(session, draft_id, by=by)
    returning.take_back(session, draft, by=by, now=utcnow())
    flash("It is your draft again, and no reviewer reads it. Send it when you are ready.")
    return _to(draft)


@bp.post("/drafts")
@signed_in_only
def create_draft(draft_id: int) -> ResponseReturnValue:
    """Start again from what was declined."""
    session, by = db_session(), current_person()
    declined = drafts.own(session, draft_id, by=by)
    limiting.count("share", by.id, limit=MOST_DRAFTS, within=A_DAY)
    base_url = runtime().settings.base_url
    draft = returning.start_again(session, declined, by=by, now=utcnow(), base_url=base_url)
    flash("This is a new draft with the answers and files of the one that was declined.")
    return _to(draft)


@bp.get("/preview")
@signed_in_only
def preview_page(draft_id: int) -> ResponseReturnValue:
    """The whole page as readers would see it, for its owner and for reviewers."""
    session = db_session()
    draft = drafts.get(session, draft_id, by=current_person())
    try:
        content = composing.draft_of_page(session, draft)
        content = content.model_copy(update={"checked": today()})  # as it will be by a reviewer
    except Invalid as error:
        flash(f"There is no preview yet. {str(error).removesuffix('.')}.")
        return redirect(url_for("share.show", draft_id=draft.id), code=303)
    page = preview.page_of(session, content, now=utcnow(), like=draft.resource)
    shown = {
        "trust": reading.trust(page, today=today()),
        "preview": draft,
        **extras.of(session, page),
    }
    if draft.kind is Kind.TIP_CARD:
        return render_template("tip_cards/show.html", card=page, drawing=_nothing, **shown)
    shown["evidence"] = reading.evidence(session, page)
    return render_template("case_studies/show.html", study=page, leads=(), related=(), **shown)


@bp.get("/end")
@signed_in_only
def end(draft_id: int) -> ResponseReturnValue:
    draft = drafts.own(db_session(), draft_id, by=current_person())
    if not draft.is_open:
        return _to(draft)
    return render_template("sending/end.html", draft=draft, title=drafts.title(draft))


@bp.post("/end")
@signed_in_only
def create_end(draft_id: int) -> ResponseReturnValue:
    session, by = db_session(), current_person()
    draft = drafts.own(session, draft_id, by=by)
    title = drafts.title(draft)
    drafts.drop(session, draft, by=by, now=utcnow())
    flash(f"“{title}” was thrown away.")
    return redirect(url_for("share.drafts_index"), code=303)


def _answers_page(session: Session, draft: Draft, *, problems: Mapping[str, str]) -> str:
    terms = vocabulary.labels(session)
    return render_template(
        "sending/show.html",
        draft=draft,
        title=drafts.title(draft),
        parts=form.PARTS,
        pages=form.pages(draft.kind),
        said=lambda question: said(question, draft, terms),
        problems=problems,
        confirmations=CONFIRMATIONS,
        ticked={name: _ticked(name) for name in CONFIRMATIONS},
        licence=terms["licence"].get(form.text(draft.answers, "licence"), ""),
        files=composing.files(session, draft),
        removed_files=composing.removed(draft),
        fix_url=fix_url,
        may_send=current_person().can_contribute,
        not_yet=drafts.NOT_YET,
    )


def said(question: form.Question, draft: Draft, terms: form.Options) -> list[str]:
    """The answer in words, as senders and reviewers read it."""
    given = form.texts(draft.answers, question.name)
    options = question.options(terms)
    if question.ask is form.Ask.MONEY:
        return [amounts.money_in_words(text) for text in given]
    return [options.get(text, text) for text in given]


def _missing(session: Session, draft: Draft) -> dict[str, str]:
    try:
        composing.compose(session, draft)
    except Invalid as error:
        return dict(error.problems)
    return {}


def _asked(links: list[str]) -> dict[str, str]:
    """Address -> why it does not answer, "" where it does."""
    found: dict[str, str] = {}

    def done(asked: Asked, answer: Answer | Exception) -> None:
        found[links[asked.key]] = _complaint(answer)

    runtime().fetcher.look((Asked(key=n, url=url) for n, url in enumerate(links)), done)
    return found


def _complaint(answer: Answer | Exception) -> str:
    if isinstance(answer, KbError):
        return str(answer)
    return "It could not be asked." if isinstance(answer, Exception) else ""


def _ticked(name: str) -> bool:
    return request.form.get(name) == "yes"


def _nothing(_: object) -> str:
    return ""


def _to(draft: Draft) -> ResponseReturnValue:
    return redirect(url_for("share.show", draft_id=draft.id), code=303)
