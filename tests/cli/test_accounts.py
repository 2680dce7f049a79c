import pytest
from sqlalchemy import select

from kb.accounts import service as accounts
from kb.accounts.models import State
from kb.mail.models import Letter
from tests.factories import make_council, make_user
from tests.web.entering import Newcomer

EMAIL = "sian@bryn.gov.uk"


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *args: runner.invoke(args=["accounts", *args])


def store(runtime, **values):
    with runtime.database.transaction() as session:
        return make_user(session, **values)


def find(runtime, email=EMAIL):
    with runtime.database.reading() as session:
        return accounts.by_email(session, email)


def code_in(result):
    return result.output.strip().rpartition("code=")[2]


def test_the_first_admin_signs_in_by_a_link_on_the_terminal(app, run, runtime):
    result = run("create-admin", EMAIL, "--name", "Siân")
    newcomer = Newcomer(app)
    newcomer.send("/sign-in/arrival", code=code_in(result))

    assert result.output.splitlines()[0] == (
        f"{EMAIL} is an admin. This link signs them in once, within 10 minutes:"
    )
    assert "run this site as an admin" in newcomer.get("/account").words
    assert find(runtime).password_hash == ""
    with runtime.database.reading() as session:
        assert session.scalars(select(Letter)).all() == []


def test_an_admin_who_is_locked_out_gets_a_new_link(app, run):
    run("create-admin", EMAIL)

    result = run("create-admin", EMAIL)
    newcomer = Newcomer(app)
    newcomer.send("/sign-in/arrival", code=code_in(result))

    assert newcomer.is_in


def test_what_is_no_address_makes_no_admin(run):
    result = run("create-admin", "nobody")

    assert result.exit_code == 1
    assert result.output.startswith("Error: Enter an email address")


def test_accounts_are_listed_with_what_they_may_do(run, runtime):
    with runtime.database.transaction() as session:
        make_user(session, make_council(session, code="BRY"), email="a@bryn.gov.uk")
    store(runtime, email="b@bryn.gov.uk", is_admin=True, is_reviewer=True)
    store(runtime, email="c@bryn.gov.uk", state=State.WAITING)

    assert run("list").output.splitlines() == [
        "a@bryn.gov.uk  active  contributor of BRY",
        "b@bryn.gov.uk  active  reviewer  admin",
        "c@bryn.gov.uk  waiting",
    ]


def test_somebody_is_made_a_reviewer(run, runtime):
    store(runtime, email=EMAIL)

    result = run("make-reviewer", EMAIL)

    assert result.output == f"{EMAIL} is a reviewer now, and has to sign in again.\n"
    assert find(runtime).can_review


def test_an_account_is_closed_and_its_address_stays_known(run, runtime):
    store(runtime, email=EMAIL)

    result = run("close", EMAIL)

    assert result.exit_code == 0
    assert find(runtime).state is State.CLOSED


@pytest.mark.parametrize("command", ["make-reviewer", "close"])
def test_nothing_is_done_to_nobody(run, command):
    result = run(command, EMAIL)

    assert result.exit_code == 1
    assert result.output == f"Error: There is no account with the address {EMAIL}.\n"


def test_who_has_lost_their_device_signs_in_without_it(run, runtime):
    store(runtime, email=EMAIL, totp_secret="KEY")

    result = run("reset-second-step", EMAIL)

    assert result.output.startswith(f"{EMAIL} needs no code any more")
    assert find(runtime).totp_secret == ""


def test_nobody_s_second_step_is_no_error(run, runtime):
    store(runtime, email=EMAIL)

    assert run("reset-second-step", EMAIL).exit_code == 0
    assert run("reset-second-step", "nobody@bryn.gov.uk").exit_code == 1
