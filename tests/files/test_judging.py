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


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(samples.word_as_councils_write_it(), DOCX), (samples.slides_with_chart(), PPTX)],
)
def test_links_pictures_charts_and_a_template_on_their_own_disk_are_taken(content, media_type):
    assert judge(content) == media_type


@pytest.mark.parametrize(
    "target", ["Normal.dotm", "/Users/jane/Normal.dotm", "file:///home/jane/a.dotx", "C:\\a.dot"]
)
def test_a_template_on_the_disk_of_any_system_is_taken(target):
    of = ("word/settings.xml", "attachedTemplate", target)

    assert judge(samples.related(samples.word("Hi"), *of, mode="External")) == DOCX


@pytest.mark.parametrize(
    ("of", "kind", "target", "sentence"),
    [
        ("word/settings.xml", "attachedTemplate", "http://evil.example/x.dotm", "TEMPLATE"),
        ("word/settings.xml", "attachedTemplate", "file:///\\\\evil\\x.dotm", "TEMPLATE"),
        ("word/settings.xml", "attachedTemplate", "file://evil/x.dotm", "TEMPLATE"),
        ("word/document.xml", "image", "https://evil.example/x.png", "LINKED"),
        ("word/document.xml", "anythingNew", "\\\\evil\\x", "LINKED"),
        ("word/document.xml", "oleObject", "file:///C:\\x.xlsx", "OBJECTS"),
        ("word/webSettings.xml", "frame", "https://evil.example/x", "OBJECTS"),
        ("word/document.xml", "subDocument", "https://evil.example/x.docx", "OBJECTS"),
    ],
)
def test_what_fetches_something_when_it_is_opened_is_refused(of, kind, target, sentence):
    for mode in ("External", "Internal"):
        content = samples.related(samples.word("Hi"), of, kind, target, mode=mode)

        assert refusal(content) == getattr(judging, sentence)


def test_the_same_of_slides_is_refused():
    film = ("ppt/slides/slide1.xml", "video", "https://evil.example/x.mp4")

    assert refusal(samples.related(samples.slides("Hi"), *film)) == judging.LINKED


@pytest.mark.parametrize("name", ["oleObject1.bin", "Setup.exe", "Document1.docx"])
def test_files_inside_an_office_file_are_refused(name):
    inside = samples.with_part(samples.word("Hi"), f"word/embeddings/{name}", b"x")
    shown = samples.with_part(samples.slides("Hi"), f"ppt/embeddings/{name}", b"x")

    assert refusal(inside) == refusal(shown) == judging.OBJECTS


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [("oleObject", judging.OBJECTS), ("aFChunk", judging.OBJECTS), ("vbaProject", judging.MACROS)],
)
def test_an_object_under_another_name_is_refused_too(kind, sentence):
    content = samples.related(
        samples.word("Hi"), "word/document.xml", kind, "media/image1.png", mode="Internal"
    )

    assert refusal(content) == sentence


def test_relationships_that_nobody_can_read_are_damaged():
    content = samples.with_part(samples.word("Hi"), "word/_rels/document.xml.rels", b"<broken")

    assert refusal(content) == judging.DAMAGED


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
