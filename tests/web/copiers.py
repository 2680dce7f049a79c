"""A practice that was shared, and somebody at Testford whose council may copy it."""

from kb.accounts.models import User
from tests.copying.making import make_copy, make_practice, make_writer
from tests.people import Person


def shared(session):
    study = make_practice(session)
    session.commit()
    return study


def writer_of_testford(app, session):
    writer = make_writer(session, short_name="Testford", name="Testford Council")
    return signed_in(app, session, writer)


def copied_by(officer, study, session):
    """Testford's copy of the practice."""
    copy = make_copy(session, study, session.get(User, officer.user.id))
    session.commit()
    return copy


def new_path(study):
    """Where a council begins its copy."""
    return f"/case-studies/{study.slug}/copies/new"


def signed_in(app, session, user):
    session.commit()
    return Person(app, user)
