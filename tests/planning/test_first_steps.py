"""What to do first, in half an hour at most, and whom to ask before."""

from kb.planning import first_steps
from tests.factories import make_case_study, make_term, make_tip_card


def test_the_next_step_for_a_copier_comes_before_the_steps(session):
    study = make_case_study(
        session, next_step="Ring the clerk.", steps=[{"text": "Build a studio."}]
    )

    assert first_steps.suggested(study) == "Ring the clerk."


def test_a_tip_card_is_tried_as_it_says(session):
    assert first_steps.suggested(make_tip_card(session, try_this="Post once.")) == "Post once."


def test_a_step_that_takes_longer_than_half_an_hour_is_passed_over(session):
    steps = [{"text": "Hold a camp.", "minutes": 90}, {"text": "Ask a colleague.", "minutes": 10}]

    assert first_steps.suggested(make_case_study(session, steps=steps)) == "Ask a colleague."


def test_a_step_of_which_nobody_knows_how_long_it_takes_is_planned(session):
    study = make_case_study(session, steps=[{"text": "Keep every recording."}])

    expected = "Write down who would do this here, and when: Keep every recording."
    assert first_steps.suggested(study) == expected


def test_what_offers_no_step_can_at_least_be_read(session):
    study = make_case_study(session, title="Live posts")

    expected = "Read “Live posts”, and write down the one thing to copy."
    assert first_steps.suggested(study) == expected


def test_a_long_step_is_cut_between_words(session):
    study = make_case_study(session, next_step="Ŵyr " * 200)

    step = first_steps.suggested(study)

    assert len(step) <= first_steps.LONGEST_STEP
    assert step.endswith("Ŵyr…")


def test_who_signs_it_off_is_asked_before_who_can_help(session):
    make_term(session, "signoff", "committee")
    study = make_case_study(session, signoff=["committee"])

    asked = first_steps.whom_to_ask(study, barrier="lockdown")

    assert asked == ["Your committee chair", "IT"]


def test_without_a_barrier_of_ones_own_those_of_the_practice_count(session):
    make_term(session, "barrier", "central-comms")
    study = make_case_study(session, barrier=["central-comms"])

    assert first_steps.whom_to_ask(study, barrier="") == ["The comms team"]


def test_nobody_is_asked_twice_or_for_what_needs_no_leave(session):
    for slug in ("comms", "none"):
        make_term(session, "signoff", slug)
    both = make_case_study(session, signoff=["comms"])
    free = make_case_study(session, signoff=["none"])

    assert first_steps.whom_to_ask(both, barrier="central-comms") == ["The comms team"]
    assert first_steps.whom_to_ask(free, barrier="") == []


def test_where_nothing_is_stated_the_line_manager_is_asked(session):
    assert first_steps.whom_to_ask(make_case_study(session), barrier="") == ["Your line manager"]
