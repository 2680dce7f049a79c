"""A session in a room: prepared, opened, led from block to block, closed."""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.accounts import tokens
from kb.accounts.models import User
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotFound
from kb.training import codes, rounds, wording
from kb.training.changing import begin
from kb.training.errors import Over
from kb.training.models import Pack, Participant, SessionState, TrainingSession
from kb.training.types import Block

LONGEST_TITLE, LONGEST_HOST = 120, 120
MOST_BLOCKS, MOST_PARKED, LONGEST_PARKED = 40, 50, 300
NO_SUCH_CODE = "There is no session with this code. Look at the screen and try again."
NO_SUCH = "There is no such session, or this is not its trainer’s link."
NOT_OPEN = "Open the room first."
EARLY = timedelta(minutes=15)  # begun no earlier than this, it ends when people were told


@dataclass(frozen=True, kw_only=True)
class Swapped:
    """What it took to fit a block in: the titles of the blocks that are shorter now.

    `late` is how many minutes after its planned end the session will end all the same.
    """

    block: Block
    shortened: tuple[str, ...]
    late: int
    sentence: str


def prepare(
    session: Session,
    *,
    title: str,
    blocks: Sequence[Block],
    starts_at: datetime,
    now: datetime,
    host: str = "",
    pack: Pack | None = None,
    owner: User | None = None,
    before: TrainingSession | None = None,
) -> tuple[TrainingSession, str]:
    """A session with a code, and the token of its trainer's link, which we cannot show again.

    Raises Invalid for a session without a title, or without blocks, or of too many.
    """
    title = wording.clean(title, LONGEST_TITLE)
    _check(title, blocks)
    token = tokens.make()
    training = TrainingSession(
        code=_new_code(session),
        token_hash=tokens.hash_of(token),
        title=title,
        host=wording.clean(host, LONGEST_HOST),
        pack_id=pack.id if pack else None,
        owner=owner,
        before_id=before.id if before else None,
        blocks=list(blocks),
        starts_at=starts_at,
        ends_at=starts_at + _length(blocks),
        made_at=now,
    )
    session.add(training)
    flush(session)
    rounds.make(session, training, blocks)
    return training, token


def by_code(session: Session, code: str) -> TrainingSession:
    """The session of a code, however it was typed. Raises NotFound, or Over once it is closed."""
    found = of_code(session, code)
    if found.state is SessionState.CLOSED:
        raise Over(found.id, found.title)
    return found


def of_code(session: Session, code: str) -> TrainingSession:
    """The same, also when it is closed. Raises NotFound."""
    typed = codes.plain(code)
    found = session.scalar(select(TrainingSession).where(TrainingSession.code == typed))
    if found is None:
        raise NotFound(NO_SUCH_CODE)
    return found


def joined(session: Session, training: TrainingSession) -> int:
    """How many devices have joined."""
    here = select(func.count()).select_from(Participant)
    return session.scalar(here.where(Participant.session_id == training.id)) or 0


def of_trainer(
    session: Session, session_id: int, token: str, user: User | None = None
) -> TrainingSession:
    """The session, for who holds its trainer's token or owns it. Raises NotFound for others."""
    found = session.get(TrainingSession, session_id)
    if found is None or not (_fits(found, token) or _owns(found, user)):
        raise NotFound(NO_SUCH)
    return found


def owned_by(session: Session, user: User) -> list[TrainingSession]:
    """Every session of an account, the latest first."""
    mine = select(TrainingSession).where(TrainingSession.owner_id == user.id)
    return list(session.scalars(mine.order_by(TrainingSession.starts_at.desc())))


