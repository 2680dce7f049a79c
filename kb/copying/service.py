"""A council copies a practice: its plan, and who hears of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.accounts.models import State, User
from kb.copying import letters
from kb.copying.models import Choice, Copy, Status
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.library import history
from kb.library.content import LAST_YEAR, Step, check
from kb.library.models import Resource
from kb.mail import service as mail

LONGEST_TEXT = 500
LONGEST_WHY = 300
FIRST_YEAR = 2000
NOT_YOURS = "Only people of the council that copies it can change this."
BEGUN = "A colleague began this copy while you were writing, so nothing of yours is saved yet."
CHANGED = "A colleague saved this copy while you were writing, so nothing of yours is saved yet."


@dataclass(frozen=True, kw_only=True)
class StepPlan:
    """What becomes of one step of the source; `text` is what is done instead of it."""

    choice: Choice = Choice.KEEP
    text: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a council makes of `source_version` of a practice: a choice for each of its steps.

    `also` is what it does differently beyond the steps.
    """

    source_version: int
    steps: tuple[StepPlan, ...]
    also: str = ""
    first_step: str = ""
    first_step_by: date | None = None
    review_on: date | None = None
    owner_id: int


def get(session: Session, copy_id: int) -> Copy:
    copy = session.get(Copy, copy_id)
    if copy is None:
        raise NotFound("There is no such copy.")
    return copy


def of_council(session: Session, resource: Resource, council_id: int | None) -> Copy | None:
    """The one copy that this council has of the practice, if it has one."""
    mine = (Copy.resource_id == resource.id) & (Copy.council_id == council_id)
    return session.scalar(select(Copy).where(mine))


def all_of_council(session: Session, council_id: int | None) -> list[Copy]:
    """Every copy of a council, the last started first."""
    mine = select(Copy).where(Copy.council_id == council_id)
    return list(session.scalars(mine.order_by(Copy.started_at.desc(), Copy.id.desc())))


def colleagues(session: Session, council_id: int | None) -> list[User]:
    """Who may write for a council, by name."""
    writers = select(User).where(
        User.council_id == council_id, User.state == State.ACTIVE, User.council_role.is_not(None)
    )
    return list(session.scalars(writers.order_by(User.name, User.id)))


def reader_of(session: Session, copy: Copy) -> User | None:
    """Whom to write to about a copy: its owner, or a colleague where they have left."""
    by_id = {writer.id: writer for writer in colleagues(session, copy.council_id)}
    return by_id.get(copy.owner_id) or next(iter(by_id.values()), None)


def steps_of(session: Session, resource: Resource, version: int) -> Sequence[Step]:
    """The steps as they were in that version."""
    if version == resource.version:
        return resource.steps
    return check(history.revision(session, resource, version).content).steps


def name_of(step: Step) -> str:
    """What a plan calls a step of the source."""
    return step.text or step.detail or "A step without words"


def parent_of(session: Session, resource: Resource, copy_id: int | None) -> Copy | None:
    """The copy that is copied in turn; NotFound unless it is one of this practice.

    Nor is one found whose words are hidden: the plan would begin with them.
    """
    if copy_id is None:
        return None
    parent = get(session, copy_id)
    if parent.resource_id != resource.id:
        raise NotFound("That council copied another practice.")
    if parent.is_hidden:
        raise NotFound("What that council wrote is hidden, so nobody can begin from it.")
    return parent


def prefilled(resource: Resource, *, by: User, parent: Copy | None = None) -> Plan:
    """Keep everything; of what another council copied, do as it did."""
    chosen = {each["step"]: _planned(each) for each in parent.changes} if parent else {}
    also = chosen.pop("", StepPlan())
    return Plan(
        source_version=resource.version,
        steps=tuple(chosen.get(name_of(step), StepPlan()) for step in resource.steps),
        also=also.text,
        owner_id=by.id,
    )


def plan_of(copy: Copy) -> Plan:
    """The plan as it was saved."""
    choices = [each for each in copy.changes if each["step"]]
    return Plan(
        source_version=copy.source_version,
        steps=tuple(_planned(each) for each in choices),
        also=next((each["text"] for each in copy.changes if not each["step"]), ""),
        first_step=copy.first_step,
        first_step_by=copy.first_step_by,
        review_on=copy.review_on,
        owner_id=copy.owner_id,
    )


def start(
    session: Session,
    resource: Resource,
    plan: Plan,
    *,
    by: User,
    parent: Copy | None = None,
    base_url: str,
    now: datetime,
) -> Copy:
    """A council begins to copy a practice; whoever shared it is told by letter.

    So is the council whose copy it began from.

    Raises NotAllowed unless `by` writes for a council that did not share it, Invalid for a
    plan that breaks a rule, Conflict where the council has a copy of it already.
    """
    check_may_start(resource, by)
    if of_council(session, resource, by.council_id):
        raise Conflict("Your council copies this already.")
    copy = Copy(
        resource=resource,
        parent=parent,
        council=by.council,
        status=Status.PLANNED,
        started_at=now,
        source_version=plan.source_version,
        told_version=plan.source_version,
    )
    _fill(session, copy, resource, plan, council_id=by.council_id, now=now)
    session.add(copy)
    flush(session)
    tell_first_council(session, copy, letters.copied(copy, base_url), "started", now=now)
    if parent is not None:
        letter = letters.copied_in_turn(copy, parent, base_url)
        tell_parent(session, copy, letter, f"started from {parent.id}", now=now)
    return copy


