from datetime import date
from pathlib import Path

from kb.councils import naming, register
from kb.councils import service as councils
from kb.errors import Invalid
from tests.factories import TODAY, make_council

SEED = Path(__file__).parents[2] / "seed_data" / "councils.csv"
SAID = """
BST Bristol; KHL Hull; DUR Durham; DUR County Durham; NET Newcastle; SHN St Helens; YOR York
SHN st. helens council; EDH Edinburgh; CMD Camden Council; SWA Swansea Council; SWA Abertawe
AGY Ynys Môn; MON Sir Fynwy; CRF Cyngor Caerdydd; RCT rhondda cynon taf; LND London; BAS Bath
HMF Hammersmith & Fulham; KIR kir; ESX East Sussex County Council
"""
ASKED_BACK = {
    "Cheshire": (
        "Which one do you mean: Cheshire East Council or Cheshire West and Chester Council?"
    ),
    "Atlantis": naming.UNKNOWN,
    "!": naming.UNKNOWN,
}


def answer(session, text):
    try:
        council = naming.named(session, text, today=TODAY)
    except Invalid as error:
        return error.problems["council"]
    return council.code if council else None


def test_councils_are_known_by_the_names_that_people_use(session):
    register.store(session, register.read(SEED))
    said = [line.strip().split(" ", 1) for line in SAID.replace("\n", ";").split(";") if line]
    own = [(each.code, each.name) for each in councils.everyone(session)[::9]]

    assert [(code, name) for code, name in said if answer(session, name) != code] == []
    assert [(code, name) for code, name in own if answer(session, name) != code] == []
    assert {text: answer(session, text) for text in ASKED_BACK} == ASKED_BACK
    assert "Several councils have that name, among them A" in answer(session, "Council")
    assert answer(session, "  ") is None


def test_a_council_of_today_goes_before_one_of_that_name_that_is_over(session):
    over = make_council(session, name="Somerset County Council", end_date=date(2023, 4, 1))
    now = make_council(session, name="Somerset Council")

    assert naming.named(session, "Somerset", today=TODAY) == now
    assert naming.named(session, "Somerset County Council", today=TODAY) == over
