"""The plain template, to be filled in on one's own machine, and what comes back of it."""

from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.errors import Invalid, KbError, NotFound
from kb.files.types import DOCX, MOST_BYTES
from kb.library import vocabulary
from kb.library.content import Kind
from kb.submissions import drafts, form, paper
from kb.web import limiting
from kb.web.context import (
    current_person,
    db_session,
    let_go,
    public,
    runtime,
    signed_in_only,
)

bp = Blueprint("papers", __name__, url_prefix="/share")

MOST_DRAFTS = 20
MOST_PAPERS = 60
A_DAY = timedelta(days=1)
LEFT = "_paper"  # what stood in the file and is no answer
MOST_LEFT = 20_000
CHOOSE = "Choose the file that you filled in"
TOO_BIG = "It is larger than 20 MB. Send the text alone, and the pictures later."
NAMES = {Kind.CASE_STUDY: "share-a-full-case", Kind.TIP_CARD: "share-something-small"}


@bp.get("/template.md")
@public
def show_text() -> ResponseReturnValue:
    kind = _kind()
    text = paper.as_markdown(kind, vocabulary.labels(db_session()))
    return _download(text.encode(), "text/markdown; charset=utf-8", f"{NAMES[kind]}.md")


@bp.get("/template.docx")
@public
def show_word() -> ResponseReturnValue:
    kind = _kind()
    content = paper.as_docx(kind, vocabulary.labels(db_session()))
    return _download(content, DOCX, f"{NAMES[kind]}.docx")


@bp.post("/paper")
@signed_in_only
def create() -> ResponseReturnValue:
    """A draft with the answers of a filled template; no transaction waits while it is read."""
    by = current_person()
    limiting.count("share paper", by.id, limit=MOST_PAPERS, within=A_DAY)
    terms = vocabulary.labels(db_session())
    let_go()
    try:
        filled = paper.read(_paragraphs(), terms)
    except KbError as error:
        return render_template("papers/new.html", problem=str(error)), 422
    limiting.count("share", by.id, limit=MOST_DRAFTS, within=A_DAY)
    answers = dict(filled.answers) | ({LEFT: _bounded(filled.left)} if filled.left else {})
    draft = drafts.start(
        db_session(),
        by=by,
        kind=filled.kind,
        answers=answers,
        now=utcnow(),
        base_url=runtime().settings.base_url,
    )
    count = len(filled.answers)
    flash(f"We filled in {count} answer{'' if count == 1 else 's'} from your file. Check them.")
    if filled.left:
        return redirect(url_for("papers.show", draft_id=draft.id), code=303)
    return redirect(url_for("share.show", draft_id=draft.id), code=303)


vars(create)["most_bytes"] = MOST_BYTES + 64 * 1024


@bp.get("/<int(max=2147483647):draft_id>/paper")
@signed_in_only
def show(draft_id: int) -> ResponseReturnValue:
    """What stood in the file and went into no answer."""
    draft = drafts.own(db_session(), draft_id, by=current_person())
    left = _left(draft.answers.get(LEFT))
    if not left:
        raise NotFound("There is nothing left over of a file at this address.")
    known = {question.label for question in form.questions(draft.kind)}
    return render_template("papers/show.html", draft=draft, left=left, known=known)


def _paragraphs() -> list[paper.Paragraph]:
    """Raises Invalid and Refused, in a plain sentence."""
    file = request.files.get("paper")
    if file is None or not file.filename:
        raise Invalid({"paper": CHOOSE})
    content = file.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Invalid({"paper": TOO_BIG})
    if content.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")):
        return paper.of_word(runtime().apart.paragraphs(content))
    return paper.of_text(content)


def _bounded(left: tuple[tuple[str, str], ...]) -> list[list[str]]:
    return [[heading[:300], text[:MOST_LEFT]] for heading, text in left[:100]]


def _left(kept: object) -> list[tuple[str, str]]:
    if not isinstance(kept, list):
        return []
    return [(str(each[0]), str(each[1])) for each in kept if isinstance(each, list)]


def _kind() -> Kind:
    is_tip = request.args.get("kind") == Kind.TIP_CARD.value
    return Kind.TIP_CARD if is_tip else Kind.CASE_STUDY


def _download(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
