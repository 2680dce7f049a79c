"""Hostile files cost themselves and no other."""

import pytest

from kb.files.apart import Apart
from kb.files.errors import Busy, Refused
from kb.files.types import DOCX, MOST_BYTES, PDF, PNG
from tests.services import filesamples as samples


@pytest.fixture(scope="module")
def apart():
    with Apart() as apart:
        yield apart


def test_a_picture_comes_back_drawn_anew_with_its_size(apart):
    looked = apart.look(samples.png(40, 30) + samples.HTML)

    assert (looked.media_type, looked.width, looked.height) == (PNG, 40, 30)
    assert b"script" not in looked.content


def test_a_document_comes_back_as_it_is(apart):
    content = samples.word("Hello")

    looked = apart.look(content)

    assert (looked.media_type, looked.content, looked.width) == (DOCX, content, None)


def test_text_and_paragraphs_are_read_there(apart):
    content = samples.word((2, "Heading"), "Words")

    assert apart.passages(content, DOCX) == [["paragraph 1", "Heading\nWords"]]
    assert apart.paragraphs(content) == [(2, "Heading"), (0, "Words")]


def test_refusals_are_plain_sentences(apart):
    with pytest.raises(Refused, match=r"^SVG drawings can hold scripts"):
        apart.look(samples.SVG)
    with pytest.raises(Refused, match=r"^This is no Word file"):
        apart.paragraphs(samples.pdf())
    with pytest.raises(Refused, match=r"^We could not read it\.$"):
        apart.passages(b"nothing of the kind", PDF)


def test_what_is_empty_or_too_big_is_not_even_looked_at(apart):
    with pytest.raises(Refused, match=r"^It is empty"):
        apart.look(b"")
    with pytest.raises(Refused, match="larger than 20 MB"):
        apart.look(bytes(MOST_BYTES + 1))


def test_a_pdf_that_keeps_its_reader_busy_is_given_up_and_the_next_is_read():
    with Apart(cpu_s=1) as apart:
        with pytest.raises(Refused, match="too much time or memory"):
            apart.passages(samples.pdf_that_hangs(), PDF)
        assert apart.passages(samples.pdf(["Next"]), PDF) == [["page 1, line 1", "Next"]]


def test_a_process_that_takes_too_long_is_replaced():
    with Apart(wall_s=0.0) as apart, pytest.raises(Refused, match="too much time or memory"):
        apart.look(samples.png())


def test_files_wait_for_each_other_only_so_long():
    with Apart(wait_s=0.0) as apart:
        with apart._lock, pytest.raises(Busy):
            apart.look(samples.png())
        assert apart.look(samples.png()).media_type == PNG
