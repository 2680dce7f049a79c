"""What stands on the projector: one thing at a time, in plain values for the templates."""

from collections import Counter
from collections.abc import Sequence

from kb.db.database import Session
from kb.library import service as library
from kb.library.models import Resource, TipCard
from kb.training import counting, moderating, pledging, sessions
from kb.training.counting import Tally
from kb.training.models import (
    IdeaState,
    Pledge,
    Round,
    RoundState,
    SessionState,
    TrainingSession,
)
from kb.training.types import Block, Option, RoundKind
from kb.web import presenter_reading, presenter_words
from kb.web.presenter_answers import answers_of
from kb.web.presenter_parts import Picture, Row, Screen, Word
from kb.web.presenter_steps import current_block

MOST_BARS = 8  # of a long list; what nobody chose is left out of it first


def screen_of(session: Session, training: TrainingSession, asked: Sequence[Round]) -> Screen:
    """What the room sees now: `asked` are the rounds of the block that runs."""
    if training.state is SessionState.PREPARED:
        return _lobby(session, training)
    if training.state is SessionState.CLOSED:
        return Screen(
            kind="over",
            heading="Thank you",
            eyebrow=training.title,
            note="Scan it, or open it from your phone: the room’s numbers, ideas and pledges, "
            "and where to copy them from.",
            is_beside=True,
        )
    block = current_block(training)
    if block is None:
        return Screen(kind="talk", heading=training.title)
    shown = presented(asked)
    if shown is None:
        return _talk(session, block)
    return _asked(session, training, block, asked, shown)


def presented(asked: Sequence[Round]) -> Round | None:
    """The round that the screen is about: the open one, else the last that has answers."""
    by_state = {each.state: each for each in reversed(asked)}
    if RoundState.OPEN in by_state:
        return by_state[RoundState.OPEN]
    answered = [each for each in asked if each.state is RoundState.CLOSED]
    return answered[-1] if answered else next(iter(asked), None)


def countable(one: Round) -> list[Option]:
    """What hands are counted for: of a question with yes and no, whose hand is up."""
    if one.kind is RoundKind.GAP:
        return [Option(key=counting.YES, label="Hands up")]
    return list(one.options)


def rows_of(one: Round, tally: Tally) -> list[Row]:
    return [
        Row(
            key=option.key,
            label=option.label,
            number=tally.total(option.key),
        )
        for option in one.options
    ]


def source_of(tally: Tally) -> str:
    """Where the numbers come from, wherever hands are part of them."""
    hands = tally.hands_up
    if not hands:
        return ""
    if not tally.devices:
        return f"{tally.hands_words}."
    one = tally.devices == 1
    phones = "1 answer from a phone" if one else f"{tally.devices} answers from phones"
    if tally.is_several:
        room = f"a room of {tally.people}" if tally.people else "the room"
        return f"{phones} and the hands counted in {room}, added together."
    word = "hand" if hands == 1 else "hands"
    return f"{phones} and {hands} {word} counted in the room, added together."


def _lobby(session: Session, training: TrainingSession) -> Screen:
    joined = sessions.joined(session, training)
    return Screen(
        kind="lobby",
        heading=training.title,
        eyebrow="We begin soon",
        note="No name, no account. Nobody sees your own answers.",
        joined=joined,
        said=f"{joined} joined",
        is_beside=True,
    )


def _talk(session: Session, block: Block) -> Screen:
    shown = presenter_reading.of_refs(session, block.refs)
    return Screen(kind="talk", heading=block.title, shown=shown)


def _asked(
    session: Session,
    training: TrainingSession,
    block: Block,
    asked: Sequence[Round],
    one: Round,
) -> Screen:
    if one.state is RoundState.WAITING:
        return _waiting(session, training, block, asked, one)
    if one.kind is RoundKind.IDEAS:
        return _ideas(session, block, one)
    if one.kind is RoundKind.PLEDGE:
        return _pledges(session, block, one)
    if one.state is RoundState.OPEN:
        return _open(session, training, block, asked, one)
    if one.kind is RoundKind.GAP:
        return _gap(session, training, block, asked)
    return _counted(session, block, one)


