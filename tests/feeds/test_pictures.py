"""Pictures are fetched by our own hands and made anew where they can do no harm."""

import io

import pytest
from PIL import Image

from kb.feeds.errors import FetchError
from kb.feeds.fetch import Fetcher
from kb.feeds.pictures import Painter, picture
from tests.services.feedserver import Reply, serve

TINY = {"memory_mb": 150}  # enough for the program and small pictures


@pytest.fixture(scope="module")
def painter():
    with Painter() as painter:
        yield painter


def drawn(kind, size=(1200, 600), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, "teal").save(out, kind, **options)
    return out.getvalue()


def test_a_picture_is_fetched_and_made_narrow_enough(painter):
    with serve({"/photo": Reply(body=drawn("JPEG"))}) as web:
        fetcher = Fetcher(contact="https://swap.example.org", allow=frozenset({web.address}))
        made = picture(fetcher, painter, web.url("/photo"))

    assert (made.type, made.width, made.height) == ("image/jpeg", 800, 400)
    assert Image.open(io.BytesIO(made.content)).size == (800, 400)


def test_a_picture_on_a_private_machine_is_refused(painter):
    with serve({"/photo": Reply(body=drawn("JPEG"))}) as web:
        with pytest.raises(FetchError, match="not allowed"):
            picture(Fetcher(contact=""), painter, web.url("/photo"))

        assert web.hits("/photo") == 0


def test_a_picture_of_more_than_five_megabytes_is_refused(painter):
    with serve({"/photo": Reply(body=bytes(6 * 1024 * 1024))}) as web:
        fetcher = Fetcher(contact="", allow=frozenset({web.address}))
        with pytest.raises(FetchError, match="at most 5 MB"):
            picture(fetcher, painter, web.url("/photo"))


def test_refusals_are_plain_sentences(painter):
    with pytest.raises(FetchError, match=r"^This is not a picture that we can show\.$"):
        painter.redraw(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    with pytest.raises(FetchError, match=r"^This is no picture but a dot"):
        painter.redraw(drawn("PNG", (1, 1)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_that_fills_the_memory_costs_itself_and_no_other(kind):
    with Painter(**TINY) as painter:
        with pytest.raises(FetchError):
            painter.redraw(drawn(kind, (5000, 5000)))

        assert painter.redraw(drawn(kind, (50, 40))).width == 50


def test_a_process_that_is_killed_costs_its_picture_and_no_other():
    with Painter(wall_s=0.0) as hasty, pytest.raises(FetchError, match="too big to unpack"):
        hasty.redraw(drawn("PNG"))
    with Painter() as painter:
        painter.redraw(drawn("PNG"))
        painter._child._process.kill()

        with pytest.raises(FetchError, match="too big to unpack"):
            painter.redraw(drawn("PNG"))
        assert painter.redraw(drawn("PNG")).width == 800


def test_the_process_ends_when_no_picture_comes_any_more():
    painter = Painter(idle_s=0.0)

    painter.redraw(drawn("PNG"))
    painter._rest.join()

    assert painter._child._process is None
