"""Says which addresses we may go to; what is not public is none of our business."""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from kb.feeds.errors import FetchError, Refused

LONGEST_URL = 8000
PORTS = frozenset({80, 443})
NOT_ALLOWED = "This address is not allowed"

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""Asks for the addresses of a host name; raises OSError where there are none."""

_PUBLIC_V6 = ipaddress.ip_network("2000::/3")
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(net)
    for net in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",  # public by number, but inside every Azure machine
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)
_PRIVATE_NAMES = (
    *(".localhost", ".local", ".localdomain", ".internal", ".intranet", ".lan", ".home"),
    *(".corp", ".private", ".home.arpa", ".arpa", ".invalid", ".test", ".onion", ".alt"),
)
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))+")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_CONTROLS = re.compile(r"[\x00-\x20\x7f]")


def is_public(address: str) -> bool:
    """Is this IP address one that anybody on the internet may be asked at?"""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if ip.version == 6 and (ip.scope_id or ip not in _PUBLIC_V6):
        return False
    return ip.is_global and not any(ip in net for net in _NOT_PUBLIC if net.version == ip.version)


async def system_lookup(host: str, port: int) -> list[str]:
    """Ask this machine's own resolver."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(info[4][0]) for info in found]


class Guard:
    """Lets us go to public web addresses, and to the places of `allow` ("host:port")."""

    def __init__(
        self, *, allow: Iterable[str] = frozenset(), lookup: Lookup = system_lookup
    ) -> None:
        self._allow = frozenset(place.strip().lower() for place in allow)
        self._lookup = lookup

    def is_allowed(self, host: str, port: int | None) -> bool:
        """Is this place one that the installation's owner has named?"""
        return bool(self._allow) and f"{_bracketed(host)}:{port}" in self._allow

    def check(self, address: str | URL) -> URL:
        """The address as we will ask for it, or Refused; a broken one is a FetchError.

        What is checked here is what aiohttp connects to: both read it with yarl.
        """
        url = _read(address)
        if url.scheme not in {"http", "https"}:
            raise Refused(f"{NOT_ALLOWED}: only http and https are.")
        if url.raw_user is not None or url.raw_password is not None:
            raise Refused(f"{NOT_ALLOWED}: it carries a user name or a password.")
        host = url.raw_host or ""
        if host.endswith(".") and not host.endswith(".."):
            host = host[:-1]
            url = url.with_host(host) if host else url
        if not self.is_allowed(host, url.port):
            _check_host(host)
            _check_port(url)
        return url.with_fragment(None)

    async def addresses(self, host: str, port: int) -> list[str]:
        """Look the name up once; every address that it has must be public.

        Raises Refused, or OSError where the name is unknown.
        """
        found = list(dict.fromkeys(await self._lookup(host, port)))
        if not found:
            raise OSError(f"{host} has no address")
        if not self.is_allowed(host, port) and not all(is_public(address) for address in found):
            raise Refused(f"{NOT_ALLOWED}: it leads to a machine that is not public.")
        return found


class CheckedResolver(AbstractResolver):
    """Gives aiohttp the checked addresses to connect to, so that nothing is looked up twice."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in await self._guard.addresses(host, port)
        ]

    async def close(self) -> None:
        """There is nothing to let go of."""


def _read(address: str | URL) -> URL:
    if isinstance(address, str):
        address = address.strip()
        if len(address) > LONGEST_URL:
            raise FetchError("This address is too long to ask for.")
        if "\\" in address.partition("?")[0]:
            raise Refused(f"{NOT_ALLOWED}: it has a backslash in it.")
    try:
        url = URL(address)
        url.port  # noqa: B018 - raises where it is out of range
    except ValueError as error:
        raise FetchError("This is not a proper web address.") from error
    return url


def _check_host(host: str) -> None:
    if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
        if not is_public(host):
            raise Refused(f"{NOT_ALLOWED}: it names a machine that is not public.")
        return
    if not host or _CONTROLS.search(host):
        raise FetchError("This is not a proper web address: it names no site.")
    if "." not in host or host.endswith(_PRIVATE_NAMES):
        raise Refused(f"{NOT_ALLOWED}: it names a machine that is not public.")
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise FetchError("This is not a proper web address: no site can have such a name.")


def _check_port(url: URL) -> None:
    if url.port not in PORTS:
        raise Refused(f"{NOT_ALLOWED}: only the ports 80 and 443 are.")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
