import pytest

from kb.councils.models import CouncilType
from kb.library import lessons
from kb.library.models import Standing, Visibility
from kb.library.publish import set_standing
from tests.factories import NOW, TODAY, make_case_study, make_council


def tell(session, resource=None, text="It rained.", **values):
    given = {"visibility": Visibility.UNATTRIBUTED, "council_type": "UA", "now": NOW}
    resource = resource or make_case_study(session)
    return lessons.tell(session, resource, text=text, **given | values)


def make_councils(session, number, **values):
    for _ in range(number):
        make_council(session, **values)


def test_peers_read_what_was_told_to_them(session):
    study = make_case_study(session)

    tell(session, study, visibility=Visibility.PEERS)

    assert lessons.for_peers(session, study) == "It rained."
    assert lessons.without_names(session) == []


def test_what_is_told_without_a_name_is_not_beside_the_page(session):
    study = make_case_study(session)
    make_councils(session, 3)

    tell(session, study)

    assert lessons.for_peers(session, study) == ""
    (group,) = lessons.without_names(session)
    assert (group.label, group.texts) == ("Unitary council", ("It rained.",))


def test_no_type_of_which_there_are_few_is_named(session):
    make_councils(session, 2, type=CouncilType.DISTRICT)
    make_council(session, type=CouncilType.DISTRICT, end_date=TODAY)
    make_councils(session, 5)

    tell(session, council_type="NMD")

    assert lessons.without_names(session) == []


def test_the_order_does_not_say_when_it_was_told(session):
    make_councils(session, 3)
    for n in range(12):
        tell(session, text=f"Story {n:02}")

    (group,) = lessons.without_names(session)

    assert sorted(group.texts) == [f"Story {n:02}" for n in range(12)]
    assert list(group.texts) != sorted(group.texts)


@pytest.mark.parametrize("values", [{"text": " "}, {"visibility": Visibility.PUBLIC}])
def test_what_is_empty_or_public_takes_the_place_of_what_was_told(session, values):
    study = make_case_study(session)
    tell(session, study)

    assert tell(session, study, **values) is None

    assert lessons.of_resource(session, study) is None


def test_a_new_telling_takes_the_place_of_the_old(session):
    study = make_case_study(session)
    tell(session, study)

    tell(session, study, "It snowed.", visibility=Visibility.PEERS)

    told = lessons.of_resource(session, study)
    assert (told.text, told.council_type) == ("It snowed.", "")


def test_nothing_is_told_of_what_was_taken_down(session):
    study = make_case_study(session)
    make_councils(session, 3)
    tell(session, study)

    set_standing(session, study, Standing.WITHDRAWN)

    assert lessons.without_names(session) == []
