from kb.training import agenda
from kb.training.models import SessionState
from tests.training.past import make_block, make_session


def ran(key, seconds, title="Gone", minutes=5):
    return {"key": key, "title": title, "minutes": minutes, "seconds": seconds}


def told(training):
    return [(p.title, p.planned, p.took) for p in agenda.as_it_ran(training)]


def test_each_part_says_what_was_planned_and_what_it_took(session):
    blocks = [make_block("a", minutes=5), make_block("b", minutes=10)]

    training = make_session(session, blocks=blocks, ran=[ran("a", 290)])

    assert told(training) == [("Part a", 5, 5), ("Part b", 10, None)]


def test_a_part_that_ran_twice_took_both_times(session):
    training = make_session(session, blocks=[make_block("a")], ran=[ran("a", 60), ran("a", 120)])

    assert told(training) == [("Part a", 10, 3)]


def test_what_ran_counts_and_what_did_not_takes_no_time(session):
    blocks = [make_block("a", minutes=5), make_block("b", minutes=40)]
    held = make_session(session, blocks=blocks, ran=[ran("a", 290), ran("x", 40)])
    running = make_session(
        session, blocks=blocks, ran=[ran("a", 290)], state=SessionState.OPEN, at_block=1
    )

    assert [agenda.held_minutes(each) for each in (held, running)] == [6, 0]
    assert [agenda.that_ran(each) for each in (held, running)] == [{"a", "x"}, {"a", "b"}]


def test_a_part_that_left_the_agenda_stands_at_the_end(session):
    training = make_session(session, blocks=[make_block("a")], ran=[ran("x", 60)])

    assert told(training) == [("Part a", 10, None), ("Gone", 5, 1)]


def test_the_part_that_runs_is_marked(session):
    blocks = [make_block("a"), make_block("b")]

    training = make_session(session, blocks=blocks, state=SessionState.OPEN, at_block=1)

    assert [part.is_now for part in agenda.as_it_ran(training)] == [False, True]
