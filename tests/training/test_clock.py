"""When blocks begin and end."""

from datetime import timedelta

import pytest

from kb.training import clock
from tests.factories import NOW
from tests.training.making import make_block


def test_blocks_follow_one_another_from_the_start():
    slots = clock.times([make_block(minutes=5), make_block(minutes=10)], NOW)

    assert [(slot.start - NOW, slot.end - NOW) for slot in slots] == [
        (timedelta(0), timedelta(minutes=5)),
        (timedelta(minutes=5), timedelta(minutes=15)),
    ]


def test_what_fits_exactly_is_not_over_time():
    blocks = [make_block(minutes=45)]

    assert clock.over_run(blocks, NOW, NOW + timedelta(minutes=45)) == ""


def test_over_time_is_told_in_words():
    blocks = [make_block(minutes=46)]

    said = clock.over_run(blocks, NOW, NOW + timedelta(minutes=45))

    assert said == (
        "These blocks take 46 minutes and there are 45 minutes: 1 minute too many. "
        "Shorten a block or remove one."
    )


def test_an_end_before_the_start_is_told():
    assert "not after the start" in clock.over_run([make_block()], NOW, NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(1, "1 minute"), (60, "60 minutes"), (90, "1 hour 30 minutes"), (121, "2 hours 1 minute")],
)
def test_minutes_are_said_as_people_say_them(minutes, said):
    assert clock.in_words(minutes) == said
