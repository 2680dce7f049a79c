from sqlalchemy import event

from kb.copying import lineage
from kb.copying import service as copying
from kb.copying.models import Status
from kb.library.models import Standing
from kb.library.publish import set_standing
from tests.copying.making import KEEP, change, make_copy, make_practice, make_writer
from tests.factories import NOW, make_case_study


def drawn(session, family):
    """The tree by the names of the councils."""
    told = lineage.told(session, family)
    return [(told[kin.id].council, drawn(session, kin.children)) for kin in family]


def told_of(session, resource):
    return [*lineage.told(session, lineage.of(session, resource).nodes).values()]


def named(session, name):
    return make_writer(session, short_name=name)


def test_a_copy_of_a_copy_hangs_from_its_parent(session):
    first = make_copy(session, by=named(session, "First"))
    second = make_copy(session, first.resource, named(session, "Second"), parent=first)
    make_copy(session, first.resource, named(session, "Third"), parent=second)
    make_copy(session, first.resource, named(session, "Fourth"))

    family = lineage.of(session, first.resource)

    assert drawn(session, family.roots) == [
        ("First", [("Second", [("Third", [])])]),
        ("Fourth", []),
    ]
    assert len(family.own) == 4
    assert [kin.size for kin in family.nodes] == [3, 2, 1, 1]


def test_what_came_of_a_copy_may_be_copied_in_turn(session):
    first = make_copy(session, by=named(session, "First"))
    study = make_case_study(session, title="Earlier still", steps=[{"text": "Ask in June."}])
    copying.finish(session, first.id, study, now=NOW)
    make_copy(session, study, named(session, "Second"))

    family = lineage.of(session, first.resource)

    assert drawn(session, family.roots) == [("First", [("Second", [])])]
    told = lineage.told(session, family.nodes)
    assert [told[kin.id].council for kin in family.own] == ["First"]
    assert told[first.id].result.title == "Earlier still"
    assert [each.parent for each in told.values()] == ["", "First"]
    assert lineage.origin(session, family) is None


def test_a_case_study_that_came_of_a_copy_names_where_it_came_from(session):
    first = make_copy(session, make_practice(session, title="Ask early"))
    study = make_case_study(session, title="Earlier still", steps=[{"text": "Ask in June."}])
    copying.finish(session, first.id, study, now=NOW)
    make_copy(session, study, named(session, "Second"))

    family = lineage.of(session, study)

    assert drawn(session, family.roots) == [("Second", [])]
    assert lineage.origin(session, family).title == "Ask early"
    assert family.origin_copy == first.id


def test_what_was_withdrawn_is_no_longer_linked(session):
    first = make_copy(session)
    study = make_case_study(session)
    copying.finish(session, first.id, study, now=NOW)
    set_standing(session, study, Standing.WITHDRAWN)

    assert told_of(session, first.resource)[0].result is None


def test_a_family_costs_one_query_and_what_it_says_another(session):
    first = make_copy(session)
    for _ in range(3):
        make_copy(session, first.resource, parent=first)
    resource = first.resource
    asked = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *a: asked.append(a[2]))

    family = lineage.of(session, resource)

    told = lineage.told(session, family.nodes[1:])

    assert len(family.nodes) == 4
    assert {each.parent for each in told.values()} == {first.council.short_name}
    assert len(asked) == 2


def test_the_family_of_what_nobody_copied_is_empty(session):
    family = lineage.of(session, make_practice(session))

    assert family.nodes == family.roots == ()


def test_a_node_says_the_first_thing_that_is_done_differently(session):
    study = make_practice(session)
    copy = make_copy(session, study, steps=[KEEP, change("Ask for an hour. " * 12)])

    [node] = told_of(session, study)

    assert node.changed.startswith("Ask for an hour.")
    assert len(node.changed) <= lineage.LONGEST_CHANGE
    assert node.since == copy.started_at.date()


def test_what_is_done_besides_is_said_before_changed_steps(session):
    study, writer = make_practice(session), make_writer(session)
    copy = make_copy(session, study, writer, steps=[change("One post."), KEEP])
    copy.changes = [
        *copy.changes,
        {"step": "", "choice": "change", "text": "Bilingual", "why": ""},
    ]
    session.flush()

    assert told_of(session, study)[0].changed == "Bilingual"


def test_copiers_are_known_by_type_and_nation_once_they_try(session):
    copy = make_copy(session, status=Status.TRYING)
    make_copy(session, copy.resource)

    assert lineage.copiers(session) == {copy.resource_id: [("UA", "England")]}
    assert lineage.copiers(session, [copy.resource.ref]) == lineage.copiers(session)
    assert lineage.copiers(session, ["test:other"]) == {}