def save(
    session: Session, copy: Copy, plan: Plan, *, by: User, version: int, now: datetime
) -> Copy:
    """Keep a changed plan.

    Raises NotAllowed unless `by` is of the copy's council, Conflict if a colleague saved
    since `version`, Invalid for a plan that breaks a rule.
    """
    check_seen(copy, by, version)
    if plan.source_version != copy.source_version:
        raise Invalid({"source_version": "A plan stays with the version that it began from."})
    _fill(session, copy, copy.resource, plan, council_id=copy.council_id, now=now)
    flush(session)
    return copy


def finish(session: Session, copy_id: int, resource: Resource, *, now: datetime) -> None:
    """The copy has become a case study of its own; both pages say so from now on."""
    copy = get(session, copy_id)
    if copy.resource_id == resource.id:
        raise Invalid({"resource": "A copy cannot come of itself."})
    copy.result = resource
    copy.saved_at = now
    flush(session)


def may_change(copy: Copy, user: User | None) -> bool:
    """Everybody who writes for the copy's council may."""
    return user is not None and user.can_contribute and user.council_id == copy.council_id


def may_start(resource: Resource, user: User) -> bool:
    """Everybody who writes for a council, but not of what it shared itself."""
    return user.can_contribute and user.council_id not in {each.id for each in resource.councils}


def _planned(change: dict[str, str]) -> StepPlan:
    return StepPlan(
        choice=Choice(change["choice"]), text=change.get("text", ""), why=change.get("why", "")
    )


def check_may_start(resource: Resource, by: User) -> None:
    """Raises NotAllowed unless `by` may begin to copy this, NotFound for what is withdrawn."""
    if not by.can_contribute:
        raise NotAllowed("Only people who write for a council can say that it copies something.")
    if not resource.is_public:
        raise NotFound("This page was withdrawn, so nobody can begin to copy it.")
    if not may_start(resource, by):
        raise NotAllowed("Your council shared this itself, so it has nothing to copy.")


def check_may_change(copy: Copy, by: User) -> None:
    """Raises NotAllowed unless `by` writes for the council of this copy."""
    if not may_change(copy, by):
        raise NotAllowed(NOT_YOURS)


def check_seen(copy: Copy, by: User, version: int) -> None:
    """Raises NotAllowed like `check_may_change`, Conflict if somebody saved since `version`."""
    check_may_change(copy, by)
    if copy.version != version:
        raise Conflict(CHANGED)


def too_long(text: str, longest: int, name: str) -> dict[str, str]:
    """The problem with a text under the name of its field, if there is one."""
    return {name: f"Use {longest:,} characters or fewer."} if len(text.strip()) > longest else {}


def key_of(copy: Copy, about: str) -> str:
    """What a letter about a copy is known by: nobody gets two with one key."""
    return f"copy {copy.id}, {about}"


def tell_first_council(
    session: Session, copy: Copy, letter: letters.SubjectAndText, about: str, *, now: datetime
) -> bool:
    """Whoever shared the practice hears of it, unless nobody is known to have done."""
    owner = copy.resource.owner
    if owner is None or not owner.is_active:
        return False
    return _write(session, copy, owner, letter, about, now)


def tell_parent(
    session: Session, copy: Copy, letter: letters.SubjectAndText, about: str, *, now: datetime
) -> None:
    """Whoever made the version that was copied hears of it, but nobody twice."""
    reader = reader_of(session, copy.parent) if copy.parent else None
    first = copy.resource.owner
    if reader is not None and (first is None or reader.id != first.id):
        _write(session, copy, reader, letter, about, now)


def _fill(
    session: Session,
    copy: Copy,
    resource: Resource,
    plan: Plan,
    *,
    council_id: int | None,
    now: datetime,
) -> None:
    steps = steps_of(session, resource, plan.source_version)
    owners = {each.id: each for each in colleagues(session, council_id)}
    problems = _problems(plan, steps)
    if plan.owner_id not in {*owners, copy.owner_id}:
        problems["owner"] = "Choose somebody of your council."
    if problems:
        raise Invalid(problems)
    copy.changes = _changes(plan, steps)
    copy.first_step = plan.first_step.strip()
    copy.first_step_by = plan.first_step_by
    copy.review_on = plan.review_on
    copy.owner_id = plan.owner_id
    copy.saved_at = now


def _problems(plan: Plan, steps: Sequence[Step]) -> dict[str, str]:
    problems = {}
    if len(plan.steps) != len(steps):
        problems["steps"] = "Say of each step whether you keep, change or drop it."
    for number, each in enumerate(plan.steps):
        if each.choice is Choice.CHANGE and not each.text.strip():
            problems[f"text_{number}"] = f"Say what you do instead of step {number + 1}."
        problems |= too_long(each.text, LONGEST_TEXT, f"text_{number}")
        problems |= too_long(each.why, LONGEST_WHY, f"why_{number}")
    for name in ("also", "first_step"):
        problems |= too_long(getattr(plan, name), LONGEST_TEXT, name)
    for name in ("first_step_by", "review_on"):
        day = getattr(plan, name)
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            problems[name] = f"Give a year from {FIRST_YEAR} to {LAST_YEAR}."
    return problems


def _changes(plan: Plan, steps: Sequence[Step]) -> list[dict[str, str]]:
    changes = [
        {
            "step": name_of(step),
            "choice": each.choice.value,
            "text": each.text.strip() if each.choice is Choice.CHANGE else "",
            "why": each.why.strip(),
        }
        for step, each in zip(steps, plan.steps, strict=True)
    ]
    if plan.also.strip():
        also = {"step": "", "choice": Choice.CHANGE.value, "text": plan.also.strip(), "why": ""}
        changes.append(also)
    return changes


def _write(
    session: Session,
    copy: Copy,
    to: User,
    letter: letters.SubjectAndText,
    about: str,
    now: datetime,
) -> bool:
    subject, text = letter
    key = key_of(copy, about)
    return bool(mail.write(session, key=key, to=to.email, subject=subject, text=text, now=now))
