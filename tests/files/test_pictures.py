import io

import pytest
from PIL import Image

from kb.files import pictures
from kb.files.errors import Refused
from kb.files.pictures import redraw
from kb.files.types import JPEG, PNG, WEBP
from tests.services import filesamples as samples


def opened(looked):
    return Image.open(io.BytesIO(looked.content))


def refusal(content, media_type=PNG):
    with pytest.raises(Refused) as refused:
        redraw(content, media_type)
    return str(refused.value)


def test_where_a_picture_was_taken_goes_no_further():
    content = samples.jpeg(place=True)
    assert b"SecretCamera" in content

    looked = redraw(content, JPEG)

    assert b"SecretCamera" not in looked.content
    assert not opened(looked).getexif()


def test_a_picture_that_lies_on_its_side_is_set_upright():
    looked = redraw(samples.jpeg(60, 20, orientation=6), JPEG)

    assert (looked.width, looked.height) == (20, 60)


def test_pictures_are_at_most_2000_pixels_wide_also_when_they_lay_on_their_side():
    assert redraw(samples.png(4000, 1000), PNG).width == 2000
    looked = redraw(samples.jpeg(3000, 4000, orientation=8), JPEG)
    assert (looked.width, looked.height) == (2000, 1500)


@pytest.mark.parametrize(
    ("content", "media_type", "kind"),
    [
        (samples.png(), PNG, "PNG"),
        (samples.jpeg(), JPEG, "JPEG"),
        (samples.webp(), WEBP, "WEBP"),
    ],
)
def test_pictures_stay_their_kind(content, media_type, kind):
    assert opened(redraw(content, media_type)).format == kind


def test_holes_in_a_picture_stay_holes():
    looked = redraw(samples.png(mode="RGBA", colour=(1, 2, 3, 0)), PNG)

    assert opened(looked).mode == "RGBA"


def test_what_hangs_behind_a_picture_is_gone():
    looked = redraw(samples.png() + samples.HTML, PNG)

    assert b"script" not in looked.content


def test_a_picture_of_far_too_many_pixels_is_not_opened():
    assert refusal(samples.pixel_bomb()) == pictures.TOO_MANY
    assert refusal(samples.pixel_bomb(9_000)) == pictures.TOO_MANY


def test_pictures_that_move_are_refused():
    assert refusal(samples.moving_webp(), WEBP) == pictures.MOVES


def test_damaged_pictures_are_refused():
    assert refusal(samples.png()[:40]) == pictures.NO_PICTURE
    assert refusal(samples.HTML) == pictures.NO_PICTURE
