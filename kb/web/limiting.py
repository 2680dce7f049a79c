"""How often one browser, person or network may try something."""

import ipaddress
from datetime import timedelta

from flask import request

from kb.accounts import addresses, limits
from kb.accounts.models import Attempt
from kb.clock import utcnow
from kb.web.context import db_session, keep_anyway, runtime

A_MINUTE, HALF_AN_HOUR, AN_HOUR = timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=1)


def count(what: str, who: object, *, limit: int, within: timedelta) -> Attempt:
    """Note an attempt, kept whatever this request will answer; raises TooOften."""
    keep_anyway()
    return limits.count(
        db_session(),
        what,
        who,
        limit=limit,
        within=within,
        now=utcnow(),
        secret=runtime().settings.secret_key,
    )


def count_password(email: str) -> list[Attempt]:
    """A password is tried: five a minute for an account, and five a minute from a network."""
    return [
        count("password from", remote_address(), limit=5, within=A_MINUTE),
        count("password of", email.strip().lower(), limit=5, within=A_MINUTE),
    ]


def count_letter(what: str, email: str, *, limit: int, within: timedelta, network: int) -> None:
    """A letter is asked for: so many to a mailbox, and so many from a network."""
    count(f"{what} from", remote_address(), limit=network, within=within)
    mailbox = addresses.mailbox_of(email.strip().lower())
    count(f"{what} to", mailbox, limit=limit, within=within)


def remote_address() -> str:
    """The network that this request comes from; of IPv6, what one household is given.

    Where the other end is this machine, a proxy stands in front: then it is the last
    address that the proxy added. Nobody far away can make one up, since they never reach
    us from this machine themselves.
    """
    address = _address(request.remote_addr or "")
    if address is not None and address.is_loopback:
        passed_on = request.headers.get("X-Forwarded-For", "").rpartition(",")[2]
        address = _address(passed_on.strip()) or address
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address or "somewhere")


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
