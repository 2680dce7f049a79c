import pytest

from kb.accounts import passwords
from kb.errors import Invalid
from tests.factories import make_council, make_user

GOOD = "llwybr cyhoeddus 7"


@pytest.mark.parametrize(
    "password",
    [
        *("seven77", "x" * 8, "abababab", "password", "Password", "12345678", "iloveyou"),
        *("a1" * 65, "sian@bryn.gov.uk", "SIAN@bryn.gov.uk", "bryn.gov.uk"),
    ],
)
def test_a_password_that_many_guess_is_refused(password):
    with pytest.raises(Invalid) as error:
        passwords.checked(password, email="sian@bryn.gov.uk")

    assert "password" in error.value.problems


@pytest.mark.parametrize(
    "password",
    ["kirklees", "Kirklees1", "K1rkl33s!", "KirkleesCouncil", "KirkleesCouncil1", "sianowen1"],
)
def test_a_password_of_ones_own_council_or_name_is_refused(session, password):
    council = make_council(session, name="Kirklees Council", short_name="Kirklees")
    user = make_user(session, council, name="Siân Owen", email="sian.owen@kirklees.gov.uk")

    with pytest.raises(Invalid) as error:
        passwords.set_password(user, password)

    assert error.value.problems == {"password": passwords.OWN_NAMES}
    passwords.set_password(user, f"{password} lamps on a quiet lane")
    passwords.set_password(user, "kirklees-lamp-battery")


@pytest.mark.parametrize("password", ["only lower case words", "12039847", "ŵŷâêîôûẅ", "ab3" * 42])
def test_no_password_needs_capitals_or_signs(password):
    assert passwords.checked(password) == password


def test_only_the_right_password_matches(session):
    user = make_user(session)
    passwords.set_password(user, GOOD)

    assert passwords.matches(user, GOOD)
    assert not passwords.matches(user, GOOD.upper())
    assert not passwords.matches(user, "")


def test_nobody_matches_and_so_does_nobody_s_password(session):
    user = make_user(session)

    assert not passwords.matches(None, GOOD)
    assert not passwords.matches(user, GOOD)
    assert not passwords.matches(user, "")


def test_a_letter_is_the_same_however_a_keyboard_makes_it(session):
    user = make_user(session)
    passwords.set_password(user, "d\u0175r a th\u00e2n")

    assert passwords.matches(user, "dw\u0302r a tha\u0302n")


def test_the_hash_for_nobody_takes_as_long_as_everybody_s(session):
    user = make_user(session)
    passwords.set_password(user, GOOD)

    assert passwords.NOBODYS.split("$")[:4] == user.password_hash.split("$")[:4]
