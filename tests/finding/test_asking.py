from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.finding import asking
from kb.search.engine import MAX_PAGE, MAX_TEXT, Query, Sort

any_args = st.dictionaries(
    st.sampled_from(["q", "page", "sort", "verbatim", *asking.FACETS]),
    st.lists(st.text(), max_size=3),
)


def test_an_address_becomes_a_question():
    args = {
        "q": ["call for evidence"],
        "kind": ["case-study", "tip-card"],
        "nation": ["Northern Ireland"],
        "decade": ["2010s"],
        "council": ["KIR"],
        "sort": ["newest"],
        "page": ["3"],
        "verbatim": ["1"],
    }

    query = asking.from_args(args)

    assert query == Query(
        text="call for evidence",
        filters={
            "kind": frozenset({"case-study", "tip-card"}),
            "nation": frozenset({"Northern Ireland"}),
            "decade": frozenset({"2010s"}),
            "council": frozenset({"KIR"}),
        },
        sort=Sort.NEWEST,
        page=3,
        verbatim=True,
    )


def test_an_empty_address_asks_for_everything():
    assert asking.from_args({}) == Query()


@pytest.mark.parametrize(
    ("facet", "value"),
    [
        ("kind", "sermon"),
        ("type", "XX"),
        ("nation", "england"),
        ("decade", "2010"),
        ("decade", "2090"),
        ("council", "kirklees"),
        ("purpose", "<script>"),
        ("theme", "a" * 41),
        ("theme", ""),
        ("evidence", "1\n"),
    ],
)
def test_values_that_no_facet_can_have_are_left_out(facet, value):
    assert asking.from_args({facet: [value]}).filters == {}


def test_values_outside_a_known_vocabulary_are_left_out():
    args = {"purpose": ["learn", "fly"], "theme": ["health"]}

    query = asking.from_args(args, known={"purpose": {"learn": "Learn"}})

    assert query.filters == {"purpose": frozenset({"learn"}), "theme": frozenset({"health"})}


def test_a_facet_takes_only_so_many_values():
    args = {"purpose": [f"purpose-{n}" for n in range(1000)]}

    query = asking.from_args(args)

    assert len(query.filters["purpose"]) == asking.MAX_TERMS


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("2", 2),
        ("0", 1),
        ("-3", 1),
        ("two", 1),
        ("٢", 1),
        ("", 1),
        ("999999", MAX_PAGE),
        ("9" * 5000, MAX_PAGE),
    ],
)
def test_the_page_stays_in_range(page, expected):
    assert asking.from_args({"page": [page]}).page == expected


def test_an_unknown_order_is_the_usual_one():
    assert asking.from_args({"sort": ["loudest"]}).sort is Sort.BEST


def test_long_text_is_cut():
    query = asking.from_args({"q": ["word " * 2000]})

    assert len(query.text) <= MAX_TEXT
    assert query.text.startswith("word word")


def test_control_characters_become_spaces():
    assert asking.text_of({"q": ["call\x00for\r\n\x1b evidence\x85"]}) == "call for evidence"


def test_welsh_letters_stay():
    assert asking.from_args({"q": ["craffu ŵ ŷ Ynys Môn"]}).text == "craffu ŵ ŷ Ynys Môn"


def test_a_question_becomes_the_shortest_address():
    query = Query(text="blog", filters={"purpose": frozenset({"learn", "explain"})}, page=2)

    assert asking.to_args(query) == [
        ("q", "blog"),
        ("purpose", "explain"),
        ("purpose", "learn"),
        ("page", "2"),
    ]
    assert asking.to_args(Query()) == []


@given(any_args)
def test_whatever_the_address_says_its_question_survives_the_way_back(args):
    query = asking.from_args(args)

    address = urlencode(asking.to_args(query))

    assert asking.from_args(parse_qs(address)) == query


def test_councils_that_copied_are_named_by_type_and_nation():
    query = asking.from_args({"copier": ["UA England", "UA Atlantis", "<b>"], "sort": ["copied"]})

    assert query.filters == {"copier": frozenset({"UA England"})}
    assert asking.to_args(query) == [("copier", "UA England"), ("sort", "copied")]


def test_the_council_whose_like_come_first_is_part_of_the_address():
    query = asking.from_args({"like": ["KIR"]}, known={"council": {"KIR"}})

    assert query == Query(like="KIR")
    assert asking.to_args(query) == [("like", "KIR")]


@pytest.mark.parametrize("like", ["", "kir", "ZZZ", "<b>", "KIR\n", "K" * 99])
def test_a_council_that_never_was_is_left_out(like):
    assert asking.from_args({"like": [like]}, known={"council": {"KIR"}}) == Query()
