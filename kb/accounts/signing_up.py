"""Sign up: a letter to the address, and an account once somebody has opened it."""

from datetime import datetime

from sqlalchemy.orm import Session

from kb.accounts import addresses, domains, letters, links, service
from kb.accounts.errors import LinkOver
from kb.accounts.models import CouncilRole, OneTimeLink, Purpose, State, User
from kb.councils.models import Council
from kb.db.database import flush
from kb.errors import Invalid
from kb.mail import service as mail


def ask(
    session: Session, *, email: str, name: str, base_url: str, now: datetime, next_path: str = ""
) -> None:
    """Write to the address; what the letter says depends on whether it has an account.

    Nothing else does: the same rows are written for everybody. Raises Invalid.
    """
    said, email = {"name": service.checked_name(name)}, addresses.checked(email)
    user = service.by_email(session, email)
    purpose = Purpose.CONFIRM if user is None else Purpose.SIGN_IN
    link, code = links.make(session, purpose, email, now=now, next_path=next_path, said=said)
    subject, text = _letter(user, base_url=base_url, code=code)
    mail.write(session, key=f"sign-up {link.id}", to=email, subject=subject, text=text, now=now)


def found(session: Session, code: str, *, now: datetime) -> tuple[OneTimeLink, list[Council]]:
    """Whose address the code would confirm, and the councils whose domain it is at.

    Raises LinkOver.
    """
    link = links.find(session, Purpose.CONFIRM, code, now=now)
    return link, domains.councils_of(session, link.email, today=now.date())


def confirm(
    session: Session, code: str, *, council_id: int | None = None, now: datetime
) -> tuple[User, str]:
    """Make the account: a contributor of the council whose domain it is, else one who waits.

    The other part of the answer is where the person was going. Raises LinkOver, and
    Invalid where councils share the domain and none of them was chosen.
    """
    link, councils = found(session, code, now=now)
    council = _chosen(councils, council_id)
    links.use(session, Purpose.CONFIRM, code, now=now)
    if service.by_email(session, link.email) is not None:
        raise LinkOver
    user = service.new(link.email, name=link.said.get("name", ""), now=now)
    if council is not None:
        user.council, user.council_role = council, CouncilRole.CONTRIBUTOR
        user.state = State.ACTIVE
    session.add(user)
    flush(session)
    return user, link.next_path


def _letter(user: User | None, *, base_url: str, code: str) -> letters.Letter:
    if user is None:
        return letters.confirm(base_url=base_url, code=code)
    if not service.may_sign_in(user):
        return letters.was_closed(base_url=base_url)
    return letters.have_account(base_url=base_url, code=code)


def _chosen(councils: list[Council], council_id: int | None) -> Council | None:
    if len(councils) <= 1:
        return councils[0] if councils else None
    for council in councils:
        if council.id == council_id:
            return council
    raise Invalid({"council": "Choose your council. These share the domain of your address."})
