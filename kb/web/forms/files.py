"""What people say of the pictures in a draft."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from kb.submissions.models import Upload
from kb.submissions.uploads import Described
from kb.web.forms import line


@dataclass(frozen=True, kw_only=True)
class PictureField:
    """One picture with what was typed about it, and what is wrong with that."""

    upload: Upload
    said: Described
    error: str = ""

    @property
    def alt_name(self) -> str:
        return f"alt-{self.upload.id}"

    @property
    def tick_name(self) -> str:
        return f"decorative-{self.upload.id}"


def read(pictures: Iterable[Upload], posted: MultiDict[str, str]) -> dict[int, Described]:
    """What was typed, by the id of the upload; nothing of pictures that were not asked about."""
    return {
        each.id: Described(
            alt=line(posted.get(f"alt-{each.id}")),
            is_decorative=posted.get(f"decorative-{each.id}") == "yes",
        )
        for each in pictures
        if f"alt-{each.id}" in posted
    }


def fields(
    pictures: Iterable[Upload],
    typed: Mapping[int, Described] | None = None,
    errors: Mapping[int, str] | None = None,
) -> list[PictureField]:
    return [
        PictureField(
            upload=each,
            said=(typed or {}).get(each.id)
            or Described(alt=each.alt, is_decorative=each.is_decorative),
            error=(errors or {}).get(each.id, ""),
        )
        for each in pictures
    ]
