"""What fits, and plans of at most two picks that only their makers have."""

from datetime import date, timedelta

import pytest

from kb.errors import Invalid, NotFound
from kb.library.content import Kind
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.planning import service as planning
from tests.factories import (
    NOW,
    make_case_study,
    make_term,
    make_tip_card,
    make_training,
    make_user,
)

SOON = date(2027, 1, 18)


@pytest.fixture
def words(session):
    make_term(session, "purpose", "learn")
    make_term(session, "barrier", "time")


def save(session, user, *practice, now=NOW, **values):
    given = {
        "purpose": "",
        "barrier": "",
        "first_steps": dict.fromkeys((each.ref for each in practice), ""),
        "look_again": SOON,
    }
    return planning.save(session, by=user, now=now, **given | values)


def fitting(session, **values):
    given = {"purpose": "learn", "barrier": "time", "kind": Kind.CASE_STUDY}
    return planning.fitting(session, **given | values)


def test_what_fits_both_comes_first_then_what_gets_round_the_barrier(session, words):
    make_case_study(session, title="Purpose", purpose=["learn"], start_year=2026)
    make_case_study(session, title="Barrier", barrier=["time"])
    make_case_study(session, title="Both", purpose=["learn"], barrier=["time"])
    make_case_study(session, title="Neither")

    found = fitting(session)

    assert [(f.resource.title, f.for_purpose, f.gets_round) for f in found] == [
        ("Both", True, True),
        ("Barrier", False, True),
        ("Purpose", True, False),
    ]


def test_a_kind_is_kept_to_and_what_was_withdrawn_left_out(session, words):
    make_tip_card(session, title="Card", purpose=["learn"])
    gone = make_case_study(session, purpose=["learn"])
    set_standing(session, gone, Standing.WITHDRAWN)

    assert fitting(session) == []
    assert [f.resource.title for f in fitting(session, kind=Kind.TIP_CARD)] == ["Card"]


def test_what_is_historical_comes_last(session, words):
    old = make_case_study(session, title="Old", purpose=["learn"], start_year=2026)
    make_case_study(session, title="Live", purpose=["learn"], start_year=2012)
    set_standing(session, old, Standing.HISTORICAL)

    assert [f.resource.title for f in fitting(session)] == ["Live", "Old"]


def test_nothing_asked_finds_nothing(session, words):
    make_case_study(session, purpose=["learn"])

    assert fitting(session, purpose="", barrier="") == []


def test_picks_come_in_the_order_asked_without_what_cannot_be_picked(session):
    study, card = make_case_study(session), make_tip_card(session)
    training = make_training(session)

    found = planning.picked(session, [card.ref, training.ref, "test:none", study.ref, card.ref])

    assert found == [card, study]


def test_a_plan_is_saved_with_its_makers_own_words(session):
    user, study = make_user(session), make_case_study(session)

    save(session, user, barrier="time", first_steps={study.ref: "Ring Siân"})

    [plan] = planning.of_person(session, user)
    assert plan.picks == [{"ref": study.ref, "first_step": "Ring Siân"}]
    assert (plan.barrier, plan.look_again, plan.saved_at) == ("time", SOON, NOW)


def test_the_same_picks_renew_the_plan(session):
    user, study = make_user(session), make_case_study(session)
    save(session, user, study)

    save(session, user, study, look_again=SOON + timedelta(days=7))

    [plan] = planning.of_person(session, user)
    assert plan.look_again == SOON + timedelta(days=7)


def test_a_third_pick_and_none_are_refused(session):
    user = make_user(session)
    three = [make_case_study(session) for _ in range(3)]

    for picks in (three, []):
        with pytest.raises(Invalid, match="Pick one or two"):
            save(session, user, *picks)

    assert planning.of_person(session, user) == []


def test_words_that_are_too_long_are_refused(session):
    study = make_case_study(session)

    with pytest.raises(Invalid, match="200 characters"):
        save(session, make_user(session), first_steps={study.ref: "x" * 201})


def test_a_person_has_twenty_plans_at_most(session):
    user = make_user(session)
    for _ in range(planning.MOST_PLANS):
        save(session, user, make_case_study(session))

    with pytest.raises(Invalid, match="Delete one"):
        save(session, user, make_case_study(session))

    assert len(planning.of_person(session, user)) == planning.MOST_PLANS


def test_plans_are_their_makers_alone(session):
    maker, other = make_user(session), make_user(session)
    plan = save(session, maker, make_case_study(session))

    with pytest.raises(NotFound):
        planning.remove(session, plan.id, by=other)

    assert planning.of_person(session, other) == []
    assert planning.of_person(session, maker) == [plan]


def test_a_plan_can_be_deleted_once(session):
    user = make_user(session)
    plan = save(session, user, make_case_study(session))

    planning.remove(session, plan.id, by=user)

    with pytest.raises(NotFound):
        planning.remove(session, plan.id, by=user)


def test_plans_name_only_what_is_still_public(session):
    user, study, card = make_user(session), make_case_study(session), make_tip_card(session)
    plan = save(session, user, study, card)
    set_standing(session, study, Standing.WITHDRAWN)

    assert planning.titles(session, [plan]) == {card.ref: card}


def test_whoever_leaves_takes_their_plans_along(session):
    user, other = make_user(session), make_user(session)
    save(session, user, make_case_study(session))
    kept = save(session, other, make_case_study(session))

    planning.forget(session, user)

    assert planning.of_person(session, user) == []
    assert planning.of_person(session, other) == [kept]
