from kb.training import answering, own_address
from kb.training.models import Reminder
from kb.training.types import RoundKind
from tests.factories import NOW
from tests.training.making import join, make_round, training_of


def pledge(session, email):
    asked = make_round(session, RoundKind.PLEDGE)
    who = join(session, training_of(session, asked))
    return answering.pledge(session, asked, who, will="I post", email=email, now=NOW)


def test_it_is_what_was_left_with_the_pledge(session):
    made = pledge(session, "a@b.gov.uk")

    assert own_address.of(session, made) == "a@b.gov.uk"


def test_there_is_none_where_none_was_left(session):
    made = pledge(session, "")

    assert own_address.of(session, made) == ""


def test_once_the_letter_has_gone_there_is_none_any_more(session):
    made = pledge(session, "a@b.gov.uk")
    session.query(Reminder).one().asked_at = NOW
    session.flush()

    assert own_address.of(session, made) == ""
