"""Come in by a letter: to sign in without a password, or to choose a new one."""

from datetime import datetime

from sqlalchemy.orm import Session

from kb.accounts import addresses, letters, links, passwords, service, sign_ins
from kb.accounts.errors import LinkOver
from kb.accounts.models import Purpose, User
from kb.mail import service as mail


def ask_to_sign_in(
    session: Session, email: str, *, base_url: str, now: datetime, next_path: str = ""
) -> None:
    """Write to the address, whether or not it has an account. Raises Invalid."""
    _ask(session, Purpose.SIGN_IN, email, base_url=base_url, now=now, next_path=next_path)


def ask_to_reset(session: Session, email: str, *, base_url: str, now: datetime) -> None:
    """Write to the address, whether or not it has an account. Raises Invalid."""
    _ask(session, Purpose.RESET, email, base_url=base_url, now=now)


def arrive(session: Session, code: str, *, now: datetime) -> tuple[User, str]:
    """Use the link up; who came, and where they were going. Raises LinkOver."""
    link = links.use(session, Purpose.SIGN_IN, code, now=now)
    return _person(session, link.email), link.next_path


def reset(session: Session, code: str, password: str, *, base_url: str, now: datetime) -> User:
    """Set the password and end every sign-in of the person.

    Raises LinkOver, and Invalid for the password: then the link still works.
    """
    link = links.find(session, Purpose.RESET, code, now=now)
    user = _person(session, link.email)
    passwords.checked_for(user, password)
    links.use(session, Purpose.RESET, code, now=now)
    change_password(session, user, password, base_url=base_url, now=now)
    return user


def change_password(
    session: Session,
    user: User,
    password: str,
    *,
    base_url: str,
    now: datetime,
    but: int | None = None,
) -> None:
    """Set it, end all sign-ins but perhaps one, void what was sent, and tell the person.

    Raises Invalid.
    """
    passwords.set_password(user, password)
    sign_ins.end_all(session, user, now=now, but=but)
    links.void(session, user.email, Purpose.SIGN_IN, Purpose.RESET, now=now)
    subject, text = letters.password_changed(base_url=base_url)
    key = f"password {user.id} {now.isoformat()}"
    mail.write(session, key=key, to=user.email, subject=subject, text=text, now=now)


def sign_in_address(session: Session, user: User, *, base_url: str, now: datetime) -> str:
    """A link that is handed over by other ways than mail."""
    _, code = links.make(session, Purpose.SIGN_IN, user.email, now=now)
    return f"{base_url}/sign-in/arrival?code={code}"


def _ask(
    session: Session,
    purpose: Purpose,
    email: str,
    *,
    base_url: str,
    now: datetime,
    next_path: str = "",
) -> None:
    """The same rows for everybody, so that neither the answer nor its time tells anything."""
    email = addresses.checked(email)
    user = service.by_email(session, email)
    link, code = links.make(session, purpose, email, now=now, next_path=next_path)
    if user is None:
        subject, text = letters.no_account(base_url=base_url)
    elif not service.may_sign_in(user):
        subject, text = letters.was_closed(base_url=base_url)
    else:
        write = letters.reset if purpose is Purpose.RESET else letters.sign_in
        subject, text = write(base_url=base_url, code=code)
    mail.write(session, key=f"link {link.id}", to=email, subject=subject, text=text, now=now)


def _person(session: Session, email: str) -> User:
    user = service.by_email(session, email)
    if user is None or not service.may_sign_in(user):
        raise LinkOver
    return user
