"""The words of letters about questions. Names and addresses of people stand in none of them."""

from kb.accounts.models import User
from kb.questions.models import Question

SubjectAndText = tuple[str, str]


def asked(question: Question, *, base_url: str) -> SubjectAndText:
    """To whoever is asked, at first or after others did not answer."""
    title = _line(question.resource.title)
    why = (
        "You look after its page."
        if question.turn == 0
        else "Your council copied it, and the people before you did not answer."
        if question.turn > 1
        else "Your council copied it."
    )
    return _letter(
        f"A question about “{title}”",
        f"{_who(question.asker)} has a question about “{title}”. {why}",
        _quoted(question.text),
        f"Sign in and answer here:\n{_address(question, base_url)}",
        "They see your council and never your name or address. Nobody else reads the answer, "
        "unless you and they both agree. Do not reply to this letter: nobody would read it.",
    )


def reminder(question: Question, *, base_url: str) -> SubjectAndText:
    """To whoever was asked and has not answered."""
    title = _line(question.resource.title)
    return _letter(
        f"Still waiting: a question about “{title}”",
        f"{_who(question.asker)} asked you about “{title}” and has no answer yet.",
        _quoted(question.text),
        f"A line or two is enough. Answer here:\n{_address(question, base_url)}",
        "If you cannot, do nothing: in ten working days the question goes to somebody else.",
    )


def gone_on(question: Question) -> SubjectAndText:
    """To whoever was asked before: they need not answer any more."""
    title = _line(question.resource.title)
    return _letter(
        f"You need not answer: “{title}”",
        f"The question about “{title}” has been with you for a while, so it went on. "
        "You do not have to do anything.",
    )


def passed_on(question: Question, *, base_url: str) -> SubjectAndText:
    """To the asker: somebody else has the question now."""
    title = _line(question.resource.title)
    council = _council(question.to)
    whom = f"to {council}, who copied it" if council else "to somebody else"
    return _letter(
        f"Your question about “{title}” went on",
        f"Nobody has answered your question about “{title}” yet, so it went {whom}.",
        f"See how it stands:\n{_address(question, base_url)}",
    )


def nobody_left(question: Question, *, base_url: str) -> SubjectAndText:
    """To the asker: we have run out of people to ask."""
    title = _line(question.resource.title)
    return _letter(
        f"No answer so far: “{title}”",
        f"We are sorry: nobody whom we could ask about “{title}” has answered.",
        "Our reviewers can read your question now. If one of them knows, you get a letter. The "
        "page of the practice links to where it is written down, and the council may help you "
        "in its usual ways.",
        f"Your question:\n{_address(question, base_url)}",
    )


def answered(question: Question, *, base_url: str) -> SubjectAndText:
    """To the asker: here is the answer."""
    title = _line(question.resource.title)
    council = _council(question.to)
    return _letter(
        f"An answer to your question about “{title}”",
        f"You asked about “{title}”:",
        _quoted(question.text),
        f"{council} answers:" if council else "The answer:",
        _quoted(question.answer),
        "May others read both on the page of the practice? They are shown only if you and those "
        f"who answered both agree, with councils and without names:\n"
        f"{_address(question, base_url)}",
        "Do not reply to this letter: nobody would read it.",
    )


def agreed(question: Question, *, base_url: str) -> SubjectAndText:
    """To the one who has not said yet: the other would let it be seen."""
    title = _line(question.resource.title)
    return _letter(
        f"May others read this about “{title}”?",
        f"The other side of your question and answer about “{title}” would like others to read "
        "both on the page of the practice, with councils and without names.",
        f"Say yes or no here:\n{_address(question, base_url)}",
        "While you say nothing, nobody reads it.",
    )


def published(question: Question, *, base_url: str) -> SubjectAndText:
    """To both: it stands on the page now."""
    title = _line(question.resource.title)
    return _letter(
        f"Others can read it now: “{title}”",
        f"You both agreed, so the question and the answer about “{title}” stand on its page.",
        "If you change your mind, take it away here. You keep the text, and nobody else sees "
        f"it:\n{_address(question, base_url)}",
    )


def removed(question: Question, reason: str, *, base_url: str) -> SubjectAndText:
    """To both: a reviewer took it off the page."""
    title = _line(question.resource.title)
    return _letter(
        f"Taken off the page: “{title}”",
        f"A reviewer took your question and answer about “{title}” off its page. Their reason:",
        _quoted(reason),
        f"You both keep the text:\n{_address(question, base_url)}",
    )


def _letter(subject: str, *paragraphs: str) -> SubjectAndText:
    return subject, "\n\n".join(("Hello,", *paragraphs)) + "\n"


def _quoted(text: str) -> str:
    """Every line marked, so that nobody takes what was typed for words of ours."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _who(user: User) -> str:
    council = _council(user)
    return f"An officer at {council}" if council else "Somebody with an account here"


def _council(user: User | None) -> str:
    return _line(user.council.name) if user is not None and user.council is not None else ""


def _address(question: Question, base_url: str) -> str:
    return f"{base_url}/questions/{question.id}"


def _line(text: str) -> str:
    """A title or name may hold characters that the subject of a letter may not."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return words if len(words) <= 100 else f"{words[:99]}…"
