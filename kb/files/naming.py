"""Names of files that are safe to show, to keep and to give a browser."""

import re
import unicodedata

from kb.files.types import ENDINGS, is_picture

LONGEST_NAME = 120
_PATH = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*;%]')
_ANY_ENDING = re.compile(r"(?:\.[A-Za-z0-9]{1,5})+$")


def safe_name(name: str, media_type: str) -> str:
    """The last part of what was sent, on one line, with the ending of what the file is.

    Letters of every language stay. What cannot be seen, such as marks that turn the
    direction of reading, goes: "cod\u202egpj.exe" is never shown as "codexe.jpg".
    """
    plain = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode())
    last = _PATH.split(plain.rstrip("/\\"))[-1]
    seen = "".join(c if _can_be_seen(c) else " " if c.isspace() else "" for c in last)
    words = " ".join(_FORBIDDEN.sub(" ", seen).split())
    stem = _ANY_ENDING.sub("", words).strip(" .") or _ANY_ENDING.sub("", words.strip(" ."))
    usual = "picture" if is_picture(media_type) else "file"
    ending = ENDINGS[media_type]
    return f"{stem[: LONGEST_NAME - len(ending)].strip(' .') or usual}{ending}"


def shown(name: str) -> str:
    """What to call a file that was refused: on one line, as far as it can be shown."""
    plain = name.encode("utf-8", "ignore").decode()
    words = " ".join("".join(c if _can_be_seen(c) else " " for c in plain).split())
    last = _PATH.split(words)[-1]
    return last if len(last) <= LONGEST_NAME else f"{last[: LONGEST_NAME - 1]}…"


def _can_be_seen(c: str) -> bool:
    return c == " " or unicodedata.category(c)[0] not in "CZ"
