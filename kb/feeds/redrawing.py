"""Makes pictures anew, in the process that kb.feeds.pictures starts and may kill."""

import base64
import io
import traceback
from dataclasses import asdict
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from kb.feeds.errors import FetchError
from kb.feeds.pictures import NOT_A_PICTURE, TOO_BIG, Picture
from kb.processes import serve

WIDEST = 800
TALLEST = 2400
SMALLEST = 3
MOST_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
MOST_PICTURES = 200  # of one process
TIRED_MB = 100


def redraw(content: bytes) -> Picture:
    """Make it anew from its pixels, so that nothing else of it is left.

    It is at most 800 pixels wide, still, without its metadata. What it is, its content
    decides. Raises FetchError.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            _check(image)
            return _made_anew(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FetchError(TOO_BIG) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise FetchError(NOT_A_PICTURE) from error


def _check(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise FetchError(TOO_BIG)
    if width < SMALLEST or height < SMALLEST:
        raise FetchError("This is no picture but a dot that counts readers.")


def _made_anew(image: Image.Image) -> Picture:
    is_photo = image.format == "JPEG"
    if is_photo:
        image.draft("RGB", (2 * WIDEST, 2 * TALLEST))
    image.load()
    drawn = ImageOps.exif_transpose(image).convert("RGB" if is_photo else "RGBA")
    drawn.thumbnail((WIDEST, TALLEST))
    clean = Image.new(drawn.mode, drawn.size)
    clean.paste(drawn)
    out = io.BytesIO()
    if is_photo:
        clean.save(out, "JPEG", quality=82, optimize=True)
    else:
        clean.save(out, "WEBP", quality=85, method=3)
    width, height = clean.size
    kind = "image/jpeg" if is_photo else "image/webp"
    return Picture(content=out.getvalue(), type=kind, width=width, height=height)


def _answer(_: dict[str, Any], content: bytes) -> dict[str, Any]:
    try:
        return {"picture": asdict(redraw(content))}
    except FetchError as error:
        return {"sentence": str(error)}
    except MemoryError:
        return {"sentence": TOO_BIG}
    except Exception:
        return {"sentence": NOT_A_PICTURE, "bug": traceback.format_exc(limit=-3)}


def _told(content: object) -> str:
    """Bytes as JSON can tell them."""
    return base64.b64encode(content).decode("ascii") if isinstance(content, bytes) else ""


if __name__ == "__main__":
    serve(_answer, most=MOST_PICTURES, tired_mb=TIRED_MB, told=_told)
