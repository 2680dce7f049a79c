import pytest

from kb.councils.models import Succession
from tests.factories import make_case_study, make_council


def test_the_whole_register_is_listed_with_credit(get_seeded):
    answer = get_seeded("/councils")

    assert answer["total"] == len(answer["councils"]) == 382
    assert "mySociety, CC BY 4.0" in answer["credit"]
    kirklees = next(each for each in answer["councils"] if each["code"] == "KIR")
    assert kirklees["type_label"] == "Metropolitan borough"
    assert kirklees["url"] == "http://127.0.0.1:8000/councils/kirklees"
    assert kirklees["practice"] >= 1


def test_the_list_is_narrowed_by_nation_and_type(get_seeded):
    answer = get_seeded("/councils?nation=England&type=LBO")

    assert answer["total"] == 32
    assert {each["type"] for each in answer["councils"]} == {"LBO"}


@pytest.mark.parametrize(
    ("query", "name"), [("nation=France", "nation"), ("type=xx", "type"), ("page=2", "page")]
)
def test_what_makes_no_sense_is_named(get_seeded, query, name):
    assert list(get_seeded(f"/councils?{query}", expect=400)["problems"]) == [name]


def test_a_council_names_its_predecessors_and_successors(get, session):
    old, new = make_council(session, code="OLD"), make_council(session, code="NEW")
    session.add(Succession(predecessor_id=old.id, successor_id=new.id))
    make_case_study(session, councils=["OLD"])
    session.commit()

    before, after = get("/councils/OLD"), get("/councils/NEW")

    assert (before["predecessors"], before["successors"]) == ([], ["NEW"])
    assert (after["predecessors"], after["successors"]) == (["OLD"], [])
    assert (before["practice"], after["practice"]) == (1, 0)


def test_welsh_names_come_back_as_they_are_written(get, session):
    make_council(session, code="AGY", welsh_name="Cyngor Sir Ynys Môn")
    session.commit()

    assert get("/councils/AGY")["welsh_name"] == "Cyngor Sir Ynys Môn"


def test_an_unknown_code_is_not_found(get_seeded):
    assert get_seeded("/councils/XXX", expect=404)["detail"] == "No council has the code XXX."
