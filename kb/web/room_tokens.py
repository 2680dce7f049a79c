"""What makes a phone one participant: a token in a cookie, which each form says again.

No page of somebody else's can read the token, so that a form which carries it came from a
page of ours. Flask's session is not opened here, and nobody's account is looked at.
"""

import hmac

from flask import Response, abort, request

from kb.training import codes
from kb.web.context import runtime

FIELD, HEADER = "room", "X-Room"
LASTS_S = 12 * 60 * 60
LONGEST = 100  # ours are shorter
_OURS = {"same-origin", "none"}


def held(code: str) -> str:
    """The token that this browser holds for this room; "" if none."""
    token = request.cookies.get(_cookie(code), "")
    return token if len(token) <= LONGEST else ""


def held_and_sent(code: str) -> str:
    """The same, where the form or the script has sent it too; "" otherwise."""
    token = held(code)
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    is_same = hmac.compare_digest(_bytes(sent), _bytes(token))
    return token if is_same else ""


def is_script() -> bool:
    """Does our script ask, which wants to be told in JSON?"""
    return HEADER in request.headers


def refuse_other_sites() -> None:
    """No page of somebody else's makes a phone join anew, and so count twice."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in _OURS:
        abort(403)
    if origin is not None and origin.partition("://")[2] != request.host:
        abort(403)


def give(response: Response, code: str, token: str) -> None:
    """From here on this browser is that participant, in this room alone."""
    response.set_cookie(
        _cookie(code),
        token,
        max_age=LASTS_S,
        path=f"/j/{code}",
        secure=runtime().settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def _cookie(code: str) -> str:
    return f"room-{codes.plain(code)}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
