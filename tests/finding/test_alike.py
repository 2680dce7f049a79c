"""Practice of councils like one's own: nearer in what is found, and said why."""

import pytest

from kb import jobs
from kb.councils.models import CouncilType
from kb.errors import NotFound
from kb.finding import alike
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.search.engine import Query, Sort
from tests.factories import make_case_study, make_council, make_tip_card

DISTRICT = {"type": CouncilType.DISTRICT, "region": "South East"}


@pytest.fixture
def councils(runtime):
    with runtime.database.transaction() as session:
        mine = make_council(session, code="MIN", **DISTRICT)
        near = make_council(session, code="NEA", **DISTRICT)
        far = make_council(session, code="FAR", region="North West")
        make_case_study(session, title="A webcast far away", councils=["FAR"])
        make_case_study(session, title="A webcast near by", councils=["FAR", "NEA"])
        make_tip_card(session, title="A webcast on a card")
    jobs.rebuild_index(runtime)
    return mine, near, far


def titles(found):
    return [hit.title for hit in found.found.page.hits]


def test_councils_like_mine_come_before_others_that_fit_as_well(runtime, councils):
    found = alike.find(runtime, Query(text="webcast"), councils[0])

    assert titles(found)[0] == "A webcast near by"
    assert sorted(found.reasons.values()) == ["same nation", "same type, same region"]
    assert found.found.page.total == 3


def test_of_several_councils_the_most_alike_counts(runtime, councils, session):
    mine = councils[0]
    ref = make_case_study(session, councils=["FAR", "NEA"]).ref

    assert alike.of_refs(session, [ref], mine)[ref].words == "same type, same region"


def test_an_order_that_was_asked_for_stays(runtime, councils):
    plain = runtime.search.search(Query(text="webcast", sort=Sort.NEWEST))

    found = alike.find(runtime, Query(text="webcast", sort=Sort.NEWEST), councils[0])

    assert titles(found) == [hit.title for hit in plain.hits]


def test_pages_follow_on_each_other(runtime, councils):
    whole = titles(alike.find(runtime, Query(text="webcast"), councils[0]))

    pages = [
        titles(alike.find(runtime, Query(text="webcast", page=page, per_page=1), councils[0]))
        for page in (1, 2, 3, 4)
    ]

    assert [title for page in pages for title in page] == whole


def test_beyond_the_best_the_usual_order_holds(runtime, councils):
    far_on = Query(text="webcast", page=alike.AMONG + 1, per_page=1)

    assert titles(alike.find(runtime, far_on, councils[0])) == []


def test_practice_of_some_councils_comes_nearest_first(session, councils):
    mine, near, far = councils
    gone = make_case_study(session, title="Gone", councils=["NEA"])
    set_standing(session, gone, Standing.WITHDRAWN)

    found = alike.practice(session, [near, far], mine)

    assert [(study.title, words) for study, words in found] == [
        ("A webcast near by", "same type, same region"),
        ("A webcast far away", "same nation"),
    ]


def test_a_code_that_the_register_does_not_know_is_nobodys(session, councils):
    assert alike.by_code(session, "ZZZ") is None
    assert alike.by_code(session, "") is None
    with pytest.raises(NotFound):
        alike.get(session, "ZZZ")
