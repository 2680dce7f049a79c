"""People whom an identity provider vouches for: found by who they are to it, or by address."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.accounts import addresses, by_mail, domains, links, service, signing_up
from kb.accounts.claims import Claims
from kb.accounts.models import CouncilRole, Purpose, State, User
from kb.councils.models import Council
from kb.db.database import flush
from kb.errors import Conflict, Invalid

CLOSED = "The account with this address is closed."
OTHERS = (
    "The account with this address belongs to somebody else there. Sign in another way, or ask "
    "the people who run this site."
)
NO_ADDRESS = "It did not tell us your email address, so we cannot know whose account is yours."


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What becomes of somebody who came back: `user` is in, unless something is left to do.

    `confirm_code` leads to the page where they choose among councils that share a domain.
    Without either, the address has to be proved by a letter first.
    """

    user: User | None = None
    confirm_code: str = ""


def arrive(
    session: Session, claims: Claims, *, base_url: str, now: datetime, next_path: str = ""
) -> Arrival:
    """Find the person, or make their account if the provider has verified the address.

    An address that it has not verified gets a letter, and nobody is told whose it is; nor
    does an address open the account of who is somebody else to the provider. Raises
    Conflict, and Invalid where there is no address to go by.
    """
    user = _by_subject(session, claims.subject)
    if user is not None:
        return Arrival(user=_open(user))
    email = _address(claims)
    user = service.by_email(session, email)
    if not claims.is_verified:
        _ask(session, user, email, claims, base_url=base_url, now=now, next_path=next_path)
        return Arrival()
    if user is None:
        return _newcomer(session, email, claims, now=now, next_path=next_path)
    if _open(user).subject is not None:
        raise Conflict(OTHERS)
    return Arrival(user=_linked(session, user, claims.subject))


def link(session: Session, user: User, *, email: str, subject: str) -> None:
    """Remember who somebody is to the provider, now that a letter has proved the address.

    Does nothing where that is not so, or where either is taken: they come in all the same.
    """
    is_theirs = user.email == email and user.subject is None and service.may_sign_in(user)
    if is_theirs and _by_subject(session, subject) is None:
        _linked(session, user, subject)


def name_of(claims: Claims) -> str:
    """A name that may stand on a page; what cannot is left out, and people can add their own."""
    try:
        return service.checked_name(claims.name)
    except Invalid:
        return ""


def _ask(
    session: Session,
    user: User | None,
    email: str,
    claims: Claims,
    *,
    base_url: str,
    now: datetime,
    next_path: str,
) -> None:
    if user is not None:
        by_mail.ask_to_sign_in(session, email, base_url=base_url, now=now, next_path=next_path)
        return
    name = name_of(claims) or email.partition("@")[0]
    signing_up.ask(
        session, email=email, name=name, base_url=base_url, now=now, next_path=next_path
    )


def _newcomer(
    session: Session, email: str, claims: Claims, *, now: datetime, next_path: str
) -> Arrival:
    councils = domains.councils_of(session, email, today=now.date())
    if len(councils) > 1:
        said = {"name": name_of(claims)}
        _, code = links.make(
            session, Purpose.CONFIRM, email, now=now, next_path=next_path, said=said
        )
        return Arrival(confirm_code=code)
    user = service.new(email, name=name_of(claims), now=now)
    _give(user, councils)
    session.add(user)
    return Arrival(user=_linked(session, user, claims.subject))


def _give(user: User, councils: list[Council]) -> None:
    if councils:
        user.council, user.council_role = councils[0], CouncilRole.CONTRIBUTOR
        user.state = State.ACTIVE


def _by_subject(session: Session, subject: str) -> User | None:
    return session.scalar(select(User).where(User.subject == subject))


def _address(claims: Claims) -> str:
    try:
        return addresses.checked(claims.email)
    except Invalid as error:
        raise Invalid({"email": NO_ADDRESS}) from error


def _open(user: User) -> User:
    if not service.may_sign_in(user):
        raise Conflict(CLOSED)
    return user


def _linked(session: Session, user: User, subject: str) -> User:
    user.subject = subject
    flush(session)
    return user
