"""What a session came to: numbers, ideas and pledges, without a name anywhere."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.library import service as library
from kb.library.content import Kind
from kb.library.models import Resource, Standing
from kb.training import agenda, counting, headcount, moderating, pledging, reminding
from kb.training import rounds as all_rounds
from kb.training.counting import Finding, Tally
from kb.training.models import IdeaState, Pack, Pledge, Round, RoundState, TrainingSession
from kb.training.outcomes import (
    Answers,
    Bar,
    Before,
    Counted,
    GapShown,
    IdeaShown,
    Pledged,
    Results,
    Said,
)
from kb.training.types import RoundKind

_PUBLIC = Resource.standing != Standing.WITHDRAWN
WOULD, DO = "Would like to", "Already do"
TITLES = {
    Finding.ALL_DO: "All of us already do",
    Finding.NONE_WOULD: "None of us would like to",
    Finding.NO_GAP_OF_BOTH: "No gap among those of us who answered both questions",
    Finding.MORE_DO: "More of us do than would like to",
    Finding.AS_MANY: "As many of us do as would like to",
    Finding.ALL_WHO_WOULD: "All of us who want to already do",
}
_CHOICES = {RoundKind.ONE, RoundKind.MANY, RoundKind.SCALE}


def of(session: Session, training: TrainingSession) -> Results:
    """Everything that was asked and said until now, in the order of the agenda."""
    rounds = asked(session, training)
    tallies = counting.tallies(session, rounds)
    gaps, pledges = gaps_of(session, rounds, tallies), _pledges(session, rounds)
    barriers = _answers(rounds, tallies, {RoundKind.BARRIERS})
    counted = [max(each.answered, each.people or 0) for each in tallies.values()]
    return Results(
        title=_title(training, rounds, gaps, barriers),
        held_on=training.opened_at or training.starts_at,
        people=headcount.of(session, rounds, counted=[*counted, *(gap.people for gap in gaps)]),
        agenda=agenda.as_it_ran(training),
        gaps=gaps,
        barriers=barriers,
        answers=_answers(rounds, tallies, _CHOICES),
        ideas=_ideas(session, rounds),
        pledges=_by_card(session, pledges),
        said=_said(session, pledges),
        parked=tuple(training.parked),
        used=_used(session, training, pledges),
        credit=_credit(session, training),
        before=_before(session, training),
        follow_up=reminding.followed_up(session, training),
    )


def asked(session: Session, training: TrainingSession) -> list[Round]:
    """The rounds that were asked, or counted by hand or on paper, in the order of the agenda."""
    known = all_rounds.of_session(session, training)
    waiting = [each for each in known if each.state is RoundState.WAITING]
    counted = all_rounds.with_words(session, waiting) | {each.id for each in waiting if each.hands}
    return [each for each in known if each not in waiting or each.id in counted]


def gaps_of(
    session: Session, rounds: Sequence[Round], tallies: Mapping[int, Tally]
) -> tuple[GapShown, ...]:
    """Each gap of which both questions were asked, and somebody answered."""
    gaps = [each for each in rounds if each.kind is RoundKind.GAP]
    second = {each.block_key: each for each in gaps if each.part == 2}
    return tuple(
        _gap(session, one, second[one.block_key], tallies)
        for one in gaps
        if one.part == 1
        and one.block_key in second
        and (tallies[one.id].is_asked or tallies[second[one.block_key].id].is_asked)
    )


def _gap(session: Session, one: Round, two: Round, tallies: Mapping[int, Tally]) -> GapShown:
    first, second = tallies[one.id], tallies[two.id]
    found = counting.gap_between(session, one, two, first, second)
    return GapShown(
        question=one.question,
        second=two.question,
        would=found.would,
        do=found.do,
        gap=found.gap,
        people=found.people,
        finding=found.finding,
        is_from_totals=found.is_from_totals,
        sentence=found.sentence,
        note=found.note,
        unanswered=found.unanswered,
        are_hands_left_out=found.are_hands_left_out,
        left_out=found.left_out,
        counted=(_counted(first), _counted(second)),
        yes=(_bar(first, counting.YES, WOULD), _bar(second, counting.YES, DO)),
    )


def _counted(tally: Tally) -> Counted:
    return Counted(devices=tally.devices, hands=tally.hands_up, is_several=tally.is_several)


def _bar(tally: Tally, key: str, label: str) -> Bar:
    return Bar(
        key=key,
        label=label,
        number=tally.total(key),
        devices=tally.counts.get(key, 0),
        hands=tally.hands.get(key, 0),
    )


def _answers(
    rounds: Iterable[Round], tallies: Mapping[int, Tally], kinds: set[RoundKind]
) -> tuple[Answers, ...]:
    found = []
    for each in rounds:
        if each.kind in kinds:
            tally = tallies[each.id]
            bars = [_bar(tally, option.key, option.label) for option in each.options]
            if each.kind is not RoundKind.SCALE:
                bars.sort(key=lambda bar: -bar.number)
            found.append(
                Answers(
                    kind=each.kind,
                    question=each.question,
                    people=tally.people or tally.answered,
                    bars=tuple(bars),
                    counted=_counted(tally),
                )
            )
    return tuple(found)


def _ideas(session: Session, rounds: Iterable[Round]) -> tuple[IdeaShown, ...]:
    """Those that were let through, the most wanted first."""
    rows = [
        row
        for each in rounds
        if each.kind is RoundKind.IDEAS
        for row in moderating.ideas(session, each)
    ]
    return tuple(IdeaShown(text=row.text, votes=row.votes) for row in moderating.best(rows))


def _title(
    training: TrainingSession,
    rounds: Iterable[Round],
    gaps: Sequence[GapShown],
    barriers: Sequence[Answers],
) -> str:
    """The one thing to remember of it."""
    if gaps:
        return gap_title(gaps[0])
    kinds = {each.kind for each in rounds}
    if barriers:
        return "What gets in our way"
    if RoundKind.PLEDGE in kinds:
        return "What we will try"
    return "What we thought of" if RoundKind.IDEAS in kinds else training.title


def gap_title(gap: GapShown) -> str:
    """The gap as the room would say it of itself."""
    if gap.finding is Finding.GAP:
        both = "wants to and does" if gap.gap == 1 else "want to and do"
        return f"{gap.gap} of us {both} not yet"
    if gap.finding is Finding.NO_FIRST:
        return f"{gap.do} of us already {'does' if gap.do == 1 else 'do'}"
    return TITLES.get(gap.finding) or f"{gap.would} of us would like to"


def _pledges(session: Session, rounds: Iterable[Round]) -> list[Pledge]:
    ids = [each.id for each in rounds if each.kind is RoundKind.PLEDGE]
    query = select(Pledge).where(Pledge.round_id.in_(ids)).order_by(Pledge.id)
    return list(session.scalars(query))


def _said(session: Session, pledges: Sequence[Pledge]) -> tuple[Said, ...]:
    shown = [pledge for pledge in pledges if _is_shown(pledge)]
    titles = pledging.titles(session, shown)
    return tuple(Said(when=p.when, will=pledging.promise(p, titles)) for p in shown)


def _is_shown(pledge: Pledge) -> bool:
    return pledge.state is IdeaState.SHOWN and bool(pledge.will or pledge.when)


def _by_card(session: Session, pledges: Sequence[Pledge]) -> tuple[Pledged, ...]:
    """The cards that were picked, the most popular first; what is nobody's card comes last."""
    picked = Counter(card for pledge in pledges for card in set(pledge.cards))
    query = select(Resource).where(Resource.id.in_(picked), _PUBLIC)
    cards = {card.id: card for card in session.scalars(query)}
    rows = [
        Pledged(
            card=cards[card],
            people=number,
            by=_by(pledges, card),
            practice=_practice(session, cards[card]),
        )
        for card, number in sorted(picked.items(), key=lambda item: (-item[1], item[0]))
        if card in cards
    ]
    others = [pledge for pledge in pledges if not cards.keys() & set(pledge.cards)]
    if others:
        rows.append(Pledged(card=None, people=len(others), by=_usual(p.by for p in others)))
    return tuple(rows)


