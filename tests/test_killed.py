"""Whatever the site has acknowledged is there after kill -9, and half of nothing ever is.

The site is one web process of its own, without the worker; see tests/services/killable.py.
"""

import itertools
import shutil
import sqlite3
from contextlib import closing, suppress

import pytest

from kb.db.database import Database
from tests.services.killable import KillableSite, Killed, Person
from tests.story import OWNER, ROLES, Story, set_the_scene

CUT_OFF = (
    *("/drafts", "/questions/steps", "/files", "/sending", "/decisions"),
    *("/copies", "/reports", "/answer"),
)
SEEN = ('INTO "attempt"', 'INTO "sign_in"')


@pytest.fixture
def data_dir(tmp_path, empty_database):
    """A site on which nobody has done anything yet."""
    shutil.copy(empty_database, tmp_path / "kb.sqlite")
    database = Database(f"sqlite:///{tmp_path / 'kb.sqlite'}")
    with database.transaction(quietly=True) as session:
        set_the_scene(session)
    database.close()
    return tmp_path


@pytest.fixture
def site(data_dir):
    site = KillableSite(data_dir)
    site.start()
    yield site
    site.kill()


def _story(site, data_dir):
    return Story({role: Person(site) for role in ROLES}, data_dir / "kb.sqlite")


def test_nothing_that_was_acknowledged_is_lost(site, data_dir):
    done = 0
    for step in _story(site, data_dir).steps():
        step.by.send(*step.request())

        site.restart()

        assert step.is_seen(), step
        done += 1
    assert done > 30


def test_a_request_that_was_cut_off_is_done_whole_or_not_at_all(site, data_dir):
    moments = {}
    for step in _story(site, data_dir).steps():
        if step.action.endswith(CUT_OFF):
            moments[step.action] = _cut_off(site, data_dir, step)
        else:
            step.by.send(*step.request())

        assert step.is_seen(), step

    assert len(moments) >= len(CUT_OFF)
    assert min(moments.values()) > 2


def test_who_was_cut_off_while_confirming_comes_in_by_a_letter(site, data_dir):
    story = _story(site, data_dir)
    steps = story.steps()
    signing_up = next(steps)
    signing_up.by.send(*signing_up.request())
    _cut_off(site, data_dir, next(steps))

    for step in story.sign_in(story.owner, OWNER):
        step.by.send(*step.request())

        assert step.is_seen()


def _cut_off(site, data_dir, step):
    """Kill the site at each moment of one request until it is done; the answer is how many."""
    request, before = step.request(), _rows(data_dir)
    for moment in itertools.count(1):
        site.restart(dies_at=moment)
        with suppress(Killed):
            step.by.send(*request)
        site.restart()
        if _rows(data_dir) != before:
            return moment
    raise AssertionError


def _rows(data_dir):
    """Everything that is kept, but who was seen and how often somebody tried."""
    with closing(sqlite3.connect(data_dir / "kb.sqlite")) as database:
        return [row for row in database.iterdump() if not any(seen in row for seen in SEEN)]
