from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.errors import Conflict, Invalid, NotFound
from kb.training import answering, moderating, rounds
from kb.training.models import IdeaState, IdeaVote
from kb.training.types import RoundKind
from tests.factories import NOW
from tests.training.making import join, make_idea, make_round, training_of

LATER = NOW + timedelta(minutes=1)


def everyone(session, table):
    return session.query(table).all()


def test_an_idea_waits_until_the_trainer_lets_it_be_seen(session):
    asked = make_round(session, RoundKind.IDEAS)

    idea = make_idea(session, asked, "Ask <b>early</b>", is_shown=False)

    assert (idea.state, idea.text) == (IdeaState.WAITING, "Ask <b>early</b>")


def test_an_idea_that_is_sent_again_is_said_once(session):
    asked = make_round(session, RoundKind.IDEAS)
    who = join(session, training_of(session, asked))

    first = answering.say(session, asked, who, "Ask early", key="k1", now=NOW)
    rounds.close_round(session, asked, now=NOW)
    again = answering.say(session, asked, who, "Ask early", key="k1", now=LATER)

    assert again is first


def test_the_same_key_of_another_participant_is_another_idea(session):
    asked = make_round(session, RoundKind.IDEAS)
    training = training_of(session, asked)

    said = [
        answering.say(session, asked, join(session, training), "Ask", key="k1", now=NOW)
        for _ in range(2)
    ]

    assert said[0].id != said[1].id


def test_nobody_gives_more_than_ten_ideas(session):
    asked = make_round(session, RoundKind.IDEAS)
    who = join(session, training_of(session, asked))
    for number in range(10):
        answering.say(session, asked, who, f"Idea {number}", key=f"k{number}", now=NOW)

    with pytest.raises(Conflict, match="10 ideas"):
        answering.say(session, asked, who, "One more", key="k10", now=NOW)


@pytest.mark.parametrize("text", ["", "  \n", "\x00\x07", "\u202e\u200b"])
def test_an_idea_without_words_is_refused(session, text):
    asked = make_round(session, RoundKind.IDEAS)
    who = join(session, training_of(session, asked))

    with pytest.raises(Invalid, match="few words"):
        answering.say(session, asked, who, text, key="k", now=NOW)


@pytest.mark.parametrize("key", ["", "a b", "k" * 65, "\x00"])
def test_an_idea_without_a_key_is_refused(session, key):
    asked = make_round(session, RoundKind.IDEAS)
    who = join(session, training_of(session, asked))

    with pytest.raises(Invalid):
        answering.say(session, asked, who, "Ask early", key=key, now=NOW)


def test_ideas_are_said_only_while_they_are_asked_for(session):
    closed, choice = make_round(session, RoundKind.IDEAS), make_round(session)
    rounds.close_round(session, closed, now=NOW)

    for asked, error in ((closed, Conflict), (choice, Invalid)):
        who = join(session, training_of(session, asked))
        with pytest.raises(error):
            answering.say(session, asked, who, "Ask early", key="k", now=NOW)


def test_ten_thousand_characters_are_cut_and_told(session):
    asked = make_round(session, RoundKind.IDEAS)

    idea = make_idea(session, asked, "ŵ" * 10_000)

    assert len(idea.text) == 500
    assert answering.note_on("ŵ" * 10_000).startswith("We kept the first 500 characters")


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(st.characters()))
def test_any_text_can_be_said_or_is_refused_kindly(runtime, text):
    with runtime.database.transaction() as session:
        asked = make_round(session, RoundKind.IDEAS)
        who = join(session, training_of(session, asked))
        try:
            said = answering.say(session, asked, who, text, key="k", now=NOW).text
        except Invalid:
            return
        session.expire_all()

        assert (
            answering.idea(
                session,
                asked,
                answering.own(session, training_of(session, asked), who).ideas[0].id,
            ).text
            == said
        )


def test_one_is_for_an_idea_once_and_may_take_it_back(session):
    asked = make_round(session, RoundKind.IDEAS)
    idea = make_idea(session, asked)
    who = join(session, training_of(session, asked))

    for _ in range(2):
        answering.vote(session, idea, who, True)
    votes = len(everyone(session, IdeaVote))
    answering.vote(session, idea, who, False)

    assert (votes, everyone(session, IdeaVote)) == (1, [])


@pytest.mark.parametrize("hide", [True, False])
def test_nobody_votes_for_what_is_not_shown(session, hide):
    asked = make_round(session, RoundKind.IDEAS)
    idea = make_idea(session, asked, is_shown=False)
    if hide:
        moderating.hide(session, idea)

    with pytest.raises(Conflict):
        answering.vote(session, idea, join(session, training_of(session, asked)), True)


def test_a_vote_for_a_merged_idea_goes_to_the_one_it_went_into(session):
    asked = make_round(session, RoundKind.IDEAS)
    one, two = make_idea(session, asked), make_idea(session, asked)
    moderating.merge(session, one, two)

    answering.vote(session, one, join(session, training_of(session, asked)), True)

    assert [vote.idea_id for vote in everyone(session, IdeaVote)] == [two.id]


def test_an_idea_of_another_question_is_not_found(session):
    idea = make_idea(session, make_round(session, RoundKind.IDEAS))

    with pytest.raises(NotFound):
        answering.idea(session, make_round(session, RoundKind.IDEAS), idea.id)
