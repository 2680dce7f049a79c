from datetime import date

from kb.training import letters


def letter(*cards):
    return letters.did_you(
        on=date(2026, 11, 3), cards=cards, token="abc", base_url="https://swap.example"
    )


def test_the_letter_asks_one_question_and_holds_one_link():
    subject, text = letter()

    assert subject == "Six weeks on: did you?"
    assert "3 November 2026" in text
    assert text.count("https://") == 1
    assert "https://swap.example/did-you?token=abc" in text


def test_it_names_the_cards_that_were_picked():
    _, text = letter("Talk to comms\nanyway", "Start small")

    assert "You picked: Talk to comms anyway; Start small." in text
