"""Whose e-mail address is it? The domains that the register knows as a council's own."""

from datetime import date
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.accounts.addresses import domain_of
from kb.councils.models import Council

# Many organisations are below these, so that nobody below them is a council by that alone.
EVERYBODYS = frozenset(
    "gov.uk gov.wales llyw.cymru gov.scot org.uk co.uk ac.uk nhs.uk police.uk sch.uk".split()
)


def councils_of(session: Session, email: str, *, today: date) -> list[Council]:
    """The councils whose official domain this address is at, or below; by name.

    Several where councils share a domain, none for everybody else's. Of a domain and one
    below it, both in the register, the nearer one counts.
    """
    owners: dict[str, list[Council]] = {}
    for council in session.scalars(select(Council).order_by(Council.short_name)):
        if council.is_current(today):
            owners.setdefault(official_domain(council.website), []).append(council)
    labels = domain_of(email).split(".")
    for start in range(len(labels) - 1):
        if found := owners.get(".".join(labels[start:])):
            return found
    return []


def official_domain(website: str) -> str:
    """The domain of the register's entry, whether that is a domain or an address; or ""."""
    website = website.strip().lower()
    try:
        parts = urlsplit(website if "//" in website else f"//{website}")
        host = parts.hostname or ""
    except ValueError:
        return ""
    is_part_of_a_site = bool(parts.path.strip("/"))  # whose domain may be anybody's
    domain = host.removeprefix("www.")
    return "" if is_part_of_a_site or "." not in domain or domain in EVERYBODYS else domain
