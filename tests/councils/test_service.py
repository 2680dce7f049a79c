import pytest

from kb.councils import service as councils
from kb.councils.models import CouncilType, Nation
from kb.errors import NotFound
from tests.factories import make_council


def names(found):
    return [council.short_name for council in found]


def test_councils_are_listed_by_name_and_narrowed_by_nation_type_and_text(session):
    make_council(session, short_name="Swansea", nation=Nation.WALES, type=CouncilType.WELSH)
    make_council(session, short_name="Kirklees", type=CouncilType.METROPOLITAN)
    make_council(session, short_name="East Kirk")

    assert names(councils.everyone(session)) == ["East Kirk", "Kirklees", "Swansea"]
    assert names(councils.everyone(session, nation=Nation.WALES)) == ["Swansea"]
    assert names(councils.everyone(session, type=CouncilType.METROPOLITAN)) == ["Kirklees"]
    assert names(councils.everyone(session, text=" KIRK ")) == ["East Kirk", "Kirklees"]
    assert names(councils.everyone(session, text="%")) == []


def test_a_query_names_councils_by_whole_words_only(session):
    make_council(session, short_name="Bath and North East Somerset")
    make_council(session, short_name="Hart")

    assert names(councils.named_in(session, "webcasts in Bath and North East Somerset?")) == [
        "Bath and North East Somerset"
    ]
    assert names(councils.named_in(session, "charting the start")) == []


def test_the_codes_of_the_register_are_no_words_of_a_query(session):
    make_council(session, short_name="Ashfield", code="ASK")

    assert councils.named_in(session, "ask early") == []


def test_an_unknown_address_is_not_found(session):
    with pytest.raises(NotFound):
        councils.by_slug(session, "atlantis")
