"""What we write to people when somebody has decided about what they wrote."""

from collections.abc import Mapping

from kb.library.models import Resource
from kb.submissions.models import Draft

SubjectAndText = tuple[str, str]


def published(
    resource: Resource, *, message: str, has_edits: bool, base_url: str
) -> SubjectAndText:
    title = _printable(resource.title)
    edits = "The reviewer changed some words before it went out. You can change them again."
    return f"Published: “{title}”", _letter(
        f"“{title}” is published. Everybody can read it here:\n{base_url}/p/{resource.id}",
        edits if has_edits else "",
        _said(message),
        "Thank you for sharing it. We will ask you in good time whether it is still true.",
    )


def changes_asked(
    draft: Draft, title: str, requests: Mapping[str, str], *, message: str, base_url: str
) -> SubjectAndText:
    """`requests` are reasons, by the question as people read it."""
    asked = "\n\n".join(f"{question}\n{_indented(why)}" for question, why in requests.items())
    return f"Please change something in “{title}”", _letter(
        f"A reviewer has read “{title}” and asks you to change something before it is published.",
        asked,
        _said(message),
        "Nothing that you wrote is lost. Make the changes and send it again here:\n"
        f"{base_url}/share/{draft.id}",
    )


def declined(draft: Draft, title: str, *, message: str, base_url: str) -> SubjectAndText:
    return f"We will not publish “{title}”", _letter(
        f"A reviewer has read “{title}”. We will not publish it, for this reason:",
        _indented(message),
        f"What you wrote is kept for you here:\n{base_url}/share/{draft.id}",
    )


def taken_down(resource: Resource, *, message: str, base_url: str) -> SubjectAndText:
    title = _printable(resource.title)
    return f"Taken down: “{title}”", _letter(
        f"“{title}” was taken down, for this reason:",
        _indented(message),
        "Its address now says that it was withdrawn, why, and whom to thank for it:\n"
        f"{base_url}/p/{resource.id}",
        "If that is wrong, tell us: a reviewer can make it live again.",
    )


def live_again(resource: Resource, *, base_url: str) -> SubjectAndText:
    title = _printable(resource.title)
    return f"Live again: “{title}”", _letter(
        f"“{title}” was made live again. Everybody can read it here:\n{base_url}/p/{resource.id}"
    )


def restored(resource: Resource, number: int, *, reason: str, base_url: str) -> SubjectAndText:
    title = _printable(resource.title)
    address = f"{base_url}/p/{resource.id}"
    return f"An earlier version is back: “{title}”", _letter(
        f"A reviewer made version {number} of “{title}” what everybody reads again, "
        "for this reason:",
        _indented(reason),
        f"The page as it is now:\n{address}",
        "Nothing is lost. Every version, and what changed in it, is kept here:\n"
        f"{address}/history",
        "Who may read what went wrong stays as you chose it last. Words of older versions that "
        "were hidden stay hidden.",
        "If that is wrong, you can change the page again, or tell us.",
    )


def _letter(*paragraphs: str) -> str:
    return "\n\n".join(("Hello,", *filter(None, paragraphs))) + "\n"


def _said(message: str) -> str:
    return f"The reviewer says:\n{_indented(message)}" if message else ""


def _indented(text: str) -> str:
    """What a person wrote stands apart from what we write."""
    return "\n".join(f"  {line}" for line in text.splitlines())


def _printable(title: str) -> str:
    """A title may hold characters that the subject of a letter may not."""
    return "".join(c for c in title if c.isprintable())
