"""The letters that were written, as their readers see them."""

import re

from sqlalchemy import select

from kb.mail.models import Letter


def letters_to(session, email):
    return list(session.scalars(select(Letter).where(Letter.to == email).order_by(Letter.id)))


def last_to(session, email):
    return letters_to(session, email)[-1]


def code_of(letter):
    """The code in the link of a letter."""
    return re.search(r"code=([\w-]{43})", letter.text)[1]
