"""Talks to the identity provider of OpenID Connect: where to send people, and who came back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from kb.accounts.claims import Claims, Journey, ProviderDown, Refused

TIME_LIMIT_S = 5.0
KEPT = timedelta(hours=1)
LEEWAY_S = 60
LONGEST_SUBJECT = 255
# Only signatures that need the provider's private key: neither none, nor our shared secret.
ALGORITHMS = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
]
_ERROR = re.compile(r"[a-z_]{1,40}")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Provider:
    """One provider, found by the document that it publishes about itself."""

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        client_secret: str,
        return_to: str,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        self.issuer = issuer
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._return_to = return_to
        self._limit_s = time_limit_s
        self._found: tuple[datetime, dict[str, Any]] | None = None
        self._lock = Lock()

    def start(self, *, now: datetime) -> tuple[str, Journey]:
        """The address to send somebody to. Raises ProviderDown."""
        journey = Journey(
            state=generate_token(43), nonce=generate_token(43), verifier=generate_token(64)
        )
        with self._speaking() as client:
            about = self._about(client, now)
            address, _ = client.create_authorization_url(
                about["authorization_endpoint"],
                state=journey.state,
                nonce=journey.nonce,
                code_verifier=journey.verifier,
            )
        return str(address), journey

    def finish(self, journey: Journey, code: str, *, now: datetime) -> Claims:
        """Who came back with this code. Raises ProviderDown and Refused."""
        with self._speaking() as client:
            about = self._about(client, now)
            client.token_endpoint_auth_method = _way_to_authenticate(about)
            token = client.fetch_token(
                about["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=journey.verifier,
                allow_redirects=False,
            )
            claims = self._checked(client, about, token, journey, now)
            return _claims(self._with_address(client, about, claims), self.issuer)

    @contextmanager
    def _speaking(self) -> Iterator[Any]:
        """Whatever goes wrong on the way becomes one of our two errors."""
        try:
            with OAuth2Session(
                **self._client,
                scope="openid email profile",
                redirect_uri=self._return_to,
                code_challenge_method="S256",
                default_timeout=self._limit_s,
            ) as client:
                yield client
        except OAuthError as error:
            raise Refused(f"The provider says: {_code(error.error)}.") from error
        except JoseError as error:
            raise Refused(f"The provider’s answer is no proof: {_code(error.error)}.") from error
        except (
            requests.RequestException,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
        ) as error:
            raise ProviderDown(f"The provider cannot be used: {type(error).__name__}.") from error

    def _about(self, client: Any, now: datetime) -> dict[str, Any]:
        """The document by which it is discovered, fetched again once an hour."""
        with self._lock:
            found = self._found
        if found is not None and now - found[0] < KEPT:
            return found[1]
        about = _fetched(client, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if about["issuer"] != self.issuer:
            raise ProviderDown("The provider says that it is another one.")
        for name in NEEDED:
            if not str(about[name]).startswith(("https://", "http://")):
                raise ProviderDown(f"The provider’s {name} is no address.")
        with self._lock:
            self._found = (now, about)
        return about

    def _checked(
        self, client: Any, about: dict[str, Any], token: Any, journey: Journey, now: datetime
    ) -> dict[str, Any]:
        """What the token claims, once signature, sender, reader, times and nonce are right."""
        if "id_token" not in token:
            raise Refused("The provider did not say who it is.")
        said: Any = _fetched(client, about["jwks_uri"])
        keys = KeySet.import_key_set(said)
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        signed = jwt.decode(str(token["id_token"]), keys, registry=registry)
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            {"iss": {"value": self.issuer}, "aud": {"value": self._client["client_id"]}},
            {
                "nonce": journey.nonce,
                "client_id": self._client["client_id"],
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
        return dict(claims)

    def _with_address(
        self, client: Any, about: dict[str, Any], claims: dict[str, Any]
    ) -> dict[str, Any]:
        """Some providers tell the address, and whether it is verified, only when asked."""
        if "email" in claims or not about.get("userinfo_endpoint"):
            return claims
        said = _json(client.get(about["userinfo_endpoint"], allow_redirects=False))
        is_theirs = said.get("sub") == claims["sub"]
        return {**claims, "email_verified": False, **said} if is_theirs else claims


def _claims(said: dict[str, Any], issuer: str) -> Claims:
    subject, email, name = said["sub"], said.get("email"), said.get("name")
    if not (isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT):
        raise Refused("The provider did not say who it is.")
    return Claims(
        subject=f"{issuer}|{subject}",
        email=email if isinstance(email, str) else "",
        is_verified=said.get("email_verified") is True,
        name=name if isinstance(name, str) else "",
    )


def _code(text: object) -> str:
    """A code that stands for an error; whatever else was said there stays out of our logs."""
    return text if isinstance(text, str) and _ERROR.fullmatch(text) else "something else"


def _way_to_authenticate(about: dict[str, Any]) -> str:
    ways = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"


def _fetched(client: Any, address: str) -> dict[str, Any]:
    return _json(client.get(address, withhold_token=True, allow_redirects=False))


def _json(answer: requests.Response) -> dict[str, Any]:
    answer.raise_for_status()
    said = answer.json()
    if not isinstance(said, dict):
        raise TypeError("not an object")
    return said
