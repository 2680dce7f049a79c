import pytest

from kb.accounts import by_mail, passwords, service, sign_ins
from kb.accounts.errors import LinkOver
from kb.accounts.models import SignIn, State
from kb.errors import Conflict, Invalid, NotFound
from tests.factories import NOW, make_council, make_user

EMAIL = "sian@bryn.gov.uk"


def test_people_are_found_by_their_address_however_it_is_typed(session):
    user = make_user(session, email=EMAIL)

    assert service.by_email(session, " Sian@Bryn.GOV.uk ") is user
    assert service.of_email(session, EMAIL) is user
    assert service.get(session, user.id) is user


def test_nobody_is_found_by_letters_that_only_become_the_same(session):
    make_user(session, email="kath@bryn.gov.uk")

    assert service.by_email(session, "\u212aath@bryn.gov.uk") is None


def test_who_is_not_there_is_not_found(session):
    with pytest.raises(NotFound):
        service.get(session, 99)
    with pytest.raises(NotFound):
        service.of_email(session, EMAIL)


def test_the_first_admin_has_no_password_and_may_do_everything(session):
    user = service.create_admin(session, EMAIL, name="Siân", now=NOW)

    assert user.can_administer
    assert user.can_review
    assert user.password_hash == ""
    assert user.name == "Siân"


def test_who_has_an_account_can_be_made_an_admin_and_signs_in_again(session):
    user = make_user(session, make_council(session), email=EMAIL)
    token = sign_ins.start(session, user, device="", now=NOW)

    service.create_admin(session, EMAIL, now=NOW)
    session.expire_all()

    assert user.can_administer
    assert user.can_contribute
    assert sign_ins.find(session, token, now=NOW) is None


def test_an_admin_stays_one_and_stays_signed_in(session):
    user = make_user(session, email=EMAIL, is_admin=True)
    token = sign_ins.start(session, user, device="", now=NOW)

    assert service.create_admin(session, EMAIL, now=NOW) is user
    assert sign_ins.find(session, token, now=NOW)


def test_nobody_is_made_an_admin_by_a_strange_address_or_a_closed_account(session):
    make_user(session, email=EMAIL, state=State.CLOSED)

    with pytest.raises(Invalid):
        service.create_admin(session, "nobody", now=NOW)
    with pytest.raises(Conflict):
        service.create_admin(session, EMAIL, now=NOW)


@pytest.mark.parametrize(
    ("typed", "kept"), [("  Siân \t Evans ", "Siân Evans"), ("<b>Bob</b>", "<b>Bob</b>")]
)
def test_a_name_is_one_line(session, typed, kept):
    user = make_user(session)

    service.rename(session, user, name=typed)

    assert user.name == kept


def test_a_closed_account_is_signed_in_nowhere_and_may_do_nothing(session):
    make_user(session, is_admin=True)
    user = make_user(session, make_council(session), email=EMAIL, is_admin=True)
    passwords.set_password(user, "llwybr cyhoeddus 7")
    token = sign_ins.start(session, user, device="", now=NOW)
    address = by_mail.sign_in_address(session, user, base_url="", now=NOW)

    service.close(session, user, now=NOW)
    session.expire_all()

    assert sign_ins.find(session, token, now=NOW) is None
    assert not any((user.can_contribute, user.owns_pages, user.can_review, user.can_administer))
    assert user.password_hash == ""
    with pytest.raises(LinkOver):
        by_mail.arrive(session, address.rpartition("=")[2], now=NOW)


def test_who_closes_their_account_is_forgotten_and_may_come_back(session):
    user = make_user(session, email=EMAIL, name="Siân")
    sign_ins.start(session, user, device="Firefox on Linux", now=NOW)

    service.close(session, user, now=NOW)

    assert service.by_email(session, EMAIL) is None
    assert EMAIL not in user.email
    assert user.name == "Siân"
    assert session.query(SignIn).count() == 0


def test_who_was_shut_out_does_not_come_back(session):
    user = make_user(session, email=EMAIL)

    service.close(session, user, now=NOW, forget=False)

    assert service.by_email(session, EMAIL) is user
    assert not service.may_sign_in(user)


def test_the_last_admin_stays(session):
    user = make_user(session, is_admin=True)
    make_user(session, is_admin=True, state=State.CLOSED)

    with pytest.raises(Conflict):
        service.close(session, user, now=NOW)

    assert user.can_administer


def test_everyone_is_listed_by_address(session):
    users = [make_user(session, email=f"{name}@x.gov.uk") for name in ("b", "a")]

    assert service.everyone(session) == users[::-1]
