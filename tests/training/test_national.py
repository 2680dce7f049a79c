from datetime import timedelta

import pytest

from kb.library.models import Term
from kb.training import national
from kb.training.models import SessionState
from kb.training.types import Option, RoundKind
from tests.factories import NOW
from tests.training.past import (
    barrier,
    gap_block,
    make_barriers,
    make_gap,
    make_round,
    make_session,
)


def room(session, hands=(9, 2), people=12, **values):
    training = make_session(session, blocks=[gap_block()], **values)
    make_gap(session, training, hands=hands, people=people)
    return training


def votes(session, said, people=None, **values):
    training = make_session(session, **values)
    make_barriers(session, training, said, people=people)
    return training


def test_a_fresh_site_has_an_empty_picture(session):
    assert national.picture(session).is_empty


def test_one_or_two_rooms_are_no_picture(session):
    room(session)
    room(session)
    votes(session, {"skills": 9})
    votes(session, {"skills": 9})

    found = national.picture(session)

    assert found.is_empty
    assert (found.since, found.until, found.barrier_people) == (None, None, 0)


def test_gaps_are_added_over_all_rooms(session):
    for hands in ((9, 2), (10, 1), (7, 7)):
        room(session, hands)

    gap = national.picture(session).gap

    assert (gap.sessions, gap.people) == (3, 36)
    assert (gap.would, gap.do, gap.gap) == (26, 10, 16)


def test_a_room_where_fewer_than_five_answered_is_not_counted(session):
    for _ in range(3):
        room(session)
    before = national.picture(session)

    room(session, (4, 0), people=4)
    room(session, (4, 0), people=40)
    votes(session, {"skills": 4})

    assert national.picture(session) == before


@pytest.mark.parametrize(
    "values",
    [{"is_public": False}, {"state": SessionState.OPEN}, {"state": SessionState.PREPARED}],
)
def test_only_public_sessions_that_are_over_are_counted(session, values):
    for _ in range(3):
        room(session)
    before = national.picture(session)

    room(session, **values)

    assert national.picture(session) == before


def test_a_room_that_is_asked_again_is_counted_once(session):
    rooms = [room(session) for _ in range(3)]
    before = national.picture(session)

    room(session, before_id=rooms[0].id)

    assert national.picture(session) == before


def test_a_joke_of_ten_thousand_hands_is_not_counted(session):
    for _ in range(3):
        room(session)
    before = national.picture(session)

    room(session, (9_999, 0), people=10_000)

    assert national.picture(session) == before


def test_barriers_are_added_and_few_votes_are_not_told(session):
    for _ in range(3):
        votes(session, {"skills": 6, "time": 2, "legal": 1})

    found = national.picture(session)

    assert [(b.slug, b.number, b.sessions) for b in found.barriers] == [
        ("skills", 18, 3),
        ("time", 6, 3),
        ("legal", None, None),
    ]
    assert (found.barrier_sessions, found.barrier_people) == (3, 18)


def test_each_barrier_is_told_of_three_sessions_or_not_at_all(session):
    for said in ({"skills": 6}, {"skills": 6, "time": 30}, {"skills": 6, "time": 30}):
        votes(session, said)

    found = national.picture(session).barriers

    assert [(b.slug, b.number, b.sessions) for b in found] == [
        ("skills", 18, 3),
        ("time", None, None),
    ]


def test_no_figure_changes_by_fewer_sessions_than_three(session):
    days = iter(range(20, 0, -1))

    def close(said):
        closed_at = NOW - timedelta(days=next(days))
        training = votes(session, said, opened_at=closed_at, closed_at=closed_at)
        make_gap(session, training, hands=(9, 2), people=12)
        found = national.picture(session)
        told = {b.slug: (b.number, b.sessions) for b in found.barriers}
        return found.gap and found.gap.sessions, found.barrier_sessions, found.until, told

    first = [close({"skills": 6}) for _ in range(3)]
    then = [close({"skills": 6, "time": 5}) for _ in range(2)]
    last = [close({"time": 5}), *(close({"skills": 5, "time": 5}) for _ in range(3))]

    assert [told[:2] for told in first] == [(None, 0), (None, 0), (3, 3)]
    assert then == [first[2], first[2]]
    assert last[0][:2] == (6, 6)
    assert last[0][3] == {"skills": (18, 3), "time": (15, 3)}
    assert last[1] == last[2] == last[0]
    assert last[3][3] == {"skills": (18 + 6 + 6 + 5, 6), "time": (30, 6)}


def test_where_one_is_taken_out_no_other_moves_up_into_its_place(session):
    rooms = [room(session, (9, 2 + number)) for number in range(7)]
    both = national.picture(session).gap

    rooms[1].is_public = False
    without = national.picture(session).gap

    assert (both.sessions, both.do) == (6, 2 + 3 + 4 + 5 + 6 + 7)
    assert (without.sessions, without.do) == (3, 5 + 6 + 7)


def test_a_room_that_was_asked_half_is_not_counted(session):
    for hands in ((9, 4), (9, None), (9, 4)):
        room(session, hands)
    before = national.picture(session).gap

    room(session, (9, 4))

    assert before is None
    assert national.picture(session).gap.do == 12


def test_an_answer_that_a_trainer_made_up_is_in_no_picture(session):
    for _ in range(3):
        training = make_session(session)
        own = Option(key="bob", label="Bob of the comms team")
        known = Option(key=barrier(session, "skills").slug, label="Skills")
        hands = {"bob": 9, "skills": 9}
        make_round(session, training, "b", RoundKind.BARRIERS, options=[own, known], hands=hands)

    assert [each.slug for each in national.picture(session).barriers] == ["skills"]


def test_votes_for_a_merged_barrier_go_to_its_heir(session):
    for _ in range(3):
        votes(session, {"training": 6})
    heir = barrier(session, "skills")
    old = session.query(Term).filter_by(slug="training").one()
    old.replaced_by_id = heir.id
    session.flush()

    assert [each.slug for each in national.picture(session).barriers] == ["skills"]


def test_the_picture_says_from_when_to_when(session):
    for weeks in (9, 5, 1):
        room(session, opened_at=NOW - timedelta(weeks=weeks))

    found = national.picture(session)

    assert found.since == (NOW - timedelta(weeks=9)).date()
    assert found.until == (NOW - timedelta(weeks=1)).date()


def test_nothing_that_names_a_room_is_in_the_picture(session):
    for _ in range(3):
        room(session, title="Secret title", host="Secret council")

    assert "Secret" not in repr(national.picture(session))


def test_a_gap_with_a_number_below_five_is_not_told(session):
    for _ in range(3):
        room(session, (9, 1))

    assert national.picture(session).gap is None
