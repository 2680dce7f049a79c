"""The words of the letter that tells reviewers and admins what waits for them."""

from datetime import datetime

DRAFT, PERSON = ("draft", "drafts"), ("person", "people")
SELDOM = "We send at most one letter like this a working day, and none when nothing waits."
REVIEWER = (
    "You get it because you review what people share here. If you would rather not, tell one "
    "of the admins: they can take that off your account."
)
ADMIN = (
    "You get it because you are an admin of this site. If you would rather not be one, tell "
    "another admin: they can take that off your account."
)


def of(
    *,
    drafts: int,
    since: datetime | None,
    age: int,
    people: int,
    people_since: datetime | None,
    is_admin: bool,
    base_url: str,
) -> tuple[str, str]:
    """How much waits, the oldest since when, and where; `age` is in working days."""
    parts = ["Hello,"]
    if drafts and since is not None:
        oldest = f"since {_day(since)}{_ago(age)}"
        which = "It has" if drafts == 1 else "The oldest has"
        parts.append(f"{_drafts(drafts)} for an answer. {which} waited {oldest}.")
        parts.append(f"Read and decide here:\n{base_url}/review")
    if people and people_since is not None:
        which = "They have" if people == 1 else "The first has"
        parts.append(
            f"{_people(people)} for an admin to say which council they write for. "
            f"{which} waited since {_day(people_since)}."
        )
        parts.append(f"Look at them here:\n{base_url}/admin/people?state=waiting")
    parts.append(SELDOM)
    parts.append(ADMIN if is_admin else REVIEWER)
    return _subject(drafts, people), "\n\n".join(parts) + "\n"


def _subject(drafts: int, people: int) -> str:
    if drafts and people:
        return f"{_counted(drafts, *DRAFT)} and {_counted(people, *PERSON)} wait for an answer"
    return f"{_drafts(drafts)} for an answer" if drafts else f"{_people(people)} for an admin"


def _drafts(number: int) -> str:
    return f"{_counted(number, *DRAFT)} {'waits' if number == 1 else 'wait'}"


def _people(number: int) -> str:
    return f"{_counted(number, *PERSON)} {'waits' if number == 1 else 'wait'}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _ago(age: int) -> str:
    return f", {_counted(age, 'working day', 'working days')}" if age else ""


def _day(value: datetime) -> str:
    return f"{value.day} {value:%B %Y}"
