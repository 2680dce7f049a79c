import pytest

from kb.errors import Conflict, Invalid
from kb.training import answering, moderating, on_paper, results, rounds, sessions
from kb.training.errors import Over
from kb.training.models import IdeaState, RoundState
from kb.training.types import RoundKind
from tests.factories import NOW
from tests.training.making import (
    join,
    make_block,
    make_idea,
    make_round,
    make_session,
    training_of,
)


def row_of(session, idea):
    asked = rounds.get(session, training_of(session, idea), idea.round_id)
    return next(row for row in moderating.ideas(session, asked) if row.id == idea.id)


def test_an_idea_from_paper_is_shown_at_once_and_nobodys(session):
    asked = make_round(session, RoundKind.IDEAS)

    first, second = (on_paper.idea(session, asked, " Ask\nearly ", now=NOW) for _ in range(2))

    rows = moderating.top(session, asked)
    assert [(row.text, row.state, row.votes) for row in rows] == [
        ("Ask early", IdeaState.SHOWN, 0)
    ] * 2
    assert (first.participant_id, second.participant_id) == (None, None)
    assert sessions.joined(session, training_of(session, asked)) == 0


def test_pledges_from_paper_are_as_many_as_were_written(session):
    asked = make_round(session, RoundKind.PLEDGE)
    answering.pledge(session, asked, join(session, training_of(session, asked)), will="a", now=NOW)

    for will in ("post it", "film it"):
        on_paper.pledge(session, asked, when="we begin", will=will, now=NOW)

    made = moderating.pledges(session, asked)
    assert [(each.when, each.will, each.state) for each in made[1:]] == [
        ("we begin", "post it", IdeaState.SHOWN),
        ("we begin", "film it", IdeaState.SHOWN),
    ]


def test_hands_are_votes_for_an_idea_that_are_counted_once_when_it_is_merged(session):
    asked = make_round(session, RoundKind.IDEAS)
    typed = on_paper.idea(session, asked, "Ask early", now=NOW)
    other = make_idea(session, asked, votes=2)
    for idea, number in ((typed, 9), (typed, 7), (other, 4)):
        on_paper.count_hands(session, idea, number)

    counted = [(row.votes, row.hands) for row in moderating.ideas(session, asked)]
    moderating.merge(session, typed, other)

    assert counted == [(7, 7), (6, 4)]
    assert [(row.votes, row.hands) for row in moderating.top(session, asked)] == [(9, 7)]


def test_a_question_that_no_phone_was_asked_counts_as_asked(session):
    asked = make_round(session, RoundKind.IDEAS, is_open=False)

    on_paper.idea(session, asked, "Ask early", now=NOW)

    assert asked.state is RoundState.CLOSED


def test_paper_that_comes_first_leaves_the_question_to_the_phones_and_is_in_the_results(session):
    ideas, do = make_block("i", RoundKind.IDEAS), make_block("p", RoundKind.PLEDGE)
    training = make_session(session, ideas, do, make_block("q", RoundKind.IDEAS))
    asked, pledged, empty = rounds.of_session(session, training)
    join(session, training)

    on_paper.idea(session, asked, "Ask early", now=NOW)
    on_paper.pledge(session, pledged, when="we begin", will="post it", now=NOW)

    found = results.of(session, training)
    assert {each.state for each in (asked, pledged, empty)} == {RoundState.WAITING}
    assert results.asked(session, training) == [asked, pledged]
    assert [idea.text for idea in found.ideas] == ["Ask early"]
    assert [said.will for said in found.said] == ["post it"]


@pytest.mark.parametrize("kind", [RoundKind.IDEAS, RoundKind.PLEDGE, RoundKind.ONE])
def test_what_has_no_words_or_was_not_asked_for_is_refused(session, kind):
    asked = make_round(session, kind)
    text = "Ask early" if kind is RoundKind.ONE else " \u200b "

    with pytest.raises(Invalid):
        on_paper.idea(session, asked, text, now=NOW)
    with pytest.raises(Invalid):
        on_paper.pledge(session, asked, when="now", will=text, now=NOW)


@pytest.mark.parametrize("number", [-1, 10_001])
def test_a_count_that_cannot_be_is_refused(session, number):
    idea = make_idea(session, make_round(session, RoundKind.IDEAS))

    with pytest.raises(Invalid, match="whole number from 0 to 10,000"):
        on_paper.count_hands(session, idea, number)


def test_nothing_is_typed_in_before_the_session_or_after_it(session):
    training = make_session(session, make_block(kind=RoundKind.IDEAS), is_open=False)
    asked = make_round(session, training=training, is_open=False)

    with pytest.raises(Conflict, match="Start the session first"):
        on_paper.idea(session, asked, "Ask early", now=NOW)
    sessions.close(session, training, now=NOW)
    with pytest.raises(Over):
        on_paper.idea(session, asked, "Ask early", now=NOW)


def test_there_is_an_end_to_what_can_be_typed_in(session):
    asked = make_round(session, RoundKind.IDEAS)
    for _ in range(on_paper.MOST_TYPED):
        on_paper.idea(session, asked, "Ask early", now=NOW)

    with pytest.raises(Conflict, match="No more than 500"):
        on_paper.idea(session, asked, "Ask early", now=NOW)
