"""Ask the team: questions to the people behind a practice, and their answers."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kb.clock import utcnow
from kb.copying import copiers
from kb.db.database import Session
from kb.errors import Invalid, NotAllowed
from kb.library import service as library
from kb.library.models import Resource
from kb.questions import service as questions
from kb.questions.models import Question
from kb.web import limiting
from kb.web.context import (
    current_person,
    db_session,
    reviewers_only,
    runtime,
    signed_in_only,
)
from kb.web.filters import url_of
from kb.web.forms.questions import NO, YES, AnswerForm, ConsentForm, QuestionForm, RemovalForm

bp = Blueprint("questions", __name__)

A_DAY = 5  # questions that one person may ask within one
OF_PAGE = "/p/<int(max=2147483647):resource_id>/questions"
ONE = "/questions/<int(max=2147483647):question_id>"


@bp.get(f"{OF_PAGE}/new")
@signed_in_only
def new(resource_id: int) -> ResponseReturnValue:
    session, me = db_session(), current_person()
    resource = library.get(session, resource_id)
    questions.check_may_ask(resource, me)
    asked = questions.open_of(session, resource, by=me)
    if asked:
        return _existing(asked)
    return _new_page(session, resource, QuestionForm())


@bp.post(OF_PAGE)
@signed_in_only
def create(resource_id: int) -> ResponseReturnValue:
    session, me = db_session(), current_person()
    resource = library.get(session, resource_id)
    questions.check_may_ask(resource, me)
    asked = questions.open_of(session, resource, by=me)
    if asked:
        return _existing(asked)
    form = QuestionForm()
    try:
        form.validate()
        text = questions.checked(form.text.data or "", questions.NO_QUESTION)
        limiting.count("ask", me.id, limit=A_DAY, within=timedelta(days=1))
        asked = questions.ask(
            session,
            resource,
            text,
            by=me,
            copiers=copiers.to_ask(session, resource),
            base_url=runtime().settings.base_url,
            now=utcnow(),
        )
    except Invalid as error:
        form.text.errors = [*error.problems.values()]
        return _new_page(session, resource, form), 422
    flash("Your question is on its way. You get a letter with the answer.")
    return _to(asked)


@bp.get("/questions")
@reviewers_only
def index() -> ResponseReturnValue:
    session = db_session()
    return render_template(
        "questions/index.html",
        unanswered=questions.unanswered(session),
        shown=questions.all_shown(session),
    )


@bp.get(ONE)
@signed_in_only
def show(question_id: int) -> ResponseReturnValue:
    return _page(questions.get(db_session(), question_id, by=current_person()))


@bp.post(f"{ONE}/answer")
@signed_in_only
def create_answer(question_id: int) -> ResponseReturnValue:
    session, me = db_session(), current_person()
    question = questions.get(session, question_id, by=me)
    form = AnswerForm()
    try:
        questions.answer(
            session,
            question,
            form.text.data or "",
            by=me,
            base_url=runtime().settings.base_url,
            now=utcnow(),
        )
    except Invalid as error:
        form.text.errors = [*error.problems.values()]
        return _page(question, answer=form), 422
    flash("Thank you. Your answer is on its way by letter.")
    return _to(question)


@bp.post(f"{ONE}/consent")
@signed_in_only
def create_consent(question_id: int) -> ResponseReturnValue:
    session, me = db_session(), current_person()
    question = questions.get(session, question_id, by=me)
    form = ConsentForm()
    if not form.validate():
        return _page(question, consent=form), 422
    agrees = form.agrees.data == YES
    base_url = runtime().settings.base_url
    questions.agree(session, question, agrees, by=me, base_url=base_url, now=utcnow())
    flash("Your choice is saved." if agrees else "Your choice is saved. Nobody else reads it.")
    return _to(question)


@bp.get(f"{ONE}/removal")
@reviewers_only
def new_removal(question_id: int) -> ResponseReturnValue:
    return _removal_page(_shown(question_id), RemovalForm())


@bp.post(f"{ONE}/removal")
@reviewers_only
def create_removal(question_id: int) -> ResponseReturnValue:
    question, form = _shown(question_id), RemovalForm()
    try:
        questions.remove(
            db_session(),
            question,
            form.text.data or "",
            by=current_person(),
            base_url=runtime().settings.base_url,
            now=utcnow(),
        )
    except Invalid as error:
        form.text.errors = [*error.problems.values()]
        return _removal_page(question, form), 422
    flash("It is off the page. Both sides get your reason by letter.")
    resource = question.resource
    return redirect(url_of(resource.kind, resource.slug), code=303)


def _existing(question: Question) -> ResponseReturnValue:
    flash("You have asked about this already. Here is your question.")
    return _to(question)


def _to(question: Question) -> ResponseReturnValue:
    return redirect(url_for("questions.show", question_id=question.id), code=303)


def _new_page(session: Session, resource: Resource, form: QuestionForm) -> str:
    """Where nobody is there to ask, the page says so and links to the council instead."""
    people = questions.whom_to_ask(resource, current_person(), copiers.to_ask(session, resource))
    to = people[0] if people else None
    return render_template("questions/new.html", resource=resource, form=form, to=to)


def _page(
    question: Question, *, answer: AnswerForm | None = None, consent: ConsentForm | None = None
) -> str:
    me = current_person()
    agrees = question.asker_agrees if me.id == question.asker_id else question.answerer_agrees
    said = {True: YES, False: NO, None: None}[agrees]
    return render_template(
        "questions/show.html",
        question=question,
        answer=answer or AnswerForm(),
        consent=consent or ConsentForm(data={"agrees": said}),
        is_mine=me.id == question.asker_id,
        is_side=me.id in {question.asker_id, question.to_id},
        may_answer=questions.may_answer(question, me),
        is_shown=questions.is_shown(question),
    )


def _removal_page(question: Question, form: RemovalForm) -> str:
    return render_template("questions/removal.html", question=question, form=form)


def _shown(question_id: int) -> Question:
    question = questions.get(db_session(), question_id, by=current_person())
    if not questions.is_shown(question):
        raise NotAllowed("This question is not on a page.")
    return question
