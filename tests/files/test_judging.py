import pytest

from kb.files import judging
from kb.files.errors import Refused
from kb.files.judging import judge
from kb.files.types import DOCX, JPEG, PDF, PNG, PPTX, WEBP
from tests.services import filesamples as samples

HEIC = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 50
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def refusal(content):
    with pytest.raises(Refused) as refused:
        judge(content)
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (samples.png(), PNG),
        (samples.jpeg(), JPEG),
        (samples.webp(), WEBP),
        (samples.pdf(["Hello"]), PDF),
        (samples.word("Hello"), DOCX),
        (samples.slides("Hello"), PPTX),
    ],
)
def test_what_we_take_is_known_by_its_content(content, media_type):
    assert judge(content) == media_type


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (samples.SVG, judging.SVG),
        (samples.HTML, judging.HTML),
        (b"\xff\xfe" + "<html>".encode("utf-16-le"), judging.HTML),
        (samples.EXE, judging.PROGRAM),
        (b"\x7fELF\x02", judging.PROGRAM),
        (samples.GIF_JS, judging.GIF),
        (HEIC, judging.HEIC),
        (OLD_WORD, judging.OLD),
        (b"just words", judging.UNKNOWN),
        (b"\n%PDF-1.7 not at its start", judging.UNKNOWN),
        (samples.archive(**{"a.txt": b"1"}), judging.ZIP),
        (samples.archive(**{"[Content_Types].xml": b"", "xl/workbook.xml": b""}), judging.EXCEL),
    ],
)
def test_what_we_do_not_take_is_refused_with_a_way_out(content, sentence):
    assert refusal(content) == sentence


def test_a_program_or_a_page_that_claims_to_be_a_pdf_is_none():
    assert refusal(b"%PDF-1.7\n" + samples.HTML) == judging.DAMAGED
    assert refusal(b"%PDF-" + samples.EXE) == judging.DAMAGED


def test_archives_that_unpack_to_very_much_are_not_opened():
    assert refusal(samples.zip_bomb(30)) == judging.BOMB
    assert refusal(samples.many_parts()) == judging.BOMB


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "word/activeX/activeX1.xml"])
def test_macros_are_refused(name):
    assert refusal(samples.with_part(samples.word("Hi"), name, b"x")) == judging.MACROS


def test_macros_that_only_the_list_of_types_names_are_refused():
    types = b"<Types>application/vnd.ms-word.document.macroEnabled.main+xml</Types>"
    content = samples.with_part(samples.word("Hi"), "[Content_Types].xml", types)

    assert refusal(content) == judging.MACROS


def test_a_word_file_that_asks_for_a_file_of_ours_is_refused():
    assert refusal(samples.word_with_entity()) == judging.ENTITIES


def test_the_same_in_utf_16_is_refused():
    text = '<!DOCTYPE x [<!ENTITY y "z">]><x/>'.encode("utf-16")
    content = samples.with_part(samples.word("Hi"), "word/other.xml", text)

    assert refusal(content) == judging.ENTITIES


def test_half_an_archive_is_damaged():
    content = samples.word("Hello")

    assert refusal(content[: len(content) // 2]) == judging.DAMAGED


def test_pdfs_that_do_something_by_themselves_are_refused():
    assert refusal(samples.pdf_with_script()) == judging.SCRIPTS
    assert refusal(samples.pdf_that_launches()) == judging.SCRIPTS
    assert refusal(samples.pdf_with_file()) == judging.INSIDE


def test_names_written_in_another_way_hide_nothing():
    hidden = samples.pdf_with_script().replace(b"/JavaScript", b"/Java#53cript")

    assert refusal(hidden) == judging.SCRIPTS


def test_a_pdf_with_a_password_is_refused():
    assert refusal(samples.pdf_with_password()) == judging.LOCKED
