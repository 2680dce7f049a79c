"""What we write to the people who look after pages."""

from datetime import date

from kb.library.models import Resource

SubjectAndText = tuple[str, str]


def reader_note(resource: Resource, *, base_url: str) -> SubjectAndText:
    """A reader thinks that something may no longer be right."""
    title = _printable(resource.title)
    return f"Is “{title}” still right?", _letter(
        f"A reader of “{title}” thinks that something on it may no longer be right.",
        f"Read what they say, and tell us what is still true:\n{_address(resource, base_url)}",
        "If something has changed, you can change the page from there. However many readers "
        "write, we send at most one letter a day about a page.",
    )


def review_date_passed(
    resource: Resource, *, review_by: date, is_second: bool, base_url: str
) -> SubjectAndText:
    """The date to look at a page again has come and gone."""
    title = _printable(resource.title)
    return f"{'Once more: is' if is_second else 'Is'} “{title}” still true?", _letter(
        f"“{title}” was to be looked at again by {_day(review_by)}. Until somebody does, readers "
        "see “Check before use” on it.",
        "Open this page. If nothing has changed, one button says so:\n"
        + _address(resource, base_url),
        "If something has changed, you can change the page from there.",
        "This is our last reminder. Two years after its last check a page is called historical, "
        "and comes lower in a search."
        if is_second
        else "We will remind you once more, in four weeks.",
    )


def _letter(*paragraphs: str) -> str:
    return "\n\n".join(("Hello,", *paragraphs)) + "\n"


def _address(resource: Resource, base_url: str) -> str:
    return f"{base_url}/upkeep/{resource.id}"


def _printable(title: str) -> str:
    """A title may hold characters that the subject of a letter may not."""
    return "".join(c for c in title if c.isprintable())


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"
