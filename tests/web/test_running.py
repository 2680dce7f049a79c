"""The facilitator's own view: what runs and what is next, and what only they may do."""

from datetime import timedelta
from itertools import count

import pytest

from kb.training import scales
from kb.training.models import Idea, IdeaState, RoundState, SessionState
from kb.training.types import Block, RoundKind
from kb.web.room_cache import RoomCache
from tests.factories import make_training
from tests.pages import Browser
from tests.web.trainers import Trainer


@pytest.fixture
def trainer(app):
    return Trainer(app)


def press(trainer, path, expect=200, **data):
    return trainer.press(path, expect, **{"from": "run"} | data)


def test_it_says_what_runs_and_what_is_next(trainer):
    page = trainer.run()

    assert "Hands up 10 minutes left. Since " in page.words
    assert "Next: In the way, 15 min" in page.words
    assert "Ask slowly." in page.words
    assert "0 devices have joined." in page.words


def test_it_says_in_words_that_a_block_takes_too_long(trainer):
    with trainer.session() as session:
        trainer.training(session).block_at -= timedelta(minutes=13)

    page = trainer.run()
    with trainer.session() as session:
        trainer.training(session).block_at += timedelta(minutes=53)
    waits = trainer.run()

    assert "Starts in 40 minutes. From " in waits.words
    assert "Hands up 3 minutes over." in page.words
    assert "This block is 3 minutes over." in page.words


def test_a_question_is_opened_closed_reopened_and_reset(trainer):
    one = trainer.rounds()[0]
    path = f"rounds/{one.id}/state"
    press(trainer, path, to="open")
    trainer.answer(one, "yes")
    press(trainer, path, to="closed")
    press(trainer, path, to="shown")
    shown = trainer.rounds()[0]
    press(trainer, path, to="open")
    reopened = trainer.rounds()[0]
    page = press(trainer, path, to="reset")
    again = trainer.run()

    assert (shown.state, shown.is_shown) == (RoundState.CLOSED, True)
    assert reopened.state is RoundState.OPEN
    assert trainer.rounds()[0].state is RoundState.WAITING
    assert "Deleted: 1 answer." in page.words
    assert "Deleted: 1 answer." not in again.words


def test_nothing_else_can_be_done_with_a_question(trainer):
    one = trainer.rounds()[0]

    press(trainer, f"rounds/{one.id}/state", to="deleted")

    assert trainer.rounds()[0].state is RoundState.WAITING


def test_ideas_are_let_through_hidden_and_merged(trainer):
    press(trainer, "place", block="3")
    one = trainer.rounds("ideas")[0]
    press(trainer, f"rounds/{one.id}/state", to="open")
    first, second = trainer.say(one, "Ask early"), trainer.say(one, "Ask first")
    press(trainer, f"rounds/{one.id}/words")
    all_through = trainer.present().words
    press(trainer, f"ideas/{second}", to="hidden")
    one_left = trainer.present().words
    press(trainer, f"ideas/{second}", to="shown")
    press(trainer, f"rounds/{one.id}/merging", idea=[first, second])
    merged = trainer.present().words

    assert "Ask early" in all_through
    assert "Ask first" in all_through
    assert "Ask first" not in one_left
    assert "Ask early" in merged
    assert "Ask first" not in merged


def test_one_tick_alone_is_not_merged(trainer):
    press(trainer, "place", block="3")
    one = trainer.rounds("ideas")[0]
    press(trainer, f"rounds/{one.id}/state", to="open")
    idea = trainer.say(one, "Ask early")

    page = press(trainer, f"rounds/{one.id}/merging", idea=[idea, "x", "²"])

    assert "Tick at least two ideas that say the same." in page.words


def test_what_was_written_on_paper_is_in_all_that_a_session_leaves(trainer):
    press(trainer, "place", block="3")
    ideas = trainer.rounds("ideas")[0]
    press(trainer, f"rounds/{ideas.id}/papers", text="Ask early <b>now</b>")
    with trainer.session() as session:
        (idea,) = session.query(Idea).all()
    own = press(trainer, f"ideas/{idea.id}/hands", hands="7")
    seen = trainer.present()
    press(trainer, "place", block="4")
    pledges = trainer.rounds("do")[0]
    press(trainer, f"rounds/{pledges.id}/papers", when="we begin", will="post the call")
    pledged = trainer.present()
    press(trainer, "close")
    left = [trainer.get(f"{trainer.base}/{path}") for path in ("results", "handout")]

    assert "On the screen, 7 votes, 7 of them hands" in own.words
    assert "7 votes Ask early <b>now</b>" in seen.words
    assert "When we begin, I will post the call" in pledged.words
    for page in left:
        assert "Ask early <b>now</b>" in page.words
        assert "When we begin, I will post the call" in page.words
    assert "Ask early" in trainer.get(f"{trainer.base}/write-up").text


def test_phones_are_asked_all_the_same_where_hands_or_paper_were_typed_in_first(trainer):
    one = trainer.rounds()[0]
    trainer.answer(one)

    press(trainer, f"rounds/{one.id}/hands", people="25", **{"hands-yes": "8"})
    counted = trainer.run()
    trainer.step()
    opened = trainer.rounds()[0].state
    press(trainer, "place", block="3")
    ideas = trainer.rounds("ideas")[0]
    typed = press(trainer, f"rounds/{ideas.id}/papers", text="Ask early")
    trainer.step()

    assert "Open the vote" in counted.words
    assert "Not asked on phones yet. Hands were counted in a room of 25." in counted.words
    assert "as soon as you open the question" in typed.words
    assert (opened, trainer.rounds("ideas")[0].state) == (RoundState.OPEN, RoundState.OPEN)


