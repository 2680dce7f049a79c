import pytest

from kb.errors import Conflict, NotFound
from kb.training import answering, moderating
from kb.training.models import IdeaState
from kb.training.types import RoundKind
from tests.factories import NOW
from tests.training.making import join, make_idea, make_round, make_session, training_of


@pytest.fixture
def asked(session):
    return make_round(session, RoundKind.IDEAS)


def shown(session, asked):
    return [(row.text, row.votes) for row in moderating.top(session, asked)]


def test_nothing_is_on_the_screen_before_the_trainer_lets_it(session, asked):
    idea = make_idea(session, asked, is_shown=False)
    before = shown(session, asked)

    moderating.show(session, idea)

    assert (before, shown(session, asked)) == ([], [("Ask early", 0)])


def test_hiding_takes_an_idea_off_the_screen_and_keeps_its_votes(session, asked):
    idea = make_idea(session, asked, votes=2)

    moderating.hide(session, idea)

    assert shown(session, asked) == []
    assert [(row.state, row.votes) for row in moderating.ideas(session, asked)] == [
        (IdeaState.HIDDEN, 2)
    ]


def test_the_most_wanted_come_first_and_of_equal_ones_the_earlier(session, asked):
    for text, votes in (("a", 1), ("b", 2), ("c", 1), ("d", 0)):
        make_idea(session, asked, text, votes=votes)

    top = [row.text for row in moderating.top(session, asked, limit=3)]

    assert top == ["b", "a", "c"]
    assert moderating.ideas_said(session, asked) == 4


def test_merging_moves_votes_and_counts_nobody_twice(session, asked):
    one, two = make_idea(session, asked, "one", votes=2), make_idea(session, asked, "two", votes=1)
    both = join(session, training_of(session, asked))
    for idea in (one, two):
        answering.vote(session, idea, both, True)

    moderating.merge(session, one, two)

    assert shown(session, asked) == [("two", 4)]
    assert (one.state, one.merged_into_id) == (IdeaState.MERGED, two.id)


def test_what_was_merged_into_a_merged_idea_goes_along(session, asked):
    one, two, three = (make_idea(session, asked, text, votes=1) for text in "abc")
    moderating.merge(session, one, two)

    moderating.merge(session, two, three)

    session.refresh(one)
    assert one.merged_into_id == three.id
    assert shown(session, asked) == [("c", 3)]


def test_merging_into_a_merged_idea_means_the_one_it_went_into(session, asked):
    one, two, three = (make_idea(session, asked, text, votes=1) for text in "abc")
    moderating.merge(session, two, three)

    moderating.merge(session, one, two)

    assert shown(session, asked) == [("c", 3)]


def test_ideas_are_not_merged_in_a_circle(session, asked):
    one, two = make_idea(session, asked, "a"), make_idea(session, asked, "b")
    moderating.merge(session, one, two)

    for idea, into in ((two, one), (two, two)):
        with pytest.raises(Conflict):
            moderating.merge(session, idea, into)


def test_ideas_of_two_questions_are_not_merged(session, asked):
    other = make_idea(session, make_round(session, RoundKind.IDEAS))

    with pytest.raises(Conflict):
        moderating.merge(session, make_idea(session, asked), other)


def test_a_merged_idea_can_stand_alone_again(session, asked):
    one, two = make_idea(session, asked, "a", votes=1), make_idea(session, asked, "b")
    moderating.merge(session, one, two)

    moderating.show(session, one)

    assert shown(session, asked) == [("b", 1), ("a", 0)]


def test_everything_that_waits_is_let_through_at_once_and_nothing_else(session, asked):
    make_idea(session, asked, "a", is_shown=False)
    make_idea(session, asked, "b", is_shown=False)
    moderating.hide(session, make_idea(session, asked, "c"))

    number = moderating.show_all(session, asked)

    assert number == 2
    assert shown(session, asked) == [("a", 0), ("b", 0)]


def test_pledges_are_shown_and_hidden(session):
    asked = make_round(session, RoundKind.PLEDGE)
    who = join(session, training_of(session, asked))
    made = answering.pledge(session, asked, who, will="I try", now=NOW)

    moderating.show_pledge(session, made)
    was = made.state
    moderating.hide_pledge(session, made)

    assert (was, made.state) == (IdeaState.SHOWN, IdeaState.HIDDEN)
    assert moderating.pledges(session, asked) == [made]


def test_a_trainer_finds_what_was_said_in_their_own_session_alone(session, asked):
    idea, pledged = make_idea(session, asked), make_round(session, RoundKind.PLEDGE)
    who = join(session, training_of(session, pledged))
    made = answering.pledge(session, pledged, who, will="I try", now=NOW)
    other = make_session(session)

    assert moderating.idea(session, training_of(session, asked), idea.id) is idea
    assert moderating.pledge(session, training_of(session, pledged), made.id) is made
    with pytest.raises(NotFound):
        moderating.idea(session, other, idea.id)
    with pytest.raises(NotFound):
        moderating.pledge(session, other, made.id)


def test_moderating_changes_the_number_that_screens_look_at(session, asked):
    idea = make_idea(session, asked, is_shown=False)
    training = training_of(session, asked)
    before = training.change

    moderating.show(session, idea)
    session.refresh(training)

    assert training.change == before + 1
