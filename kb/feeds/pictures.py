"""Pictures of entries, through our own hands: looked at, made small, made anew."""

import io
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from PIL import Image, ImageOps, UnidentifiedImageError

from kb.feeds.errors import FetchError
from kb.feeds.types import Fetched

WIDEST = 800
TALLEST = 2400
SMALLEST = 3
MOST_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
NOT_A_PICTURE = "This is not a picture that we can show."
_ONE_AT_A_TIME = Lock()  # a large one fills 200 MB while it is made anew


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Bytes that we made ourselves, their media type and how large they are shown."""

    content: bytes
    type: str
    width: int
    height: int


class FetchPicture(Protocol):
    """Gets the bytes of a picture; kb.feeds.fetch.Fetcher does."""

    def picture(self, url: str) -> Fetched: ...


def picture(fetcher: FetchPicture, url: str) -> Picture:
    """The picture at that address, at most 800 pixels wide, still, without its metadata.

    What it is, its content decides. Raises FetchError.
    """
    return redraw(fetcher.picture(url).content)


def redraw(content: bytes) -> Picture:
    """Make it anew from its pixels, so that nothing else of it is left."""
    try:
        with _ONE_AT_A_TIME, Image.open(io.BytesIO(content), formats=FORMATS) as image:
            _check(image)
            return _made_anew(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FetchError("This picture is too big to unpack.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise FetchError(NOT_A_PICTURE) from error


def _check(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise FetchError("This picture is too big to unpack.")
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
