from datetime import timedelta

import pytest

from kb.accounts import links
from kb.accounts.errors import LinkOver
from kb.accounts.models import Purpose
from tests.factories import NOW

EMAIL = "sian@x.gov.uk"


def make(session, purpose=Purpose.SIGN_IN, email=EMAIL):
    return links.make(session, purpose, email, now=NOW)[1]


@pytest.mark.parametrize("purpose", [*Purpose])
def test_a_link_works_once(session, purpose):
    code = make(session, purpose)

    link = links.use(session, purpose, code, now=NOW)

    assert link.email == EMAIL
    with pytest.raises(LinkOver):
        links.use(session, purpose, code, now=NOW)


@pytest.mark.parametrize(
    ("purpose", "lasts"),
    [
        (Purpose.CONFIRM, timedelta(hours=24)),
        (Purpose.SIGN_IN, timedelta(minutes=10)),
        (Purpose.RESET, timedelta(minutes=30)),
    ],
)
def test_a_link_works_only_for_its_time(session, purpose, lasts):
    code = make(session, purpose)

    assert links.find(session, purpose, code, now=NOW + lasts - timedelta(seconds=1))
    with pytest.raises(LinkOver):
        links.find(session, purpose, code, now=NOW + lasts)


def test_a_link_for_one_thing_does_nothing_else(session):
    code = make(session, Purpose.CONFIRM)

    with pytest.raises(LinkOver):
        links.use(session, Purpose.SIGN_IN, code, now=NOW)


def test_using_one_link_ends_the_others_to_that_address(session):
    first, second, others = make(session), make(session), make(session, email="tomos@x.gov.uk")

    links.use(session, Purpose.SIGN_IN, second, now=NOW)

    with pytest.raises(LinkOver):
        links.find(session, Purpose.SIGN_IN, first, now=NOW)
    assert links.find(session, Purpose.SIGN_IN, others, now=NOW)


def test_nobody_else_s_code_is_kept(session):
    link, code = links.make(session, Purpose.SIGN_IN, EMAIL, now=NOW)

    assert code not in repr(vars(link))


CODE = "a-Code_" + "x" * 36


@pytest.mark.parametrize(
    "pasted",
    [
        CODE,
        f"  {CODE}\n",
        f"https://swap.example.org/sign-in/arrival?code={CODE}",
        f"<https://swap.example.org/sign-in/arrival?code={CODE}>.",
        f"https://swap.example.org/sign-in/arrival?code=a-Code_xxx\r\n{'x' * 33}",
    ],
)
def test_what_was_pasted_holds_the_code(pasted):
    assert links.code_in(pasted) == CODE


@pytest.mark.parametrize("pasted", ["", "nonsense", "https://x.org/?code=short", "€" * 43])
def test_what_holds_no_code_is_none(pasted):
    assert links.code_in(pasted) == ""


def test_links_are_forgotten_a_day_after_they_ran_out(session):
    make(session)

    assert links.forget_old(session, now=NOW + timedelta(hours=23)) == 0
    assert links.forget_old(session, now=NOW + timedelta(hours=25)) == 1