def open_room(session: Session, training: TrainingSession, *, now: datetime) -> None:
    """Begin with the first block. Opening twice changes nothing; a closed one raises Over.

    Its clock runs from now on: people who come in before the start see the lobby. A little
    early or late changes no plan; long before the start or after the end, all of it is moved.
    """
    begin(session, training)
    _check_not_over(training)
    if training.state is SessionState.PREPARED:
        if now >= training.ends_at or now < training.starts_at - EARLY:
            training.ends_at += now - training.starts_at
            training.starts_at = now
        training.state, training.opened_at, training.at_block = SessionState.OPEN, now, 0
        training.block_at = now
    flush(session)


def go_to(session: Session, training: TrainingSession, index: int, *, now: datetime) -> None:
    """Run this block from now on: questions of the one before are closed, `ran` remembers it.

    Raises Invalid for a block that does not exist, Conflict before the room is open.
    """
    begin(session, training)
    _check_open(training)
    if not 0 <= index < len(training.blocks):
        raise Invalid({"block": "There is no such block in this session."})
    if index != training.at_block:
        rounds.close_all(session, training, now=now)
        _note_what_ran(training, now=now)
        training.at_block, training.block_at = index, now
    flush(session)


def swap_in(
    session: Session, training: TrainingSession, block: Block, *, now: datetime
) -> Swapped:
    """Put a block after the one that runs; later ones get shorter, so that the end holds.

    They are shortened in proportion, none below a minute; what does not fit then is told.
    """
    begin(session, training)
    _check_not_over(training)
    if len(training.blocks) >= MOST_BLOCKS:
        raise Invalid({"block": f"A session has at most {MOST_BLOCKS} blocks."})
    place = training.at_block + 1 if training.state is SessionState.OPEN else 0
    block = _with_free_key(block, training.blocks)
    later = training.blocks[place:]
    shorter = _shortened(later, _room(training, later, now=now) - block.minutes)
    late = _late(training, [block, *shorter], now=now)
    training.blocks = [*training.blocks[:place], block, *shorter]
    flush(session)
    rounds.make(session, training, [block])
    titles = tuple(
        old.title for old, new in zip(later, shorter, strict=True) if old.minutes > new.minutes
    )
    sentence = _told(training, block, titles, late)
    return Swapped(block=block, shortened=titles, late=late, sentence=sentence)


def park(session: Session, training: TrainingSession, text: str = "", *, now: datetime) -> None:
    """Put something aside for another time: these words, or else the block that runs.

    A block that is parked ends, and the next one runs if there is one.
    """
    begin(session, training)
    _check_open(training)
    words = wording.clean(text, LONGEST_PARKED)
    said = words or training.blocks[training.at_block].title
    if said not in training.parked:
        training.parked = [*training.parked, said][:MOST_PARKED]
    flush(session)
    if not words and training.at_block + 1 < len(training.blocks):
        go_to(session, training, training.at_block + 1, now=now)


def hide_gap(session: Session, training: TrainingSession, *, hidden: bool) -> None:
    """Take the gap off the screens, or put it back; the two numbers stay."""
    begin(session, training)
    training.is_gap_hidden = hidden
    flush(session)


def make_public(session: Session, training: TrainingSession, *, is_public: bool) -> None:
    """May its numbers, never its words, go into the national picture?"""
    begin(session, training)
    training.is_public = is_public
    flush(session)


def close(session: Session, training: TrainingSession, *, now: datetime) -> None:
    """End it: nothing more is answered, and its code is over. Twice changes nothing."""
    begin(session, training)
    if training.state is not SessionState.CLOSED:
        rounds.close_all(session, training, now=now)
        if training.state is SessionState.OPEN:
            _note_what_ran(training, now=now)
        training.state, training.closed_at = SessionState.CLOSED, now
    flush(session)


def _check(title: str, blocks: Sequence[Block]) -> None:
    problems = {}
    if not title:
        problems["title"] = "Give the session a title."
    if not blocks:
        problems["blocks"] = "Add at least one block."
    elif len(blocks) > MOST_BLOCKS:
        problems["blocks"] = f"A session has at most {MOST_BLOCKS} blocks."
    elif len({block.key for block in blocks}) < len(blocks):
        problems["blocks"] = "Two blocks have the same key."
    if problems:
        raise Invalid(problems)


