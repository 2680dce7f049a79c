"""Reads what a server says beside its content, and says in plain words what went wrong."""

import asyncio
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import aiohttp

from kb.feeds.errors import FeedError, FetchError
from kb.feeds.types import Validators

DAY_S = 24 * 3600
LONGEST_WAIT_S = 7 * DAY_S
LONGEST_VALIDATOR = 1000
LONGEST_SHOWN = 200
CERTIFICATES = {
    10: "its certificate has expired",
    9: "its certificate is not valid yet",
    18: "its certificate is signed by nobody but itself",
    19: "its certificate is signed by somebody whom we do not know",
    20: "its certificate is signed by somebody whom we do not know",
    21: "its certificate is signed by somebody whom we do not know",
    62: "its certificate is for another site",
    64: "its certificate is for another site",
}
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,20})", re.IGNORECASE)
_STALE = re.compile(r"(?:^|[,\s])no-(?:cache|store)(?:$|[,\s])", re.IGNORECASE)
_NOT_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNEXPECTED_EOF")
_VISIBLE = re.compile(r"[\x20-\x7e]+")
_STATUSES = {
    204: "The site answered with nothing at all.",
    206: "The site sent a part of the answer only, which we did not ask for.",
    400: "The site did not understand us (400).",
    401: "This address needs a password (401).",
    402: "This address wants to be paid for (402).",
    403: "The site refuses to let us in (403).",
    404: "There is nothing at this address (404).",
    406: "The site has nothing here in a form that we can read (406).",
    410: "The site says that this is gone for good (410).",
    429: "The site asks us to come less often (429).",
    451: "The site may not show this, for legal reasons (451).",
    503: "The site is not available at the moment (503).",
}


def validators(headers: Mapping[str, str]) -> Validators:
    """What to ask again with; none that we could not give back byte for byte."""
    return Validators(
        etag=_repeatable(headers.get("etag", "")),
        last_modified=_repeatable(headers.get("last-modified", "")),
    )


def max_age_s(headers: Mapping[str, str], now: float) -> int | None:
    """For how long the server says that this stays as it is; at most a week."""
    control = headers.get("cache-control", "")
    if age := _MAX_AGE.search(control):
        return min(int(age[1]), LONGEST_WAIT_S)
    if _STALE.search(control):
        return 0
    expires = _moment(headers.get("expires", ""))
    if expires is None:
        return None
    said_at = _moment(headers.get("date", ""))
    return _capped(expires - (now if said_at is None else said_at))


def retry_after_s(headers: Mapping[str, str], now: float) -> int | None:
    """How long the server asks us to stay away; at most a week. None if it says nothing."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return _capped(float(text[:20]))
    moment = _moment(text)
    return None if moment is None else _capped(moment - now)


def refusal(status: int, headers: Mapping[str, str], now: float) -> FetchError:
    """The error that an answer with this status is."""
    sentence = _STATUSES.get(status) or (
        f"The site is in trouble ({status})."
        if status >= 500
        else f"The site gave an answer that we cannot use ({status})."
    )
    return FetchError(sentence, status=status, retry_after_s=retry_after_s(headers, now))


def only_http(url: str, error: aiohttp.ClientConnectorError) -> FetchError | None:
    """The error that tells to try http, where somebody answered who speaks no https."""
    if not url.startswith("https:") or not _is_not_https(error):
        return None
    plain = "http" + url.removeprefix("https")
    instead = plain if len(url) <= LONGEST_SHOWN else "the same address with http://"
    return FetchError(f"The site does not speak https there. Try {instead} instead.")


def failure(error: Exception) -> Exception:
    """What went wrong on the way, as a FetchError; a bug of ours stays what it is."""
    if isinstance(error, FeedError):
        return error
    sentence = next((s for kind, s in _FAILURES if isinstance(error, kind)), None)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        sentence = _certificate(error.certificate_error)
    return error if sentence is None else FetchError(sentence)


_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (
        aiohttp.ConnectionTimeoutError,
        "The site cannot be reached in time; if its address has https, http:// may work.",
    ),
    (asyncio.TimeoutError, "The site did not answer in time."),
    (aiohttp.ClientConnectorSSLError, "The site and we have no kind of https in common."),
    (aiohttp.ClientConnectorDNSError, "We can find no site of that name at the moment."),
    (aiohttp.ClientConnectorError, "The site cannot be reached."),
    (aiohttp.ServerDisconnectedError, "The site hung up before it had answered."),
    (aiohttp.ClientPayloadError, "The answer is incomplete or garbled."),
    (aiohttp.ClientResponseError, "What came back is not a proper answer of a web server."),
    (aiohttp.InvalidURL, "This is not a proper web address."),
    (aiohttp.ClientError, "The connection to the site broke."),
    (OSError, "The connection to the site broke."),
    (UnicodeError, "This is not a proper web address."),
)


def _is_not_https(error: aiohttp.ClientConnectorError) -> bool:
    """Was there a connection, but then no answer that https begins with?"""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return False
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        return any(word in str(error) for word in _NOT_TLS)
    return isinstance(error.os_error, ConnectionAbortedError | ConnectionResetError)


def _certificate(error: Exception) -> str:
    why = CERTIFICATES.get(getattr(error, "verify_code", 0), "its certificate proves nothing")
    return f"We cannot be sure that this is the site: {why}."


def _repeatable(value: str) -> str:
    fits = len(value) <= LONGEST_VALIDATOR and _VISIBLE.fullmatch(value)
    return value if fits else ""


def _moment(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _capped(seconds: float) -> int:
    return int(min(max(seconds, 0.0), LONGEST_WAIT_S))
