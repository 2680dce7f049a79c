from datetime import timedelta

import pytest

from kb.accounts import domains
from tests.factories import TODAY, make_council


def owners(session, email):
    return [c.short_name for c in domains.councils_of(session, email, today=TODAY)]


@pytest.mark.parametrize("website", ["brynshire.gov.uk", "https://www.brynshire.gov.uk/"])
def test_an_official_address_is_at_the_council_s_domain_or_below_it(session, website):
    make_council(session, short_name="Brynshire", website=website)

    assert owners(session, "sian@brynshire.gov.uk") == ["Brynshire"]
    assert owners(session, "sian@democracy.brynshire.gov.uk") == ["Brynshire"]


@pytest.mark.parametrize(
    "email",
    [
        *("x@evilbrynshire.gov.uk", "x@brynshire.gov.uk.evil.com", "x@gov.uk", "x@uk"),
        *("brynshire.gov.uk@evil.com", "x@brynshire-gov.uk", "x@brynshire.gov.wales"),
    ],
)
def test_an_address_that_only_looks_like_it_is_nobody_s(session, email):
    make_council(session, website="brynshire.gov.uk")
    make_council(session, website="")

    assert owners(session, email) == []


@pytest.mark.parametrize("website", ["gov.uk", "https://example.com/brynshire", "//[", "uk"])
def test_a_domain_that_is_shared_with_everybody_says_nothing(session, website):
    make_council(session, website=website)

    assert owners(session, "x@example.com") == owners(session, "x@any.gov.uk") == []


def test_councils_that_share_a_domain_are_all_found(session):
    make_council(session, short_name="Upper", website="upper-lower.gov.uk")
    make_council(session, short_name="Lower", website="upper-lower.gov.uk")

    assert owners(session, "x@upper-lower.gov.uk") == ["Lower", "Upper"]


def test_the_nearer_of_two_domains_counts(session):
    make_council(session, short_name="County", website="bryn.gov.uk")
    make_council(session, short_name="District", website="dale.bryn.gov.uk")

    assert owners(session, "x@mail.dale.bryn.gov.uk") == ["District"]
    assert owners(session, "x@bryn.gov.uk") == ["County"]


def test_a_council_that_is_no_more_has_no_official_addresses(session):
    make_council(session, website="bryn.gov.uk", end_date=TODAY - timedelta(days=1))

    assert owners(session, "x@bryn.gov.uk") == []