def test_the_ends_of_a_scale_are_named_wherever_it_is_seen(app):
    sure = Block(
        key="sure",
        title="Sure",
        minutes=5,
        round=RoundKind.SCALE,
        question="How sure?",
        options=scales.options("Not at all", "Very"),
    )
    trainer, phone = Trainer(app, blocks=[sure]), Browser(app)
    app.extensions["kb_rooms"] = RoomCache(clock=count().__next__)  # keeps nothing
    one = trainer.rounds("sure")[0]
    phone.post(f"/j/{trainer.code}/participants")
    form = trainer.get(f"{trainer.base}/rounds/{one.id}/hands")
    press(trainer, f"rounds/{one.id}/state", to="open")
    asked = [trainer.present(), phone.get(f"/j/{trainer.code}")]
    trainer.answer(one, "5")
    trainer.step()
    told = [trainer.present(), phone.get(f"/j/{trainer.code}")]
    press(trainer, "close")
    left = trainer.get(f"{trainer.base}/results")
    table = trainer.response(f"{trainer.base}/results.csv").text

    for words in ("Not at all", "Very"):
        assert all(words in page.words for page in (form, *asked, *told, left))
    assert "5: Very,1," in table


@pytest.mark.parametrize(
    ("block", "sent", "sentence"),
    [
        (3, {"text": " "}, "Type in what somebody wrote."),
        (4, {"when": "we begin"}, "Type in what somebody will do."),
    ],
)
def test_an_empty_paper_is_refused_with_a_sentence(trainer, block, sent, sentence):
    press(trainer, "place", block=str(block))
    one = trainer.rounds("ideas" if block == 3 else "do")[0]

    page = press(trainer, f"rounds/{one.id}/papers", **sent)

    assert sentence in page.words


def test_hands_for_an_idea_are_a_number(trainer):
    press(trainer, "place", block="3")
    press(trainer, f"rounds/{trainer.rounds('ideas')[0].id}/papers", text="Ask early")

    page = press(trainer, "ideas/1/hands", hands="many")

    assert "Enter how many hands, a whole number from 0 to 10,000." in page.words


@pytest.mark.parametrize("what", ["ideas/{}", "pledges/{}", "rounds/{}/state", "rounds/{}/words"])
def test_what_another_session_said_is_not_found(app, trainer, what):
    other = Trainer(app)
    other.press("place", block="3")
    one = other.rounds("ideas")[0]
    other.press(f"rounds/{one.id}/state", to="open")
    idea = other.say(one, "Ask early")
    number = one.id if what.startswith("rounds") else idea

    press(trainer, what.format(number), 404, to="shown")
    press(trainer, f"rounds/{trainer.rounds()[0].id}/merging", 404, idea=[idea, idea])

    with other.session() as session:
        assert session.get(Idea, idea).state is IdeaState.WAITING


def test_a_thought_is_parked(trainer):
    page = press(trainer, "parking", text="Who owns the account? <b>x</b>")

    assert "Who owns the account? <b>x</b>" in page.words


def test_a_block_is_parked_and_the_next_one_runs(trainer):
    page = press(trainer, "parking")

    assert "In the way 15 minutes left." in page.words


def test_a_training_format_is_swapped_in_and_the_end_holds(trainer, session):
    make_training(session, title="Lightning talks", minutes_min=20, steps=[{"text": "Talk"}])
    session.commit()
    found = trainer.run("?q=lightning")
    ends_at = _training(trainer).ends_at
    page = press(trainer, "blocks", format="lightning-talks")

    assert "“Lightning talks” comes next." in page.words
    assert "The session still ends as planned." in page.words
    assert _training(trainer).ends_at == ends_at
    assert [block.title for block in _training(trainer).blocks][1] == "Lightning talks"
    assert "Put it in: Lightning talks" in found.words or "No training format" in found.words


def test_there_is_no_such_block_to_swap_in(trainer):
    press(trainer, "blocks", 404, block="nothing")
    press(trainer, "blocks", 404, format="nothing")


@pytest.mark.parametrize("place", ["-1", "99", "x", "", "²", "1e9"])
def test_a_place_that_is_not_in_the_agenda_is_not_found(trainer, place):
    press(trainer, "place", 404, block=place)


def test_closing_is_asked_for_first(app):
    trainer = Trainer(app, blocks=[Block(key="a", title="One", minutes=5)])
    page = trainer.get(f"{trainer.base}/close")

    assert page.heading == "Close this session?"
    assert _training(trainer).state is SessionState.OPEN

    trainer.press("close")

    assert _training(trainer).state is SessionState.CLOSED


def test_a_poll_brings_what_changed(trainer):
    first = trainer.response(f"{trainer.base}/run/state")
    tag = {"If-None-Match": first.headers["ETag"]}
    same = trainer.response(f"{trainer.base}/run/state", headers=tag)
    trainer.answer(trainer.rounds()[0])
    after = trainer.response(f"{trainer.base}/run/state", headers=tag)

    assert set(first.json["parts"]) == {"now", "asked", "agenda"}
    assert same.status_code in {200, 304}
    assert "1</b> device has joined" in after.json["parts"]["now"]


def test_a_stranger_is_told_that_there_is_nothing(app, trainer):
    page = Browser(app).get(f"{trainer.base}/run", expect=404)

    assert trainer.code not in page.text


def _training(trainer):
    with trainer.session() as session:
        return trainer.training(session)
