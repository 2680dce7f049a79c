from datetime import date, timedelta

import pytest

from kb.training import packs, results
from kb.training.models import IdeaState, RoundState
from kb.training.types import Option, RoundKind
from tests.factories import NOW, make_case_study, make_tip_card
from tests.training.past import (
    answer,
    gap_block,
    join,
    make_barriers,
    make_block,
    make_gap,
    make_idea,
    make_pledge,
    make_round,
    make_session,
)


def made(session, training=None, **values):
    return results.of(session, training or make_session(session, **values))


def test_the_gap_is_the_title(session):
    training = make_session(session, blocks=[gap_block()])
    make_gap(session, training, hands=(23, 4), people=25)

    found = made(session, training)

    assert found.title == "19 of us want to and do not yet"
    gap = found.gaps[0]
    assert (gap.would, gap.do, gap.gap, gap.people) == (23, 4, 19, 25)
    assert gap.is_from_totals
    assert found.people == 25


def test_on_devices_the_gap_is_counted_person_by_person(session):
    training = make_session(session, blocks=[gap_block()])
    a, b, c = join(session, training, 3)
    make_gap(session, training, would=[a, b], do=[c])

    found = made(session, training)

    gap = found.gaps[0]
    assert (gap.would, gap.do, gap.gap) == (2, 1, 2)
    assert not gap.is_from_totals
    assert [(each.devices, each.hands) for each in gap.counted] == [(3, 0), (3, 0)]


def test_a_mixed_room_adds_devices_and_hands_and_says_so(session):
    training = make_session(session, blocks=[gap_block()])
    make_gap(session, training, would=join(session, training, 3), hands=(10, 2), people=15)

    gap = made(session, training).gaps[0]

    assert (gap.would, gap.do) == (13, 2)
    assert [(each.devices, each.hands) for each in gap.counted] == [(3, 10), (3, 2)]
    assert gap.answered == 13
    assert gap.note


@pytest.mark.parametrize(
    ("hands", "title"),
    [
        ((1, 0), "1 of us wants to and does not yet"),
        ((4, 4), "As many of us do as would like to"),
        ((4, 5), "More of us do than would like to"),
        ((6, 6), "All of us already do"),
        ((0, 2), "None of us would like to"),
        ((0, 0), "None of us would like to"),
        ((4, None), "4 of us would like to"),
        ((None, 1), "1 of us already does"),
    ],
)
def test_every_gap_has_a_title(session, hands, title):
    training = make_session(session, blocks=[gap_block()])
    make_gap(session, training, hands=hands, people=6)

    assert made(session, training).title == title


def test_without_a_gap_the_title_is_what_was_talked_about(session):
    barriers, pledges, ideas, nothing = (make_session(session) for _ in range(4))
    make_barriers(session, barriers, {"skills": 7})
    make_round(session, pledges, "p", RoundKind.PLEDGE)
    make_round(session, ideas, "i", RoundKind.IDEAS)

    titles = [made(session, each).title for each in (barriers, pledges, ideas, nothing)]

    assert titles[:3] == ["What gets in our way", "What we will try", "What we thought of"]
    assert titles[3] == nothing.title


def test_half_a_gap_is_no_gap(session):
    training = make_session(session, blocks=[gap_block()])
    _one, two = make_gap(session, training, hands=(9, None), people=12)
    two.state = RoundState.WAITING

    assert made(session, training).gaps == ()


def test_questions_that_were_never_asked_are_left_out(session):
    training = make_session(session)
    make_round(session, training, "b", RoundKind.ONE, state=RoundState.WAITING)

    assert made(session, training).answers == ()


def test_barriers_come_with_the_most_frequent_first(session):
    training = make_session(session)
    make_barriers(session, training, {"time": 2, "skills": 7}, people=20)

    bars = made(session, training).barriers[0].bars

    assert [(bar.key, bar.number) for bar in bars] == [("skills", 7), ("time", 2)]


def test_a_scale_keeps_its_order(session):
    training = make_session(session)
    scale = [Option(key=str(n), label=str(n)) for n in (1, 2, 3)]
    one = make_round(session, training, "s", RoundKind.SCALE, options=scale)
    for device in join(session, training, 2):
        answer(session, one, device, "3")

    bars = made(session, training).answers[0].bars

    assert [(bar.key, bar.number) for bar in bars] == [("1", 0), ("2", 0), ("3", 2)]


def test_only_ideas_that_were_let_through_are_told_with_their_votes(session):
    training = make_session(session)
    one = make_round(session, training, "i", RoundKind.IDEAS)
    a, b = join(session, training, 2)
    make_idea(session, one, "First")
    make_idea(session, one, "Better", votes=[a, b])
    for state in (IdeaState.WAITING, IdeaState.HIDDEN, IdeaState.MERGED):
        make_idea(session, one, f"Not {state}", state=state, votes=[a])

    found = made(session, training).ideas

    assert [(idea.text, idea.votes) for idea in found] == [("Better", 2), ("First", 0)]


