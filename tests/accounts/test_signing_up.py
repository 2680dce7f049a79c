from datetime import timedelta

import pytest

from kb.accounts import by_mail, service, signing_up
from kb.accounts.errors import LinkOver
from kb.accounts.models import CouncilRole, OneTimeLink, State
from kb.errors import Invalid
from tests.accounts.letters import code_of, last_to, letters_to
from tests.factories import NOW, make_council, make_user

BASE = "https://swap.example.org"
EMAIL = "sian@bryn.gov.uk"


def ask(session, email=EMAIL, name="Siân Evans", **options):
    signing_up.ask(session, email=email, name=name, base_url=BASE, now=NOW, **options)


def confirm(session, email=EMAIL, **options):
    return signing_up.confirm(session, code_of(last_to(session, email)), now=NOW, **options)


def test_an_official_address_makes_a_contributor_of_that_council(session):
    council = make_council(session, website="bryn.gov.uk")
    ask(session, "Sian@Bryn.gov.uk", next_path="/share")

    user, next_path = confirm(session)

    assert (user.email, user.name, user.state) == (EMAIL, "Siân Evans", State.ACTIVE)
    assert (user.council, user.council_role) == (council, CouncilRole.CONTRIBUTOR)
    assert user.can_contribute
    assert not any((user.owns_pages, user.can_review, user.can_administer))
    assert next_path == "/share"


def test_any_other_address_waits_for_an_admin(session):
    make_council(session, website="bryn.gov.uk")
    ask(session, "sian@evilbryn.gov.uk")

    user, _ = confirm(session, "sian@evilbryn.gov.uk")

    assert user.state is State.WAITING
    assert not user.can_contribute


def test_who_shares_a_domain_says_which_council_is_theirs(session):
    make_council(session, short_name="Lower", website="bryn.gov.uk")
    upper = make_council(session, short_name="Upper", website="bryn.gov.uk")
    ask(session)

    with pytest.raises(Invalid):
        confirm(session)
    user, _ = confirm(session, council_id=upper.id)

    assert user.council is upper


def test_nobody_chooses_a_council_that_is_not_theirs(session):
    other = make_council(session, website="dale.gov.uk")
    for name in ("Upper", "Lower"):
        make_council(session, short_name=name, website="bryn.gov.uk")
    ask(session)

    with pytest.raises(Invalid):
        confirm(session, council_id=other.id)


def test_an_only_council_is_not_chosen_away(session):
    council = make_council(session, website="bryn.gov.uk")
    other = make_council(session, website="dale.gov.uk")
    ask(session)

    user, _ = confirm(session, council_id=other.id)

    assert user.council is council


def test_nobody_has_an_account_before_the_letter_was_opened(session):
    ask(session)

    assert service.by_email(session, EMAIL) is None


def test_who_has_an_account_is_told_so_by_mail_alone(session):
    user = make_user(session, email=EMAIL)

    ask(session, name="Somebody Else")

    letter = last_to(session, EMAIL)
    assert letter.subject == "You already have an account"
    assert by_mail.arrive(session, code_of(letter), now=NOW)[0] is user
    assert user.name != "Somebody Else"


def test_a_closed_account_is_not_opened_again(session):
    make_user(session, email=EMAIL, state=State.CLOSED)

    ask(session)

    letter = last_to(session, EMAIL)
    assert letter.subject == "The account with this address is closed"
    assert "code=" not in letter.text


@pytest.mark.parametrize("state", [None, *State])
def test_the_same_rows_are_written_for_everybody(session, state):
    if state is not None:
        make_user(session, email=EMAIL, state=state)

    ask(session)

    assert len(letters_to(session, EMAIL)) == session.query(OneTimeLink).count() == 1


def test_a_letter_to_a_stranger_holds_nothing_that_somebody_typed(session):
    ask(session, name="Win http://evil.example")

    letter = last_to(session, EMAIL)
    assert "evil" not in letter.text + letter.subject
    assert f"{BASE}/sign-up/confirmation?code=" in letter.text


def test_a_link_confirms_once_and_for_a_day(session):
    ask(session)
    late = code_of(last_to(session, EMAIL))

    with pytest.raises(LinkOver):
        signing_up.confirm(session, late, now=NOW + timedelta(hours=24))
    confirm(session)

    with pytest.raises(LinkOver):
        confirm(session)


def test_of_two_letters_one_makes_the_account(session):
    ask(session)
    first = code_of(last_to(session, EMAIL))
    ask(session)
    confirm(session)

    with pytest.raises(LinkOver):
        signing_up.confirm(session, first, now=NOW)


def test_a_link_makes_no_second_account(session):
    ask(session)
    make_user(session, email=EMAIL)

    with pytest.raises(LinkOver):
        confirm(session)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " \u202e\t"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"email": "x@bryn.gov.uk\nBcc: y@z.gov.uk"}, "email"),
    ],
)
def test_what_is_wrong_is_said_of_its_field_and_no_letter_is_written(session, values, field):
    with pytest.raises(Invalid) as error:
        ask(session, **values)

    assert [*error.value.problems] == [field]
    assert session.query(OneTimeLink).count() == 0
