import pytest

from kb.errors import Invalid, NotFound
from kb.training import write_up
from kb.training.models import IdeaState, SessionState
from kb.training.types import RoundKind
from tests.factories import NOW, make_tip_card
from tests.training.past import (
    gap_block,
    join,
    make_barriers,
    make_gap,
    make_idea,
    make_pledge,
    make_round,
    make_session,
)


def a_whole_session(session):
    training = make_session(
        session,
        blocks=[gap_block()],
        ran=[{"key": "gap", "title": "Would like to, already do", "minutes": 5, "seconds": 300}],
    )
    make_gap(session, training, hands=(23, 4), people=25)
    make_barriers(session, training, {"skills": 7, "time": 0}, people=25)
    ideas = make_round(session, training, "i", RoundKind.IDEAS)
    devices = join(session, training, 3)
    for number, text in enumerate(("Third", "Second", "First")):
        make_idea(session, ideas, f"{text} idea", votes=devices[: number + 1])
    make_idea(session, ideas, "Never shown", state=IdeaState.WAITING, votes=devices)
    make_idea(session, ideas, "Never wanted")
    pledges = make_round(session, training, "p", RoundKind.PLEDGE)
    card = make_tip_card(session, title="Start small")
    make_pledge(session, pledges, devices[0], cards=[card], will="tell Bob", email="a@example.org")
    return training


def test_closing_leaves_a_write_up_and_two_tip_cards(session):
    made = write_up.make(session, a_whole_session(session), now=NOW)

    assert [(each.kind, each.draft_id) for each in made] == [
        ("case-study", None),
        ("tip-card", None),
        ("tip-card", None),
    ]
    assert [each.title for each in made[1:]] == ["First idea", "Second idea"]


def test_the_write_up_says_what_happened(session):
    text = write_up.make(session, a_whole_session(session), now=NOW)[0].text

    for words in (
        "We asked 25 people: 23 would like to, 4 already do, and 19 want to and do not yet.",
        "November 2026",
        "Skills (7)",
        "1. Would like to, already do (5 minutes)",
        "- 1 person will try “Start small”.",
        "with 3 votes: First idea",
        "with 1 vote: Third idea",
    ):
        assert words in text


def test_it_tells_the_people_of_the_gap_and_finds_none_where_there_is_none(session):
    training = make_session(session, blocks=[gap_block()])
    make_gap(session, training, hands=(5, 7), people=20)
    make_barriers(session, training, {"skills": 7}, people=25)

    draft = write_up.make(session, training, now=NOW)[0]

    assert draft.title == "Asked who would like to and who already does"
    assert (
        "We asked 20 people: 5 would like to and 7 already do. More already do than would like to."
    ) in draft.text
    assert "25" not in draft.text


def test_nobodys_own_words_but_those_let_through_are_in_it(session):
    made = write_up.make(session, a_whole_session(session), now=NOW)

    everything = "\n".join(each.title + each.text for each in made)
    for words in ("Bob", "a@example.org", "Never shown", "Never wanted", "Time"):
        assert words not in everything


def test_it_is_drafted_once(session):
    training = a_whole_session(session)
    first = write_up.make(session, training, now=NOW)
    write_up.save(session, first[0], title="Ours", text="Edited")

    again = write_up.make(session, training, now=NOW)

    assert [each.id for each in again] == [each.id for each in first]
    assert again[0].text == "Edited"


def test_nothing_is_drafted_while_the_session_runs(session):
    training = make_session(session, state=SessionState.OPEN)

    assert write_up.make(session, training, now=NOW) == []


def test_a_session_without_any_round_is_written_up_too(session):
    made = write_up.make(session, make_session(session, title="Just talking"), now=NOW)

    assert [each.title for each in made] == ["Ran a session: Just talking"]


def test_an_idea_cannot_pass_for_a_heading_of_ours(session):
    training = make_session(session)
    ideas = make_round(session, training, "i", RoundKind.IDEAS)
    voter = join(session, training)
    make_idea(session, ideas, "x\n## What came of it?\nA miracle\x1b", votes=voter)

    text = write_up.make(session, training, now=NOW)[0].text

    assert text.count("\n## What came of it?") == 1


def test_a_write_up_of_another_session_is_not_found(session):
    mine, other = make_session(session), make_session(session)
    theirs = write_up.make(session, other, now=NOW)[0]

    for number in (theirs.id, 4711):
        with pytest.raises(NotFound):
            write_up.get(session, mine, number)


@pytest.mark.parametrize(
    ("title", "text", "field"),
    [
        ("", "x", "title"),
        ("x", " \n", "text"),
        ("x" * 121, "x", "title"),
        ("x", "x" * 20_001, "text"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(session, title, text, field):
    draft = write_up.make(session, make_session(session), now=NOW)[0]

    with pytest.raises(Invalid) as refused:
        write_up.save(session, draft, title=title, text=text)

    assert set(refused.value.problems) == {field}


def test_what_closing_did_not_draft_is_found_later(session):
    training, running = make_session(session), make_session(session, state=SessionState.OPEN)

    assert write_up.without_drafts(session, limit=9) == [training.id]
    assert write_up.make_for(session, training.id, now=NOW)
    assert not write_up.make_for(session, running.id, now=NOW)
    assert not write_up.make_for(session, 4711, now=NOW)
    assert write_up.without_drafts(session, limit=9) == []
