from kb.files import extraction
from kb.files.extraction import paragraphs, passages
from kb.files.types import DOCX, PDF, PPTX, line_of
from tests.services import filesamples as samples


def test_a_pdf_is_read_page_by_page_and_a_few_lines_at_a_time():
    content = samples.pdf([f"Line {n}" for n in range(1, 8)], [], ["Last page"])

    assert passages(content, PDF) == [
        ["page 1, line 1", "Line 1\nLine 2\nLine 3\nLine 4\nLine 5"],
        ["page 1, line 6", "Line 6\nLine 7"],
        ["page 3, line 1", "Last page"],
    ]


def test_a_scan_has_no_text():
    assert passages(samples.pdf(), PDF) == []


def test_the_paragraphs_of_a_word_file_are_counted():
    content = samples.word((1, "Heading"), "x" * 390, "Cyngor Sir Ynys Môn ŵŷ")

    assert [place for place, _ in passages(content, DOCX)] == [
        "paragraph 1",
        "paragraph 3",
    ]
    assert passages(content, DOCX)[-1][1] == "Cyngor Sir Ynys Môn ŵŷ"


def test_slides_are_read_one_by_one():
    assert passages(samples.slides("Title\nBody", "Second"), PPTX) == [
        ["slide 1, line 1", "Title\nBody"],
        ["slide 2, line 1", "Second"],
    ]


def test_no_more_is_kept_than_can_be_searched():
    long = samples.word(*["word " * 2_000 for _ in range(20)])

    kept = passages(long, DOCX)

    assert sum(len(text) for _, text in kept) <= extraction.MOST_LETTERS + len(kept)


def test_the_headings_of_a_word_file_are_known():
    content = samples.word((0, "Title"), (3, "Deep"), "Two\nlines")

    assert paragraphs(content) == [[1, "Title"], [3, "Deep"], [0, "Two\nlines"]]


def test_a_place_can_be_moved_on_by_lines():
    assert line_of("page 3, line 12", 2) == "page 3, line 14"
    assert line_of("somewhere", 2) == "somewhere"
