"""The real content behind a port, with a trainer who has an account, and a reviewer."""

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace

from kb.accounts import passwords
from kb.clock import utcnow
from kb.factory import build_runtime
from kb.library.models import Resource
from kb.training import national, packs, sessions, write_up
from kb.training.models import IdeaState, Pack, Pledge, Round
from kb.training.types import RoundKind
from tests.apps import create_app
from tests.browser.serving import running
from tests.factories import make_council, make_user
from tests.people import Person
from tests.services.mailserver import free_port
from tests.training import past

TRAINER, PASSWORD = "sian@bryn.gov.uk", "rhif deg o'r cardiau"
PACK = "45 minutes: could we use social media for scrutiny?"


@dataclass
class World:
    """Where the site is, what it keeps, and the cookies of a reviewer."""

    address: str
    runtime: object
    reviewers_cookies: list

    def stored(self, table, **values):
        with self.runtime.database.reading() as session:
            return session.query(table).filter_by(**values).all()


@contextmanager
def serving(seeded_runtime, folder):
    """A site of its own until the block ends."""
    port = free_port()
    shutil.copytree(seeded_runtime.settings.data_dir, folder)
    settings = replace(
        seeded_runtime.settings,
        data_dir=folder,
        database_url="",
        base_url=f"http://127.0.0.1:{port}",
    )
    runtime = build_runtime(settings)
    try:
        with runtime.database.transaction() as session:
            council = make_council(session, short_name="Dyffryn Dŵr")
            trainer = make_user(session, council, email=TRAINER, name="Siân Bryn")
            passwords.set_password(trainer, PASSWORD)
            reviewer = make_user(session, is_reviewer=True)
        app = create_app(runtime)
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = Person(app, reviewer).client.get_cookie(name)
        with running(app, port) as address:
            cookies = [{"name": name, "value": cookie.value, "url": address}]
            yield World(address, runtime, cookies)
    finally:
        for part in (runtime.reader, runtime.apart, runtime.fetcher, runtime.database):
            part.close()


@contextmanager
def a_crowd_of_pledges(world):
    """More and longer ones, of more cards, than a wall or two sheets have room for."""
    long = "post the call for evidence in the words of those whom it is about, " * 4
    with world.runtime.database.transaction(quietly=True) as session:
        one = session.query(Round).filter_by(kind=RoundKind.PLEDGE).one()
        said = {"round_id": one.id, "state": IdeaState.SHOWN, "pledged_at": utcnow()}
        cards = session.query(Resource.id).order_by(Resource.id).limit(60).all()
        made = [Pledge(when=long, will=long, cards=[card], **said) for (card,) in cards]
        session.add_all(made)
        session.flush()
        numbers = [each.id for each in made]
    yield
    with world.runtime.database.transaction(quietly=True) as session:
        session.query(Pledge).filter(Pledge.id.in_(numbers)).delete()


def things_of(session, owner):
    """A pack, and a session before, while and after it runs, for the walk over all pages."""
    source = session.query(Pack).filter_by(title=PACK).one()
    pack, _ = packs.create(session, title="Our own", now=utcnow(), source=source, owner=owner)
    made = {"title": PACK, "blocks": source.blocks, "starts_at": utcnow(), "now": utcnow()}
    prepared, key = sessions.prepare(session, owner=owner, **made)
    running, _ = sessions.prepare(session, owner=owner, **made)
    sessions.open_room(session, running, now=utcnow())
    _others(session)
    return {
        "pack": pack.slug,
        "block": pack.blocks[0].key,
        "prepared": prepared.id,
        "key": key,
        "running": running.id,
        "code": running.code,
        "closed": _closed(session, owner).id,
    }


def _others(session):
    """With one that is closed, as many as the national picture needs."""
    for _ in range(national.ENOUGH_SESSIONS - 1):
        training = past.make_session(session, blocks=[past.gap_block()])
        past.make_gap(session, training, hands=(19, 6), people=25)
        past.make_barriers(session, training, {"skills": 9, "time": 8}, people=25)


def _closed(session, owner):
    ran = [{"key": "gap", "title": "The gap", "minutes": 5, "seconds": 300}]
    training = past.make_session(session, blocks=[past.gap_block()], ran=ran, owner=owner)
    past.make_gap(session, training, hands=(23, 4), people=25)
    past.make_barriers(session, training, {"skills": 7, "time": 3}, people=25)
    device = past.join(session, training)[0]
    ideas = past.make_round(session, training, "i", RoundKind.IDEAS)
    past.make_idea(session, ideas, votes=[device])
    pledges = past.make_round(session, training, "p", RoundKind.PLEDGE)
    past.make_pledge(session, pledges, device)
    write_up.make(session, training, now=utcnow())
    return training
