from datetime import timedelta

import pytest

from kb.errors import Conflict, Invalid, NotFound
from kb.feeds import leads, river, stories
from kb.library.models import Standing
from tests.factories import NOW, make_case_study, make_council, make_entry, make_lead

LATER = NOW + timedelta(days=1)


def test_an_entry_becomes_a_lead_of_a_council_with_a_reason(session):
    entry, council = make_entry(session), make_council(session)

    lead = leads.mark(session, entry, why="  They asked\n tenants. ", council=council, now=NOW)

    assert (lead.why, lead.marked_at, lead.council) == ("They asked tenants.", NOW, council)
    assert leads.of_entry(session, entry) is lead
    assert leads.open_leads(session) == [lead]


@pytest.mark.parametrize("why", ["", " \n ", "x" * 1001])
def test_a_lead_needs_a_reason_of_some_length(session, why):
    with pytest.raises(Invalid) as caught:
        leads.mark(session, make_entry(session), why=why, council=None, now=NOW)

    assert list(caught.value.problems) == ["why"]
    assert leads.open_leads(session) == []


def test_an_entry_is_one_lead_only(session):
    lead = make_lead(session)

    with pytest.raises(Conflict):
        leads.mark(session, lead.entry, why="Again.", council=None, now=NOW)


def test_a_lead_is_of_the_whole_story_whoever_was_marked(session):
    first, copy, other = (make_entry(session) for _ in range(3))
    stories.join(session, copy, first)
    lead = leads.mark(session, copy, why="They asked.", council=None, now=NOW)

    assert leads.of_entries(session, [first, copy, other]) == {first.id: lead, copy.id: lead}
    assert leads.of_entries(session, []) == {}
    with pytest.raises(Conflict):
        leads.mark(session, first, why="Again.", council=None, now=NOW)


def test_what_was_marked_and_hidden_marks_nobody_else(session):
    first, copy = make_entry(session), make_entry(session)
    stories.join(session, copy, first)
    lead = leads.mark(session, copy, why="They asked.", council=None, now=NOW)

    river.hide(session, copy, is_hidden=True)

    assert leads.of_entry(session, first) is None
    assert leads.of_entry(session, copy) is lead


def test_of_two_leads_that_were_joined_the_open_one_counts(session):
    closed, opened = make_lead(session), make_lead(session)
    leads.close(session, closed, now=NOW)
    stories.join(session, closed.entry, opened.entry)

    assert leads.of_entry(session, closed.entry) is opened


def test_a_closed_lead_can_be_opened_again(session):
    lead = make_lead(session)
    leads.close(session, lead, now=NOW)

    again = leads.mark(session, lead.entry, why="After all.", council=None, now=LATER)

    assert again is lead
    assert leads.open_leads(session) == [lead]
    assert (lead.why, lead.marked_at, lead.resource) == ("After all.", LATER, None)


def test_a_lead_ends_as_a_case_study_that_knows_it(session):
    lead, study = make_lead(session), make_case_study(session)

    leads.close(session, lead, resource=study, now=LATER)

    assert leads.open_leads(session) == []
    assert leads.of_resource(session, study) == [lead]
    assert leads.written_up(session, limit=5) == [lead]


def test_what_was_written_up_is_no_lead_again(session):
    lead, study = make_lead(session), make_case_study(session)
    leads.close(session, lead, resource=study, now=LATER)

    with pytest.raises(Conflict, match="written up"):
        leads.mark(session, lead.entry, why="Again.", council=None, now=LATER)

    assert leads.of_resource(session, study) == [lead]


def test_what_was_withdrawn_counts_as_written_up_no_more(session):
    lead, study = make_lead(session), make_case_study(session)
    leads.close(session, lead, resource=study, now=LATER)

    study.standing = Standing.WITHDRAWN

    assert leads.written_up(session, limit=5) == []


def test_a_lead_can_end_with_nothing_and_ends_once(session):
    lead = make_lead(session)

    leads.close(session, lead, now=LATER)

    assert leads.written_up(session, limit=5) == []
    with pytest.raises(Conflict):
        leads.close(session, lead, now=LATER)


def test_open_leads_are_listed_newest_first_and_by_council(session):
    council = make_council(session)
    old = make_lead(session, council=council, marked_at=NOW)
    new = make_lead(session, marked_at=LATER)
    make_lead(session, entry=make_entry(session, is_hidden=True))

    assert leads.open_leads(session) == [new, old]
    assert leads.open_leads(session, council=council) == [old]
    assert leads.get(session, old.id) is old


def test_an_unknown_lead_is_not_found(session):
    with pytest.raises(NotFound):
        leads.get(session, 1)