def test_pledges_are_counted_by_card_with_the_usual_day(session):
    training = make_session(session)
    one = make_round(session, training, "p", RoundKind.PLEDGE)
    comms, small = make_tip_card(session, title="Comms"), make_tip_card(session, title="Small")
    devices = join(session, training, 4)
    soon, late = date(2026, 12, 4), date(2026, 12, 31)
    for device, cards, by in zip(
        devices, ([comms], [comms, small], [comms], []), (soon, soon, late, None), strict=True
    ):
        make_pledge(session, one, device, cards=cards, by=by)

    found = made(session, training).pledges

    assert [(p.card.title if p.card else None, p.people, p.by) for p in found] == [
        ("Comms", 3, soon),
        ("Small", 1, soon),
        (None, 1, None),
    ]


def test_a_pledge_is_told_in_words_only_once_the_trainer_let_it(session):
    training = make_session(session)
    one = make_round(session, training, "p", RoundKind.PLEDGE)
    a, b = join(session, training, 2)
    make_pledge(session, one, a, will="tell", state=IdeaState.SHOWN)
    make_pledge(session, one, b, will="not this", state=IdeaState.WAITING)

    found = made(session, training)

    assert [each.will for each in found.said] == ["tell"]
    assert sum(pledge.people for pledge in found.pledges) == 2


def test_a_pledge_of_a_card_and_a_moment_is_a_whole_sentence(session):
    training = make_session(session)
    one = make_round(session, training, "p", RoundKind.PLEDGE)
    card, device = make_tip_card(session, title="Comms"), join(session, training)[0]
    make_pledge(session, one, device, when="we begin", will="", cards=[card])

    (said,) = made(session, training).said

    assert (said.when, said.will) == ("we begin", "try “Comms”")


def test_the_pack_is_credited_as_long_as_there_is_one(session):
    pack, _ = packs.create(session, title="Ours", source=None, owner=None, now=NOW)
    pack.credit = "Built on a talk."

    assert made(session, pack_id=pack.id).credit == "Built on a talk."
    assert made(session).credit == ""


def test_every_card_and_practice_of_what_ran_is_credited(session):
    study, card, other = make_case_study(session), make_tip_card(session), make_tip_card(session)
    training = make_session(
        session,
        blocks=[
            make_block(refs=(study.ref, "gone:1", study.ref)),
            make_block("b2", refs=(other.ref,)),
        ],
        ran=[{"key": "b1", "title": "Part b1", "minutes": 10, "seconds": 60}],
    )
    one = make_round(session, training, "p", RoundKind.PLEDGE)
    make_pledge(session, one, join(session, training)[0], cards=[card])

    assert made(session, training).used == (study, card)


def test_asked_again_both_gaps_stand_side_by_side(session):
    first = make_session(session, blocks=[gap_block()], opened_at=NOW - timedelta(weeks=13))
    make_gap(session, first, hands=(23, 4), people=25)
    second = make_session(session, blocks=[gap_block()], before_id=first.id)
    make_gap(session, second, hands=(22, 9), people=25)

    found = made(session, second)

    assert found.before.gap.gap == 19
    assert found.gaps[0].gap == 13


def test_before_anything_was_asked_there_is_nothing_to_tell(session):
    found = made(session, parked=["Printing"])

    assert (found.gaps, found.ideas, found.people) == ((), (), 0)
    assert found.parked == ("Printing",)


def test_of_each_answer_it_is_told_how_many_gave_it_on_devices_and_by_hand(session):
    training = make_session(session, blocks=[gap_block()])
    a, b = join(session, training, 2)
    make_gap(session, training, would=[a, b], do=[b], hands=(10, 2), people=15)
    make_barriers(session, training, {"time": 2, "skills": 7}, devices=[a], people=20)

    found = made(session, training)

    yes, bars = found.gaps[0].yes, found.barriers[0].bars
    assert [(bar.number, bar.devices, bar.hands) for bar in (*yes, *bars)] == [
        (12, 2, 10),
        (3, 1, 2),
        (7, 0, 7),
        (3, 1, 2),
    ]
    assert found.barriers[0].people == 20


def test_whoever_said_voted_or_pledged_took_part_too(session):
    training = make_session(session)
    ideas = make_round(session, training, "i", RoundKind.IDEAS)
    pledges = make_round(session, training, "p", RoundKind.PLEDGE)
    a, b, c, d, *_idle = join(session, training, 6)
    make_idea(session, ideas, votes=[b, c], state=IdeaState.WAITING, participant_id=a.id)
    for device in (c, d):
        make_pledge(session, pledges, device)

    found = made(session, training)
    make_idea(session, ideas, hands=9)

    assert found.people == 4
    assert made(session, training).people == 9


def test_hands_for_several_answers_are_not_so_many_people(session):
    training = make_session(session)
    make_barriers(session, training, {"time": 2, "skills": 7}, people=20)

    counted = made(session, training).barriers[0].counted

    assert (counted.hands, counted.is_several) == (7, True)
