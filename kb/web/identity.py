"""Sign in with a council's own accounts, by OpenID Connect."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as flask_session
from flask.typing import ResponseReturnValue

from kb import logs
from kb.accounts import identity
from kb.accounts.claims import Claims, IdentityProvider, Journey, ProviderDown, Refused
from kb.clock import utcnow
from kb.config import Settings
from kb.errors import Conflict, Invalid
from kb.runtime import Runtime
from kb.web import identity_letters, limiting, signing_in
from kb.web.context import begin_to_write, has_session, let_go, public, runtime
from kb.web.own_paths import own_path

bp = Blueprint("identity", __name__, url_prefix="/sign-in/identity")

RETURN = "/sign-in/identity/return"
AWAY_FOR = timedelta(minutes=10)
_AWAY = "identity"

log = logs.get("identity")

STALE = "You were away for too long, or began in another window or browser."
NOT_DONE = "You did not finish signing in there, or it does not let you in here."
NO_PROOF = "Its answer does not prove who you are. It may be that you opened an old page again."
DOWN = "It does not answer at the moment."


@dataclass(frozen=True, kw_only=True)
class Away:
    """Somebody who was sent to the provider, and where they were going."""

    journey: Journey
    next_path: str


def init_app(app: Flask, runtime: Runtime) -> None:
    """Where no provider is set, no page mentions one."""
    settings = runtime.settings
    app.extensions["kb_identity"] = _provider_of(settings)
    app.jinja_env.globals["identity_name"] = _name_of(settings)


@bp.get("")
@public
def new() -> ResponseReturnValue:
    """Changes nothing but this browser's own session, so that a link can lead here."""
    now = utcnow()
    try:
        address, journey = _provider().start(now=now)
    except ProviderDown as error:
        log.warning("identity provider cannot be used", problem=str(error))
        return _failed(DOWN, 503)
    next_path = own_path(request.args.get("next", ""))
    flask_session[_AWAY] = {**asdict(journey), "next": next_path, "since": now.isoformat()}
    return redirect(address, code=303)


@bp.get("/return")
@public
def create() -> ResponseReturnValue:
    provider, now = _provider(), utcnow()
    away = _away(now)
    code = "" if "error" in request.args else request.args.get("code", "")
    if not code:
        return _failed(NOT_DONE, 400, away)
    if away is None or request.args.get("iss", provider.issuer) != provider.issuer:
        return _failed(STALE, 400, away)
    _count()
    try:
        claims = provider.finish(away.journey, code, now=now)
        return _arrive(claims, away, now)
    except (ProviderDown, Refused) as error:
        log.warning("identity provider cannot be used", problem=str(error))
        is_down = isinstance(error, ProviderDown)
        return _failed(DOWN if is_down else NO_PROOF, 503 if is_down else 400, away)
    except Invalid as error:
        return _failed(error.problems["email"], 403, away)
    except Conflict as error:
        return _failed(str(error), 403, away)


@bp.get("/letter")
@public
def letter() -> ResponseReturnValue:
    _provider()
    return render_template("identity/letter.html")


def _arrive(claims: Claims, away: Away, now: datetime) -> ResponseReturnValue:
    """The return is a GET, and writes: the provider could not send anybody by POST."""
    session = begin_to_write()
    base_url = runtime().settings.base_url
    if not claims.is_verified and claims.email:
        limiting.count_letter(
            "link", claims.email, limit=5, within=limiting.HALF_AN_HOUR, network=30
        )
    arrival = identity.arrive(
        session, claims, base_url=base_url, now=now, next_path=away.next_path
    )
    if arrival.user is not None:
        path = signing_in.arrive(arrival.user, next_path=away.next_path, now=now)
        let_go()
        return redirect(path, code=303)
    let_go()
    identity_letters.remember(claims, now=now)
    if arrival.confirm_code:
        return redirect(url_for("sign_up.confirmation", code=arrival.confirm_code), code=303)
    return redirect(url_for("identity.letter"), code=303)


def _away(now: datetime) -> Away | None:
    """Who comes back, if this browser was sent away and brings its state along; only once."""
    said = flask_session.get(_AWAY) if has_session() else None
    if not said or said["state"] != request.args.get("state"):
        return None
    del flask_session[_AWAY]
    if now - datetime.fromisoformat(said["since"]) >= AWAY_FOR:
        return None
    journey = Journey(state=said["state"], nonce=said["nonce"], verifier=said["verifier"])
    return Away(journey=journey, next_path=own_path(said["next"]))


def _count() -> None:
    """Each return makes us ask the provider; nobody makes us do that without end."""
    signing_in.present()
    begin_to_write()
    limiting.count("identity from", limiting.remote_address(), limit=60, within=limiting.A_MINUTE)
    let_go()


def _failed(sentence: str, status: int, away: Away | None = None) -> ResponseReturnValue:
    next_path = away.next_path if away else own_path(request.args.get("next", ""))
    page = render_template("identity/failed.html", sentence=sentence, next_path=next_path)
    return page, status


def _provider() -> IdentityProvider:
    provider = current_app.extensions["kb_identity"]
    if provider is None:
        abort(404)
    return cast(IdentityProvider, provider)


def _provider_of(settings: Settings) -> IdentityProvider | None:
    if not settings.oidc_issuer:
        return None
    from kb.accounts.provider import Provider  # not above: 20 MB that few sites need

    return Provider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        return_to=f"{settings.base_url}{RETURN}",
    )


def _name_of(settings: Settings) -> str:
    return settings.oidc_issuer and (
        settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or ""
    )
