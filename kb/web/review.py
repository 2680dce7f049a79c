"""Reviewers read what was sent, and decide about it."""

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.models import User
from kb.clock import utcnow
from kb.copying import service as copying
from kb.db.database import Session
from kb.errors import Invalid
from kb.feeds import leads
from kb.library import comparing, vocabulary
from kb.library import history as versions
from kb.library.comparing import Part
from kb.library.content import Content
from kb.library.models import Resource, Visibility
from kb.library.publish import content_of
from kb.submissions import asking, composing, drafts, form, history, looking, queue, review
from kb.submissions.asking import Ask, Question
from kb.submissions.models import Draft, State
from kb.web import sending
from kb.web.context import current_person, db_session, reviewers_only, runtime
from kb.web.forms.review import CHANGES, CHOICES, DECLINE, EDIT, PUBLISH, DecisionForm
from kb.web.history import FIELD_LABELS
from kb.web.paging import paging
from kb.web.queue_rows import PER_PAGE, SHOWS, listed

bp = Blueprint("review", __name__)

PROMISED_DAYS = 5
DECISIONS_A_PAGE = 50
MOST_BYTES = 512 * 1024  # every answer may be edited at once
NOT_BOTH = {
    PUBLISH: "You asked for changes or edited words. Choose what becomes of them first.",
    EDIT: "You asked for changes as well. Send it back, or take them out.",
    CHANGES: "You edited words as well. Publish after your edits, or put the words back.",
    DECLINE: "You asked for changes or edited words. Take them out to turn it down.",
}
LESSONS = {
    Visibility.PEERS: "What went wrong, for peers only",
    Visibility.UNATTRIBUTED: "What went wrong, without the council’s name",
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question of the draft with its answer, and what a reviewer typed beside it."""

    question: Question
    answer: str
    is_written: bool
    edit: str
    request: str
    problems: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Composed:
    """What would be published: its parts, or why nothing can be."""

    parts: list[Part]
    problems: list[str]

    @property
    def changed(self) -> list[Part]:
        return [part for part in self.parts if part.is_changed]

    @property
    def unchanged(self) -> list[Part]:
        return [part for part in self.parts if not part.is_changed]


@bp.get("/review")
@reviewers_only
def index() -> ResponseReturnValue:
    session, user = db_session(), current_person()
    show, sender = request.args.get("show", ""), request.args.get("sender", "")
    show = show if show in SHOWS else ""
    page = max(1, _number_of(request.args.get("page", "")))
    found = listed(session, user, now=utcnow(), show=show, sender=sender, page=page)
    return render_template(
        "review/index.html",
        rows=found.rows,
        paging=paging(
            page=found.page,
            total=found.total,
            per_page=PER_PAGE,
            most=max(1, found.total),
            url_of_page=partial(_page_of_queue, show, sender),
        ),
        show=show,
        sender=sender,
        shows=SHOWS,
        waiting=queue.count(session),
        oldest=found.oldest,
        promised=PROMISED_DAYS,
    )


def _page_of_queue(show: str, sender: str, page: int) -> str:
    later = page if page > 1 else None
    return url_for("review.index", show=show or None, sender=sender or None, page=later)


@bp.get("/review/decisions")
@reviewers_only
def index_decisions() -> ResponseReturnValue:
    session = db_session()
    mine = request.args.get("by") == "me"
    before = request.args.get("before", "")
    found = history.latest(
        session,
        by=current_person() if mine else None,
        before=int(before) if before.isdecimal() and len(before) < 10 else None,
        limit=DECISIONS_A_PAGE,
    )
    return render_template(
        "review/decisions.html",
        decisions=found,
        titles={id: review.title(each) for id, each in history.drafts_of(session, found).items()},
        resources=history.resources_of(session, found),
        mine=mine,
        next_before=found[-1].id if len(found) == DECISIONS_A_PAGE else None,
    )


@bp.get("/review/<int(max=2147483647):draft_id>")
@reviewers_only
def show(draft_id: int) -> ResponseReturnValue:
    draft = review.get(db_session(), draft_id, by=current_person())
    return _page(draft, DecisionForm(), {})


@bp.post("/review/<int(max=2147483647):draft_id>/reviewer")
@reviewers_only
def update_reviewer(draft_id: int) -> ResponseReturnValue:
    session, user = db_session(), current_person()
    draft = review.get(session, draft_id, by=user)
    if request.form.get("with") == "me":
        review.take(session, draft, by=user, seen=_seen(), now=utcnow())
        flash("It is with you.")
    else:
        review.release(session, draft, by=user, seen=_seen())
        flash("It is with nobody again.")
    return redirect(url_for("review.show", draft_id=draft.id), code=303)


@bp.post("/review/<int(max=2147483647):draft_id>/decisions")
@reviewers_only
def create_decision(draft_id: int) -> ResponseReturnValue:
    session, user = db_session(), current_person()
    draft = review.get(session, draft_id, by=user)
    decision = DecisionForm()
    if not decision.validate_on_submit():
        return _page(draft, decision, {}), 422
    try:
        said = _decide(session, draft, decision, user)
    except Invalid as error:
        session.rollback()
        return _page(draft, decision, _placed(draft, error)), 422
    flash(said)
    return redirect(url_for("review.index"), code=303)


vars(create_decision)["most_bytes"] = MOST_BYTES


def _decide(session: Session, draft: Draft, decision: DecisionForm, user: User) -> str:
    choice, message = decision.decision.data, decision.message.data or ""
    requests, edits = _requests(draft), _edits(draft)
    if (requests and choice != CHANGES) or (edits and choice != EDIT):
        raise Invalid({"decision": NOT_BOTH[choice]})
    title, seen = drafts.title(draft), _seen()
    now, base_url = utcnow(), runtime().settings.base_url
    if choice in {PUBLISH, EDIT}:
        resource = review.publish(
            session,
            draft,
            by=user,
            seen=seen,
            edits=edits,
            message=message,
            now=now,
            base_url=base_url,
        )
        _tie_up(session, draft, resource)
        return f"You published “{resource.title}”."
    if choice == CHANGES:
        review.ask_changes(
            session,
            draft,
            by=user,
            seen=seen,
            requests=requests,
            message=message,
            now=now,
            base_url=base_url,
        )
        return f"You sent “{title}” back to the team."
    review.decline(session, draft, by=user, seen=seen, message=message, now=now, base_url=base_url)
    return f"You turned “{title}” down."


def _tie_up(session: Session, draft: Draft, resource: Resource) -> None:
    """What this was written up from knows what came of it."""
    if draft.lead_id is not None:
        lead = leads.get(session, draft.lead_id)
        if lead.closed_at is None:
            leads.close(session, lead, resource=resource, now=utcnow())
    if draft.copy_id is not None:
        copy = copying.get(session, draft.copy_id)
        if copy.council_id == draft.council_id and copy.result_id is None:
            copying.finish(session, copy.id, resource, now=utcnow())


def _page(draft: Draft, decision: DecisionForm, problems: dict[str, str]) -> str:
    session, user = db_session(), current_person()
    live = draft.resource
    is_waiting = draft.state is State.WAITING
    composed = _composed(session, draft) if is_waiting else Composed(parts=[], problems=[])
    lesson = composing.lesson(draft) if is_waiting else None
    errors = _errors(decision) | problems
    return render_template(
        "review/show.html",
        draft=draft,
        title=drafts.title(draft),
        form=decision,
        choices=CHOICES,
        errors=errors,
        composed=composed,
        asked=_asked(session, draft, errors) if is_waiting else [],
        flags=looking.for_reviewers(session, draft) if is_waiting else [],
        lesson=(LESSONS[lesson[1]], lesson[0]) if lesson else None,
        uploads=composing.files(session, draft) if is_waiting else [],
        removed_files=composing.removed(draft) if is_waiting else [],
        decisions=history.of_draft(session, draft),
        question_labels={each.name: each.label for each in form.questions(draft.kind)},
        may_decide=review.may_decide(user, draft),
        has_moved_on=review.has_moved_on(draft),
        live=live,
        versions=versions.revisions(session, live) if live else [],
        age=queue.age(draft, now=utcnow()),
        labels_of_fields=FIELD_LABELS,
    )


def _composed(session: Session, draft: Draft) -> Composed:
    """The draft against what everyone reads now, whatever it was begun from."""
    live = content_of(draft.resource) if draft.resource is not None else None
    content, problems = _content(session, draft)
    parts = comparing.compare(session, live, content) if content is not None else []
    return Composed(parts=parts, problems=problems)


def _content(session: Session, draft: Draft) -> tuple[Content | None, list[str]]:
    try:
        return composing.compose(session, draft), []
    except Invalid as error:
        return None, list(error.problems.values())


def _asked(session: Session, draft: Draft, errors: dict[str, str]) -> list[Asked]:
    written = {question.name for question in review.written_questions(draft)}
    terms = vocabulary.labels(session)
    found = []
    for question in form.questions(draft.kind):
        name = question.name
        is_written = name in written
        said = sending.said(question, draft, terms)
        answer = _answer(draft, question) if is_written else "\n".join(said)
        typed = request.form.get(f"edit-{name}")
        fields = (f"edit-{name}", f"request-{name}")
        found.append(
            Asked(
                question=question,
                answer=answer,
                is_written=is_written,
                edit=answer if typed is None else typed,
                request=request.form.get(f"request-{name}", ""),
                problems={each: errors[each] for each in fields if each in errors},
            )
        )
    return found


def _answer(draft: Draft, question: Question) -> str:
    """The answer as it can be edited: of steps, one a line."""
    texts = asking.texts(draft.answers, question.name)
    if question.ask is Ask.STEPS:
        return "\n".join(" ".join(text.split()) for text in texts)
    return "\n".join(texts)


def _requests(draft: Draft) -> dict[str, str]:
    """What was asked for, question by question."""
    typed = {each.name: _typed(f"request-{each.name}") for each in form.questions(draft.kind)}
    return {name: why for name, why in typed.items() if why}


def _edits(draft: Draft) -> dict[str, str]:
    """The answers whose words a reviewer changed; what was not sent is not changed."""
    return {
        question.name: _typed(f"edit-{question.name}")
        for question in review.written_questions(draft)
        if f"edit-{question.name}" in request.form
        and _typed(f"edit-{question.name}") != _plain(_answer(draft, question))
    }


def _typed(name: str) -> str:
    return _plain(request.form.get(name, ""))


def _plain(text: str) -> str:
    """Browsers send other line ends than they were given."""
    return text.replace("\r\n", "\n").strip()


def _seen() -> review.Seen:
    return review.Seen(draft=_number("draft_version"), live=_number("live_version"))


def _number(name: str) -> int:
    return _number_of(request.form.get(name, ""))


def _number_of(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 10 else -1


def _errors(decision: DecisionForm) -> dict[str, str]:
    return {name: sentences[0] for name, sentences in decision.errors.items() if name}


def _placed(draft: Draft, error: Invalid) -> dict[str, str]:
    """Where on the page each problem is shown: at an edit, if that can mend it."""
    written = {question.name for question in review.written_questions(draft)}
    known = {f"{kind}-{each.name}" for each in form.questions(draft.kind) for kind in _KINDS}
    return {
        field
        if field in known or field in {"decision", "message"}
        else (f"edit-{field}" if field in written else "decision"): sentence
        for field, sentence in error.problems.items()
    }


_KINDS = ("edit", "request")
