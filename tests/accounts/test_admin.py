import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest

from kb.accounts import admin, second_step, service, sign_ins
from kb.accounts.admin import Rights
from kb.accounts.models import CouncilRole, State
from kb.errors import Conflict, Invalid, KbError, NotAllowed
from tests.accounts.letters import last_to, letters_to
from tests.factories import NOW, make_council, make_user

BASE = "https://swap.example.org"
EVERYTHING = {"is_reviewer": True, "is_admin": True}


@pytest.fixture
def boss(session):
    return make_user(session, email="boss@zz.gov.uk", name="Boss", is_admin=True)


def decide(session, user, by, **rights):
    return admin.decide(session, user, Rights(**rights), by=by, base_url=BASE, now=NOW)


def close(session, user, by):
    admin.close(session, user, by=by, base_url=BASE, now=NOW)


def found(session, by, **options):
    return admin.people(session, by=by, **options).people


def logged(capsys):
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_who_waits_comes_first_the_longest_before_all(session, boss):
    active = make_user(session, email="a@x.gov.uk")
    late = make_user(session, state=State.WAITING)
    early = make_user(session, state=State.WAITING, confirmed_at=NOW - timedelta(days=3))

    assert found(session, boss) == [early, late, active, boss]
    assert admin.waiting(session) == 2


def test_people_are_listed_page_by_page(session, boss):
    users = [make_user(session, email=f"a{n}@x.gov.uk") for n in range(3)]

    second = admin.people(session, by=boss, page=2, per_page=2)

    assert second.people == [users[2], boss]
    assert second.total == 4


@pytest.mark.parametrize(
    "text", ["siân", "SIÂN", " Siân  Evans ", "Si\u0061\u0302n", "bryn.gov", "SIAN.E@"]
)
def test_people_are_found_by_a_part_of_their_name_or_address(session, boss, text):
    user = make_user(session, name="Siân Evans", email="sian.e@bryn.gov.uk")
    make_user(session, name="Tomos")

    assert found(session, boss, text=text) == [user]


@pytest.mark.parametrize("text", ["%", "_", "' OR 1=1 --", "x" * 5000])
def test_a_search_is_only_text(session, boss, text):
    assert found(session, boss, text=text) == []


def test_people_are_found_by_their_state(session, boss):
    user = make_user(session, state=State.CLOSED)

    assert found(session, boss, state=State.CLOSED) == [user]


