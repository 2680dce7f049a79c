"""Ask the people behind a practice, answer, and let both sides say whether others may read it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from kb.accounts.models import State, User
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.library import owners
from kb.library.models import Resource
from kb.mail import service as mail
from kb.questions import letters
from kb.questions.letters import SubjectAndText
from kb.questions.models import Question

LONGEST = 2_000
LONGEST_REASON = 500
MOST_TO_ONE = 10  # questions that reach one person within a day, whoever sends them
A_DAY = timedelta(days=1)
NO_QUESTION = "Write your question."
NO_SUCH = "There is no such question, or it has gone on to somebody else."
NOT_YET = (
    "An admin still has to look at your account. After that, you can ask and answer questions."
)
OWN = "This is a page of your own council. Ask your colleagues."
NOBODY = "Nobody of the team is here yet, so there is nobody to ask through this site."
BUSY = "This team was asked a lot today. Please try again tomorrow."
LEFT = "Whoever asked this has closed their account, so there is nobody to answer."
_OPEN = Question.answered_at.is_(None) & Question.to_id.is_not(None)
_SHOWN = Question.published_at.is_not(None) & Question.removed_at.is_(None)
_WHOLE = select(Question).options(  # with the page and both sides: a list costs one query
    joinedload(Question.resource), joinedload(Question.asker), joinedload(Question.to)
)


def check_may_ask(resource: Resource, by: User) -> None:
    """Raises NotFound for what is withdrawn, NotAllowed for who may not ask about it."""
    if not resource.is_public:
        raise NotFound("There is no such page.")
    if not by.is_active:
        raise NotAllowed(NOT_YET)
    if resource.owner_id == by.id or owners.is_own_council(by, resource):
        raise NotAllowed(OWN)


def ask(
    session: Session,
    resource: Resource,
    text: str,
    *,
    by: User,
    copiers: Sequence[User],
    base_url: str,
    now: datetime,
) -> Question:
    """Send a question to who looks after the page or, where nobody does, to the first copier.

    Raises NotAllowed and NotFound as `check_may_ask` does, NotAllowed where there is nobody,
    Conflict while an earlier question of theirs is open, Invalid for a text that is none and
    for a team that was asked too much today.
    """
    check_may_ask(resource, by)
    if open_of(session, resource, by=by):
        raise Conflict("You have asked about this already, and the question is still open.")
    people = whom_to_ask(resource, by, copiers)
    if not people:
        raise NotAllowed(NOBODY)
    said = checked(text, NO_QUESTION)
    to = people[0]
    _check_not_busy(session, to, now=now)
    question = Question(
        resource=resource,
        asker=by,
        to=to,
        turn=0 if to.id == resource.owner_id else 1,
        text=said,
        asked_at=now,
        sent_at=now,
    )
    session.add(question)
    flush(session)
    send_to(session, question, to, base_url=base_url, now=now)
    return question


def whom_to_ask(resource: Resource, asker: User, copiers: Sequence[User]) -> list[User]:
    """Who looks after the page, then the copiers in their order; none of the asker's council."""
    owner = owners.active_owner(resource)
    people = {user.id: user for user in (*((owner,) if owner else ()), *copiers)}
    return [user for user in people.values() if not _is_colleague(user, asker)]


def send_to(
    session: Session, question: Question, to: User, *, base_url: str, now: datetime
) -> bool:
    """Write to somebody that they are asked; False if they were asked this before."""
    return _write(
        session, question, to, f"to {to.id}", letters.asked(question, base_url=base_url), now
    )


def get(session: Session, question_id: int, *, by: User) -> Question:
    """For who asked, and who is asked; reviewers find what nobody answers, and what is public.

    Raises NotFound for everybody else.
    """
    question = session.get(Question, question_id)
    if question is None or not _may_see(question, by):
        raise NotFound(NO_SUCH)
    return question


def may_answer(question: Question, user: User) -> bool:
    """Who is asked may; where nobody is left, a reviewer may."""
    if question.answered_at or not user.is_active or question.asker_id == user.id:
        return False
    return question.to_id == user.id or (question.to_id is None and user.can_review)


def answer(
    session: Session, question: Question, text: str, *, by: User, base_url: str, now: datetime
) -> None:
    """Answer once; whoever asked gets it by letter.

    Raises NotAllowed unless `by` is asked, Conflict where it was answered or nobody is there
    to read it, Invalid for a text that is none.
    """
    lock(session, question)
    if question.answered_at is not None:
        raise Conflict("This question was answered already.")
    if not may_answer(question, by):
        raise NotAllowed("This question is not yours to answer.")
    if not question.asker.is_active:
        raise Conflict(LEFT)
    question.answer = checked(text, "Write your answer.")
    question.answered_at = now
    question.to = by
    flush(session)
    tell(
        session,
        question,
        question.asker,
        "answered",
        letters.answered(question, base_url=base_url),
        now,
    )


def agree(
    session: Session, question: Question, agrees: bool, *, by: User, base_url: str, now: datetime
) -> None:
    """One side says whether others may read question and answer, and may say otherwise later.

    They stand on the page while both agree. Raises NotFound for everybody else, Conflict
    before there is an answer and after a reviewer took it off the page.
    """
    lock(session, question)
    if by.id not in {question.asker_id, question.to_id}:
        raise NotFound(NO_SUCH)
    if question.answered_at is None:
        raise Conflict("There is no answer yet.")
    if question.removed_at is not None:
        raise Conflict("A reviewer took this off the page, so it cannot be shown again.")
    if by.id == question.asker_id:
        question.asker_agrees = agrees
    else:
        question.answerer_agrees = agrees
    is_shown = bool(question.asker_agrees and question.answerer_agrees)
    question.published_at = (question.published_at or now) if is_shown else None
    flush(session)
    if agrees:
        _tell_of_consent(session, question, by, base_url=base_url, now=now)


