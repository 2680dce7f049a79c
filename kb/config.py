"""Settings, read once from the environment."""

import ipaddress
import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
SEARCH_ENGINES = ("whoosh", "postgres")
QUEUE_PACKAGES = {
    "postgresql": "psycopg",
    "postgresql+psycopg": "psycopg",
    "redis": "redis",
    "rediss": "redis",
}
SHORTEST_SECRET = 16
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - one may listen everywhere, by setting it


class WrongSetting(ValueError):
    """The site cannot start with this setting; the text is one plain line."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that may differ between two installations."""

    data_dir: Path = ROOT / "var"
    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str = ""
    base_url: str = ""
    site_name: str = "Scrutiny Swap"
    secret_key: str = ""
    search_engine: str = "whoosh"
    queue_url: str = ""
    mail_url: str = ""
    mail_from: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_name: str = ""
    fetch_allow: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        database = f"sqlite:///{self.data_dir / 'kb.sqlite'}"
        object.__setattr__(self, "database_url", self.database_url or database)
        self._check()
        object.__setattr__(self, "base_url", self.base_url.rstrip("/") or self._own_address())
        sender = f"{self.site_name} <no-reply@{urlsplit(self.base_url).hostname}>"
        object.__setattr__(self, "mail_from", self.mail_from or sender)

    @property
    def index_dir(self) -> Path:
        return self.data_dir / "index"

    @property
    def queue_path(self) -> Path:
        return self.data_dir / "queue.sqlite"

    @property
    def mail_dir(self) -> Path:
        """Where letters go that no server is set for."""
        return self.data_dir / "mail"

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the KB_* variables; an empty one counts as not set.

        Raises WrongSetting.
        """
        given = {k: v.strip() for k, v in environ.items() if k.startswith("KB_") and v.strip()}
        values: dict[str, object] = {
            name: given[f"KB_{name.upper()}"]
            for name in _AS_GIVEN
            if f"KB_{name.upper()}" in given
        }
        if "KB_PORT" in given:
            values["port"] = _port(given["KB_PORT"])
        if "KB_SECRET_KEY" in given:
            values["secret_key"] = _long_enough(given["KB_SECRET_KEY"])
        if "KB_FETCH_ALLOW" in given:
            values["fetch_allow"] = _places(given["KB_FETCH_ALLOW"])
        data_dir = Path(given.get("KB_DATA_DIR", cls.data_dir)).expanduser().absolute()
        return cls(data_dir=data_dir, **values)  # type: ignore[arg-type]

    def prepare(self) -> Self:
        """Make the data directory and, unless one was given, a secret that lasts."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            secret = self.secret_key or _kept_secret(self.data_dir / "secret")
        except OSError as error:
            raise WrongSetting(f"KB_DATA_DIR: cannot write to {self.data_dir}.") from error
        object.__setattr__(self, "secret_key", secret)
        return self

    def _check(self) -> None:
        if self.search_engine not in SEARCH_ENGINES:
            raise WrongSetting(f"KB_SEARCH_ENGINE must be one of {', '.join(SEARCH_ENGINES)}.")
        if _backend(self.database_url) not in {"sqlite", "postgresql"}:
            raise WrongSetting("KB_DATABASE_URL must be a sqlite:/// or postgresql:// address.")
        if self.search_engine == "postgres" and self.is_sqlite:
            raise WrongSetting("KB_SEARCH_ENGINE=postgres needs a postgresql:// KB_DATABASE_URL.")
        if self.queue_url:
            _check_queue(self.queue_url)
        self._check_services()

    def _check_services(self) -> None:
        if self.mail_url and not _is_mail_address(self.mail_url):
            raise WrongSetting(
                "KB_MAIL_URL must be smtp://, smtps:// or notify://, see the README."
            )
        if self.mail_from and "@" not in parseaddr(self.mail_from)[1]:
            raise WrongSetting("KB_MAIL_FROM must look like Scrutiny Swap <swap@example.org>.")
        if self.oidc_issuer and not _is_issuer(self.oidc_issuer):
            raise WrongSetting("KB_OIDC_ISSUER must be an https:// address, see the README.")
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_client_secret):
            raise WrongSetting("KB_OIDC_ISSUER needs KB_OIDC_CLIENT_ID and KB_OIDC_CLIENT_SECRET.")
        if self.base_url and not _is_web_address(self.base_url):
            raise WrongSetting("KB_BASE_URL must look like https://swap.example.org.")
        if not self.base_url and self.host in EVERYWHERE:
            raise WrongSetting(f"KB_HOST={self.host} needs KB_BASE_URL, the address people type.")

    def _own_address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


_AS_GIVEN = (
    *("host", "database_url", "base_url", "site_name", "search_engine", "queue_url"),
    *("mail_url", "mail_from", "oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_name"),
)


def _check_queue(url: str) -> None:
    package = QUEUE_PACKAGES.get(url.partition("://")[0])
    if package is None or "://" not in url:
        raise WrongSetting("KB_QUEUE_URL must be a postgresql:// or redis:// address.")
    if find_spec(package) is None:
        raise WrongSetting(f"KB_QUEUE_URL needs the Python package {package}: install it.")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= 65535:
        return int(text)
    raise WrongSetting("KB_PORT must be a number from 1 to 65535.")


def _long_enough(secret: str) -> str:
    if len(secret) < SHORTEST_SECRET:
        raise WrongSetting(f"KB_SECRET_KEY must have at least {SHORTEST_SECRET} characters.")
    return secret


def _places(text: str) -> frozenset[str]:
    """Addresses with their ports that may be asked although they are not public."""
    places = frozenset(part.strip().lower() for part in text.split(",") if part.strip())
    if all(map(_is_place, places)):
        return places
    raise WrongSetting("KB_FETCH_ALLOW must look like 127.0.0.1:8099,feeds.intranet:80.")


def _is_place(text: str) -> bool:
    try:
        parts = urlsplit(f"//{text}")
        is_whole = bool(parts.hostname) and bool(parts.port)
    except ValueError:
        return False
    return is_whole and parts.netloc == text and parts.username is None and " " not in text


def _backend(url: str) -> str:
    try:
        return make_url(url).get_backend_name()
    except ArgumentError:
        return ""


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.path.strip("/"))
    return parts.scheme in {"http", "https"} and has_host and plain


def _is_issuer(url: str) -> bool:
    """Only a provider on this machine may do without https."""
    try:
        parts = urlsplit(url)
        host, is_whole = parts.hostname or "", parts.port != 0
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    return is_safe and is_whole and bool(host) and not (parts.query or parts.fragment)


def _is_mail_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    needs_key = parts.scheme in {"notify", "notify+http"}
    is_known = parts.scheme in {"smtp", "smtps"} or needs_key
    return is_known and is_whole and not (needs_key and not (parts.username and parts.password))


def is_loopback(host: str) -> bool:
    """Does only this machine reach that address?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _kept_secret(path: Path) -> str:
    """Read the secret, or make one; of two processes that start at once, one wins whole."""
    if not path.exists():
        draft, name = tempfile.mkstemp(dir=path.parent)  # readable by its owner alone
        with os.fdopen(draft, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(name, path)
        Path(name).unlink()
    return path.read_text(encoding="ascii")
