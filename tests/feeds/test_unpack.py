"""What is packed is unpacked, whole, as far as it is honest and no further."""

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.feeds.errors import FetchError
from kb.feeds.unpack import Unpacker

MEGABYTE = 1024 * 1024
TEXT = b"".join(b"<item>%d scrutiny committee</item>" % n for n in range(5000))


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "X-Gzip": gzip.compress,
    "deflate": zlib.compress,
    " deflate ": raw_deflate,
    "br": brotli.compress,
    "identity": bytes,
    "": bytes,
}


def unpack(coding, data, *, limit=MEGABYTE, step=1000):
    unpacker = Unpacker(coding, limit)
    for start in range(0, len(data), step):
        unpacker.feed(data[start : start + step])
    return unpacker.finish()


@pytest.mark.parametrize("coding", PACKERS)
def test_what_is_packed_comes_back_whole(coding):
    assert unpack(coding, PACKERS[coding](TEXT)) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_what_is_cut_off_is_incomplete(coding):
    packed = PACKERS[coding](TEXT)

    with pytest.raises(FetchError, match="incomplete"):
        unpack(coding, packed[: len(packed) // 2])


@pytest.mark.parametrize("coding", PACKERS)
def test_more_than_the_limit_is_refused(coding):
    with pytest.raises(FetchError, match="too big"):
        unpack(coding, PACKERS[coding](TEXT), limit=len(TEXT) - 1)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_bomb_is_stopped_before_it_fills_the_limit(coding):
    bomb = PACKERS[coding](bytes(8 * MEGABYTE))

    with pytest.raises(FetchError, match="burst"):
        unpack(coding, bomb, limit=100 * MEGABYTE)


@pytest.mark.parametrize("coding", ["deflate", "br"])
def test_what_is_not_packed_as_it_says_is_refused(coding):
    with pytest.raises(FetchError):
        unpack(coding, b"\xffnothing of the kind" * 50)


def test_broken_gzip_is_refused():
    with pytest.raises(FetchError, match="not packed the way"):
        unpack("gzip", b"\x1f\x8bnothing of the kind")


def test_plain_text_that_says_it_is_gzip_is_taken_as_it_is():
    assert unpack("gzip", b"<rss/>") == b"<rss/>"


def test_a_gzip_file_without_a_label_is_unpacked():
    assert unpack("", gzip.compress(TEXT)) == TEXT


def test_gzip_in_several_members_is_one_text():
    assert unpack("gzip", gzip.compress(b"one ") + gzip.compress(b"two"), step=7) == b"one two"


def test_rubbish_after_the_end_is_ignored():
    assert unpack("gzip", gzip.compress(b"text") + b"\x00\x00rubbish") == b"text"
    assert unpack("deflate", zlib.compress(b"text") + b"rubbish") == b"text"


def test_nothing_is_nothing():
    unpacker = Unpacker("gzip", MEGABYTE)
    unpacker.feed(b"")

    assert unpacker.finish() == b""


@pytest.mark.parametrize("coding", ["zstd", "compress", "banana"])
def test_codings_that_nobody_asked_for_are_refused(coding):
    with pytest.raises(FetchError, match="did not ask for"):
        Unpacker(coding, MEGABYTE)


def test_what_is_packed_twice_is_refused():
    with pytest.raises(FetchError, match="more than once"):
        Unpacker("gzip, gzip", MEGABYTE)


@given(st.sampled_from(["gzip", "deflate", "br", ""]), st.binary(max_size=300))
def test_any_bytes_are_unpacked_or_refused_in_words(coding, data):
    try:
        content = unpack(coding, data, limit=10_000)
    except FetchError:
        content = b""

    assert len(content) <= 10_000
