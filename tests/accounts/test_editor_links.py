from datetime import timedelta

import pytest
from itsdangerous import URLSafeSerializer

from kb.accounts import editor_links
from kb.errors import NotAllowed
from tests.factories import NOW

SECRET = "a secret that is long enough"
SITE = "https://swap.example.org"


def key(**changes):
    return editor_links.make(**{"secret": SECRET, "site": SITE, "now": NOW} | changes)


def check(text, *, secret=SECRET, site=SITE, now=NOW):
    return editor_links.check(text, secret, site=site, now=now)


def test_a_link_is_good_for_twelve_hours():
    almost = NOW + timedelta(hours=11, minutes=59)

    assert check(key(), now=almost) == NOW + timedelta(hours=12)


def test_a_link_runs_out():
    with pytest.raises(NotAllowed, match="12 hours"):
        check(key(), now=NOW + timedelta(hours=12))


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "x.y", "é", "\0", key() + "A", key()[:-1], key().swapcase()),
        key(secret="the secret of somebody else"),
        key(site="https://swap.example.com"),
    ],
)
def test_a_link_that_we_did_not_make_for_this_site_is_refused(text):
    with pytest.raises(NotAllowed):
        check(text)


@pytest.mark.parametrize(
    "said",
    [
        *({}, [], "editor", None, 1, {"site": SITE}, {"until": 1}),
        *({"site": SITE, "until": "soon"}, {"site": SITE, "until": 10**40}),
    ],
)
def test_what_was_signed_for_something_else_makes_no_editor(said):
    for salt in ("editor link", "candidates"):
        with pytest.raises(NotAllowed):
            check(URLSafeSerializer(SECRET, salt=salt).dumps(said))
