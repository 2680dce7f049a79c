import pytest

from kb.accounts import by_mail, identity, links, service, signing_up
from kb.accounts.models import CouncilRole, OneTimeLink, Purpose, State, User
from kb.accounts.provider import Claims
from kb.errors import Conflict, Invalid
from tests.accounts.letters import code_of, last_to, letters_to
from tests.factories import NOW, make_council, make_user

BASE = "https://swap.example.org"
EMAIL = "sian@bryn.gov.uk"
SUBJECT = "https://login.example.org|sian"


def claims(**values):
    right = {"subject": SUBJECT, "email": EMAIL, "is_verified": True, "name": "Siân Evans"}
    return Claims(**right | values)


def arrive(session, next_path="", **values):
    return identity.arrive(session, claims(**values), base_url=BASE, now=NOW, next_path=next_path)


def test_who_comes_for_the_first_time_gets_an_account_of_their_council(session):
    council = make_council(session, website="bryn.gov.uk")

    user = arrive(session, email="Sian@Bryn.gov.uk").user

    assert (user.email, user.name, user.subject) == (EMAIL, "Siân Evans", SUBJECT)
    assert (user.council, user.council_role) == (council, CouncilRole.CONTRIBUTOR)
    assert user.can_contribute
    assert not any((user.owns_pages, user.can_review, user.can_administer))


def test_an_address_of_no_council_waits_for_an_admin(session):
    user = arrive(session, email="sian@evilbryn.gov.uk").user

    assert user.state is State.WAITING
    assert not user.can_contribute


def test_where_councils_share_a_domain_the_person_chooses_theirs(session):
    make_council(session, website="bryn.gov.uk")
    other = make_council(session, website="bryn.gov.uk")

    arrival = arrive(session, next_path="/share")
    user, next_path = signing_up.confirm(
        session, arrival.confirm_code, council_id=other.id, now=NOW
    )

    assert arrival.user is None
    assert (user.council, next_path) == (other, "/share")
    assert letters_to(session, EMAIL) == []


def test_who_came_before_is_known_again_even_with_another_address(session):
    user = arrive(session).user

    found = arrive(session, email="sian.evans@dale.gov.uk", is_verified=False).user

    assert found is user
    assert user.email == EMAIL


def test_a_verified_address_finds_the_account_that_was_there(session):
    user = make_user(session, email=EMAIL, name="Siân", is_reviewer=True)

    found = arrive(session, name="Somebody Else").user

    assert found is user
    assert (user.subject, user.name) == (SUBJECT, "Siân")


def test_an_address_is_not_enough_for_an_account_of_somebody_else_there(session):
    user = make_user(session, email=EMAIL, subject="https://login.example.org|tomos")

    with pytest.raises(Conflict):
        arrive(session)

    assert user.subject == "https://login.example.org|tomos"


@pytest.mark.parametrize("exists", [True, False])
def test_an_address_that_nobody_verified_opens_nothing(session, exists):
    if exists:
        make_user(session, email=EMAIL, is_admin=True)

    arrival = arrive(session, is_verified=False)

    assert (arrival.user, arrival.confirm_code) == (None, "")
    assert len(letters_to(session, EMAIL)) == session.query(OneTimeLink).count() == 1
    assert session.query(User).filter(User.subject.is_not(None)).count() == 0


def test_the_letter_leads_who_has_the_address_into_their_own_account(session):
    user = make_user(session, email=EMAIL)
    arrive(session, is_verified=False, next_path="/share")

    found, next_path = by_mail.arrive(session, code_of(last_to(session, EMAIL)), now=NOW)

    assert (found, next_path) == (user, "/share")
    assert user.subject is None


def test_the_letter_makes_an_account_as_signing_up_does(session):
    arrive(session, is_verified=False, name="")

    user, _ = signing_up.confirm(session, code_of(last_to(session, EMAIL)), now=NOW)

    assert (user.name, user.subject) == ("sian", None)


def test_a_letter_to_somebody_holds_nothing_that_the_provider_said(session):
    arrive(session, is_verified=False, name="Win http://evil.example")

    letter = last_to(session, EMAIL)
    assert "evil" not in letter.subject + letter.text


@pytest.mark.parametrize("by", ["subject", "address"])
def test_a_closed_account_stays_closed(session, by):
    user = make_user(session, email=EMAIL, state=State.CLOSED)
    if by == "subject":
        user.subject = SUBJECT
        session.flush()

    with pytest.raises(Conflict):
        arrive(session)


@pytest.mark.parametrize(
    "email", ["", "sian", "\u212aath@bryn.gov.uk", "a@b.org\nBcc: c@d.org", "x@" + "y" * 300]
)
def test_nobody_comes_in_by_what_is_no_address(session, email):
    with pytest.raises(Invalid):
        arrive(session, email=email)

    assert session.query(User).count() == 0


@pytest.mark.parametrize(
    ("said", "kept"),
    [("", ""), ("x" * 500, ""), (" Siân\u202e\n Evans ", "Siân Evans"), ("<b>", "<b>")],
)
def test_a_name_that_cannot_stand_on_a_page_is_left_out(session, said, kept):
    assert arrive(session, name=said).user.name == kept


def test_who_the_provider_said_it_was_is_remembered_once_a_letter_proved_it(session):
    user = make_user(session, email=EMAIL)

    identity.link(session, user, email=EMAIL, subject=SUBJECT)

    assert arrive(session, email="", is_verified=False).user is user


@pytest.mark.parametrize(
    "values",
    [
        {"email": "tomos@bryn.gov.uk"},
        {"email": EMAIL, "subject": "https://login.example.org|other"},
        {"email": EMAIL, "state": State.CLOSED},
    ],
)
def test_nobody_is_remembered_as_somebody_else(session, values):
    user = make_user(session, **values)
    before = user.subject

    identity.link(session, user, email=EMAIL, subject=SUBJECT)

    assert user.subject == before


def test_one_person_there_is_one_account_here(session):
    make_user(session, subject=SUBJECT)
    user = make_user(session, email=EMAIL)

    identity.link(session, user, email=EMAIL, subject=SUBJECT)

    assert user.subject is None


def test_a_code_for_choosing_a_council_makes_no_second_account(session):
    for _ in range(2):
        make_council(session, website="bryn.gov.uk")
    code = arrive(session).confirm_code

    assert service.by_email(session, EMAIL) is None
    assert links.find(session, Purpose.CONFIRM, code, now=NOW).email == EMAIL