def _practice(session: Session, card: Resource) -> Resource | None:
    found = library.related(session, card, limit=1, kind=Kind.CASE_STUDY)
    return found[0] if found else None


def _by(pledges: Iterable[Pledge], card: int) -> date | None:
    return _usual(pledge.by for pledge in pledges if card in pledge.cards)


def _usual(days: Iterable[date | None]) -> date | None:
    """The day that was named most often, of several the last one."""
    named = Counter(day for day in days if day is not None)
    return max(named, key=lambda day: (named[day], day), default=None)


def _used(
    session: Session, training: TrainingSession, pledges: Iterable[Pledge]
) -> tuple[Resource, ...]:
    """Every card and practice of the blocks that ran, and those that people picked."""
    ran = agenda.that_ran(training)
    refs = list(dict.fromkeys(ref for b in training.blocks if b.key in ran for ref in b.refs))
    cards = {card for pledge in pledges for card in pledge.cards}
    query = select(Resource).where(Resource.ref.in_(refs) | Resource.id.in_(cards), _PUBLIC)
    places = {ref: place for place, ref in enumerate(refs)}
    found = session.scalars(query)
    return tuple(sorted(found, key=lambda r: (places.get(r.ref, len(places)), r.title)))


def _credit(session: Session, training: TrainingSession) -> str:
    """Where the pack comes from, as long as there is one."""
    pack = session.get(Pack, training.pack_id or 0)
    return pack.credit if pack else ""


def _before(session: Session, training: TrainingSession) -> Before | None:
    earlier = session.get(TrainingSession, training.before_id or 0)
    if earlier is None:
        return None
    rounds = asked(session, earlier)
    gaps = gaps_of(session, rounds, counting.tallies(session, rounds))
    held_on = earlier.opened_at or earlier.starts_at
    return Before(held_on=held_on, gap=gaps[0]) if gaps else None
