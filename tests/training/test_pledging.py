from datetime import timedelta

import pytest

from kb.errors import Conflict, Invalid
from kb.training import answering, moderating, pledging, rounds
from kb.training.models import IdeaState, Pledge, Reminder
from kb.training.types import RoundKind
from tests.factories import NOW, TODAY, make_tip_card
from tests.training.making import join, make_round, training_of

LATER = NOW + timedelta(minutes=1)


def everyone(session, table):
    return session.query(table).all()


def test_a_pledge_replaces_the_one_before_and_waits_again(session):
    asked = make_round(session, RoundKind.PLEDGE)
    who = join(session, training_of(session, asked))
    first = answering.pledge(session, asked, who, when="We launch", will="I post", now=NOW)
    moderating.show_pledge(session, first)

    answering.pledge(session, asked, who, when="We launch", will="I post twice", now=LATER)

    (kept,) = everyone(session, Pledge)
    assert (kept.will, kept.state) == ("I post twice", IdeaState.WAITING)


def test_cards_alone_are_a_pledge(session):
    asked = make_round(session, RoundKind.PLEDGE)
    card = make_tip_card(session)

    made = answering.pledge(
        session,
        asked,
        join(session, training_of(session, asked)),
        cards=[card.id, card.id],
        by=TODAY,
        now=NOW,
    )

    assert (made.cards, made.by) == ([card.id], TODAY)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "will"),
        ({"will": "I try", "cards": [1, 2, 3]}, "cards"),
        ({"cards": [999]}, "cards"),
        ({"will": "I try", "by": TODAY - timedelta(days=1)}, "by"),
        ({"will": "I try", "by": TODAY + timedelta(days=3_000)}, "by"),
        ({"will": "I try", "email": "nobody"}, "email"),
        ({"will": "I try", "email": "a@b.gov.uk\nBcc: c@d.gov.uk"}, "email"),
    ],
)
def test_what_is_no_pledge_is_told(session, values, field):
    asked = make_round(session, RoundKind.PLEDGE)
    who = join(session, training_of(session, asked))

    with pytest.raises(Invalid) as refused:
        answering.pledge(session, asked, who, **values, now=NOW)

    assert list(refused.value.problems) == [field]


def test_an_address_is_kept_for_one_letter_in_six_weeks(session):
    asked = make_round(session, RoundKind.PLEDGE)
    who = join(session, training_of(session, asked))

    for email in ("First@b.gov.uk", "second@b.gov.uk"):
        answering.pledge(session, asked, who, will="I try", email=email, now=NOW)

    (kept,) = everyone(session, Reminder)
    assert (kept.email, kept.due_at) == ("second@b.gov.uk", NOW + timedelta(weeks=6))


def test_an_address_that_is_taken_back_is_forgotten(session):
    asked = make_round(session, RoundKind.PLEDGE)
    who = join(session, training_of(session, asked))

    for email in ("a@b.gov.uk", ""):
        answering.pledge(session, asked, who, will="I try", email=email, now=NOW)

    assert everyone(session, Reminder) == []


def test_nobody_pledges_where_it_is_not_asked_or_closed(session):
    choice, closed = make_round(session), make_round(session, RoundKind.PLEDGE)
    rounds.close_round(session, closed, now=NOW)

    for asked, error in ((choice, Invalid), (closed, Conflict)):
        who = join(session, training_of(session, asked))
        with pytest.raises(error):
            answering.pledge(session, asked, who, will="I try", now=NOW)


def test_a_promise_names_the_cards_where_nothing_else_was_said():
    named = {1: "Start small", 2: "Talk to comms anyway"}

    assert pledging.promise(Pledge(will="post it", cards=[1]), named) == "post it"
    assert pledging.promise(Pledge(will="", cards=[1]), named) == "try “Start small”"
    both = pledging.promise(Pledge(will="", cards=[1, 2]), named)
    assert both == "try “Start small” and “Talk to comms anyway”"
    assert pledging.promise(Pledge(will="", cards=[3]), named) == "try what I picked"
