"""The words of the one letter that a session leads to."""

from collections.abc import Sequence
from datetime import date

SUBJECT = "Six weeks on: did you?"


def did_you(*, on: date, cards: Sequence[str], token: str, base_url: str) -> tuple[str, str]:
    """To whoever left an address with a pledge: one question, and two answers.

    Nothing that anybody typed stands in it, because nobody has checked whose address it is:
    the page behind the link shows the pledge.
    """
    picked = [f"You picked: {'; '.join(map(_line, cards))}."] if cards else []
    return SUBJECT, "\n\n".join(
        [
            f"On {on.day} {on:%B %Y} you took part in a session about scrutiny, "
            "said what you would try, and asked us to remind you.",
            *picked,
            "Did you do it? Follow the link, then press a button. You do not need to sign in.",
            f"{base_url}/did-you?token={token}",
            "“No” is a good answer too: it tells the trainer what is hard.",
            "This is the only letter. Your address is deleted now that it is on its way.",
        ]
    )


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
