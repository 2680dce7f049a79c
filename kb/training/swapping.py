"""What a trainer can put into a session that runs: the rest of its pack, or a training format."""

from sqlalchemy.orm import Session

from kb.errors import NotFound
from kb.library.models import TrainingMaterial
from kb.training.models import Pack, TrainingSession
from kb.training.types import LONGEST_LINE, LONGEST_TEXT, Block

MINUTES = 10  # of a format that does not say how long it takes
NO_SUCH = "There is no such block to swap in."


def spare(session: Session, training: TrainingSession) -> list[Block]:
    """The blocks of the pack that this session does not have, in the pack's order."""
    pack = session.get(Pack, training.pack_id) if training.pack_id else None
    used = {(block.title, block.question) for block in training.blocks}
    blocks = pack.blocks if pack is not None else []
    return [block for block in blocks if (block.title, block.question) not in used]


def spare_block(session: Session, training: TrainingSession, key: str) -> Block:
    """One of those. Raises NotFound."""
    found = next((block for block in spare(session, training) if block.key == key), None)
    if found is None:
        raise NotFound(NO_SUCH)
    return found


def block_of(exercise: TrainingMaterial) -> Block:
    """A training format as a block without a question; its steps are the trainer's notes."""
    steps = "\n".join(f"{n}. {step.text}" for n, step in enumerate(exercise.steps, start=1))
    minutes = exercise.minutes_min or exercise.minutes_max or MINUTES
    return Block(
        key="format",
        title=exercise.title[:LONGEST_LINE],
        minutes=min(minutes, 480),
        notes=(steps or exercise.summary or "")[:LONGEST_TEXT],
        refs=(exercise.ref,),
    )
