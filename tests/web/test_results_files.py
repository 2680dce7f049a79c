"""The numbers of a session as files, for the trainer's records."""

import csv
import json
from io import StringIO

import pytest

from kb.training.types import RoundKind
from tests.factories import make_tip_card
from tests.training.past import (
    gap_block,
    join,
    make_barriers,
    make_gap,
    make_pledge,
    make_round,
    make_session,
)
from tests.web.test_results import at, with_key


@pytest.fixture
def download(app, session):
    """Get a file of a session of hands, three devices, barriers and a pledge."""
    training = make_session(session, blocks=[gap_block()])
    make_gap(session, training, hands=(23, 4), people=25)
    device, *_ = join(session, training, 3)
    make_barriers(session, training, {"skills": 6, "time": 5}, devices=[device], people=25)
    pledges = make_round(session, training, "p", RoundKind.PLEDGE)
    make_pledge(session, pledges, device, cards=[make_tip_card(session)], email="b@example.org")
    session.commit()
    trainer = with_key(app, training)
    return lambda name: trainer.response(at(training, name))


def test_the_table_has_every_number(download):
    text = download("results.csv").text

    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"))))
    assert [row for row in rows if row[0] == "Gap"] == [
        ["Gap", "Question 1?", "Would like to", "23", "25", "0", "23", ""],
        ["Gap", "Question 2?", "Already do", "4", "25", "0", "4", ""],
        ["Gap", "Counted from totals", "Want to and do not yet", "19", "25", "", "", ""],
    ]
    assert ["Barriers", "", "Skills", "7", "25", "1", "6", ""] in rows
    assert ["Barriers", "", "Time", "5", "25", "0", "5", ""] in rows
    assert ["Six weeks on", "Did you?", "Yes", "0", "1", "", "", ""] in rows
    assert "example.org" not in text


def test_json_has_every_number(download):
    found = download("results.json").json

    assert found["heading"] == "19 of us want to and do not yet"
    assert found["gaps"][0]["gap"] == 19
    counted = found["gaps"][0]["counted"]
    assert [counted[name]["hands"] for name in ("would", "do")] == [23, 4]
    assert found["gaps"][0]["yes"]["do"]["hands"] == 4
    assert found["barriers"][0]["answers"][0] == {
        "key": "skills",
        "label": "Skills",
        "number": 7,
        "devices": 1,
        "hands": 6,
    }
    assert found["attendance"]["devices"] == 3
    assert found["pledges"][0]["people"] == 1
    assert "example.org" not in json.dumps(found["six_weeks_on"])