def remove(
    session: Session, question: Question, reason: str, *, by: User, base_url: str, now: datetime
) -> None:
    """A reviewer takes it off the page for good; both sides read why.

    Raises NotAllowed for everybody else, Conflict for what is not on a page.
    """
    lock(session, question)
    if not by.can_review:
        raise NotAllowed("Only reviewers can take questions off a page.")
    if not is_shown(question):
        raise Conflict("This question is not on a page.")
    said = checked(reason, "Say why, for the two people whose words these are.", LONGEST_REASON)
    question.removed_at, question.published_at = now, None
    flush(session)
    letter = letters.removed(question, said, base_url=base_url)
    for side in _sides(question):
        tell(session, question, side, f"removed, to {side.id}", letter, now)


def is_shown(question: Question) -> bool:
    """Can everybody read it, as long as they can read the page?"""
    return question.published_at is not None and question.removed_at is None


def shown(session: Session, resource: Resource) -> list[Question]:
    """What everybody can read about a practice, the first published first."""
    mine = _WHOLE.where(Question.resource_id == resource.id, _SHOWN)
    return list(session.scalars(mine.order_by(Question.published_at, Question.id)))


def resources_with_shown(session: Session) -> frozenset[int]:
    """The ids of resources of which `shown` finds something."""
    return frozenset(session.scalars(select(Question.resource_id).where(_SHOWN).distinct()))


def open_of(session: Session, resource: Resource, *, by: User) -> Question | None:
    """The question that this person has asked about it and nobody has answered."""
    mine = (Question.resource_id == resource.id) & (Question.asker_id == by.id)
    return session.scalar(select(Question).where(mine, _OPEN).limit(1))


def of_person(session: Session, user: User) -> list[Question]:
    """What this person asked and is asked; of a council's editor, what all of it did and is."""
    asker, to = aliased(User), aliased(User)
    mine: ColumnElement[bool] = or_(Question.asker_id == user.id, Question.to_id == user.id)
    if user.owns_pages:
        own = or_(asker.council_id == user.council_id, to.council_id == user.council_id)
        mine = or_(mine, own)
    query = _WHOLE.join(asker, asker.id == Question.asker_id)
    query = query.outerjoin(to, to.id == Question.to_id).where(mine)
    return list(session.scalars(query.order_by(Question.asked_at.desc(), Question.id.desc())))


def unanswered(session: Session) -> list[Question]:
    """What everybody who could be asked left open, the oldest first."""
    left = Question.answered_at.is_(None) & Question.to_id.is_(None)
    query = _WHOLE.where(left, Question.asker.has(User.state == State.ACTIVE))
    return list(session.scalars(query.order_by(Question.id)))


def all_shown(session: Session, *, limit: int = 50) -> list[Question]:
    """What was last agreed to be public, anywhere."""
    newest = _WHOLE.where(_SHOWN).order_by(Question.published_at.desc(), Question.id)
    return list(session.scalars(newest.limit(limit)))


def checked(text: str, absent: str, longest: int = LONGEST) -> str:
    """The text without what cannot be seen. Raises Invalid for "text"."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    seen = ("".join(c if c.isprintable() else " " for c in line).rstrip() for line in lines)
    said = "\n".join(seen).strip()
    if not said:
        raise Invalid({"text": absent})
    if len(said) > longest:
        raise Invalid({"text": f"Use {longest:,} characters or fewer."})
    return said


def lock(session: Session, question: Question) -> None:
    """Wait for whoever changes it at this moment, and see what they did."""
    flush(session)
    session.refresh(question, with_for_update=True)


def tell(
    session: Session,
    question: Question,
    to: User,
    about: str,
    letter: SubjectAndText,
    now: datetime,
) -> None:
    """Write to somebody, unless they have left or were told this before."""
    if to.is_active:
        _write(session, question, to, about, letter, now)


def _is_colleague(user: User, asker: User) -> bool:
    return user.id == asker.id or (
        asker.council_id is not None and user.council_id == asker.council_id
    )


def _check_not_busy(session: Session, to: User, *, now: datetime) -> None:
    lately = (Question.to_id == to.id) & (Question.sent_at > now - A_DAY)
    query = select(func.count()).select_from(Question).where(lately)
    if (session.scalar(query) or 0) >= MOST_TO_ONE:
        raise Invalid({"text": BUSY})


def _may_see(question: Question, user: User) -> bool:
    if user.id in {question.asker_id, question.to_id}:
        return True
    is_left = question.to_id is None and question.answered_at is None
    return user.can_review and (is_left or is_shown(question))


def _tell_of_consent(
    session: Session, question: Question, by: User, *, base_url: str, now: datetime
) -> None:
    """That it stands on the page, to both; before that, the other side is asked once."""
    if is_shown(question):
        letter = letters.published(question, base_url=base_url)
        for side in _sides(question):
            tell(session, question, side, f"published, to {side.id}", letter, now)
        return
    letter = letters.agreed(question, base_url=base_url)
    others = {
        question.asker_id: question.answerer_agrees,
        question.to_id: question.asker_agrees,
    }
    if others[by.id] is None:
        for side in _sides(question):
            if side.id != by.id:
                tell(session, question, side, f"agreed, to {side.id}", letter, now)


def _sides(question: Question) -> list[User]:
    return [user for user in (question.asker, question.to) if user is not None]


def _write(
    session: Session,
    question: Question,
    to: User,
    about: str,
    letter: SubjectAndText,
    now: datetime,
) -> bool:
    subject, text = letter
    key = f"question {question.id} {about}"
    return bool(mail.write(session, key=key, to=to.email, subject=subject, text=text, now=now))
