from datetime import timedelta

import pytest

from kb.accounts.models import State
from kb.errors import Conflict, Invalid, NotFound
from kb.training import rounds, sessions
from kb.training.errors import Over
from kb.training.models import RoundState, SessionState
from kb.training.types import Block, RoundKind
from tests.factories import NOW, make_user
from tests.training.making import join, make_block, make_session


def minutes(count, seconds=0):
    return timedelta(minutes=count, seconds=seconds)


def hour(*lengths):
    return [make_block(f"b{n}", minutes=length) for n, length in enumerate(lengths)]


def test_a_prepared_session_has_a_code_and_ends_after_its_blocks(session):
    training = make_session(session, *hour(5, 10, 30), is_open=False)

    assert len(training.code) == 6
    assert training.state is SessionState.PREPARED
    assert training.ends_at == NOW + minutes(45)


def test_preparing_makes_the_questions_of_every_block(session):
    training = make_session(
        session, make_block("a", RoundKind.GAP), make_block("b"), make_block("c", RoundKind.IDEAS)
    )

    asked = [(each.block_key, each.part) for each in rounds.of_session(session, training)]

    assert asked == [("a", 1), ("a", 2), ("c", 1)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " \u200b "}, "title"),
        ({"blocks": []}, "blocks"),
        ({"blocks": [make_block()] * 2}, "blocks"),
        ({"blocks": hour(*[1] * 41)}, "blocks"),
        ({"blocks": [Block(key="a", title="A", minutes=1, round=RoundKind.ONE)]}, "blocks"),
    ],
)
def test_what_is_no_session_is_told(session, values, field):
    said = {"title": "A session", "blocks": [make_block()], "starts_at": NOW, "now": NOW} | values

    with pytest.raises(Invalid) as refused:
        sessions.prepare(session, **said)

    assert list(refused.value.problems) == [field]


def test_a_session_is_found_by_its_code_however_it_is_typed(session):
    training = make_session(session)
    typed = f" {training.code[:3].lower()} {training.code[3:]}"

    assert sessions.by_code(session, typed) is training


@pytest.mark.parametrize("code", ["", "ZZZZZZ", "' OR 1=1", "\x00", "𝟐𝟐𝟐𝟐𝟐𝟐"])
def test_a_code_that_is_nobodys_is_not_found(session, code):
    make_session(session)

    with pytest.raises(NotFound):
        sessions.by_code(session, code)


def test_the_code_of_a_closed_session_is_over(session):
    training = make_session(session)
    sessions.close(session, training, now=NOW)

    with pytest.raises(Over):
        sessions.by_code(session, training.code)


def test_the_trainers_token_opens_their_session_and_no_other(session):
    training, token = make_session(session, token=True)
    other = make_session(session)

    assert sessions.of_trainer(session, training.id, token, None) is training
    for session_id, tried in ((other.id, token), (training.id, ""), (training.id, token[:-1])):
        with pytest.raises(NotFound):
            sessions.of_trainer(session, session_id, tried, None)


def test_the_code_and_the_kept_hash_open_nothing(session):
    training = make_session(session)

    for tried in (training.code, training.token_hash):
        with pytest.raises(NotFound):
            sessions.of_trainer(session, training.id, tried, None)


def test_the_owners_account_opens_their_session(session):
    owner, other = make_user(session), make_user(session)
    training = make_session(session, owner=owner)

    assert sessions.of_trainer(session, training.id, "", owner) is training
    assert sessions.owned_by(session, owner) == [training]
    with pytest.raises(NotFound):
        sessions.of_trainer(session, training.id, "", other)


def test_a_closed_account_opens_nothing(session):
    owner = make_user(session, state=State.CLOSED)
    training = make_session(session, owner=owner)

    with pytest.raises(NotFound):
        sessions.of_trainer(session, training.id, "", owner)


def test_nobodys_session_is_not_for_everybody(session):
    training = make_session(session)

    with pytest.raises(NotFound):
        sessions.of_trainer(session, training.id, "", make_user(session))


@pytest.mark.parametrize(("early", "ends"), [(15, 20), (16, 5), (40, 5)])
def test_a_session_that_is_begun_early_runs_at_once_and_ends_as_told_or_as_much_earlier(
    session, early, ends
):
    training = make_session(session, is_open=False, starts_at=NOW + minutes(early))

    sessions.open_room(session, training, now=NOW)

    assert (training.opened_at, training.block_at) == (NOW, NOW)
    assert training.ends_at == NOW + minutes(ends)


