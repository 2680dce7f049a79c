from kb.copying import figures, lineage
from kb.copying.models import Status
from kb.library.models import Standing
from kb.library.publish import set_standing
from tests.copying.making import DROP, KEEP, change, make_copy, make_practice, report


def figures_of(session, resource):
    return figures.of(session, lineage.of(session, resource))


def test_copies_are_counted_once_they_are_tried(session):
    study = make_practice(session)
    for status in (Status.DOING, Status.DOING, Status.STOPPED, Status.PLANNED):
        make_copy(session, study, status=status)

    found = figures_of(session, study)

    assert (found.councils, found.planned) == (3, 1)
    assert found.by_status == {Status.DOING: 2, Status.STOPPED: 1}
    assert figures.counts(session) == {study.id: 3}


def test_a_plan_that_was_stopped_before_it_began_is_no_copy_that_happened(session):
    study = make_practice(session)
    planned, tried, spent = (make_copy(session, study) for _ in range(3))
    report(session, tried, Status.TRYING)
    report(session, tried, Status.STOPPED, note="No time.")
    report(session, spent, Status.STOPPED, note="No time.", hours=2)
    report(session, planned, Status.STOPPED, note="No time.")

    found = figures_of(session, study)

    assert [each.has_begun for each in (planned, tried, spent)] == [False, True, True]
    assert (found.councils, found.planned, found.by_status) == (2, 0, {Status.STOPPED: 2})
    assert figures.counts(session) == {study.id: 2}


def test_the_middle_of_the_hours_is_said_from_three_reports_up(session):
    study = make_practice(session)
    for hours in (2, 40):
        make_copy(session, study, hours_spent=hours)

    before = figures_of(session, study)
    make_copy(session, study, hours_spent=6)
    after = figures_of(session, study)

    assert before.median_hours is None
    assert (after.median_hours, after.reports) == (6, 3)


def test_no_hours_at_all_count_as_a_report(session):
    study = make_practice(session)
    for hours in (0, 0, 3, None):
        make_copy(session, study, hours_spent=hours)

    assert figures_of(session, study).median_hours == 0


def test_what_copiers_changed_most_counts_changes_and_drops_of_those_who_began(session):
    study = make_practice(session)
    make_copy(session, study, steps=[change("One post."), KEEP], status=Status.DOING)
    make_copy(session, study, steps=[change("Two posts."), DROP], status=Status.TRYING)
    make_copy(session, study, steps=[DROP, KEEP], status=Status.STOPPED)
    make_copy(session, study, steps=[change("Four posts."), DROP])

    first, second = figures_of(session, study).changed_most

    assert (first.step, first.changed, first.dropped) == ("Write three posts.", 2, 1)
    assert (second.changed, second.dropped) == (0, 1)


def test_what_one_council_does_besides_is_no_change_of_a_step(session):
    copy = make_copy(session)
    copy.changes = [{"step": "", "choice": "change", "text": "In Welsh", "why": ""}]
    session.flush()

    assert figures_of(session, copy.resource).changed_most == ()


def test_the_most_copied_come_first_and_nothing_that_nobody_can_read(session):
    often, once, gone = (make_practice(session, title=t) for t in ("Often", "Once", "Gone"))
    for study, times in ((once, 1), (often, 2), (gone, 3)):
        for _ in range(times):
            make_copy(session, study, status=Status.DOING)
    make_copy(session, make_practice(session), status=Status.PLANNED)
    set_standing(session, gone, Standing.WITHDRAWN)

    found = [(resource.title, number) for resource, number in figures.most_copied(session)]

    assert found == [("Often", 2), ("Once", 1)]
