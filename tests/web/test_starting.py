"""A live session is prepared from a pack."""

import pytest

from kb.training.models import TrainingSession
from kb.web.forms.moments import NOT_A_DAY, NOT_A_TIME
from tests.factories import make_user
from tests.people import Person
from tests.training.making import make_block
from tests.training.packing import make_seeded
from tests.web.test_pack_building import Guest, guest_with
from tests.web.test_packs import JOKER

WHEN = {"on": "2026-11-23", "at": "17:15"}


@pytest.fixture
def start(session):
    pack = make_seeded(session, blocks=[make_block(minutes=45)])
    session.commit()
    return f"/sessions/packs/{pack.slug}/start"


def prepared(session):
    session.rollback()
    return session.query(TrainingSession).one()


def test_the_trainer_gets_their_link_once_and_the_screens(app, session, start):
    guest = Guest(app)

    page = guest.post(start, **WHEN, host="Ynys Môn", is_public="y")

    training = prepared(session)
    link = page.find(".//p[@id='private-link']")[0].text
    assert page.heading == "Your session is ready"
    assert f"/sessions/{training.id}/key?key=" in link
    assert "5:15pm to 6:00pm, Ynys Môn" in page.words
    assert ("Go to the presenter screen", f"/sessions/{training.id}/present") in page.links
    assert guest.get(f"/sessions/{training.id}/ready").find(".//p[@id='private-link']") == []
    guest.get(f"/sessions/{training.id}/present")


def test_the_start_is_meant_by_the_clocks_of_the_councils(app, session, start):
    Guest(app).post(start, on="2026-07-01", at="17:15")

    assert prepared(session).starts_at.hour == 16


@pytest.mark.parametrize(("given", "is_public"), [({"is_public": "y"}, True), ({}, False)])
def test_numbers_count_in_the_national_picture_only_where_it_was_ticked(
    app, session, start, given, is_public
):
    Guest(app).post(start, **WHEN, **given)

    assert prepared(session).is_public is is_public


def test_seconds_that_a_browser_adds_are_forgotten(app, session, start):
    Guest(app).post(start, on="2026-11-23", at="12:47:31")

    assert f"{prepared(session).starts_at:%H:%M:%S}" == "12:47:00"


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        ({"on": "tomorrow", "at": "17:15"}, [NOT_A_DAY]),
        ({"on": "2026-11-23", "at": "late"}, [NOT_A_TIME]),
        ({"on": "0001-01-01", "at": "00:00"}, [NOT_A_DAY]),
        ({"on": "9999-12-31", "at": "23:59"}, [NOT_A_DAY]),
        ({}, [NOT_A_DAY, NOT_A_TIME]),
    ],
)
def test_a_wrong_start_is_told_and_everything_is_kept(app, session, start, given, sentences):
    page = Guest(app).post(start, expect=422, host="Ynys Môn", **given)

    summary = page.find(".//ul[@class='govuk-list govuk-error-summary__list']/li/a")
    assert [link.text for link in summary] == sentences
    assert page.title.startswith("Error: ")
    assert page.find(".//input[@name='host']")[0].get("value") == "Ynys Môn"


def test_a_pack_without_blocks_cannot_be_run(app, session):
    guest, _, path = guest_with(app, session, blocks="")

    assert "at least one block" in guest.post(f"{path}/start", expect=422, **WHEN).words


def test_a_form_of_another_site_starts_nothing(app, start):
    Guest(app).post(start, expect=400, csrf_token="made up", **WHEN)


def test_an_account_owns_its_session_and_finds_it(app, session, start):
    user = make_user(session)
    session.commit()
    person = Person(app, user)

    person.post(start, **WHEN)

    assert prepared(session).owner_id == user.id
    assert "not started" in person.get("/sessions").words


@pytest.mark.parametrize("end", ["ready", "join-sheet", "run-sheet"])
def test_only_the_trainer_sees_what_is_theirs(app, session, start, end):
    trainer = Guest(app)
    trainer.post(start, **WHEN, host=JOKER)
    path = f"/sessions/{prepared(session).id}/{end}"

    page = trainer.get(path)
    Guest(app).get(path, expect=404)

    assert "<img src=x" not in page.text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_the_sheet_to_join_has_a_code_to_scan_and_one_to_type(app, session, start):
    trainer = Guest(app)
    trainer.post(start, **WHEN)
    training = prepared(session)

    page = trainer.get(f"/sessions/{training.id}/join-sheet")

    assert training.code in page.words
    assert '<div class="joinsheet__qr"><svg' in page.text


def test_the_run_sheet_of_a_session_has_its_own_times(app, session, start):
    trainer = Guest(app)
    trainer.post(start, **WHEN)

    page = trainer.get(f"/sessions/{prepared(session).id}/run-sheet")

    assert "from 5:15pm to 6:00pm" in page.words
