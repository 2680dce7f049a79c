"""Whose pack this is: a guest's private link in a cookie, or the account that owns it."""

from flask import Response, make_response, request
from flask import session as flask_session
from flask.typing import ResponseReturnValue

from kb.training import packs
from kb.training.models import Pack
from kb.web.context import db_session, person, runtime

PREFIX = "pack-"
PATH = "/sessions"
LASTS_S = 180 * 24 * 60 * 60
MOST_HELD, LONGEST = 20, 100
_LARGEST = 2**31 - 1
_SHOWN = "link"  # of Flask's session: the one link that its maker has yet to see


def keys() -> dict[int, str]:
    """The private links that this browser holds: a pack's number -> its token."""
    held: dict[int, str] = {}
    for name, value in request.cookies.items():
        number = name.removeprefix(PREFIX)
        is_one = name.startswith(PREFIX) and number.isascii() and number.isdigit()
        if is_one and len(number) <= 10 and int(number) <= _LARGEST and len(value) <= LONGEST:
            held[int(number)] = value
        if len(held) == MOST_HELD:
            break
    return held


def pack_of(slug: str) -> Pack:
    """A pack that is everybody's, or this browser's. Raises NotFound."""
    return packs.get(db_session(), slug, keys=keys(), user=person())


def own_pack(slug: str) -> Pack:
    """A pack that this browser may change. Raises NotFound, or NotAllowed for a seeded one."""
    return packs.to_change(db_session(), slug, keys=keys(), user=person())


def give(response: Response, pack: Pack, token: str) -> None:
    """From here on this browser holds the pack's link."""
    response.set_cookie(
        f"{PREFIX}{pack.id}",
        token,
        max_age=LASTS_S,
        path=PATH,
        secure=runtime().settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def take_back(response: Response, pack: Pack) -> None:
    response.delete_cookie(f"{PREFIX}{pack.id}", path=PATH)


def show_once(path: str) -> None:
    """Keep a private link for the next page that shows it, in this browser alone."""
    flask_session[_SHOWN] = path


def shown(start: str) -> str:
    """The link that begins so, if it was not shown yet; it cannot be shown again."""
    path = str(flask_session.get(_SHOWN, ""))
    if not path.startswith(start):
        return ""
    del flask_session[_SHOWN]
    return path


def own(answer: ResponseReturnValue) -> Response:
    """A page of somebody's own: nobody keeps it, and no link tells where it was."""
    response = make_response(answer)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
