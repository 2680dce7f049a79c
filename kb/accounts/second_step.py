"""The second step of signing in: a number that only the person's own device can tell.

The numbers are those of RFC 6238, as every authenticator app makes them.
"""

import re
from datetime import datetime

import pyotp
from sqlalchemy import update
from sqlalchemy.orm import Session

from kb.accounts import letters, sign_ins
from kb.accounts.models import User
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotAllowed
from kb.mail import service as mail

SECONDS = 30
AROUND = (0, -1, 1)  # a clock may be one number ahead, or behind
WRONG = (
    "This is not the code that your app shows now. Wait for the next one, and check that the "
    "clock of your device is right."
)
_KEY = re.compile(r"[A-Z2-7]{32}")
_CODE = re.compile(r"[0-9]{6}")


def is_on(user: User) -> bool:
    return bool(user.totp_secret)


def new_key() -> str:
    """32 letters and figures that nobody can guess, for one person's app."""
    return pyotp.random_base32()


def is_key(text: str) -> bool:
    return bool(_KEY.fullmatch(text))


def app_address(key: str, user: User, *, site_name: str) -> str:
    """What the QR code says: the key, and what the app calls it."""
    return pyotp.TOTP(key).provisioning_uri(name=user.email, issuer_name=site_name)


def turn_on(
    session: Session, user: User, *, key: str, code: str, base_url: str, now: datetime
) -> None:
    """From here on nobody comes in without a code; every sign-in there was is ended.

    Raises Invalid unless the code shows that the person's app has the key, and Conflict
    where it was on already.
    """
    if is_on(user):
        raise Conflict("Your second step is on already.")
    step = _step_of(key, code, now) if is_key(key) else None
    if step is None or step <= user.totp_step:
        raise Invalid({"code": WRONG})
    user.totp_secret, user.totp_step = key, step
    flush(session)
    sign_ins.end_all(session, user, now=now)
    _tell(session, user, letters.second_step_on(base_url=base_url), now=now)


def check(session: Session, user: User, code: str, *, now: datetime) -> None:
    """Use the code up. Raises Invalid for a wrong one, and for one that was used before."""
    step = _step_of(user.totp_secret, code, now) if is_on(user) else None
    if step is None or not _use(session, user, step):
        raise Invalid({"code": WRONG})


def turn_off(session: Session, user: User, *, code: str, base_url: str, now: datetime) -> None:
    """Raises Invalid for a wrong code: a browser that was left open is nobody's proof."""
    check(session, user, code, now=now)
    _take_off(session, user, base_url=base_url, now=now)


def reset(session: Session, user: User, *, by: User | None, base_url: str, now: datetime) -> None:
    """For who has lost their device: an admin, or a shell on the machine, takes it off.

    Every sign-in is ended. Raises NotAllowed, also to admins for their own.
    """
    if by is not None and not by.can_administer:
        raise NotAllowed("Only admins of this site can do this.")
    if by is not None and by.id == user.id:
        raise NotAllowed("Take off your own second step on your account page, with a code.")
    if is_on(user):
        sign_ins.end_all(session, user, now=now)
        _take_off(session, user, base_url=base_url, now=now)


def _take_off(session: Session, user: User, *, base_url: str, now: datetime) -> None:
    user.totp_secret = ""
    flush(session)
    _tell(session, user, letters.second_step_off(base_url=base_url), now=now)


def _step_of(key: str, code: str, now: datetime) -> int | None:
    """The number of half minutes since 1970 that this is the code of, if it is one for now."""
    code = "".join(code.split())
    if not _CODE.fullmatch(code):
        return None
    totp, present = pyotp.TOTP(key, interval=SECONDS), int(now.timestamp()) // SECONDS
    for step in (present + around for around in AROUND):
        if pyotp.utils.strings_equal(code, totp.generate_otp(step)):
            return step
    return None


def _use(session: Session, user: User, step: int) -> bool:
    """Of two who send the same code at the same moment, one was first."""
    unused = update(User).where(User.id == user.id, User.totp_step < step)
    mine = session.scalars(unused.values(totp_step=step).returning(User.id)).first()
    session.refresh(user, ["totp_step"])
    return mine is not None


def _tell(session: Session, user: User, letter: letters.Letter, *, now: datetime) -> None:
    subject, text = letter
    key = f"second step {user.id} {now.isoformat()}"
    mail.write(session, key=key, to=user.email, subject=subject, text=text, now=now)
