"""The council that a reader looks from: its code in a first-party cookie, and no account.

Pages know it from their address alone (`?like=KIR`), so that they are the same for everybody
who has that address and can be kept. The cookie only leads to that address.
"""

import re
from functools import wraps
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from kb.web.context import P, View, runtime
from kb.web.own_paths import own_path

LIKE = "like"
A_YEAR_S = 365 * 24 * 60 * 60
_CODE = re.compile(r"[A-Z0-9]{2,5}")


def cookie_name() -> str:
    """A `__Host-` cookie cannot be set by a neighbour below the same domain, or without TLS."""
    return "__Host-council" if runtime().settings.is_https else "council"


def chosen() -> str:
    """The code that the browser keeps; "" where it keeps none, or rubbish."""
    return code_in(request.cookies.get(cookie_name(), ""))


def code_in(text: str) -> str:
    """The text, if a council could have it as its code; else ""."""
    return text if _CODE.fullmatch(text) else ""


def remember(response: Response, code: str) -> None:
    """For a year; what is kept is the code, which is public, and nothing else."""
    _set(response, code, A_YEAR_S)


def forget(response: Response) -> None:
    _set(response, "", 0)


def knowing_my_council(view: View[P]) -> View[P]:
    """Lead a browser that keeps a council to the address of this page that names it."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        code = chosen() if request.method == "GET" and LIKE not in request.args else ""
        if not code:
            return view(*args, **kwargs)
        asked = request.query_string.decode("ascii", "replace")
        response = redirect(f"{request.path}?{asked}{'&' if asked else ''}{LIKE}={code}", 302)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return answer


def way_back(typed: str, *, otherwise: str) -> str:
    """A page of ours without the council in its address; `otherwise` for anything else."""
    path = own_path(typed)
    if not path:
        return otherwise
    parts = urlsplit(path)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([(name, value) for name, value in pairs if name != LIKE])
    return f"{parts.path}?{query}" if query else parts.path


def _set(response: Response, value: str, max_age: int) -> None:
    response.set_cookie(
        cookie_name(),
        value,
        max_age=max_age,
        path="/",
        secure=runtime().settings.is_https,
        httponly=True,
        samesite="Lax",
    )
    response.headers["Cache-Control"] = "private, no-store"
