"""Pictures are judged by what they are, and made anew."""

import io

import pytest
from PIL import Image

from kb.feeds.errors import FetchError
from kb.feeds.redrawing import redraw
from tests.feeds.test_pictures import drawn


def opened(made):
    return Image.open(io.BytesIO(made.content))


@pytest.mark.parametrize(
    ("kind", "type_"),
    [("JPEG", "image/jpeg"), ("PNG", "image/webp"), ("GIF", "image/webp"), ("WEBP", "image/webp")],
)
def test_every_usual_kind_of_picture_can_be_shown(kind, type_):
    made = redraw(drawn(kind, (100, 50)))

    assert made.type == type_
    assert opened(made).size == (made.width, made.height) == (100, 50)


@pytest.mark.parametrize("mode", ["L", "P", "LA", "RGBA", "1", "I;16"])
def test_every_mode_of_colour_can_be_shown(mode):
    out = io.BytesIO()
    Image.new(mode, (50, 50)).save(out, "PNG")

    assert opened(redraw(out.getvalue())).size == (50, 50)


def test_a_printers_jpeg_can_be_shown():
    assert opened(redraw(drawn("JPEG", (50, 50), "CMYK"))).mode == "RGB"


def test_what_is_transparent_stays_so():
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")

    assert opened(redraw(out.getvalue())).convert("RGBA").getpixel((5, 5))[3] == 0


def test_where_and_when_a_photo_was_taken_is_left_out():
    exif = Image.Exif()
    exif[0x010E] = "taken at my home"
    exif[0x0112] = 6

    made = redraw(drawn("JPEG", (100, 50), exif=exif))

    assert b"my home" not in made.content
    assert opened(made).size == (50, 100)


def test_only_the_first_frame_of_an_animation_is_shown():
    frames = [Image.new("P", (50, 50), colour) for colour in (1, 2, 3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])

    assert getattr(opened(redraw(out.getvalue())), "n_frames", 1) == 1


@pytest.mark.parametrize("size", [(6000, 5000), (10000, 10000), (14000, 14000)])
def test_pictures_that_would_fill_the_memory_are_refused(size):
    with pytest.raises(FetchError, match="too big"):
        redraw(drawn("PNG", size, "1"))


@pytest.mark.parametrize("size", [(1, 1), (600, 1)])
def test_dots_that_count_readers_are_refused(size):
    with pytest.raises(FetchError, match="counts readers"):
        redraw(drawn("PNG", size))


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html>not found</html>",
        b"%PDF-1.7 ",
        b"\x89PNG\r\n\x1a\n and then nothing",
        b"GIF89a",
        b"",
        drawn("BMP", (50, 50)),
        drawn("TIFF", (50, 50)),
        drawn("PNG")[:300],
        drawn("JPEG")[:300],
    ],
)
def test_whatever_else_it_may_be_is_not_shown(content):
    with pytest.raises(FetchError, match="not a picture"):
        redraw(content)
