"""Pictures are drawn anew from their pixels, so that nothing else of them is left."""

import io
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from kb.files.errors import Refused
from kb.files.types import JPEG, PNG, WEBP, Looked

WIDEST = 2_000
TALLEST = 10_000
MOST_PIXELS = 60_000_000
TOO_MANY = "This picture has more than 60 million pixels. Make it smaller first."
NO_PICTURE = "This picture is damaged. Open it, save it again and send that."
MOVES = "This picture moves. Send a still one."
_ORIENTATION = 0x0112
_FORMATS = {PNG: "PNG", JPEG: "JPEG", WEBP: "WEBP"}
_OPTIONS: dict[str, dict[str, Any]] = {
    PNG: {"optimize": False},
    JPEG: {"quality": 86, "optimize": True},
    WEBP: {"quality": 88, "method": 3},
}


def redraw(content: bytes, media_type: str) -> Looked:
    """The same picture upright, at most 2,000 pixels wide, without its metadata.

    Its kind stays. Raises Refused.
    """
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=(_FORMATS[media_type],)) as image:
            _check(image, media_type)
            return _saved(_drawn(image, media_type), media_type)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(TOO_MANY) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused(NO_PICTURE) from error


def _check(image: Image.Image, media_type: str) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise Refused(TOO_MANY)
    # A JPEG of several pictures is what many phones take: the first is the whole.
    if media_type != JPEG and getattr(image, "n_frames", 1) > 1:
        raise Refused(MOVES)


def _drawn(image: Image.Image, media_type: str) -> Image.Image:
    lies = image.getexif().get(_ORIENTATION, 1) in {5, 6, 7, 8}
    box = (TALLEST, WIDEST) if lies else (WIDEST, TALLEST)
    if media_type == JPEG:
        image.draft("RGB", box)
    image.load()
    kept = _in_colours(image, media_type)
    kept.thumbnail(box)
    ImageOps.exif_transpose(kept, in_place=True)
    clean = Image.new(kept.mode, kept.size)
    clean.paste(kept)
    return clean


def _in_colours(image: Image.Image, media_type: str) -> Image.Image:
    """In the few ways to say colours that every browser knows; a copy that still has its EXIF."""
    has_holes = image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info
    mode = "RGBA" if has_holes and media_type != JPEG else "RGB"
    exif = image.getexif()
    kept = image.copy() if image.mode == mode else image.convert(mode)
    kept.info = {"exif": exif.tobytes()} if exif else {}
    return kept


def _saved(image: Image.Image, media_type: str) -> Looked:
    image.info = {}
    out = io.BytesIO()
    image.save(out, _FORMATS[media_type], **_OPTIONS[media_type])
    width, height = image.size
    return Looked(media_type=media_type, content=out.getvalue(), width=width, height=height)
