"""How many: answers from devices and hands that the trainer counted, added and told apart."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session, aliased

from kb.training.models import Answer, Round
from kb.training.types import RoundKind

YES = "yes"
_YES_KEPT = json.dumps([YES])
MOST_PEOPLE = 10_000
NO_HANDS = "Hands cannot be counted for this kind of question."
HOW_MANY = "Enter how many people are in the room."
SEVERAL = {RoundKind.MANY, RoundKind.BARRIERS}
WITHOUT_HANDS = {RoundKind.IDEAS, RoundKind.PLEDGE}
TO_CLOSE = "That is the gap we are here to close."
FROM_TOTALS = (
    "Worked out from the totals of raised hands: those who would like to, less those who "
    "already do."
)


@dataclass(frozen=True)
class Tally:
    """What one question came to.

    `counts` are the answers from devices and `hands` those that were typed in, both by the
    key of the option; `devices` is how many devices answered. `people` is how many are in
    the room, None where nobody said so; it is never less than have answered.
    """

    counts: dict[str, int]
    devices: int
    hands: dict[str, int]
    people: int | None
    is_several: bool = False

    def total(self, key: str) -> int:
        return self.counts.get(key, 0) + self.hands.get(key, 0)

    @property
    def hands_up(self) -> int:
        """How many without a device answered: at least that many, where one may choose several."""
        return (max if self.is_several else sum)([*self.hands.values(), 0])

    @property
    def answered(self) -> int:
        return self.devices + self.hands_up

    def words(self, key: str) -> str:
        """ "23 of 25: 14 on phones, 9 hands", or "23 of 25", or "23"."""
        phones, hands = self.counts.get(key, 0), self.hands.get(key, 0)
        of = f" of {self.people}" if self.people else ""
        how = f": {phones} on phones, {_hands(hands)}" if self.hands_up and self.devices else ""
        return f"{phones + hands}{of}{how}"

    @property
    def hands_words(self) -> str:
        """ "Hands were counted in a room of 25": never how many, which would tell the result."""
        if not self.hands:
            return ""
        return f"Hands were counted in {f'a room of {self.people}' if self.people else 'the room'}"

    def answered_words(self, joined: int = 0) -> str:
        """ "21 of 25 people have answered", or what phones answered and that hands were counted.

        `joined` is how many devices are in the room.
        """
        if not self.hands:
            return answered_words(self.devices, max(self.people or joined, self.devices))
        who = "person has" if self.devices == 1 else "people have"
        phones = f"{self.devices} {who} answered on phones. " if self.devices else ""
        return f"{phones}{self.hands_words}"


@dataclass(frozen=True, kw_only=True)
class Gap:
    """How many would like to, how many already do, and how many would and do not.

    On devices each participant is looked at; of hands there are no more than two totals,
    and then `is_from_totals` and `note` says so. `rest` is the sentence after its number.
    """

    would: int
    do: int
    gap: int
    people: int | None
    is_from_totals: bool
    sentence: str
    rest: str = ""
    note: str = ""
    would_words: str = ""
    do_words: str = ""


def answered_words(answered: int, people: int) -> str:
    if not people:
        return "Nobody has answered yet"
    who = "person has" if people == 1 else "people have"
    return f"{answered} of {people} {who} answered"


def tally(session: Session, round: Round) -> Tally:
    """Count what is there now: one question to the database, however many answered."""
    return tallies(session, [round])[round.id]


def tallies(session: Session, rounds: Sequence[Round]) -> dict[int, Tally]:
    """The same for several rounds at once, by the id of the round."""
    kept = cast(Answer.chosen, Text)
    rows = session.execute(
        select(Answer.round_id, kept, func.count())
        .where(Answer.round_id.in_([each.id for each in rounds]))
        .group_by(Answer.round_id, kept)
    ).all()
    return {
        each.id: _tally(each, [(chosen, n) for round_id, chosen, n in rows if round_id == each.id])
        for each in rounds
    }


def gap(session: Session, one: Round, two: Round) -> Gap:
    """The gap between those who would like to (`one`) and those who already do (`two`)."""
    counted = tallies(session, [one, two])
    return gap_between(session, one, two, counted[one.id], counted[two.id])


def gap_between(session: Session, one: Round, two: Round, first: Tally, second: Tally) -> Gap:
    """The same where both have been counted already."""
    would, do = first.total(YES), second.total(YES)
    by_hand = max(0, first.hands.get(YES, 0) - second.hands.get(YES, 0))
    size = by_hand + (_want_and_do_not(session, one, two) if first.counts.get(YES) else 0)
    known = [each.people for each in (first, second) if each.people]
    people = max(known, default=None)
    is_from_totals = bool(first.hands or second.hands)
    has_answers = bool(first.answered or second.answered or first.hands or second.hands)
    sentence, rest = _sentence(would, do, size, people, is_from_totals, has_answers)
    return Gap(
        would=would,
        do=do,
        gap=size,
        people=people,
        is_from_totals=is_from_totals,
        sentence=sentence,
        rest=rest,
        note=_note(first, second) if is_from_totals else "",
        would_words=first.words(YES),
        do_words=second.words(YES),
    )


def problems_of_hands(
    round: Round, counts: Mapping[str, int], people: int | None, devices: int
) -> dict[str, str]:
    """What cannot be about these numbers: field -> sentence, empty where all can be."""
    if round.kind in WITHOUT_HANDS:
        return {"hands": NO_HANDS}
    known = {option.key for option in round.options}
    if unknown := sorted(set(counts) - known):
        return {unknown[0]: "This is none of the answers."}
    for key, number in counts.items():
        if not 0 <= number <= MOST_PEOPLE:
            return {key: f"Enter a whole number from 0 to {MOST_PEOPLE:,}."}
    if people is None:
        return {"people": HOW_MANY} if round.kind is RoundKind.GAP else {}
    if not 1 <= people <= MOST_PEOPLE:
        return {"people": f"Enter a whole number of people from 1 to {MOST_PEOPLE:,}."}
    return _too_many(round, counts, people, devices)


def _tally(round: Round, rows: Sequence[tuple[str, int]]) -> Tally:
    counts: Counter[str] = Counter()
    for chosen, number in rows:
        for key in json.loads(chosen):
            counts[key] += number
    devices = sum(number for _, number in rows)
    hands, is_several = dict(round.hands), round.kind in SEVERAL
    found = Tally(dict(counts), devices, hands, None, is_several)
    people = max(round.people, found.answered) if round.people else None
    return Tally(dict(counts), devices, hands, people, is_several)


def _want_and_do_not(session: Session, one: Round, two: Round) -> int:
    second = aliased(Answer)
    does = select(second.id).where(
        second.round_id == two.id,
        second.participant_id == Answer.participant_id,
        cast(second.chosen, Text) == _YES_KEPT,
    )
    query = select(func.count()).select_from(Answer)
    wants = (Answer.round_id == one.id) & (cast(Answer.chosen, Text) == _YES_KEPT)
    return session.scalar(query.where(wants, ~does.exists())) or 0


def _sentence(
    would: int, do: int, size: int, people: int | None, from_totals: bool, has_answers: bool
) -> tuple[str, str]:
    """The sentence below the two numbers, and what of it follows the number of the gap."""
    if size:
        rest = (
            "person wants to and does not yet." if size == 1 else "people want to and do not yet."
        )
        return f"{size} {rest} {TO_CLOSE}", f"{rest} {TO_CLOSE}"
    if not has_answers:
        return ("Nobody has answered yet.",) * 2
    if do and do == (people or would) and do >= would:
        return ("Everybody already does. Who will write up what they did?",) * 2
    if not would:
        return ("Nobody said that they would like to.",) * 2
    if from_totals:
        return ("As many already do as would like to.",) * 2
    return ("Everybody who would like to already does.",) * 2


def _note(first: Tally, second: Tally) -> str:
    if not (first.devices or second.devices):
        return FROM_TOTALS
    return f"{FROM_TOTALS} What phones answered was counted person by person and added."


def _too_many(
    round: Round, counts: Mapping[str, int], people: int, devices: int
) -> dict[str, str]:
    several = round.kind in SEVERAL
    hands = (max if several else sum)([*counts.values(), 0])
    if hands > people:
        key = max(counts, key=lambda each: counts[each])
        who = "who already do than there are people" if _is_do(round) else "than people"
        there = "there is 1 person" if people == 1 else f"there are {people} people"
        return {key: f"{_hands(hands).capitalize()} are more {who}: {there} in the room."}
    if hands + devices > people:
        key = max(counts, key=lambda each: counts[each], default="people")
        return {
            key: f"{devices} of {people} people answered on phones, so there can be no more "
            f"than {_hands(max(0, people - devices))}. Count only people without a phone."
        }
    return {}


def _is_do(round: Round) -> bool:
    return round.kind is RoundKind.GAP and round.part == 2


def _hands(number: int) -> str:
    return "1 hand" if number == 1 else f"{number} hands"
