"""What councils have in common, in words and never as a rank."""

from datetime import date

from kb.councils import likeness
from kb.councils.models import CouncilType, Nation
from tests.factories import TODAY, make_council

DISTRICT = {"type": CouncilType.DISTRICT, "region": "South East"}


def labels(groups):
    return {group.label: [council.short_name for council, _ in group.members] for group in groups}


def test_type_and_region_are_named(session):
    mine = make_council(session, **DISTRICT)
    other = make_council(session, **DISTRICT)

    assert likeness.between(mine, other).words == "same type, same region"


def test_where_the_region_differs_the_nation_is_named(session):
    mine = make_council(session, **DISTRICT)
    other = make_council(session, type=CouncilType.COUNTY, region="North West")

    assert likeness.between(mine, other).words == "same nation"


def test_the_region_says_nothing_where_it_is_the_nation(session):
    wales = {"type": CouncilType.WELSH, "nation": Nation.WALES, "region": "Wales"}
    mine, other = make_council(session, **wales), make_council(session, **wales)

    assert likeness.between(mine, other).words == "same type, same nation"


def test_a_district_and_its_county_are_neighbours(session):
    district = make_council(session, **DISTRICT, county_code="TCY")
    county = make_council(session, code="TCY", type=CouncilType.COUNTY, region="South East")

    assert likeness.between(district, county).words == "same region, same county"
    assert likeness.between(county, district).is_neighbour


def test_districts_of_one_county_are_nearer_than_those_of_a_region(session):
    mine = make_council(session, **DISTRICT, county_code="TCY")
    near = likeness.between(mine, make_council(session, **DISTRICT, county_code="TCY"))
    far = likeness.between(mine, make_council(session, **DISTRICT, county_code="OCY"))

    assert near.words == "same type, same region, same county"
    assert near.nearness > far.nearness


def test_a_combined_authority_makes_neighbours_and_london_is_none(session):
    combined = [make_council(session, combined_authority="TCA") for _ in range(2)]
    london = [make_council(session, combined_authority="GLA") for _ in range(2)]

    assert "same combined authority" in likeness.between(*combined).words
    assert not likeness.between(*london).is_neighbour


def test_councils_of_different_nations_have_nothing_in_common(session):
    mine = make_council(session)
    other = make_council(session, type=CouncilType.SCOTTISH, nation=Nation.SCOTLAND)

    assert likeness.between(mine, other) == likeness.Likeness()


def test_ones_own_council_is_not_like_itself(session):
    mine = make_council(session)

    found = likeness.between(mine, mine)

    assert (found.words, found.nearness) == ("your own council", 0)


def test_each_council_stands_in_one_group_by_name(session):
    mine = make_council(session, **DISTRICT, county_code="TCY")
    make_council(session, **DISTRICT, county_code="TCY", short_name="Beside")
    make_council(session, **DISTRICT, county_code="OCY", short_name="Zed")
    make_council(session, **DISTRICT, county_code="OCY", short_name="Alpha")
    make_council(session, type=CouncilType.DISTRICT, region="North West", short_name="Afar")
    make_council(session, type=CouncilType.COUNTY, region="North West", short_name="Other type")

    assert labels(likeness.groups(session, mine, today=TODAY)) == {
        "Neighbours": ["Beside"],
        "Same type, same region": ["Alpha", "Zed"],
        "Same type, same nation": ["Afar"],
    }


def test_councils_that_ended_are_left_out(session):
    mine = make_council(session, **DISTRICT)
    make_council(session, **DISTRICT, end_date=date(2023, 4, 1))

    assert likeness.groups(session, mine, today=TODAY) == []