def _new_code(session: Session) -> str:
    while True:
        code = codes.make()
        if session.scalar(select(TrainingSession.id).where(TrainingSession.code == code)) is None:
            return code


def _length(blocks: Iterable[Block]) -> timedelta:
    return timedelta(minutes=_minutes(blocks))


def _minutes(blocks: Iterable[Block]) -> int:
    return sum(block.minutes for block in blocks)


def _fits(training: TrainingSession, token: str) -> bool:
    return bool(token) and hmac.compare_digest(training.token_hash, tokens.hash_of(token))


def _owns(training: TrainingSession, user: User | None) -> bool:
    return user is not None and user.is_active and training.owner_id == user.id


def _check_not_over(training: TrainingSession) -> None:
    if training.state is SessionState.CLOSED:
        raise Over(training.id, training.title)


def _check_open(training: TrainingSession) -> None:
    _check_not_over(training)
    if training.state is not SessionState.OPEN:
        raise Conflict(NOT_OPEN)


def _note_what_ran(training: TrainingSession, *, now: datetime) -> None:
    """A block that ran twice stands there twice; what ran no second is left out."""
    block, since = training.blocks[training.at_block], training.block_at or now
    seconds = int((now - since).total_seconds())
    if seconds < 1:
        return
    ran: dict[str, object] = {
        "key": block.key,
        "title": block.title,
        "minutes": block.minutes,
        "from": since.isoformat(),
        "until": now.isoformat(),
        "seconds": seconds,
    }
    training.ran = [*training.ran, ran]


def _with_free_key(block: Block, blocks: Iterable[Block]) -> Block:
    taken = {each.key for each in blocks}
    if block.key not in taken:
        return block
    free = next(key for n in range(len(taken) + 1) if (key := f"s{n}") not in taken)
    return block.model_copy(update={"key": free})


def _room(training: TrainingSession, later: Sequence[Block], *, now: datetime) -> int:
    """The minutes on the clock for what comes after the block that runs.

    Past the planned end no block can save it: then the end stays where it has come to.
    """
    left = _whole_minutes(training.ends_at - _free_from(training, now=now))
    return left if left > 0 else _minutes(later)


def _free_from(training: TrainingSession, *, now: datetime) -> datetime:
    """When the block that runs is over: as planned, or now where it took longer."""
    if training.block_at is None:
        return training.starts_at
    return max(now, training.block_at + _length([training.blocks[training.at_block]]))


def _whole_minutes(span: timedelta) -> int:
    """The nearest: some seconds shorten no block, and make no session late."""
    return round(span.total_seconds() / 60)


def _shortened(blocks: Sequence[Block], room: int) -> list[Block]:
    """The same blocks in so many minutes or as near as can be: in proportion, none below one."""
    total, left = _minutes(blocks), room
    shorter = []
    for block in blocks:
        share = round(block.minutes * left / total) if total else 0
        minutes = min(block.minutes, max(1, share))
        shorter.append(block.model_copy(update={"minutes": minutes}))
        total, left = total - block.minutes, left - minutes
    return shorter


def _late(training: TrainingSession, after: Sequence[Block], *, now: datetime) -> int:
    end = _free_from(training, now=now) + _length(after)
    return max(0, _whole_minutes(end - training.ends_at))


def _told(training: TrainingSession, block: Block, titles: Sequence[str], late: int) -> str:
    come = f"“{block.title}” comes next."
    shorter = ""
    if titles:
        shorter = f" Shorter now: {', '.join(titles)}."
    if late:
        minutes = "1 minute" if late == 1 else f"{late} minutes"
        return (
            f"{come}{shorter} It does not all fit: the session ends {minutes} later than planned."
        )
    if not titles:
        return f"{come} There is time for it: no block is shorter."
    return f"{come}{shorter} The session still ends as planned."
