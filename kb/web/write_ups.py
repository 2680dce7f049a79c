"""What a session leaves behind: its trainer edits it, keeps it private or sends it to review."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.models import User
from kb.clock import utcnow
from kb.db.database import Session
from kb.errors import Invalid
from kb.library import vocabulary
from kb.library.content import Kind
from kb.submissions import drafts, paper
from kb.submissions.form import Options
from kb.submissions.models import Draft
from kb.training import write_up
from kb.training.models import TrainingSession, WriteUp
from kb.web import limiting, trainer_keys
from kb.web.context import db_session, person, public, runtime
from kb.web.forms.results import WriteUpForm
from kb.web.results import A_DAY, SESSION, keep_private
from kb.web.share import MOST_DRAFTS

bp = Blueprint("write_ups", __name__)
bp.after_request(keep_private)

WRITE_UP = f"{SESSION}/write-up/<int(max=2147483647):number>"
TITLES = {Kind.CASE_STUDY: "A title that says what you did", Kind.TIP_CARD: "The tip, in one line"}


@bp.get(f"{SESSION}/write-up")
@public
def index(training_id: int) -> ResponseReturnValue:
    session = db_session()
    training = trainer_keys.training_of(training_id)
    return _page(session, training)


@bp.post(f"{SESSION}/write-up")
@public
def create(training_id: int) -> ResponseReturnValue:
    """Draft it now, where closing the session did not."""
    session = db_session()
    training = trainer_keys.training_of(training_id)
    write_up.make(session, training, now=utcnow())
    return _to(training)


@bp.post(WRITE_UP)
@public
def update(training_id: int, number: int) -> ResponseReturnValue:
    """Keep what was typed and, if that button was pressed, begin to send it to review."""
    session = db_session()
    training = trainer_keys.training_of(training_id)
    found, form = write_up.get(session, training, number), WriteUpForm()
    try:
        if not form.validate():
            return _page(session, training, {number: form}), 422
        write_up.save(session, found, title=form.title.data or "", text=form.text.data or "")
    except Invalid as error:
        for name, sentence in error.problems.items():
            form[name].errors = [sentence]
        return _page(session, training, {number: form}), 422
    if "send" not in request.form:
        return _to(training, said=number)
    return _send(session, training, found)


def _send(session: Session, training: TrainingSession, found: WriteUp) -> ResponseReturnValue:
    """On to the questions of the form, with all that is known filled in.

    Who has no account yet signs in or up first, and finds the text here as they left it.
    """
    by = person()
    if by is None:
        here = url_for("write_ups.index", training_id=training.id)
        return redirect(url_for("sign_in.new", next=here), code=303)
    draft = _open_draft(session, found, by)
    if draft is None:
        limiting.count("share", by.id, limit=MOST_DRAFTS, within=A_DAY)
        draft = drafts.start(
            session,
            by=by,
            kind=Kind(found.kind),
            now=utcnow(),
            answers=answers_of(found, vocabulary.labels(session)),
            base_url=runtime().settings.base_url,
        )
        found.draft_id = draft.id
    flash("It is filled in as far as we could. Answer what is still open, then send it.")
    return redirect(url_for("share.show", draft_id=draft.id), code=303)


def answers_of(found: WriteUp, terms: Options) -> dict[str, object]:
    """The text below each heading, as the answer to the question that the heading is."""
    kind = Kind(found.kind)
    whole = f"# {paper.TITLES[kind]}\n\n## {TITLES[kind]}\n\n{found.title}\n\n{found.text}\n"
    filled = paper.read(paper.of_text(whole.encode()), terms)
    answers = dict(filled.answers)
    rest = "\n\n".join("\n".join(filter(None, part)) for part in filled.left)
    if rest:
        name = "actions" if kind is Kind.CASE_STUDY else "body"
        before = answers.get(name)
        answers[name] = f"{before}\n\n{rest}" if before else rest
    return answers


def _open_draft(session: Session, found: WriteUp, by: User) -> Draft | None:
    """The one that was begun before, while it is this person's to write in."""
    mine = [draft for draft in drafts.mine(session, by=by) if draft.id == found.draft_id]
    return next(iter(mine), None)


def _page(
    session: Session, training: TrainingSession, forms: dict[int, WriteUpForm] | None = None
) -> str:
    found = write_up.of_session(session, training)
    shown = [
        (each, (forms or {}).get(each.id) or WriteUpForm(None, data=vars_of(each)))
        for each in found
    ]
    said = request.args.get("saved", "")
    return render_template("write_ups/index.html", training=training, shown=shown, said=said)


def vars_of(found: WriteUp) -> dict[str, str]:
    return {"title": found.title, "text": found.text}


def _to(training: TrainingSession, *, said: int | None = None) -> ResponseReturnValue:
    address = url_for("write_ups.index", training_id=training.id, saved=said)
    return redirect(address, code=303)
