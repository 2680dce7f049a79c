from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kb.accounts.models import CouncilRole
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.library.history import revisions
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.library.state import State, state_of
from kb.mail.models import Letter
from kb.upkeep import service as upkeep
from kb.upkeep.models import ReaderNote
from tests.factories import NOW, TODAY, make_case_study, make_council, make_user

BASE = "https://swap.example"


@pytest.fixture
def council(session):
    return make_council(session)


@pytest.fixture
def study(session, council):
    study = make_case_study(session, title="Walks", councils=[council.code], checked=TODAY)
    study.owner = make_user(session, council=council)
    session.flush()
    return study


def note(session, study, text="", *, now=NOW):
    return upkeep.note(session, study, text=text, now=now, base_url=BASE)


def letters(session):
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_a_readers_note_reaches_the_owner(session, study):
    made = note(session, study, " The link is gone. ")

    (letter,) = letters(session)
    assert upkeep.open_notes(session, study) == [made]
    assert (made.text, made.resource_version) == ("The link is gone.", 1)
    assert letter.to == study.owner.email
    assert f"{BASE}/upkeep/{study.id}" in letter.text


def test_however_many_readers_write_the_owner_gets_a_letter_a_day(session, study):
    for hours in (0, 1, 2, 24):
        note(session, study, now=NOW + timedelta(hours=hours))

    assert len(letters(session)) == 2


def test_a_page_without_owner_has_nobody_to_write_to(session):
    note(session, make_case_study(session))

    assert letters(session) == []


def test_a_flood_of_notes_ends_at_some_point(session, study):
    made = [note(session, study) for _ in range(upkeep.MOST_OPEN + 20)]

    assert made[-1] is None
    assert session.scalar(select(func.count()).select_from(ReaderNote)) == upkeep.MOST_OPEN


def test_what_was_taken_down_takes_no_notes(session, study):
    set_standing(session, study, Standing.WITHDRAWN)

    with pytest.raises(NotFound):
        note(session, study)


def test_a_title_with_odd_characters_still_reaches_its_owner(session, study):
    study.title = "Walks\u200b and \u2028talks"

    note(session, study)

    assert letters(session)[0].subject == "Is “Walks and talks” still right?"


def test_a_reader_says_more_once_and_soon(session, study):
    made, other = note(session, study), note(session, study)

    upkeep.say_more(session, made.id, "It moved.", now=NOW)

    assert made.text == "It moved."
    with pytest.raises(NotFound):
        upkeep.say_more(session, made.id, "Again.", now=NOW)
    with pytest.raises(NotFound):
        upkeep.say_more(session, other.id, "Late.", now=NOW + timedelta(hours=2))
    with pytest.raises(NotFound):
        upkeep.say_more(session, 999, "Nowhere.", now=NOW)
    for text in ("", "x" * 1001):
        with pytest.raises(Invalid):
            upkeep.say_more(session, other.id, text, now=NOW)


def test_still_true_is_a_version_of_its_own_and_answers_every_note(session, study):
    note(session, study)
    later = NOW + timedelta(days=400)

    upkeep.renew(session, study, by=study.owner, now=later)

    newest = revisions(session, study)[0]
    assert (newest.author, newest.note) == (study.owner.council.name, upkeep.RENEWED)
    assert study.checked == later.date()
    assert study.review_by == later.date() + timedelta(days=365)
    assert upkeep.open_notes(session, study) == []
    assert state_of(study, today=later.date()) is State.CURRENT


def test_twice_on_one_day_is_still_true_once(session, study):
    upkeep.renew(session, study, by=study.owner, now=NOW)
    upkeep.renew(session, study, by=study.owner, now=NOW)

    assert study.version == 1


def test_what_is_still_true_is_history_no_longer(session, study):
    set_standing(session, study, Standing.HISTORICAL, note="Old.")

    upkeep.renew(session, study, by=study.owner, now=NOW)

    assert (study.standing, study.standing_note) == (Standing.LIVE, "")


def test_only_who_looks_after_a_page_says_so(session, study, council):
    editor = make_user(session, council=council, council_role=CouncilRole.EDITOR)
    reviewer = make_user(session, is_reviewer=True)
    others = [
        make_user(session, council=council),
        make_user(session, council=make_council(session), council_role=CouncilRole.EDITOR),
        make_user(session),
    ]

    for user in (study.owner, editor, reviewer):
        assert upkeep.look_after(session, study.id, by=user) is study
    for user in others:
        with pytest.raises(NotAllowed):
            upkeep.look_after(session, study.id, by=user)
        with pytest.raises(NotAllowed):
            upkeep.renew(session, study, by=user, now=NOW)
        with pytest.raises(NotAllowed):
            upkeep.settle(session, study, 1, by=user, now=NOW)


@pytest.mark.parametrize("is_there", [True, False])
def test_nobody_looks_after_what_is_not_public(session, study, is_there):
    set_standing(session, study, Standing.WITHDRAWN)

    with pytest.raises(NotFound):
        upkeep.look_after(session, study.id if is_there else 999, by=study.owner)


def test_a_note_is_settled_once_and_on_its_own_page(session, study):
    made = note(session, study)
    elsewhere = make_case_study(session)
    reviewer = make_user(session, is_reviewer=True)

    with pytest.raises(NotFound):
        upkeep.settle(session, elsewhere, made.id, by=reviewer, now=NOW)
    upkeep.settle(session, study, made.id, by=reviewer, now=NOW)

    assert (made.settled_at, made.settled_by_id) == (NOW, reviewer.id)
    with pytest.raises(Conflict):
        upkeep.settle(session, study, made.id, by=reviewer, now=NOW)


def test_people_see_the_pages_that_they_look_after(session, study, council):
    study.review_by = TODAY
    of_council = make_case_study(session, title="A", councils=[council.code])
    taken_down = make_case_study(session, councils=[council.code])
    set_standing(session, taken_down, Standing.WITHDRAWN)
    make_case_study(session)
    editor = make_user(session, council=council, council_role=CouncilRole.EDITOR)
    note(session, study)

    assert upkeep.of_person(session, editor) == [study, of_council]
    assert upkeep.of_person(session, study.owner) == [study]
    assert upkeep.counts_of_notes(session, [study, of_council]) == {study.id: 1}
