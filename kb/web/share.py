"""Share yours: begin a draft, and write it one question at a time."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.db.database import Session
from kb.errors import Invalid, KbError, NotAllowed, NotFound
from kb.feeds import leads
from kb.feeds.models import Lead
from kb.library import service as library
from kb.library import vocabulary
from kb.library.content import Kind
from kb.library.models import Resource
from kb.submissions import amounts, composing, drafts, form, prefill, progress, queue, returning
from kb.submissions.models import Draft
from kb.web import limiting
from kb.web.context import (
    current_person,
    db_session,
    keep_anyway,
    let_go,
    public,
    runtime,
    signed_in_only,
)
from kb.web.forms import line
from kb.web.forms import share as fields

bp = Blueprint("share", __name__, url_prefix="/share")

A_DAY = timedelta(days=1)
MOST_DRAFTS = 20
MOST_ADDRESSES = 30
HIGHEST_ID = 2147483647
LONGEST_ADDRESS = 2_000
BACK = {"check": "sending.check", "answers": "sending.show", "list": "share.show"}
NO_ADDRESS = "Paste the address of a page, such as https://www.example.org/our-blog-post"


@bp.get("")
@public
def index() -> ResponseReturnValue:
    return render_template("share/index.html")


@bp.get("/drafts")
@signed_in_only
def drafts_index() -> ResponseReturnValue:
    mine = drafts.mine(db_session(), by=current_person())
    return render_template("share/drafts.html", drafts=mine, title_of=drafts.title)


@bp.get("/new")
@signed_in_only
def new() -> ResponseReturnValue:
    session = db_session()
    resource = _to_change(session, request.args.get("change"))
    lead = _lead(session, request.args.get("lead"))
    kind = resource.kind if resource else _kind(request.args.get("kind"))
    return _new_page(kind, resource=resource, lead=lead)


@bp.post("/drafts")
@signed_in_only
def create() -> ResponseReturnValue:
    limiting.count("share", current_person().id, limit=MOST_DRAFTS, within=A_DAY)
    session = db_session()
    resource = _to_change(session, request.form.get("change"))
    lead = _lead(session, request.form.get("lead"))
    kind = resource.kind if resource else _kind(request.form.get("kind"))
    draft = drafts.start(
        session,
        by=current_person(),
        kind=kind,
        answers=_first_answers(session, resource, lead),
        resource=resource,
        lead_id=lead.id if lead else None,
        now=utcnow(),
        base_url=runtime().settings.base_url,
    )
    return _to_first_page(draft)


@bp.post("/address")
@signed_in_only
def create_from_address() -> ResponseReturnValue:
    """Look at the page behind an address; no transaction is open while we wait for it."""
    by, kind = current_person(), _kind(request.form.get("kind"))
    limiting.count("share address", by.id, limit=MOST_ADDRESSES, within=A_DAY)
    limiting.count("share", by.id, limit=MOST_DRAFTS, within=A_DAY)
    address = line(request.form.get("address"))[:LONGEST_ADDRESS]
    let_go()
    try:
        answers = _answers_of_page(address)
    except KbError as error:
        return _new_page(kind, address=address, problem=str(error)), 422
    draft = drafts.start(
        db_session(),
        by=by,
        kind=kind,
        answers=answers,
        now=utcnow(),
        base_url=runtime().settings.base_url,
    )
    return _to_first_page(draft)


@bp.get("/<int(max=2147483647):draft_id>")
@signed_in_only
def show(draft_id: int) -> ResponseReturnValue:
    """The task list while it is open, then how it stands."""
    session, by = db_session(), current_person()
    draft = drafts.own(session, draft_id, by=by)
    if not draft.is_open:
        return render_template(
            "share/status.html",
            draft=draft,
            title=drafts.title(draft),
            place=queue.place(session, draft, now=utcnow()),
            decisions=drafts.decisions(session, draft),
        )
    asked = drafts.asked_for(session, draft)
    return render_template(
        "share/tasks.html",
        draft=draft,
        title=drafts.title(draft),
        parts=form.PARTS,
        progress=progress.of(draft, vocabulary.labels(session), asked=asked),
        files=progress.of_files(composing.files(session, draft), composing.removed(draft)),
        files_url=files_url(draft),
        request=drafts.last_request(session, draft),
        refusal=returning.refusal(session, draft),
        labels={question.name: question.label for question in form.questions(draft.kind)},
        fix_url=fix_url,
        may_send=by.can_contribute,
    )


@bp.get("/<int(max=2147483647):draft_id>/questions/<name>")
@signed_in_only
def question(draft_id: int, name: str) -> ResponseReturnValue:
    session = db_session()
    draft = drafts.own(session, draft_id, by=current_person())
    page = _page_named(draft, name)
    if not draft.is_open:
        return redirect(url_for("share.show", draft_id=draft.id), code=303)
    return _question_page(session, draft, page, back=_back(request.args.get("back")))


@bp.post("/<int(max=2147483647):draft_id>/questions/<name>")
@signed_in_only
def save(draft_id: int, name: str) -> ResponseReturnValue:
    """Whatever was typed is kept; what is wrong with it is said."""
    session, by = db_session(), current_person()
    draft = drafts.own(session, draft_id, by=by)
    page = _page_named(draft, name)
    typed = fields.read(page, request.form)
    base_url = runtime().settings.base_url
    problems = drafts.save(session, draft, page, typed, by=by, now=utcnow(), base_url=base_url)
    back, wanted = _back(request.form.get("back")), request.form.get("do")
    if wanted == "add":
        return _with_another_step(draft, page, back)
    if wanted == "later":
        flash("Saved. Come back whenever you like: the link is in your mail.")
        return redirect(url_for("share.show", draft_id=draft.id), code=303)
    if problems:
        keep_anyway()
        return _question_page(session, draft, page, back=back, errors=problems), 422
    return redirect(_after(draft, page, back), code=303)


def files_url(draft: Draft) -> str:
    """Where files are added, if this site takes any."""
    if "files.index" not in current_app.view_functions:
        return ""
    return url_for("files.index", draft_id=draft.id)


def fix_url(draft: Draft, name: str, *, back: str = "list") -> str:
    """The page on which this question can be answered again."""
    page = form.page_with(draft.kind, name)
    if page:
        address = url_for("share.question", draft_id=draft.id, name=page, back=back)
        return f"{address}#{anchor(draft, name)}"
    files = files_url(draft) if name == form.FILES else ""
    return files or url_for("share.show", draft_id=draft.id)


def anchor(draft: Draft, name: str) -> str:
    """The id of the first field of a question."""
    asked = next(each for each in form.questions(draft.kind) if each.name == name)
    has_several = asked.ask in {form.Ask.ONE, form.Ask.SEVERAL, form.Ask.STEPS}
    return f"{name}-1" if has_several else name


def _question_page(
    session: Session,
    draft: Draft,
    page: form.Page,
    *,
    back: str,
    errors: Mapping[str, str] | None = None,
) -> str:
    filled = draft.answers.get(prefill.FILLED, ())
    return render_template(
        "share/question.html",
        draft=draft,
        page=page,
        parts=form.PARTS,
        back=back,
        fields=fields.fields(
            page,
            draft.answers,
            vocabulary.labels(session),
            errors=errors or {},
            asked=drafts.asked_for(session, draft),
            filled=filled if isinstance(filled, list) else (),
            more_steps=request.args.get("steps", 0, type=int),
        ),
    )


def _with_another_step(draft: Draft, page: form.Page, back: str) -> ResponseReturnValue:
    count = max(len(form.texts(draft.answers, "steps")), fields.FEWEST_STEPS - 1) + 1
    steps = min(count, form.MOST_STEPS)
    address = url_for(
        "share.question", draft_id=draft.id, name=page.name, steps=steps, back=back or None
    )
    return redirect(f"{address}#steps-{steps}", code=303)


def _after(draft: Draft, page: form.Page, back: str) -> str:
    """Where people go on: back to where they came from, or to the next question."""
    if back:
        return url_for(BACK[back], draft_id=draft.id)
    pages = form.pages(draft.kind)
    place = pages.index(page) + 1
    if place < len(pages):
        return url_for("share.question", draft_id=draft.id, name=pages[place].name)
    return url_for("share.show", draft_id=draft.id)


def _back(text: str | None) -> str:
    return text if text in BACK else ""


def _page_named(draft: Draft, name: str) -> form.Page:
    for page in form.pages(draft.kind):
        if page.name == name:
            return page
    raise NotFound("There is no such question.")


def _new_page(
    kind: Kind,
    *,
    resource: Resource | None = None,
    lead: Lead | None = None,
    address: str = "",
    problem: str = "",
) -> str:
    return render_template(
        "share/new.html", kind=kind, resource=resource, lead=lead, address=address, problem=problem
    )


def _first_answers(
    session: Session, resource: Resource | None, lead: Lead | None
) -> Mapping[str, object]:
    if resource is not None:
        return drafts.answers_of(session, resource, by=current_person())
    if lead is None:
        return {}
    entry = lead.entry
    return prefill.from_entry(
        title=entry.title,
        url=entry.link,
        summary=entry.summary,
        published=entry.published_at.date() if entry.published_at else None,
        source_name=entry.source.name,
        language=entry.language,
    )


def _answers_of_page(address: str) -> dict[str, object]:
    """Raises Invalid for what is no address, and what the fetcher raises."""
    url = address if "://" in address else f"https://{address}"
    if "." not in address or not amounts.is_web_address(url):
        raise Invalid({"address": NO_ADDRESS})
    fetched = runtime().fetcher.page(url)
    return prefill.from_page(fetched.content, fetched.url, fetched.content_type)


def _kind(text: str | None) -> Kind:
    return Kind.TIP_CARD if text == Kind.TIP_CARD.value else Kind.CASE_STUDY


def _to_change(session: Session, text: str | None) -> Resource | None:
    """Raises NotFound for no page, NotAllowed for the page of another council."""
    if not text:
        return None
    resource = library.get(session, _number(text))
    if not resource.is_public:
        raise NotFound("There is no such page.")
    if not drafts.may_change(current_person(), resource):
        raise NotAllowed(drafts.NOT_YOURS)
    return resource


def _lead(session: Session, text: str | None) -> Lead | None:
    if not text:
        return None
    lead = leads.get(session, _number(text))
    if lead.closed_at is not None or lead.entry.is_hidden:
        raise NotFound("This lead is closed.")
    if lead.entry.source.is_sample:
        raise NotAllowed("This lead is made up. It shows how the site works, and nobody did it.")
    return lead


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > HIGHEST_ID:
        raise NotFound("There is nothing at this address.")
    return int(text)


def _to_first_page(draft: Draft) -> ResponseReturnValue:
    return redirect(url_for("share.show", draft_id=draft.id), code=303)
