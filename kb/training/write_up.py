"""What a session leaves behind for everybody: drafts of a case study and of tip cards.

They are made of what happened, never of who was there, and are private until the trainer
sends them to review.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.db.database import flush
from kb.errors import Invalid, NotFound
from kb.library.content import LONGEST_SUMMARY, Kind
from kb.training import results
from kb.training.models import SessionState, TrainingSession, WriteUp
from kb.training.outcomes import GapShown, IdeaShown, Results

LONGEST_TITLE = 120
LONGEST_TEXT = 20_000
MOST_TIPS = 2
MOST_BARRIERS = 5
MOST_IDEAS = 10
NO_SUCH = "There is no such draft of this session."
# The headings are questions of the form by which things are shared, so that what stands
# below them is the answer there.
SUMMARY = "The same in one sentence, with what came of it"
WHEN = "When it happened"
PROBLEM = "What was the problem?"
BARRIERS = "What did you have to get round?"
STEPS = "What did you do, step by step?"
RESULTS = "What came of it?"
FIRST_STEP = "What should the next council do first?"
HOW = "How it works, and why"


def make(session: Session, training: TrainingSession, *, now: datetime) -> list[WriteUp]:
    """The drafts of a session that is over; made once, however often it is asked for."""
    session.refresh(training, with_for_update=True)
    existing = of_session(session, training)
    if existing or training.state is not SessionState.CLOSED:
        return existing
    found = results.of(session, training)
    drafts = [(Kind.CASE_STUDY, _title(found, training), _story(found, training))]
    drafts += [
        (Kind.TIP_CARD, _line(idea.text)[:LONGEST_TITLE], _tip(idea))
        for idea in _wanted(found)[:MOST_TIPS]
    ]
    for kind, title, text in drafts:
        session.add(
            WriteUp(session_id=training.id, kind=kind.value, title=title, text=text, made_at=now)
        )
    flush(session)
    return of_session(session, training)


def of_session(session: Session, training: TrainingSession) -> list[WriteUp]:
    query = select(WriteUp).where(WriteUp.session_id == training.id)
    return list(session.scalars(query.order_by(WriteUp.id)))


def get(session: Session, training: TrainingSession, number: int) -> WriteUp:
    """One of this session's; raises NotFound for another's."""
    found = session.get(WriteUp, number)
    if found is None or found.session_id != training.id:
        raise NotFound(NO_SUCH)
    return found


def save(session: Session, write_up: WriteUp, *, title: str, text: str) -> None:
    """Keep what the trainer made of it. Raises Invalid."""
    title, text = _line(title), _clean(text)
    problems = {
        "title": "" if title else "Give it a title",
        "text": "" if text else "Write what happened, or leave the draft as it was",
    }
    if len(title) > LONGEST_TITLE:
        problems["title"] = f"Use {LONGEST_TITLE} characters or fewer for the title"
    if len(text) > LONGEST_TEXT:
        problems["text"] = f"Use {LONGEST_TEXT:,} characters or fewer"
    if any(problems.values()):
        raise Invalid({name: sentence for name, sentence in problems.items() if sentence})
    write_up.title, write_up.text = title, text
    flush(session)


def without_drafts(session: Session, *, limit: int) -> list[int]:
    """Ids of sessions that are over and were never written up."""
    known = select(WriteUp.id).where(WriteUp.session_id == TrainingSession.id)
    query = select(TrainingSession.id).where(
        TrainingSession.state == SessionState.CLOSED, ~known.exists()
    )
    return list(session.scalars(query.order_by(TrainingSession.id).limit(limit)))


def make_for(session: Session, session_id: int, *, now: datetime) -> bool:
    """The same for a job: by number, and were there any made?"""
    training = session.get(TrainingSession, session_id)
    return training is not None and bool(make(session, training, now=now))


def _title(found: Results, training: TrainingSession) -> str:
    if found.gaps:
        asked = "Asked who would like to and who already does"
        return f"{asked}, and found the gap" if found.gaps[0].gap else asked
    return f"Ran a session: {_line(training.title)}"[:LONGEST_TITLE]


def _story(found: Results, training: TrainingSession) -> str:
    sections = [
        (SUMMARY, [_summary(found, training)]),
        (WHEN, [f"{found.held_on:%B %Y}"]),
        (PROBLEM, [*map(_of_gap, found.gaps), *_what_stops(found)]),
        (BARRIERS, [f"- {label}" for label in _barriers(found)]),
        (STEPS, list(_steps(found))),
        (RESULTS, list(_what_came(found))),
        (FIRST_STEP, ["Ask your own room the same questions, and count the hands."]),
    ]
    return "\n\n".join(
        f"## {heading}\n\n" + "\n".join(lines) for heading, lines in sections if lines
    )


def _tip(idea: IdeaShown) -> str:
    votes = f"{idea.votes} {'person was' if idea.votes == 1 else 'people were'} for it."
    said = _line(idea.text)
    return f"## {HOW}\n\n{said}\n\nSomebody in the room said it, and {votes}"


def _summary(found: Results, training: TrainingSession) -> str:
    who = f"{found.people} people" if found.people > 1 else "We"
    if not found.gaps:
        return f"{who} talked about “{_line(training.title)}” and what to try."[:LONGEST_SUMMARY]
    gap = found.gaps[0]
    return f"We asked {_people(gap.people)}: {_numbers(gap)}"[:LONGEST_SUMMARY]


def _of_gap(gap: GapShown) -> str:
    questions = " ".join(f"“{_line(each)}”" for each in (gap.question, gap.second) if each)
    how = " (from the totals)" if gap.is_from_totals and gap.gap else ""
    said = f"We asked {_people(gap.people)}: {questions} {_numbers(gap, how)}"
    return f"{said} {gap.left_out}".strip()


def _numbers(gap: GapShown, how: str = "") -> str:
    """ "23 would like to, 4 already do, and 19 want to and do not yet." """
    do = f"{gap.do} already {'does' if gap.do == 1 else 'do'}"
    if not gap.gap:
        return f"{gap.would} would like to and {do}. {gap.sentence}"
    both = "wants to and does" if gap.gap == 1 else "want to and do"
    return f"{gap.would} would like to, {do}, and {gap.gap} {both} not yet{how}."


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def _what_stops(found: Results) -> Iterator[str]:
    for each in found.barriers:
        said = [f"{bar.label} ({bar.number})" for bar in each.bars[:MOST_BARRIERS] if bar.number]
        if said:
            yield f"What gets in the way: {'; '.join(said)}."


def _barriers(found: Results) -> list[str]:
    bars = [bar for each in found.barriers for bar in each.bars if bar.number]
    return list(dict.fromkeys(bar.label for bar in bars))[:MOST_BARRIERS]


def _steps(found: Results) -> Iterator[str]:
    ran = [part for part in found.agenda if part.took is not None]
    for number, part in enumerate(ran, 1):
        minutes = f"{part.took} minute{'s' if part.took != 1 else ''}" if part.took else "a moment"
        yield f"{number}. {_line(part.title)} ({minutes})"


def _what_came(found: Results) -> Iterator[str]:
    for pledge in found.pledges:
        if pledge.card is not None:
            people = "person" if pledge.people == 1 else "people"
            yield f"- {pledge.people} {people} will try “{pledge.card.title}”."
    yield from (_idea(each) for each in _wanted(found)[:MOST_IDEAS])


def _wanted(found: Results) -> list[IdeaShown]:
    """The ideas that somebody was for."""
    return [each for each in found.ideas if each.votes]


def _idea(idea: IdeaShown) -> str:
    votes = "1 vote" if idea.votes == 1 else f"{idea.votes} votes"
    return f"- An idea from the room, with {votes}: {_line(idea.text)}"


def _line(text: str) -> str:
    """On one line, so that nobody's words become a heading or a step of ours."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _clean(text: str) -> str:
    lines: Iterable[str] = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(
        "".join(c for c in line if c.isprintable() or c == "\t").rstrip() for line in lines
    ).strip()
