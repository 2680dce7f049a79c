"""What stops people, and the practice that got round it."""

import pytest

from kb.errors import NotFound
from kb.library.content import Kind
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.planning import barriers
from tests.factories import make_case_study, make_term, make_tip_card


def test_a_merged_barrier_leads_to_its_heir_however_far(session):
    heir = make_term(session, "barrier", "permission")
    middle = make_term(session, "barrier", "middle", replaced_by_id=heir.id)
    make_term(session, "barrier", "risk", replaced_by_id=middle.id)

    assert barriers.by_slug(session, "risk") is heir


@pytest.mark.parametrize("slug", ["nothing", "learn", "", "time'--"])
def test_what_is_no_barrier_is_not_found(session, slug):
    make_term(session, "purpose", "learn")

    with pytest.raises(NotFound):
        barriers.by_slug(session, slug)


def test_terms_that_were_merged_in_a_circle_do_not_hang(session):
    one = make_term(session, "barrier", "one")
    two = make_term(session, "barrier", "two", replaced_by_id=one.id)
    one.replaced_by_id = two.id
    session.flush()

    assert barriers.by_slug(session, "one") in (one, two)


def test_practice_is_counted_by_kind_without_what_was_withdrawn(session):
    make_term(session, "barrier", "time")
    make_case_study(session, barrier=["time"])
    make_tip_card(session, barrier=["time"])
    gone = make_tip_card(session, barrier=["time"])
    set_standing(session, gone, Standing.WITHDRAWN)

    assert barriers.counts(session) == {"time": {Kind.CASE_STUDY: 1, Kind.TIP_CARD: 1}}


def test_practice_comes_newest_first(session):
    time = make_term(session, "barrier", "time")
    for year in (2014, 2025):
        make_case_study(session, title=str(year), start_year=year, barrier=["time"])
    make_tip_card(session, barrier=["time"])

    found = barriers.practice(session, time, limit=5)

    assert [study.title for study in found] == ["2025", "2014"]


def test_barriers_that_stand_on_one_page_are_related(session):
    time = make_term(session, "barrier", "time")
    skills = make_term(session, "barrier", "skills")
    make_term(session, "barrier", "abuse")
    make_case_study(session, barrier=["time", "skills"])
    make_case_study(session, barrier=["abuse"])

    assert barriers.related(session, time) == [skills]
