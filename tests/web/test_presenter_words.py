"""Ideas, cards and pledges on the projector: as many as leave its buttons in sight."""

import pytest

from kb.web import presenter_words
from kb.web.presenter_parts import Row, Word

LONG = "We could film one question from every meeting and post it the day before. " * 6
HIGH = presenter_words.room_below("What is one small thing that we could copy or try?")


def words(text, number, votes=1):
    return [Word(text=f"{n} {text}", votes=votes) for n in range(number)]


def cards(number):
    return [
        Row(key=str(n), label=f"{n}. Be clear what it is for", number=1) for n in range(number)
    ]


def test_a_few_short_ideas_stand_below_each_other_and_eight_in_two_columns():
    few, many = (presenter_words.best(words("Post it", n), HIGH) for n in (4, 12))

    assert (len(few.shown), few.more, few.has_columns) == (4, 0, False)
    assert (len(many.shown), many.more, many.has_columns) == (8, 4, True)


def test_of_long_ideas_the_best_are_shown_and_of_pledges_the_newest():
    said = words(LONG, 12)

    best, newest = presenter_words.best(said, HIGH), presenter_words.newest(said, HIGH)

    assert 2 <= len(best.shown) < 8
    assert len(best.shown) + best.more == 12
    assert list(best.shown) == said[: len(best.shown)]
    assert list(newest.shown) == said[-len(newest.shown) :]


@pytest.mark.parametrize("heading", ["What now?", "W" * 300])
def test_cards_leave_room_for_words_whatever_the_question(heading):
    high = presenter_words.room_below(heading)

    alone = presenter_words.cards(cards(12), high, has_words=False)
    beside = presenter_words.cards(cards(12), high, has_words=True)
    left = high - presenter_words.high_of(beside)

    assert len(alone.shown) >= len(beside.shown) >= 2
    assert [len(each.shown) + each.more for each in (alone, beside)] == [12, 12]
    assert presenter_words.newest(words(LONG, 12, votes=None), left).shown


def test_nothing_takes_no_room():
    nothing = presenter_words.cards([], HIGH, has_words=True)

    assert presenter_words.high_of(nothing) == 0
    assert presenter_words.best([], HIGH) == presenter_words.Words(shown=(), more=0)