def _waiting(
    session: Session,
    training: TrainingSession,
    block: Block,
    asked: Sequence[Round],
    one: Round,
) -> Screen:
    joined = sessions.joined(session, training)
    return Screen(
        kind="ask",
        heading=one.question or block.title,
        eyebrow=_eyebrow(block, asked, one),
        note="Voting is not open yet.",
        answers=answers_of(one, one.question or block.title),
        joined=joined,
        said=f"{joined} joined",
        is_beside=True,
    )


def _open(
    session: Session,
    training: TrainingSession,
    block: Block,
    asked: Sequence[Round],
    one: Round,
) -> Screen:
    """While people still answer, only how many have: nobody is to follow the others.

    How many hands are up would already be the result, so of them only the room is told.
    """
    tally = counting.tally(session, one)
    joined = sessions.joined(session, training)
    said = tally.answered_words(joined)
    phones, _, _ = said.partition(". ")
    words = phones.removeprefix(str(tally.devices)).strip()
    return Screen(
        kind="ask",
        heading=one.question or block.title,
        eyebrow=_eyebrow(block, asked, one),
        answered=tally.devices,
        answered_words=words if tally.devices else "people have answered",
        hands_said=tally.hands_words,
        answers=answers_of(one, one.question or block.title),
        said=said,
        joined=joined,
        is_open=True,
        is_beside=True,
    )


def _gap(
    session: Session, training: TrainingSession, block: Block, asked: Sequence[Round]
) -> Screen:
    one, *rest = asked
    two = next((each for each in rest if each.state is not RoundState.WAITING), None)
    if two is None:
        picture = _picture_of_one(session, one)
    else:
        picture = _picture(counting.gap(session, one, two), is_hidden=training.is_gap_hidden)
    return Screen(
        kind="gap",
        heading=one.question or block.title,
        has_gap=two is not None,
        picture=picture,
        said=_said(picture),
    )


def _picture(found: counting.Gap, *, is_hidden: bool) -> Picture:
    return Picture(
        would=found.would,
        do=found.do,
        gap=found.gap,
        people=found.people,
        sentence=found.sentence,
        rest=found.rest,
        about=" ".join(filter(None, (found.note, found.left_out))),
        is_hidden=is_hidden,
    )


def _picture_of_one(session: Session, one: Round) -> Picture:
    tally = counting.tally(session, one)
    would = tally.total(counting.YES)
    people = max(tally.people or tally.answered, would)
    return Picture(would=would, people=people, is_hidden=True, about=source_of(tally))


def _said(picture: Picture | None) -> str:
    if picture is None:
        return ""
    said = f"{picture.would} of {picture.people_words} would like to."
    if picture.do is None:
        return said
    said += f" {picture.do} already do."
    return said if picture.is_hidden else f"{said} {picture.sentence}"


def _counted(session: Session, block: Block, one: Round) -> Screen:
    tally = counting.tally(session, one)
    rows = rows_of(one, tally)
    is_scale = one.kind is RoundKind.SCALE
    if not is_scale:
        rows.sort(key=lambda row: -row.number)
    shown = rows if is_scale else _worth_showing(rows)
    is_barriers = one.kind is RoundKind.BARRIERS
    most = [f"{row.label}: {row.number}" for row in rows if row.number]
    return Screen(
        kind="scale" if is_scale else "bars",
        heading=one.question or block.title,
        rows=shown,
        note=_left_out(rows[len(shown) :]),
        ways=presenter_reading.ways(session, rows) if is_barriers else (),
        middle=_middle(rows) if is_scale else "",
        said="; ".join(most[:3]) or "Nobody has answered.",
        is_open=one.state is RoundState.OPEN,
        source=source_of(tally),
    )