@pytest.mark.parametrize("days", [-3, 3])
def test_a_session_on_another_day_starts_when_it_is_opened(session, days):
    training = make_session(session, is_open=False, starts_at=NOW - timedelta(days=days))

    sessions.open_room(session, training, now=NOW)

    assert (training.starts_at, training.ends_at) == (NOW, NOW + minutes(5))


def test_opening_twice_changes_nothing(session):
    training = make_session(session, *hour(5, 5))
    sessions.go_to(session, training, 1, now=NOW + minutes(5))

    sessions.open_room(session, training, now=NOW + minutes(6))

    assert (training.at_block, training.opened_at) == (1, NOW)


def test_going_on_remembers_what_ran_and_closes_its_questions(session):
    training = make_session(session, make_block("a", RoundKind.ONE), make_block("b"))
    (asked,) = rounds.of_block(session, training, "a")
    rounds.open_round(session, asked, now=NOW)

    sessions.go_to(session, training, 1, now=NOW + minutes(7))

    assert asked.state is RoundState.CLOSED
    assert training.block_at == NOW + minutes(7)
    assert training.ran == [
        {
            "key": "a",
            "title": "Block a",
            "minutes": 5,
            "from": NOW.isoformat(),
            "until": (NOW + minutes(7)).isoformat(),
            "seconds": 420,
        }
    ]


def test_going_to_the_same_block_twice_is_going_once(session):
    training = make_session(session, *hour(5, 5))

    for _ in range(2):
        sessions.go_to(session, training, 1, now=NOW + minutes(5))

    assert len(training.ran) == 1


def test_one_can_go_back(session):
    training = make_session(session, *hour(5, 5))
    sessions.go_to(session, training, 1, now=NOW + minutes(5))

    sessions.go_to(session, training, 0, now=NOW + minutes(6))

    assert [each["key"] for each in training.ran] == ["b0", "b1"]


@pytest.mark.parametrize("index", [-1, 2, 99])
def test_there_is_no_block_beyond_the_agenda(session, index):
    training = make_session(session, *hour(5, 5))

    with pytest.raises(Invalid):
        sessions.go_to(session, training, index, now=NOW)


def test_nothing_runs_before_the_room_is_open(session):
    training = make_session(session, *hour(5, 5), is_open=False)

    with pytest.raises(Conflict):
        sessions.go_to(session, training, 1, now=NOW)


def test_a_block_that_is_swapped_in_leaves_the_end_where_it_was(session):
    training = make_session(session, *hour(5, 20, 10))

    swapped = sessions.swap_in(session, training, make_block("new", minutes=10), now=NOW)

    assert [block.minutes for block in training.blocks] == [5, 10, 13, 7]
    assert swapped.late == 0
    assert swapped.sentence == (
        "“Block new” comes next. Shorter now: Block b1, Block b2. "
        "The session still ends as planned."
    )


def test_a_block_that_does_not_fit_is_told(session):
    training = make_session(session, *hour(5, 2, 2))

    swapped = sessions.swap_in(session, training, make_block("new", minutes=10), now=NOW)

    assert [block.minutes for block in training.blocks] == [5, 10, 1, 1]
    assert swapped.late == 8
    assert "8 minutes later than planned" in swapped.sentence


def test_swapping_in_also_catches_up_what_is_late(session):
    training = make_session(session, *hour(5, 20, 20))

    sessions.swap_in(session, training, make_block("new", minutes=5), now=NOW + minutes(15))

    assert sum(block.minutes for block in training.blocks[1:]) == 30


def test_where_there_is_time_ahead_no_block_is_shorter_and_none_longer(session):
    training = make_session(session, *hour(20, 10, 10))
    sessions.go_to(session, training, 1, now=NOW + minutes(5))

    swapped = sessions.swap_in(
        session, training, make_block("new", minutes=10), now=NOW + minutes(6)
    )

    assert [block.minutes for block in training.blocks] == [20, 10, 10, 10]
    assert (swapped.shortened, swapped.late) == ((), 0)
    assert swapped.sentence == (
        "“Block new” comes next. There is time for it: no block is shorter."
    )


