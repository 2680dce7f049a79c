"""One room on every page and in every file: wherever its numbers stand, they are the same."""

import csv
from io import StringIO

import pytest

from kb.clock import utcnow
from kb.training import answering, rounds, sessions, write_up
from tests.pages import Browser
from tests.web.trainers import Trainer

PHONES = [(1, 1)] * 2 + [(1, 0)] * 7 + [(0, 0)] * 11
UNANSWERED = (
    "4 people who would like to did not answer the second question, so they are not in the gap."
)


def count(trainer, answers, hands):
    """Both questions, asked one after the other and shown: (would, does) of each phone."""
    devices = [trainer.answer(None) for _ in answers]
    for part in (0, 1):
        with trainer.session() as session:
            one = rounds.of_block(session, trainer.training(session), "gap")[part]
            rounds.open_round(session, one, now=utcnow())
            for device, said in zip(devices, answers, strict=True):
                if said[part] is not None:
                    word = "yes" if said[part] else "no"
                    answering.answer(session, one, device, [word], now=utcnow())
            if hands:
                rounds.type_hands(session, one, {"yes": hands[part]}, hands[2])
            rounds.close_round(session, one, now=utcnow())
            rounds.show(session, one)


def close(trainer):
    """End the session; the answer is the write-up that was drafted of it."""
    with trainer.session() as session:
        training = trainer.training(session)
        sessions.close(session, training, now=utcnow())
        return write_up.make(session, training, now=utcnow())[0].text


@pytest.mark.parametrize(
    ("answers", "hands", "numbers", "left_out"),
    [
        (PHONES, None, (9, 2, 7, 20), ""),
        ([], (23, 4, 25), (23, 4, 19, 25), ""),
        (PHONES[:4] + PHONES[-2:], (10, 2, 18), (14, 4, 10, 18), ""),
        ([(1, None)] * 4 + [(1, 0)] * 2 + [(0, None)] * 3, None, (6, 0, 2, 9), UNANSWERED),
    ],
    ids=["phones", "hands", "both", "second unanswered"],
)
def test_the_numbers_of_a_gap_are_the_same_wherever_they_stand(
    app, answers, hands, numbers, left_out
):
    would, do, gap, people = numbers
    trainer, phone = Trainer(app), Browser(app)
    count(trainer, answers, hands)

    wall, said = trainer.present(), phone.post(f"/j/{trainer.code}/participants")
    draft = close(trainer)
    pages = [trainer.get(f"{trainer.base}/{name}") for name in ("results", "handout")]
    table = trainer.response(f"{trainer.base}/results.csv").text
    data = trainer.response(f"{trainer.base}/results.json").json

    assert f"{would} would like to of {people} people" in wall.words
    assert f"{do} already do of {people} people" in wall.words
    assert f'"gap__box from-{do} to-{do + gap}"' in wall.text
    assert wall.text.count('class="no"') == people - would + people - do - gap
    for page in (wall, said):
        assert f"{gap} people want to and do not yet." in page.words
    for page in pages:
        assert page.heading == f"{gap} of us want to and do not yet"
        assert f'aria-label="{would} of {people} hands up"' in page.text
        assert f'aria-label="{do} of {people} hands up, {gap} lowered' in page.text
        assert left_out in page.words
    rows = [row for row in csv.reader(StringIO(table)) if row[0] == "Gap"]
    assert [row[3:5] for row in rows[:3]] == [[str(n), str(people)] for n in (would, do, gap)]
    assert [int(row[5]) + int(row[6]) for row in rows[:2]] == [would, do]
    assert [data["gaps"][0][name] for name in ("would", "do", "gap", "people")] == [*numbers]
    assert data["session"]["people"] == people
    asked = f"We asked {people} people: {would} would like to, {do} already do, and {gap} want to"
    assert asked in draft
    assert all(left_out in each for each in (wall.words, table, draft))


def test_without_a_second_answer_no_page_tells_a_gap(app):
    trainer = Trainer(app)
    count(trainer, [(1, None)] * 9 + [(0, None)] * 2, None)
    sentence = "Nobody who would like to has answered the second question yet."

    wall = trainer.present()
    draft = close(trainer)
    page = trainer.get(f"{trainer.base}/results")
    table = trainer.response(f"{trainer.base}/results.csv").text
    data = trainer.response(f"{trainer.base}/results.json").json

    assert page.heading == "9 of us would like to"
    assert "Want to and do not yetNot known" in page.words
    assert all(sentence in each for each in (wall.words, page.words, draft))
    assert "Want to and do not yet,Not known,11" in table
    assert data["gaps"][0]["gap"] is None
