"""Opens files, in the process that kb.files.apart starts and may kill."""

import base64
import traceback
from collections.abc import Callable
from typing import Any

from kb.files.errors import TOO_MUCH, Refused
from kb.files.extraction import paragraphs, passages
from kb.files.judging import judge
from kb.files.pictures import redraw
from kb.files.types import DOCX, is_picture
from kb.processes import serve

MOST_FILES = 50  # of one process
TIRED_MB = 200
UNREADABLE = "We could not read it."
NOT_WORD = "This is no Word file (.docx)."


def _answer(asked: dict[str, Any], content: bytes) -> dict[str, Any]:
    try:
        return _ANSWERS[asked["what"]](asked, content)
    except Refused as error:
        return {"refused": str(error)}
    except (MemoryError, RecursionError):
        return {"refused": TOO_MUCH}
    except Exception:
        return {"refused": UNREADABLE, "bug": traceback.format_exc(limit=-3)}


def _look(_: dict[str, Any], content: bytes) -> dict[str, Any]:
    media_type = judge(content)
    if not is_picture(media_type):
        return {"media_type": media_type}
    drawn = redraw(content, media_type)
    return {
        "media_type": media_type,
        "drawn": base64.b64encode(drawn.content).decode("ascii"),
        "width": drawn.width,
        "height": drawn.height,
    }


def _passages(asked: dict[str, Any], content: bytes) -> dict[str, Any]:
    return {"passages": passages(content, asked["media_type"])}


def _paragraphs(_: dict[str, Any], content: bytes) -> dict[str, Any]:
    if judge(content) != DOCX:
        raise Refused(NOT_WORD)
    return {"paragraphs": paragraphs(content)}


_ANSWERS: dict[str, Callable[[dict[str, Any], bytes], dict[str, Any]]] = {
    "look": _look,
    "passages": _passages,
    "paragraphs": _paragraphs,
}


if __name__ == "__main__":
    serve(_answer, most=MOST_FILES, tired_mb=TIRED_MB)
