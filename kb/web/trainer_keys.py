"""Whose session this is: the trainer's key in a cookie, or the account that owns it."""

import hashlib
import hmac
from typing import cast
from urllib.parse import quote, unquote

from flask import Blueprint, Flask, Response, make_response, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]

from kb.errors import NotAllowed, NotFound
from kb.training import sessions
from kb.training.models import TrainingSession
from kb.web import signing_in
from kb.web.context import db_session, person, runtime

FIELD = "seal"
WITHOUT_SEAL = {"presenting.create_key"}  # the key itself is in the form
READING = {"GET", "HEAD", "OPTIONS"}
LASTS_S = 90 * 24 * 60 * 60
TOLD_S, LONGEST_TOLD = 60, 1_000
LONGEST = 100  # of a key or a seal; ours are shorter
NOT_YOURS = "There is no session here that you could run. Open your private link again."
STALE = "This page was open for too long, or came from elsewhere. Open your session again."


def init_app(app: Flask) -> None:
    """Templates put `seal_of(training)` into the hidden field of each of their forms."""
    app.jinja_env.globals["seal_of"] = seal_of


def exempt(app: Flask, bp: Blueprint) -> None:
    """These views are protected by `insist_on_seal`, not by a token of Flask's session.

    A guest has no such session, and none is begun for one.
    """
    cast(CSRFProtect, app.extensions["csrf"]).exempt(bp)


def insist_on_seal() -> None:
    """Before each request of a blueprint: a POST must come from a page that we made.

    Raises NotFound for whose session it is not, NotAllowed without our seal.
    """
    if request.method in READING or request.endpoint in WITHOUT_SEAL:
        return
    training, credential = _found((request.view_args or {})["training_id"])
    sent = request.form.get(FIELD, "")[:LONGEST].encode("utf-8", "replace")
    if not hmac.compare_digest(sent, _seal(training, credential).encode()):
        raise NotAllowed(STALE)


def training_of(training_id: int) -> TrainingSession:
    """The session, for its trainer. Raises NotFound for everybody else."""
    return _found(training_id)[0]


def seal_of(training: TrainingSession) -> str:
    """Shows that a form was on a page made for this trainer; tells nothing of their key."""
    return _seal(training, _found(training.id)[1])


def give(response: Response, training: TrainingSession, key: str) -> None:
    """From here on this browser is the trainer's, for this session alone."""
    response.set_cookie(
        _cookie(training.id),
        key,
        max_age=LASTS_S,
        path=f"/sessions/{training.id}",
        secure=runtime().settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def take_back(response: Response, training_id: int) -> None:
    response.delete_cookie(_cookie(training_id), path=f"/sessions/{training_id}")


def tell(response: Response, training: TrainingSession, sentence: str) -> Response:
    """What the trainer's next page says once; "" ends that. A guest has no other place for it."""
    response.set_cookie(
        _told_cookie(training.id),
        quote(sentence),
        max_age=TOLD_S if sentence else 0,
        path=f"/sessions/{training.id}",
        secure=runtime().settings.is_https,
        httponly=True,
        samesite="Lax",
    )
    return response


def told(training: TrainingSession) -> str:
    return unquote(request.cookies.get(_told_cookie(training.id), ""))[:LONGEST_TOLD]


def own(answer: ResponseReturnValue) -> Response:
    """A page of the trainer's: nobody on the way keeps it, and no link tells where it was."""
    response = make_response(answer)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _found(training_id: int) -> tuple[TrainingSession, str]:
    """The session and what this browser holds that shows whose it is.

    Nobody is asked who they are while the key alone will do.
    """
    key = request.cookies.get(_cookie(training_id), "")
    if 0 < len(key) <= LONGEST:
        try:
            return sessions.of_trainer(db_session(), training_id, key, None), key
        except NotFound:
            pass
    user, visitor = person(), signing_in.present()
    if user is None or visitor is None:
        raise NotFound(NOT_YOURS)
    return sessions.of_trainer(db_session(), training_id, "", user), visitor.token


def _seal(training: TrainingSession, credential: str) -> str:
    said = f"trainer\0{training.id}\0{credential}".encode()
    secret = runtime().settings.secret_key.encode()
    return hmac.new(secret, said, hashlib.sha256).hexdigest()


def _told_cookie(training_id: int) -> str:
    return f"told-{training_id}"


def _cookie(training_id: int) -> str:
    return f"trainer-{training_id}"
