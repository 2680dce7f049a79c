"""The handout: two sheets of A4, of each list its share, and how much more there is."""

from datetime import date

from kb.training.outcomes import Answers, Bar, Counted, IdeaShown, Part, Pledged, Results, Said
from kb.training.types import RoundKind
from kb.web import handouts
from tests.factories import NOW

LISTS = ("barriers", "questions", "ideas", "pledges", "said", "agenda")
COUNTED = Counted(devices=9, hands=0)


def question(number=0, *, kind=RoundKind.ONE, answers=4, words="An answer"):
    bars = [
        Bar(key=f"o{n}", label=words, number=answers - n, devices=0, hands=0)
        for n in range(answers)
    ]
    text = f"Question {number}?"
    return Answers(kind=kind, question=text, people=9, bars=tuple(bars), counted=COUNTED)


def room(number, *, words="Post one question a week", **values):
    """A session that came to so many of everything."""
    lists = {
        "barriers": (question(kind=RoundKind.BARRIERS, answers=number),),
        "answers": tuple(question(n, words=words) for n in range(number)),
        "ideas": tuple(IdeaShown(text=words, votes=1) for _ in range(number)),
        "pledges": (Pledged(card=None, people=1, by=date(2026, 12, 4)),) * number,
        "said": tuple(Said(when="we begin", will=words) for _ in range(number)),
        "agenda": tuple(Part(title=words, planned=5, took=5) for _ in range(number)),
    }
    return Results(**{"title": "What we will try", "held_on": NOW, "people": 9} | lists | values)


def paper(found):
    return handouts.of(found, title="A session", host="", address="https://swap.example.org/r")


def test_of_an_ordinary_room_nothing_is_left_out():
    made = paper(room(5))

    assert [getattr(made, name).more for name in LISTS] == [0] * len(LISTS)
    assert [each.text for each in made.questions.shown] == [f"Question {n}?" for n in range(5)]


def test_of_a_full_room_each_list_has_its_share_and_says_how_many_more_there_are():
    made = paper(room(40))

    parts = [getattr(made, name) for name in LISTS]
    assert all(len(each.shown) >= 3 for each in parts)
    assert [len(each.shown) + each.more for each in parts] == [40] * len(LISTS)


def test_long_words_leave_room_for_fewer_of_them_and_out_none_of_the_lists():
    short, long = paper(room(40)), paper(room(40, words="Somebody has to say yes first. " * 9))

    for name in ("ideas", "said", "agenda"):
        assert 0 < len(getattr(long, name).shown) < len(getattr(short, name).shown)


def test_few_questions_are_drawn_and_many_are_told_in_a_line_each():
    few, many = paper(room(3)).questions.shown, paper(room(4)).questions.shown

    assert [each.is_drawn for each in (*few, *many)] == [True] * 3 + [False] * 4
    bars = [(len(each.bars.shown), each.bars.more) for each in (few[0], many[0])]
    assert bars == [(4, 0), (3, 1)]


def test_a_scale_keeps_the_answers_that_nobody_gave():
    bars = tuple(Bar(key=str(n), label=str(n), number=0, devices=0, hands=0) for n in range(1, 6))
    scale = Answers(kind=RoundKind.SCALE, question="", people=0, bars=bars, counted=COUNTED)

    (told,) = paper(room(0, barriers=(), answers=(scale,))).questions.shown

    assert len(told.bars.shown) == 5
    assert told.text == "What the room answered"


def test_the_credit_of_the_pack_is_kept_line_by_line_and_not_longer_than_there_is_room():
    made = paper(room(1, credit="Built on a talk.\n\nWritten up on a blog."))
    long = paper(room(1, credit="Built on a talk. " * 200))

    assert list(made.credit) == ["Built on a talk.", "Written up on a blog."]
    assert long.credit[0].endswith("…")
