"""A small room through the real site: what phones were told is kept is kept, whatever dies.

`make bench-room` does the same with hundreds and thousands of phones, and measures it.
"""

import pytest

from bench import room

PEOPLE, ROUNDS = 40, 2


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What came of a session in which the web processes were killed while people voted."""
    plan = room.Plan(
        people=PEOPLE, rounds=ROUNDS, kills=1, join_s=1.0, think_s=(0.2, 1.0), readers=1
    )
    return room.run(plan, tmp_path_factory.mktemp("room"))


def test_every_answer_that_was_acknowledged_is_kept_once(found):
    kept = {name: found[name] for name in ("acknowledged", "stored", "missing", "different")}

    assert kept == {
        "acknowledged": PEOPLE * ROUNDS,
        "stored": PEOPLE * ROUNDS,
        "missing": 0,
        "different": 0,
    }
    assert found["twice"] == 0


def test_what_was_cut_off_was_sent_again_and_nobody_saw_an_error(found):
    assert found["killed"] > 0
    assert sum(found["again"].values()) > 0
    assert found["wrong"] == {}
    assert room.is_whole(found)


def test_everybody_joined_and_was_told_that_the_room_is_closed(found):
    assert found["joined"] == PEOPLE
    assert len(found["times"]["poll"]) > PEOPLE
