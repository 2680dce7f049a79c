from datetime import date

import pytest
from sqlalchemy import func, select

from kb.councils import register
from kb.councils import service as councils
from kb.councils.models import Council
from kb.errors import Invalid
from kb.jobs import SEED_DATA


@pytest.fixture(scope="module")
def rows():
    return register.read(SEED_DATA / "councils.csv")


def row(rows, code, **values):
    return {**next(row for row in rows if row["code"] == code), **values}


def test_the_whole_register_is_loaded_once_however_often(session, rows):
    assert register.store(session, rows) == 382
    assert register.store(session, rows) == 0

    assert session.scalar(select(func.count()).select_from(Council)) == 382


@pytest.mark.parametrize("word", ["kirklees", "KIR", "kir", "E08000034", "kirklees-council"])
def test_a_council_is_found_by_every_name_and_code_that_it_has(session, rows, word):
    register.store(session, rows)

    assert councils.by_slug(session, word).code == "KIR"


def test_welsh_names_lead_to_their_council(session, rows):
    register.store(session, rows)

    assert councils.by_slug(session, "Cyngor Sir Ynys Môn").short_name == "Isle of Anglesey"
    assert councils.by_slug(session, "abertawe").short_name == "Swansea"
    assert [
        c.short_name for c in councils.named_in(session, "craffu yng Nghaerdydd: Caerdydd")
    ] == ["Cardiff"]


def test_a_renamed_council_keeps_its_old_address(session, rows):
    register.store(session, [row(rows, "KIR")])

    register.store(session, [row(rows, "KIR", govuk_slug="new-kirklees")])

    assert councils.by_slug(session, "kirklees").slug == "new-kirklees"


def test_an_abolished_council_names_its_successors(session, rows):
    old = row(rows, "KIR", end_date="2027-04-01", successors="LDS BRD")
    register.store(session, [old, row(rows, "LDS"), row(rows, "BRD")])

    council = councils.by_slug(session, "kirklees")

    assert {c.code for c in councils.successors(session, council)} == {"LDS", "BRD"}
    assert [c.code for c in councils.predecessors(session, councils.by_slug(session, "LDS"))] == [
        "KIR"
    ]
    assert council.is_current(date(2027, 3, 31))
    assert not council.is_current(date(2027, 4, 1))


@pytest.mark.parametrize(
    ("field", "value"), [("type_code", "XXX"), ("nation", "France"), ("start_date", "soon")]
)
def test_a_row_that_makes_no_sense_is_named(session, rows, field, value):
    with pytest.raises(Invalid, match="Line 3 of the register"):
        register.store(session, [row(rows, "LDS"), row(rows, "KIR", **{field: value})])
