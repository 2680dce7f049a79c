"""What participants send is kept once, or refused with a reason and nothing lost."""

import pytest

from kb.training.models import Answer, Idea, IdeaVote, Pledge, Reminder
from kb.web import rooms
from tests.web.in_rooms import WOULD, Phone, Room


def test_an_answer_can_be_changed_until_the_round_closes(room, phone):
    room.ask("gap")
    phone.choose("yes")
    fields = phone.fields()

    assert "You said no." in phone.choose("no").words
    room.end_round("gap")
    late = phone.post(f"{room.path}/answers", expect=409, **fields | {"chosen": "yes"})

    assert "This question is closed" in late.words
    assert "You said no." in late.words
    assert room.stored(Answer, "chosen") == [(["no"],)]


def test_who_comes_too_late_with_an_idea_has_its_words_back(room, phone):
    room.ask("ideas")
    late = phone.fields() | {"text": "Gofyn i’r Ŵyl"}
    room.end_round("ideas")

    too_late = phone.post(f"{room.path}/ideas", expect=409, **late)
    room.close()
    over = phone.post(f"{room.path}/ideas", expect=410, **late)

    assert "You wrote: Gofyn i’r Ŵyl" in too_late.words
    assert "You wrote: Gofyn i’r Ŵyl" in over.words
    assert room.stored(Idea, "text") == []


def test_sending_the_same_twice_stores_it_once(room, phone):
    room.ask("gap")

    phone.choose("yes")
    phone.choose("yes")

    assert room.stored(Answer, "chosen") == [(["yes"],)]


@pytest.mark.parametrize("chosen", [(), ("never", "weekly"), ("nothing",)])
def test_what_cannot_be_chosen_is_said_and_not_kept(room, phone, chosen):
    room.ask("one")

    page = phone.choose(*chosen, expect=422)

    assert page.title.startswith("Error: ")
    assert room.stored(Answer, "chosen") == []


def test_an_idea_gets_one_vote_of_each_which_can_be_taken_back(room, phone):
    other = Phone(room)
    other.join()
    room.ask("ideas")
    phone.send("ideas", text="Post the agenda")
    room.let_through()

    other.send("votes", form=1)
    again = other.client.post(
        f"{room.path}/votes", data=other.fields(1) | {"is_for": "yes"}, follow_redirects=True
    )
    voted = room.stored(IdeaVote, "idea_id")
    other.send("votes", form=1)

    assert "You voted for this. Take it back" in again.text
    assert len(voted) == 1
    assert room.stored(IdeaVote, "idea_id") == []


def test_an_idea_sent_twice_is_said_once(room, phone):
    room.ask("ideas")
    fields = phone.fields()

    for _ in range(2):
        phone.post(f"{room.path}/ideas", **fields | {"text": "Once"})

    assert room.stored(Idea, "text") == [("Once",)]


def test_an_idea_that_is_too_long_is_cut_and_that_is_said(room, phone):
    room.ask("ideas")

    page = phone.send("ideas", text="word " * 2_000)

    assert rooms.CUT in page.words
    assert len(room.stored(Idea, "text")[0][0]) <= 500


def test_an_empty_idea_is_asked_for_again(room, phone):
    room.ask("ideas")

    page = phone.send("ideas", expect=422, text="  ")

    assert "Write your idea in a few words." in page.words


def test_a_pledge_of_a_card_alone_is_a_whole_sentence(room, phone):
    card = room.card(title="Start small", number=2)
    room.ask("pledge")

    page = phone.send("pledge", when="our inquiry begins", cards=card)

    assert "When our inquiry begins, I will try “Start small”." in page.words


def test_a_pledge_is_kept_with_its_cards_its_day_and_its_address(room, phone, session):
    card = room.card(title="Start small", number=2)
    room.ask("pledge")
    day = phone.page().find(".//select[@id='by']/option")[0].get("value")

    page = phone.send(
        "pledge", when="our inquiry begins", will="post it", cards=card, by=day, email="a@b.gov.uk"
    )

    assert "When our inquiry begins, I will post it." in page.words
    assert "Start small" in page.words
    assert room.stored(Pledge, "when", "will", "cards") == [
        ("our inquiry begins", "post it", [card])
    ]
    assert room.stored(Reminder, "email") == [("a@b.gov.uk",)]


def test_changing_a_pledge_keeps_the_address_that_is_in_the_form(room, phone):
    room.ask("pledge")
    phone.send("pledge", will="post it", email="a@b.gov.uk")

    (field,) = phone.page().find(".//input[@id='email']")

    assert field.get("value") == "a@b.gov.uk"
    assert "a@b.gov.uk" not in Phone(room).join().text


def test_a_third_card_is_refused_and_all_that_was_typed_stays(room, phone):
    cards = [room.card(title=f"Card {n}", number=n) for n in range(1, 4)]
    room.ask("pledge")

    page = phone.send("pledge", expect=422, will="do it all", cards=cards, email="a@b.gov.uk")

    assert "Pick one or two cards, not more" in page.words
    assert len(page.find(".//input[@checked]")) == 3
    assert page.find(".//input[@id='will']")[0].get("value") == "do it all"
    assert page.find(".//input[@id='email']")[0].get("value") == "a@b.gov.uk"


def test_the_question_of_another_session_cannot_be_answered(room, phone, app):
    elsewhere = Room(app).open()
    foreign = elsewhere.ask("gap")
    room.ask("gap")

    page = phone.send("answers", expect=404, round=foreign, chosen="yes")

    assert page.heading == WOULD
    assert room.stored(Answer, "chosen") == []


@pytest.mark.parametrize("what", ["answers", "ideas", "votes", "pledge"])
def test_nonsense_is_refused_without_a_fault(room, phone, what):
    room.ask("gap")
    fields = phone.fields()

    for number in ("", "x", "-1", "9" * 30, "٣"):
        sent = fields | {"round": number, "idea": number, "by": "x", "cards": number}
        answer = phone.client.post(f"{room.path}/{what}", data=sent)
        assert answer.status_code in {404, 409, 422}
