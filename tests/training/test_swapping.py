"""What can be put into a session that runs."""

import pytest

from kb.errors import NotFound
from kb.training import swapping
from kb.training.models import Pack
from tests.factories import NOW, make_training
from tests.training.making import make_block, make_session


def test_the_rest_of_the_pack_can_be_swapped_in(session):
    used, left = make_block("b1"), make_block("b2")
    pack = Pack(slug="p", title="P", blocks=[used, left], made_at=NOW, saved_at=NOW)
    session.add(pack)
    session.flush()
    training = make_session(session, used, pack=pack)

    assert swapping.spare(session, training) == [left]
    assert swapping.spare_block(session, training, "b2") == left
    with pytest.raises(NotFound):
        swapping.spare_block(session, training, "b1")


def test_a_session_without_a_pack_has_nothing_left(session):
    assert swapping.spare(session, make_session(session)) == []


def test_a_training_format_becomes_a_block_with_its_steps_as_notes(session):
    exercise = make_training(session, minutes_min=20, steps=[{"text": "Sit"}, {"text": "Talk"}])

    block = swapping.block_of(exercise)

    assert (block.minutes, block.notes) == (20, "1. Sit\n2. Talk")
    assert block.refs == (exercise.ref,)


def test_a_format_that_does_not_say_how_long_gets_ten_minutes(session):
    assert swapping.block_of(make_training(session)).minutes == 10
