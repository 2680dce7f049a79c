"""Files as people send them, good and bad, made by code."""

import io
import struct
import zipfile
import zlib
from urllib.parse import quote

import docx
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)

GPS = 0x8825
ORIENTATION = 0x0112
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
EXE = b"MZ\x90\x00" + b"\x00" * 200
GIF_JS = b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(1)"


def png(width=40, height=30, colour=(10, 90, 60), mode="RGB"):
    return _saved(Image.new(mode, (width, height), colour), "PNG")


def webp(width=40, height=30):
    return _saved(Image.new("RGB", (width, height), (1, 2, 3)), "WEBP")


def jpeg(width=40, height=30, *, orientation=None, place=False):
    """With the place where it was taken, and lying on its side, where wanted."""
    image = Image.new("RGB", (width, height), (200, 10, 10))
    exif = image.getexif()
    if orientation:
        exif[ORIENTATION] = orientation
    if place:
        exif[0x010F] = "SecretCamera"
        exif.get_ifd(GPS).update({1: "N", 2: (51.0, 28.0, 38.0), 3: "W", 4: (3.0, 9.0, 0.0)})
    return _saved(image, "JPEG", exif=exif)


def moving_webp():
    frames = [Image.new("RGB", (20, 20), (n * 80, 0, 0)) for n in range(3)]
    return _saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100)


def pixel_bomb(side=30_000):
    """A PNG of a few bytes that says it is 900 million pixels large."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1000)
    chunks = [(b"IHDR", head), (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def pdf(*pages, actions=None):
    """A PDF with these lines on its pages; an empty page looks like a scan."""
    writer = PdfWriter()
    for lines in pages or ((),):
        page = writer.add_blank_page(width=595, height=842)
        _write(writer, page, _content(lines))
    if actions:
        writer.root_object[NameObject("/OpenAction")] = _dictionary(actions)
    return _written(writer)


def pdf_with_script():
    return pdf(["Read me"], actions={"/S": "/JavaScript", "/JS": "app.alert(1)"})


def pdf_that_launches():
    return pdf(["Read me"], actions={"/S": "/Launch", "/F": "calc.exe"})


def pdf_with_file():
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    writer.add_attachment("inside.exe", EXE)
    return _written(writer)


def pdf_with_password():
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    writer.encrypt("secret", algorithm="AES-256")
    return _written(writer)


def pdf_that_hangs(pages=600, words=3_000):
    """A small file whose pages all draw the same long text."""
    writer = PdfWriter()
    stream = DecodedStreamObject()
    stream.set_data(_content([f"word {n} and another" for n in range(words)]))
    shared = writer._add_object(stream.flate_encode())
    for _ in range(pages):
        page = writer.add_blank_page(width=595, height=842)
        page[NameObject("/Contents")] = ArrayObject([shared] * 20)
        page[NameObject("/Resources")] = _fonts(writer)
    return _written(writer)


def word(*paragraphs):
    """Each is text, or (level, text) of a heading."""
    document = docx.Document()
    for each in paragraphs:
        if isinstance(each, tuple):
            document.add_heading(each[1], each[0])
        else:
            document.add_paragraph(each)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word_list(heading, *items):
    """A heading and a list that Word numbers by itself."""
    document = docx.Document()
    document.add_heading(heading, 2)
    for item in items:
        numbers = document.add_paragraph(item)._p.get_or_add_pPr().get_or_add_numPr()
        numbers.get_or_add_numId().val = 1
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def slides(*texts):
    deck = Presentation()
    for text in texts:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text, _, rest = text.partition("\n")
        slide.placeholders[1].text = rest
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def with_part(package, name, content):
    """The same Office file with one part more, or another in its place."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


def related(package, of, kind, target, *, mode="External"):
    """The same Office file, one of whose parts names something as its own."""
    name = f"{of.rpartition('/')[0]}/_rels/{of.rpartition('/')[2]}.rels"
    space = "http://schemas.openxmlformats.org"
    with zipfile.ZipFile(io.BytesIO(package)) as old:
        known = old.read(name) if name in old.namelist() else b""
    empty = f'<Relationships xmlns="{space}/package/2006/relationships"></Relationships>'
    more = (
        f'<Relationship Id="rId99" Type="{space}/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}" TargetMode="{mode}"/></Relationships>'
    )
    text = (known.decode() or empty).replace("</Relationships>", more)
    return with_part(package, name, text.encode())


def word_as_councils_write_it():
    """With a table, a picture, a link, a header, and the path of its writer's template."""
    document = docx.Document()
    document.add_heading("Minutes", 1)
    document.add_table(rows=2, cols=2).cell(0, 0).text = "Cyngor"
    document.add_picture(io.BytesIO(png()))
    document.sections[0].header.paragraphs[0].text = "Scrutiny"
    document.part.relate_to("https://www.gov.wales", RT.HYPERLINK, is_external=True)
    out = io.BytesIO()
    document.save(out)
    disk = "file:///C:\\Users\\m\\Templates\\Report.dotx"
    return related(out.getvalue(), "word/settings.xml", "attachedTemplate", disk)


def slides_with_chart():
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    data = CategoryChartData()
    data.categories = ["Before", "After"]
    data.add_series("Questions", (4, 9))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 4_000_000, 3_000_000, data)
    link = slide.shapes.add_textbox(0, 0, 9, 9).text_frame.paragraphs[0].add_run()
    link.text, link.hyperlink.address = "More", "https://www.gov.wales"
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def word_with_entity():
    document = (
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b"<w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
    )
    return with_part(word("Text"), "word/document.xml", document)


def zip_bomb(megabytes=300):
    return with_part(word("Text"), "word/media/zeros.bin", b"\x00" * (megabytes << 20))


def archive(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, content in files.items():
            new.writestr(name, content)
    return out.getvalue()


def many_parts(count=6_000):
    return archive(**{f"part{n}.txt": b"" for n in range(count)})


def sent(token, field, files):
    """A form as a browser sends it, also with names that the test client could not."""
    head = 'Content-Disposition: form-data; name="'
    parts = [f'{head}csrf_token"\r\n\r\n{token}'.encode()]
    for name, content in files:
        said = f"{head}{field}\"; filename*=UTF-8''{quote(name, safe='')}\r\n"
        parts.append(f"{said}Content-Type: image/png\r\n\r\n".encode() + content)
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=edge"}


def _saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _content(lines):
    shown = [f"1 0 0 1 50 {800 - 14 * n} Tm ({line}) Tj" for n, line in enumerate(lines)]
    return "\n".join(["BT /F1 11 Tf", *shown, "ET"]).encode("latin-1")


def _write(writer, page, content):
    stream = DecodedStreamObject()
    stream.set_data(content)
    page[NameObject("/Contents")] = writer._add_object(stream)
    page[NameObject("/Resources")] = _fonts(writer)


def _fonts(writer):
    font = _dictionary({"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"})
    return DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})


def _dictionary(values):
    return DictionaryObject(
        {
            NameObject(key): NameObject(value)
            if value.startswith("/")
            else TextStringObject(value)
            for key, value in values.items()
        }
    )


def _written(writer):
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
