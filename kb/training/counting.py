"""How many: answers from devices and hands that the trainer counted, added and told apart."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

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
HANDS_OF_ONE = (
    "Hands were counted for the {} question only, so they are not in the gap: those of the "
    "{} are still to be counted."
)


class Finding(StrEnum):
    """What the two numbers of a gap come to; each page has its own words for it."""

    NO_ANSWERS = "no answers"
    NO_FIRST = "no answers to the first question"
    NO_SECOND = "no answers to the second question"
    GAP = "gap"
    ALL_DO = "all already do"
    NONE_WOULD = "none would like to"
    NO_GAP_OF_BOTH = "no gap among those who answered both questions"
    MORE_DO = "more do than would like to"
    AS_MANY = "as many do as would like to"
    ALL_WHO_WOULD = "all who would like to do"

    @property
    def is_known(self) -> bool:
        """Has anybody's first answer a second one to compare it with?"""
        return self not in {Finding.NO_ANSWERS, Finding.NO_FIRST, Finding.NO_SECOND}


SENTENCES = {
    Finding.NO_ANSWERS: "Nobody has answered yet.",
    Finding.NO_FIRST: "Nobody has answered the first question yet.",
    Finding.NO_SECOND: "Nobody who would like to has answered the second question yet.",
    Finding.ALL_DO: "Everybody already does. Who will write up what they did?",
    Finding.NONE_WOULD: "Nobody said that they would like to.",
    Finding.NO_GAP_OF_BOTH: "There is no gap among those who answered both questions.",
    Finding.MORE_DO: "More already do than would like to.",
    Finding.AS_MANY: "As many already do as would like to.",
    Finding.ALL_WHO_WOULD: "Everybody who would like to already does.",
}


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

    @property
    def is_asked(self) -> bool:
        """Has anybody answered, or were hands counted, if only to find none?"""
        return bool(self.devices or self.hands)

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
    """How many would like to, how many already do, and how many would and said that they do not.

    On devices each participant is looked at; of hands there are no more than two totals,
    and then `is_from_totals` and `note` says so. `people` is everybody whom these numbers are
    of, never fewer than are in them. `unanswered` would like to and did not answer whether
    they do; `left_out` says who is not in the gap, and why. `rest` is the sentence after its
    number.
    """

    would: int
    do: int
    gap: int
    people: int
    finding: Finding
    is_from_totals: bool
    sentence: str
    rest: str = ""
    note: str = ""
    unanswered: int = 0
    are_hands_left_out: bool = False
    left_out: str = ""
    would_words: str = ""
    do_words: str = ""


@dataclass(frozen=True, kw_only=True)
class _Devices:
    """What the two answers of each device come to; `people` gave at least one of them."""

    people: int
    want_and_do_not: int
    unanswered: int


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
    found = {
        each.id: _tally(each, [(chosen, n) for round_id, chosen, n in rows if round_id == each.id])
        for each in rounds
    }
    return _in_one_room(rounds, found)


def gap(session: Session, one: Round, two: Round) -> Gap:
    """The gap between those who would like to (`one`) and those who already do (`two`)."""
    counted = tallies(session, [one, two])
    return gap_between(session, one, two, counted[one.id], counted[two.id])


def gap_between(session: Session, one: Round, two: Round, first: Tally, second: Tally) -> Gap:
    """The same where both have been counted already."""
    would, do = first.total(YES), second.total(YES)
    devices = _devices(session, one, two, first, second)
    is_from_totals = bool(first.hands and second.hands)
    by_hand = max(0, first.hands.get(YES, 0) - second.hands.get(YES, 0)) if is_from_totals else 0
    size = by_hand + devices.want_and_do_not
    known = [each.people or each.answered for each in (first, second)]
    people = max(*known, devices.people, do + size)
    finding = Finding.GAP if size else _without_gap(first, second, devices.unanswered, people)
    rest = _rest(finding, size)
    return Gap(
        would=would,
        do=do,
        gap=size,
        people=people,
        finding=finding,
        is_from_totals=is_from_totals,
        sentence=f"{size} {rest}" if size else rest,
        rest=rest,
        note=_note(first, second) if is_from_totals else "",
        unanswered=devices.unanswered,
        are_hands_left_out=_are_hands_of_one(first, second),
        left_out=_left_out(first, second, devices.unanswered if finding.is_known else 0),
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


def _in_one_room(rounds: Sequence[Round], found: Mapping[int, Tally]) -> dict[int, Tally]:
    """Both questions of a gap are of the larger room where they were counted in two sizes."""
    largest: dict[tuple[int, str], int] = {}
    for each in rounds:
        place = (each.session_id, each.block_key)
        largest[place] = max(largest.get(place, 0), found[each.id].people or 0)
    return {
        each.id: replace(
            found[each.id],
            people=found[each.id].people and largest[each.session_id, each.block_key],
        )
        for each in rounds
    }


def _devices(session: Session, one: Round, two: Round, first: Tally, second: Tally) -> _Devices:
    if not first.devices:
        return _Devices(people=second.devices, want_and_do_not=0, unanswered=0)
    other = aliased(Answer)
    said = cast(Answer.chosen, Text).label("said")
    then = cast(other.chosen, Text).label("then")
    of_both = (other.participant_id == Answer.participant_id) & (other.round_id == two.id)
    pairs = session.execute(
        select(said, then, func.count())
        .outerjoin(other, of_both)
        .where(Answer.round_id == one.id)
        .group_by(said, then)
    ).all()
    in_both = sum(number for _, later, number in pairs if later is not None)
    wanting = [(later, number) for now, later, number in pairs if now == _YES_KEPT]
    return _Devices(
        people=first.devices + second.devices - in_both,
        want_and_do_not=sum(n for later, n in wanting if later not in {None, _YES_KEPT}),
        unanswered=sum(n for later, n in wanting if later is None),
    )


def _without_gap(first: Tally, second: Tally, unanswered: int, people: int) -> Finding:
    """What there is to say where nobody is known to want to and not to do it."""
    would, do = first.total(YES), second.total(YES)
    if not first.is_asked:
        return Finding.NO_FIRST if second.is_asked else Finding.NO_ANSWERS
    if do and do == people:
        return Finding.ALL_DO
    are_hands_of_one = _are_hands_of_one(first, second)
    uncompared = unanswered + (first.hands.get(YES, 0) if are_hands_of_one else 0)
    if would and would == uncompared:
        return Finding.NO_SECOND
    if uncompared or (are_hands_of_one and second.hands):
        return Finding.NO_GAP_OF_BOTH
    if not would:
        return Finding.NONE_WOULD
    if first.hands and second.hands:
        return Finding.MORE_DO if do > would else Finding.AS_MANY
    return Finding.ALL_WHO_WOULD


def _rest(finding: Finding, size: int) -> str:
    """The sentence below the two numbers, without the number of the gap."""
    if finding is not Finding.GAP:
        return SENTENCES[finding]
    who = "person wants to and does" if size == 1 else "people want to and do"
    return f"{who} not yet. {TO_CLOSE}"


def _are_hands_of_one(first: Tally, second: Tally) -> bool:
    return bool(first.hands) != bool(second.hands)


def _left_out(first: Tally, second: Tally, unanswered: int) -> str:
    said = []
    if unanswered:
        who, so = ("1 person", "is") if unanswered == 1 else (f"{unanswered} people", "they are")
        said.append(
            f"{who} who would like to did not answer the second question, so {so} not in the gap."
        )
    if _are_hands_of_one(first, second):
        places = ("first", "second") if first.hands else ("second", "first")
        said.append(HANDS_OF_ONE.format(*places))
    return " ".join(said)


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