def test_time_ahead_is_used_up_before_blocks_get_shorter(session):
    training = make_session(session, *hour(20, 10, 10))
    sessions.go_to(session, training, 1, now=NOW + minutes(15, 20))

    swapped = sessions.swap_in(
        session, training, make_block("new", minutes=10), now=NOW + minutes(16)
    )

    assert [block.minutes for block in training.blocks] == [20, 10, 10, 5]
    assert (swapped.shortened, swapped.late) == (("Block b2",), 0)


def test_past_its_end_a_session_tells_how_late_it_is_by_the_clock(session):
    training = make_session(session, *hour(10, 20))

    swapped = sessions.swap_in(
        session, training, make_block("new", minutes=5), now=NOW + minutes(40)
    )

    assert [block.minutes for block in training.blocks] == [10, 5, 15]
    assert swapped.late == 30
    assert "30 minutes later than planned" in swapped.sentence


def test_a_block_that_is_swapped_in_brings_its_questions_and_a_key_of_its_own(session):
    training = make_session(session, make_block("a", RoundKind.ONE), make_block("b"))

    swapped = sessions.swap_in(session, training, make_block("a", RoundKind.IDEAS), now=NOW)

    assert swapped.block.key != "a"
    assert len(rounds.of_block(session, training, swapped.block.key)) == 1
    assert training.blocks[1] == swapped.block


def test_parking_a_block_goes_on_to_the_next(session):
    training = make_session(session, *hour(5, 5))

    sessions.park(session, training, now=NOW + minutes(2))

    assert (training.parked, training.at_block) == (["Block b0"], 1)


def test_parking_words_keeps_them_and_goes_nowhere(session):
    training = make_session(session, *hour(5, 5))

    for _ in range(2):
        sessions.park(session, training, "Ask legal\x00 about it", now=NOW)

    assert (training.parked, training.at_block) == (["Ask legal about it"], 0)


def test_closing_ends_everything(session):
    training = make_session(session, make_block("a", RoundKind.ONE))
    (asked,) = rounds.of_block(session, training, "a")
    rounds.open_round(session, asked, now=NOW)

    for late in (3, 9):
        sessions.close(session, training, now=NOW + minutes(late))

    assert asked.state is RoundState.CLOSED
    assert training.closed_at == NOW + minutes(3)
    assert [each["seconds"] for each in training.ran] == [180]


def test_a_closed_session_is_over_for_its_trainer_too(session):
    training = make_session(session, make_block("a", RoundKind.ONE))
    (asked,) = rounds.of_block(session, training, "a")
    sessions.close(session, training, now=NOW)

    for act in (
        lambda: sessions.open_room(session, training, now=NOW),
        lambda: sessions.go_to(session, training, 0, now=NOW),
        lambda: sessions.swap_in(session, training, make_block("b"), now=NOW),
        lambda: sessions.park(session, training, now=NOW),
        lambda: rounds.open_round(session, asked, now=NOW),
    ):
        with pytest.raises(Over):
            act()


def test_what_screens_show_changes_a_number_and_what_they_do_not_show_does_not(session):
    training = make_session(session, *hour(5, 5))
    before = training.change

    join(session, training)
    sessions.hide_gap(session, training, hidden=True)

    assert training.change == before + 1
    assert training.is_gap_hidden


def test_a_session_may_stay_out_of_the_national_picture(session):
    training = make_session(session)

    sessions.make_public(session, training, is_public=False)

    assert not training.is_public


def test_a_session_has_only_so_many_blocks(session):
    training = make_session(session, *hour(*[1] * 40))

    with pytest.raises(Invalid, match="at most 40 blocks"):
        sessions.swap_in(session, training, make_block("new"), now=NOW)


def test_blocks_can_be_swapped_in_before_the_room_opens(session):
    training = make_session(session, *hour(10, 10), is_open=False)

    swapped = sessions.swap_in(session, training, make_block("new", minutes=5), now=NOW)

    assert training.blocks[0] == swapped.block
    assert sum(block.minutes for block in training.blocks) == 20


def test_closing_what_never_opened_leaves_nothing_that_ran(session):
    training = make_session(session, is_open=False)

    sessions.close(session, training, now=NOW)

    assert (training.state, training.ran) == (SessionState.CLOSED, [])
