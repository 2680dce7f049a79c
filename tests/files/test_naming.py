import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.files.naming import LONGEST_NAME, safe_name, shown
from kb.files.types import DOCX, JPEG, PDF, PNG
from kb.library.content import Attachment

DIGEST = "0" * 64


@pytest.mark.parametrize(
    ("sent", "media_type", "kept"),
    [
        ("Letter to schools.docx", DOCX, "Letter to schools.docx"),
        ("Llythyr i ysgolion ŵŷ.pdf", PDF, "Llythyr i ysgolion ŵŷ.pdf"),
        ("../../etc/passwd", PDF, "passwd.pdf"),
        ("C:\\Users\\me\\plan.pdf", PDF, "plan.pdf"),
        ("page.html", PNG, "page.png"),
        ("report.pdf.exe", PDF, "report.pdf"),
        ("photo.JPEG", JPEG, "photo.jpg"),
        ("cod\u202egpj.exe", JPEG, "codgpj.jpg"),
        ('a"b\r\nSet-Cookie: x=1.pdf', PDF, "a b Set-Cookie x=1.pdf"),
        ("", PNG, "picture.png"),
        ("...", PDF, "file.pdf"),
        (".htaccess", PDF, "htaccess.pdf"),
        ("v1.2 notes", PDF, "v1.2 notes.pdf"),
        ("nul\x00byte.pdf", PDF, "nulbyte.pdf"),
    ],
)
def test_names_are_made_safe(sent, media_type, kept):
    assert safe_name(sent, media_type) == kept


def test_long_names_are_cut_before_their_ending():
    name = safe_name("ŵ" * 300 + ".docx", DOCX)

    assert len(name) == LONGEST_NAME
    assert name.endswith("ŵ.docx")


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_a_page_can_offer(text):
    name = safe_name(text, PDF)

    assert name.endswith(".pdf")
    assert not {*'/\\"\r\n\x00\u202e'} & {*name}
    Attachment(digest=DIGEST, name=name, media_type=PDF, size=1)
    assert name.encode()


def test_a_refused_file_is_called_by_what_can_be_seen_of_its_name():
    assert shown("a\r\nb\u202e.exe") == "a b .exe"
    assert len(shown("x" * 500)) == LONGEST_NAME
