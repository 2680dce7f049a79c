"""What servers say beside their content is understood, and what goes wrong is put plainly."""

import pytest

from kb.feeds import answers
from kb.feeds.types import Validators

NOW = 1793491200.0  # Sunday, 1 November 2026, 00:00 UTC
WEEK_S = 7 * 24 * 3600


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 60 ", 60),
        ("0", 0),
        ("315360000", WEEK_S),
        ("9" * 5000, WEEK_S),
        ("Sun, 01 Nov 2026 00:05:00 GMT", 300),
        ("Sat, 31 Oct 2026 00:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("１２", None),
        ("", None),
    ],
)
def test_how_long_a_server_wants_us_to_stay_away(text, seconds):
    assert answers.retry_after_s({"retry-after": text}, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "max-age=3600"}, 3600),
        ({"cache-control": "public, Max-Age = 60, must-revalidate"}, 60),
        ({"cache-control": 'max-age="60"'}, 60),
        ({"cache-control": "max-age=315360000"}, WEEK_S),
        ({"cache-control": "s-maxage=60"}, None),
        ({"cache-control": "no-cache"}, 0),
        ({"cache-control": "private, no-store"}, 0),
        ({"cache-control": "max-age=soon"}, None),
        ({"expires": "Sun, 01 Nov 2026 01:00:00 GMT"}, 3600),
        (
            {
                "expires": "Mon, 02 Nov 2026 01:00:00 GMT",
                "date": "Mon, 02 Nov 2026 00:30:00 GMT",
            },
            1800,
        ),
        ({"expires": "Mon, 02 Nov 2099 01:00:00 GMT"}, WEEK_S),
        ({"expires": "0"}, None),
        ({"expires": "Sun, 01 Nov 2020 01:00:00 GMT"}, 0),
        ({"cache-control": "max-age=5", "expires": "Sun, 01 Nov 2026 01:00:00 GMT"}, 5),
        ({}, None),
    ],
)
def test_how_long_an_answer_stays_as_it_is(headers, seconds):
    assert answers.max_age_s(headers, NOW) == seconds


@pytest.mark.parametrize("etag", ['"abc"', "abc", 'W/"x-gzip"', '"a;b c"'])
def test_validators_are_kept_byte_for_byte(etag):
    kept = answers.validators({"etag": etag, "last-modified": "yesterday"})

    assert kept == Validators(etag=etag, last_modified="yesterday")


@pytest.mark.parametrize("etag", ['"a\tb"', '"a\x00b"', '"caf\u00e9"', '"a\ufffd"', "x" * 2000])
def test_validators_that_cannot_be_given_back_alike_are_not_kept(etag):
    assert answers.validators({"etag": etag}) == Validators()


@pytest.mark.parametrize("status", [204, 206, 300, 401, 403, 404, 410, 418, 429, 451, 500, 503])
def test_every_status_is_a_sentence(status):
    error = answers.refusal(status, {"retry-after": "60"}, NOW)

    assert str(error).endswith(".")
    assert error.status == status
    assert error.retry_after_s == 60
    assert error.is_gone == (status == 410)


def test_a_bug_of_ours_is_not_dressed_up():
    bug = ZeroDivisionError("ours")

    assert answers.failure(bug) is bug