@pytest.mark.parametrize("rights", [{}, {"is_reviewer": True}, {"state": State.CLOSED}])
def test_only_admins_see_or_decide_anything(session, rights):
    user = make_user(session)
    by = make_user(session, **{"is_admin": "state" in rights} | rights)

    for forbidden in (
        lambda: admin.people(session, by=by),
        lambda: decide(session, user, by, **EVERYTHING),
        lambda: decide(session, by, by, **EVERYTHING),
        lambda: close(session, user, by),
        lambda: admin.reset_second_step(session, user, by=by, base_url=BASE, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            forbidden()

    assert user.is_active
    assert not by.can_administer


def test_an_admin_lets_somebody_write_for_a_council(session, boss):
    user, council = make_user(session, state=State.WAITING), make_council(session)

    assert decide(session, user, boss, council=council, role=CouncilRole.EDITOR)

    assert user.owns_pages
    assert f"You write for {council.name}" in last_to(session, user.email).text


def test_an_admin_makes_a_reviewer_and_an_admin_who_sign_in_again(session, boss):
    user = make_user(session)
    token = sign_ins.start(session, user, device="", now=NOW)

    decide(session, user, boss, **EVERYTHING)
    session.expire_all()

    assert user.can_review
    assert user.can_administer
    assert sign_ins.find(session, token, now=NOW) is None
    assert "review what people share" in last_to(session, user.email).text


def test_what_was_given_is_taken_back(session, boss):
    user = make_user(session, make_council(session), **EVERYTHING)

    decide(session, user, boss)

    assert not any((user.can_contribute, user.can_review, user.can_administer))
    assert service.may_sign_in(user)
    assert "as everybody can" in last_to(session, user.email).text


def test_another_council_leaves_who_is_signed_in_where_they_are(session, boss):
    user, council = make_user(session, make_council(session)), make_council(session)
    token = sign_ins.start(session, user, device="", now=NOW)

    decide(session, user, boss, council=council, role=CouncilRole.CONTRIBUTOR)
    session.expire_all()

    assert user.council_id == council.id
    assert sign_ins.find(session, token, now=NOW)


def test_what_is_as_it_was_is_no_news(session, boss):
    user = make_user(session, make_council(session), is_reviewer=True)

    assert not admin.decide(session, user, admin.rights_of(user), by=boss, base_url=BASE, now=NOW)

    assert letters_to(session, user.email) == []


def test_a_role_needs_a_council(session, boss):
    with pytest.raises(Invalid):
        decide(session, make_user(session), boss, role=CouncilRole.EDITOR)


def test_a_letter_holds_nothing_that_the_person_typed(session, boss):
    user = make_user(session, name="Win http://evil.example")

    decide(session, user, boss, is_reviewer=True)

    assert "evil" not in last_to(session, user.email).text


def test_every_change_is_written_down_by_numbers_alone(session, boss, capsys, runtime):
    user, council = make_user(session), make_council(session)

    decide(session, user, boss, council=council, role=CouncilRole.CONTRIBUTOR, is_reviewer=True)
    close(session, user, boss)

    changed, closed = (line for line in logged(capsys) if line.get("part") == "admin")
    assert (changed["event"], closed["event"]) == ("rights changed", "account closed")
    assert (changed["person"], changed["by"]) == (user.id, boss.id)
    assert (changed["council"], changed["reviewer"]) == (council.code, True)
    assert not any("@" in str(value) for value in [*changed.values(), *closed.values()])


def test_the_last_admin_stays(session, boss):
    make_user(session, is_admin=True, state=State.CLOSED)

    with pytest.raises(Conflict):
        decide(session, boss, boss)

    assert boss.can_administer


def test_two_admins_who_take_each_other_s_right_leave_one(runtime):
    with runtime.database.transaction() as session:
        pair = [make_user(session, is_admin=True).id for _ in range(2)]
    together = Barrier(2)

    def take(mine, theirs):
        with suppress(KbError), runtime.database.transaction(quietly=True) as session:
            by, user = service.get(session, mine), service.get(session, theirs)
            with suppress(BrokenBarrierError):  # SQLite lets only one of them begin
                together.wait(0.5)
            decide(session, user, by)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(take, *pair), pool.submit(take, *reversed(pair))]:
            done.result()

    with runtime.database.reading() as session:
        assert [service.get(session, each).is_admin for each in pair].count(True) == 1


def test_an_admin_who_is_not_the_last_may_give_up_the_right(session, boss):
    make_user(session, is_admin=True)

    decide(session, boss, boss)

    assert not boss.can_administer


def test_nobody_closes_their_own_account_among_the_others(session, boss):
    make_user(session, is_admin=True)

    with pytest.raises(Conflict):
        close(session, boss, boss)

    assert boss.is_active


def test_who_was_closed_is_told_and_does_not_come_back(session, boss):
    user = make_user(session, email="sian@bryn.gov.uk")

    close(session, user, boss)

    assert user.state is State.CLOSED
    assert service.by_email(session, "sian@bryn.gov.uk") is user
    assert "has closed your account" in last_to(session, "sian@bryn.gov.uk").text


def test_a_closed_account_gets_no_rights_and_is_not_closed_twice(session, boss):
    user = make_user(session, state=State.CLOSED)

    with pytest.raises(Conflict):
        decide(session, user, boss, **EVERYTHING)
    with pytest.raises(Conflict):
        close(session, user, boss)


def test_a_lost_device_is_helped_with_and_written_down(session, boss, capsys, runtime):
    user = make_user(session, totp_secret="KEY")

    admin.reset_second_step(session, user, by=boss, base_url=BASE, now=NOW)

    assert not second_step.is_on(user)
    assert "second step taken off" in [line["event"] for line in logged(capsys)]
