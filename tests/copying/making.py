"""Copies with one line; say only what the test is about."""

from datetime import timedelta

from kb.copying import reports
from kb.copying import service as copying
from kb.copying.models import Choice, Status
from kb.copying.reports import Outcome
from kb.copying.service import Plan, StepPlan
from tests.factories import NOW, make_case_study, make_council, make_user

BASE = "https://swap.example"
STEPS = [{"text": "Write three posts."}, {"text": "Ask comms for ten minutes."}]


def make_practice(session, **values):
    """A case study of two steps, that a council shared and somebody there looks after."""
    council = make_council(session)
    study = make_case_study(
        session, **{"title": "Ask early", "steps": STEPS, "councils": (council.code,)} | values
    )
    study.owner = make_user(session, council)
    session.flush()
    return study


def make_writer(session, **values):
    return make_user(session, make_council(session, **values))


def make_plan(resource, by, *steps, **values):
    choices = steps or [StepPlan()] * len(resource.steps)
    defaults = {
        "source_version": resource.version,
        "steps": tuple(choices),
        "owner_id": by.id,
    }
    return Plan(**defaults | values)


def change(text, why=""):
    return StepPlan(choice=Choice.CHANGE, text=text, why=why)


DROP = StepPlan(choice=Choice.DROP)
KEEP = StepPlan()


def make_copy(session, resource=None, by=None, *, parent=None, steps=(), weeks=0, **values):
    """A council's copy, planned so many weeks ago; what is stopped had begun."""
    resource = resource or make_practice(session)
    by = by or make_writer(session)
    plan = make_plan(resource, by, *steps)
    now = NOW - timedelta(weeks=weeks)
    copy = copying.start(session, resource, plan, by=by, parent=parent, base_url=BASE, now=now)
    had_begun = {"has_begun": values.get("status") == Status.STOPPED}
    for name, value in (had_begun | values).items():
        setattr(copy, name, value)
    session.flush()
    return copy


def report(session, copy, status=Status.DOING, *, by=None, version=None, now=NOW, **values):
    return reports.report(
        session,
        copy,
        Outcome(status=status, **values),
        by=by or copy.owner,
        version=copy.version if version is None else version,
        base_url=BASE,
        now=now,
    )
