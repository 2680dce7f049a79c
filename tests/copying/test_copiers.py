from kb.accounts.models import State
from kb.copying import copiers
from kb.copying.models import Status
from tests.copying.making import make_copy, make_practice, make_writer
from tests.factories import make_case_study


def test_those_who_still_do_it_come_first_and_the_longest_before_others(session):
    study = make_practice(session)
    writers = [make_writer(session) for _ in range(4)]
    statuses = (Status.STOPPED, Status.PLANNED, Status.TRYING, Status.DOING)
    for weeks, (writer, status) in enumerate(zip(writers, statuses, strict=True)):
        make_copy(session, study, by=writer, status=status, weeks=20 - weeks)

    assert copiers.to_ask(session, study) == [writers[2], writers[3], writers[0]]


def test_a_council_of_which_nobody_is_left_is_not_asked(session):
    study = make_practice(session)
    copy = make_copy(session, study, status=Status.DOING)
    assert copiers.resources_with_anybody(session) == {study.id}

    copy.owner.state = State.CLOSED
    session.flush()

    assert copiers.to_ask(session, study) == []
    assert copiers.resources_with_anybody(session) == frozenset()


def test_copies_of_several_practices_are_told_apart(session):
    copy, other = make_copy(session), make_copy(session)
    nobodys = make_case_study(session)
    ids = [copy.resource_id, other.resource_id, nobodys.id]

    found = copiers.of_resources(session, ids)

    assert found == {copy.resource_id: [copy], other.resource_id: [other]}