def _worth_showing(rows: Sequence[Row]) -> Sequence[Row]:
    """Of a long list, what most chose; a short one is shown whole."""
    if len(rows) <= MOST_BARS:
        return rows
    return [row for row in rows if row.number][:MOST_BARS]


def _left_out(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    number, most = len(rows), rows[0].number
    others = "1 other answer" if number == 1 else f"{number} other answers"
    return f"{others} with {most} or fewer." if most else f"{others} that nobody chose."


def _middle(rows: Sequence[Row]) -> str:
    """The answer that as many lie below as above, or the two that share the middle."""
    half, seen, lower = sum(row.number for row in rows) / 2, 0, ""
    for row in [each for each in rows if each.number]:
        if lower:
            return f"between {lower} and {row.label}"
        seen += row.number
        if seen > half:
            return row.label
        lower = row.label if seen == half else ""
    return ""


def _ideas(session: Session, block: Block, one: Round) -> Screen:
    rows, heading = moderating.ideas(session, one), one.question or block.title
    said = sum(row.state is not IdeaState.MERGED for row in rows)
    words = [Word(text=row.text, votes=row.votes) for row in moderating.best(rows)]
    best = presenter_words.best(words, presenter_words.room_below(heading))
    return Screen(
        kind="ideas",
        heading=heading,
        answered=said,
        words=best.shown,
        has_columns=best.has_columns,
        note=f"And {best.more} more on phones." if best.more else "",
        said=f"{said} {'idea has' if said == 1 else 'ideas have'} come in",
        is_open=one.state is RoundState.OPEN,
    )


def _pledges(session: Session, block: Block, one: Round) -> Screen:
    """How many picked each card; their words only where the trainer let them through."""
    made, heading = moderating.pledges(session, one), one.question or block.title
    picked = Counter(card for pledge in made for card in set(pledge.cards))
    let_through = [each for each in made if each.state is IdeaState.SHOWN]
    words = [Word(text=text, votes=None) for _, text in with_words(session, let_through)]
    high, number = presenter_words.room_below(heading), len(made)
    cards = presenter_words.cards(_cards(session, picked), high, has_words=bool(words))
    newest = presenter_words.newest(words, high - presenter_words.high_of(cards))
    return Screen(
        kind="pledges",
        heading=heading,
        answered=number,
        rows=cards.shown,
        words=newest.shown,
        has_columns=newest.has_columns,
        note=_not_shown(cards.more, newest.more),
        said=f"{number} {'person has' if number == 1 else 'people have'} pledged",
        is_open=one.state is RoundState.OPEN,
    )


def _not_shown(cards: int, pledges: int) -> str:
    """Phones show nobody's pledge but one's own; the page of the results has all of them."""
    left = [(cards, "card"), (pledges, "pledge")]
    said = [f"{number} more {word}{'s' if number > 1 else ''}" for number, word in left if number]
    return f"And {' and '.join(said)}. The results page will have them all." if said else ""


def with_words(session: Session, pledges: Sequence[Pledge]) -> list[tuple[Pledge, str]]:
    """Those that say more than a card: "When our inquiry opens, I will post the call." """
    said = [each for each in pledges if each.when or each.will]
    titles = pledging.titles(session, said)
    return [(each, _sentence(each.when, pledging.promise(each, titles))) for each in said]


def _sentence(when: str, promise: str) -> str:
    return f"When {when}, I will {promise}" if when else f"I will {promise}"


def _cards(session: Session, picked: Counter[int]) -> list[Row]:
    there = library.by_ids(session, picked)
    return [
        Row(key=card.ref, label=_card_name(card), number=number)
        for card_id, number in picked.most_common()
        if (card := there.get(card_id)) and card.is_public
    ]


def _card_name(card: Resource) -> str:
    number = card.number if isinstance(card, TipCard) else None
    return card.title if number is None else f"{number}. {card.title}"


def _eyebrow(block: Block, asked: Sequence[Round], one: Round) -> str:
    place = f", question {one.part} of {len(asked)}" if len(asked) > 1 else ""
    return f"{block.title}{place}"
