"""What the room reads on the wall: the answers, the middle of a scale, pages of the library."""

import pytest

from kb.training.types import Block, RoundKind
from tests.factories import make_case_study
from tests.web.trainers import Trainer

LONG = "We could film one question from every meeting. " * 9


def test_the_room_sees_the_answers_with_their_letters_while_it_chooses(app):
    trainer = Trainer(app)
    trainer.press("place", block="1")

    for page in (trainer.present(), trainer.step()):
        letters = [
            item.findtext("./b") for item in page.find(".//ul[@class='answers answers--1']/li")
        ]
        assert letters == ["A", "B"]
        assert "A Skills" in page.words


@pytest.mark.parametrize(
    ("chosen", "middle"),
    [("24", "between 2 and 4"), ("2", "2"), ("1225", "2"), ("1455", "between 4 and 5")],
)
def test_the_middle_of_a_scale_is_one_answer_or_between_two(app, chosen, middle):
    sure = Block(key="s", title="Sure?", minutes=5, round=RoundKind.SCALE, question="How sure?")
    trainer = Trainer(app, blocks=[sure])
    trainer.step()
    for each in chosen:
        trainer.answer(trainer.rounds("s")[0], each)

    page = trainer.step()

    assert f"The middle answer is {middle}." in page.words


def test_more_ideas_than_there_is_room_for_are_counted_and_left_to_the_phones(app):
    trainer = Trainer(app)
    trainer.press("place", block="3")
    trainer.step()
    (one,) = trainer.rounds("ideas")
    for n in range(12):
        trainer.say(one, f"{n} {LONG}", key=f"k{n}")
    trainer.press(f"rounds/{one.id}/words")

    page = trainer.present()

    shown = len(page.find(".//ul[@class='said-list']/li"))
    assert 2 <= shown < 8
    assert f"The {shown} with the most votes:" in page.words
    assert f"And {12 - shown} more on phones." in page.words


def test_what_a_block_shows_is_told_under_its_title_and_opens_beside_the_screen(app, session):
    study = make_case_study(
        session,
        title="A tea-break lesson",
        summary="Ten minutes a week.",
        actions="One showed another **how**. Then they swapped.",
        cost_note="Staff time",
        results=f"Eleven post now. {'They go on and on. ' * 20}",
    )
    session.commit()
    trainer = Trainer(app, blocks=[Block(key="t", title="Read", minutes=5, refs=(study.ref, "x"))])

    page = trainer.present()

    told = {each.findtext("./dt"): each.findtext("./dd") for each in page.find(".//dl/div")}
    assert told["What they did"] == "One showed another how. Then they swapped."
    assert told["What it took"].endswith("Staff time")
    assert told["What came of it"].startswith("Eleven post now. They go on and on.")
    assert len(told["What came of it"]) <= 190
    assert "Ten minutes a week." in page.words
    (link,) = page.find(".//main//a[@href]")
    assert (link.get("target"), link.get("rel")) == ("_blank", "noopener")
