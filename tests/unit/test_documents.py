"""Rule 4 and rule 10: what is read of attached documents, and that none of them can harm the reader.

Every file is made here: ZIP containers by zipfile, PDFs by hand.
"""

from __future__ import annotations

import io
import os
import signal
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mailbot.document_text import READERS
from mailbot.documents import (
    MAX_BYTES,
    MAX_CHARACTERS,
    MAX_DOCUMENTS,
    Document,
    Kind,
    kind_of,
    read_document,
    read_documents,
)
from mailbot.letter import Attachment

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
PDF, OCTETS = "application/pdf", "application/octet-stream"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def docx(body: str, **parts: str) -> bytes:
    root = f"<w:document {W} {W14} {MC}><w:body>{body}</w:body></w:document>"
    return zipped({"word/document.xml": root, **{f"word/{name}.xml": data for name, data in parts.items()}})


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{''.join(runs)}</w:p>"


ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def odt(body: str, styles: str = "", common: str = "") -> bytes:
    content = (
        f"<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": content,
            "styles.xml": f"<office:document-styles {ODF}>{common}</office:document-styles>",
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def pdf(*pages: str, extra: tuple[bytes, ...] = ()) -> bytes:
    """A PDF with one line of Latin text a page line, written by hand; `extra` are further objects."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, text in enumerate(pages):
        lines = " ".join(f"({line}) Tj T*" for line in text.split("\n"))
        stream = f"BT /F1 12 Tf 72 760 Td 14 TL {lines} ET".encode("cp1252")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {5 + 2 * number} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>".encode()
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    return assembled([*objects, *extra])


def assembled(objects: list[bytes]) -> bytes:
    data, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (size, table, size, len(data))
    )


def text_of(name: str, payload: bytes, content_type: str = OCTETS) -> str:
    """The text of a document; read in this process, which is quicker and shows what fails."""
    kind = kind_of(name, content_type, payload)
    return READERS[kind.value](payload).text


def text_by_worker(name: str, payload: bytes, content_type: str = OCTETS) -> str:
    document = read_document(name, content_type, payload)
    assert document.text is not None, document.problem
    return document.text


def unreadable(name: str, payload: bytes, content_type: str = OCTETS) -> Document:
    document = read_document(name, content_type, payload)
    assert document.text is None
    assert document.kind is not Kind.OTHER
    return document


@pytest.fixture
def only_pypdf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A computer without pdftotext and tesseract."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], None]:
    """Puts a shell script on the PATH under a program's name."""

    def put(name: str, script: str) -> None:
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return put


# -- kinds -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content_type", "payload", "kind"),
    [
        ("letter.pdf", OCTETS, b"%PDF-1.7", Kind.PDF),
        ("letter.txt", "text/plain", b"\n%PDF-1.7", Kind.PDF),
        ("letter.pdf", OCTETS, b"", Kind.PDF),
        ("letter", PDF, b"garbage", Kind.PDF),
        ("LETTER.PDF ", OCTETS, b"garbage", Kind.PDF),
        ("letter.docx", "application/zip", docx(""), Kind.DOCX),
        ("letter.zip", "application/x-zip-compressed", docx(""), Kind.DOCX),
        ("", "image/png", docx(""), Kind.DOCX),
        ("letter.docx", OCTETS, b"PK\x03\x04 cut off", Kind.DOCX),
        ("letter", DOCX_TYPE.upper(), b"garbage", Kind.DOCX),
        ("letter.odt", "application/zip", odt(""), Kind.ODT),
        ("letter.dat", OCTETS, rb"{\rtf1 x}", Kind.RTF),
        ("letter.doc", "application/msword", rb"{\rtf1 x}", Kind.RTF),
        ("letter.txt", OCTETS, b"x", Kind.TEXT),
        ("letter.txt", "application/x-unheard-of", b"x", Kind.TEXT),
        ("letter", "text/plain", b"x", Kind.TEXT),
        ("", OCTETS, b"On behalf of Kenya", Kind.TEXT),
        ("", OCTETS, bytes(range(256)), Kind.OTHER),
        ("letter.htm", "text/plain", b"x", Kind.HTML),
        ("letter", OCTETS, b"<!DOCTYPE html><p>x", Kind.HTML),
        ("letters.zip", OCTETS, zipped({"letter.pdf": b"%PDF"}), Kind.OPAQUE),
        ("letters.zip", "application/pdf", b"PK\x03\x04", Kind.OPAQUE),
        ("letters.rar", OCTETS, b"Rar!\x1a\x07\x00", Kind.OPAQUE),
        ("letters.7z", OCTETS, b"x", Kind.OPAQUE),
        ("letter.gz", OCTETS, b"\x1f\x8b\x08", Kind.OPAQUE),
        ("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22", Kind.OPAQUE),
        ("winmail.dat", OCTETS, b"", Kind.OPAQUE),
        ("letter.doc", "application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OPAQUE),
        ("letter.docx", DOCX_TYPE, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OPAQUE),  # an encrypted one
        ("letter.pages", OCTETS, zipped({"Index/Document.iwa": b"x"}), Kind.OPAQUE),
        ("fax.tif", "image/tiff", b"II*\x00", Kind.OPAQUE),
        ("forwarded.eml", OCTETS, b"From: x", Kind.OPAQUE),
        ("logo.png", OCTETS, b"\x89PNG\r\n\x1a\n", Kind.OTHER),
        ("letter.txt", "text/plain", b"\xff\xd8\xff\xe0", Kind.OTHER),
        ("photo.jpg", "image/jpeg", b"", Kind.OTHER),
        ("list.xlsx", OCTETS, zipped({"xl/workbook.xml": b"x"}), Kind.OTHER),
        ("slides.odp", OCTETS, b"x", Kind.OTHER),
        ("invitation", "text/calendar", b"BEGIN:VCALENDAR", Kind.OTHER),
        ("smime.p7s", OCTETS, b"x", Kind.OTHER),
    ],
)
def test_a_kind_is_told_by_bytes_then_type_then_name(name: str, content_type: str, payload: bytes, kind: Kind) -> None:
    assert kind_of(name, content_type, payload) is kind


def test_a_zip_with_a_huge_table_of_contents_is_not_opened() -> None:
    payload = zipped({f"word/document{number}.xml": "" for number in range(6000)})
    assert kind_of("letter.docx", OCTETS, payload) is Kind.OPAQUE


def test_what_is_recognised_and_not_opened_could_be_a_letter() -> None:
    assert unreadable("letters.zip", zipped({"letter.txt": "x"})).problem
    assert read_document("logo.png", "image/png", b"\x89PNG\r\n").kind is Kind.OTHER


# -- text and HTML -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r"])
def test_plain_text_is_read_in_whatever_charset_it_is(charset: str) -> None:
    words = "От имени Кении прошу включить автоматическое утверждение."
    assert text_by_worker("письмо.txt", f"{words}\r\n{words}".encode(charset)) == f"{words}\n{words}"


def test_text_that_is_no_text_is_unreadable() -> None:
    unreadable("letter.txt", bytes(range(256)) * 20, "text/plain")
    unreadable("letter.txt", b"", "text/plain")
    unreadable("letter.txt", b"word " * 200_000, "text/plain")


def test_only_the_visible_own_words_of_html_are_read() -> None:
    page = (
        '<html><meta charset="windows-1251"><style>p {color:red}</style><p>Просим <s>не</s> включить</p>'
        '<p style="display:none">скрыто</p><blockquote type="cite">чужое</blockquote></html>'
    )
    assert text_of("letter.html", page.encode("cp1251")).split() == ["Просим", "включить"]


# -- PDF ---------------------------------------------------------------------------------------------------------------


def test_pdf_text_is_read_line_by_line_and_pages_are_paragraphs() -> None:
    words = text_of("letter.pdf", pdf("On behalf of Kenya, I wish\nto opt in", "Second page"), PDF)
    assert words.split("\n")[:2] == ["On behalf of Kenya, I wish", "to opt in"]
    assert "\n\n" in words[: words.index("Second page")]


def test_pdf_is_read_by_pypdf_where_pdftotext_is_missing(only_pypdf: None) -> None:
    assert text_of("letter.pdf", pdf("On behalf of Kenya, I wish\nto opt in", "Second page"), PDF).split() == (
        "On behalf of Kenya, I wish to opt in Second page".split()
    )


def _encrypted(user_password: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("On behalf of Kenya, I wish to opt in"))))
    writer.encrypt(user_password, "owner", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_an_encrypted_pdf_is_unreadable() -> None:
    assert unreadable("letter.pdf", _encrypted("secret"), PDF).problem == "encrypted"


def test_an_encrypted_pdf_is_unreadable_without_pdftotext_too(only_pypdf: None) -> None:
    assert unreadable("letter.pdf", _encrypted("secret"), PDF).problem == "encrypted"


def test_a_pdf_that_only_forbids_changes_is_read() -> None:
    assert "Kenya" in text_of("letter.pdf", _encrypted(""), PDF)


@pytest.mark.parametrize("cut", [0, 9, 60, 200])
def test_a_damaged_pdf_is_unreadable(cut: int) -> None:
    unreadable("letter.pdf", pdf("x" * 50)[:cut], PDF)


def test_a_pdf_of_more_pages_than_a_letter_is_unreadable() -> None:
    assert "too many pages" in unreadable("report.pdf", pdf(*["page"] * 40), PDF).problem


def _scan(words: str) -> bytes:
    """A PDF whose one page is a picture of text."""
    image, draw, font = (pytest.importorskip(f"PIL.{name}") for name in ("Image", "ImageDraw", "ImageFont"))
    page = image.new("L", (1240, 1754), 255)
    draw.Draw(page).multiline_text((120, 200), words, font=font.load_default(size=30), fill=0, spacing=14)
    buffer = io.BytesIO()
    page.save(buffer, "PDF", resolution=150)
    return buffer.getvalue()


PICTURE_PAGE = pdf(
    "Scanner",
    extra=(b"<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/Length 1>>stream\nx\nendstream",),
)


def test_a_scan_without_ocr_is_unreadable(program: Callable[[str, str], None]) -> None:
    program("pdftotext", "printf 'Scanner\\f'")  # and no tesseract
    assert "no OCR" in unreadable("scan.pdf", PICTURE_PAGE, PDF).problem


def test_an_empty_pdf_is_no_letter(only_pypdf: None) -> None:
    assert "no OCR" in unreadable("empty.pdf", pdf(""), PDF).problem


def test_a_scan_is_read_by_ocr_and_not_trusted() -> None:
    words = "On behalf of Kenya, we wish to opt in\nto automatic approval of registrations"
    document = read_document("scan.pdf", PDF, _scan(words), seconds=20)
    assert (document.text or "").split() == words.split()
    assert not document.trusted


def test_text_that_was_typed_is_trusted() -> None:
    assert read_document("letter.pdf", PDF, pdf("On behalf of Kenya, I wish to opt in")).trusted


# -- Word --------------------------------------------------------------------------------------------------------------


def test_docx_paragraphs_tables_and_headers_are_read() -> None:
    cells = "".join(f"<w:tc><w:tcPr/>{paragraph(run(text))}</w:tc>" for text in ("Member", "Kenya"))
    tabs = '<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="9"/></w:tabs></w:pPr>' + run("We opt in.") + "</w:p>"
    body = (
        f"<w:tbl><w:tblPr/><w:tr>{cells}</w:tr></w:tbl>{tabs}{paragraph(run('one'), '<w:r><w:br/></w:r>', run('two'))}"
    )
    header = f"<w:hdr {W}>{paragraph(run('Ministry'))}</w:hdr>"
    words = text_of("letter.docx", docx(body, header1=header, header2=header))
    assert words == "Ministry\n\nMember\tKenya\n\nWe opt in.\n\none\ntwo"


def test_a_sentence_broken_into_paragraphs_stays_one() -> None:
    assert text_of("a.docx", docx(paragraph(run("We wish to")) + paragraph(run("opt in.")))) == "We wish to\nopt in."


def test_text_boxes_are_read_once_and_after_the_paragraph_they_hang_on() -> None:
    box = "<w:txbxContent>" + paragraph(run("In the box")) + "</w:txbxContent>"
    both = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert text_of("a.docx", docx(paragraph(run("We wish "), both, run("to opt in.")))) == (
        "We wish to opt in.\n\nIn the box"
    )


def _control(checked: str) -> str:
    return (
        f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{checked}"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent>{run('?')}</w:sdtContent></w:sdt>"
    )


def test_check_boxes_of_every_kind_show_their_state() -> None:
    legacy = "<w:r><w:fldChar><w:ffData><w:checkBox><w:default w:val='0'/>{}</w:checkBox></w:ffData></w:fldChar></w:r>"
    body = [
        paragraph(_control("1"), run(" opt in")),
        paragraph(_control("0"), run(" opt out")),
        paragraph(legacy.format("<w:checked/>"), run(" A")),
        paragraph(legacy.format(""), run(" B")),
        paragraph('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>', run(" C")),
        paragraph('<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>', run(" D")),
    ]
    assert text_of("a.docx", docx("".join(body))).split("\n\n") == ["☒ opt in", "☐ opt out", "☒ A", "☐ B", "☒ C", "☐ D"]


def test_content_controls_give_what_was_filled_in() -> None:
    block = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph(run('Kenya'))}</w:sdtContent></w:sdt>"
    inline = f"<w:sdt><w:sdtPr/><w:sdtContent>{run('opt in')}</w:sdtContent></w:sdt>"
    assert text_of("a.docx", docx(block + paragraph(run("I wish to "), inline))) == "Kenya\n\nI wish to opt in"


@pytest.mark.parametrize(
    "concealed",
    [
        "<w:del><w:r><w:delText>opt out of</w:delText></w:r></w:del>",
        "<w:moveFrom>" + run("opt out of") + "</w:moveFrom>",
        run("opt out of", "<w:strike/>"),
        run("opt out of", '<w:dstrike w:val="true"/>'),
        run("opt out of", "<w:vanish/>"),
        run("opt out of", '<w:rStyle w:val="Gone"/>'),
        run("opt out of", '<w:rStyle w:val="AlsoGone"/>'),
        "<w:r><w:instrText>opt out of</w:instrText></w:r>",
    ],
)
def test_what_is_deleted_struck_out_or_hidden_in_docx_is_left_out(concealed: str) -> None:
    styles = (
        f'<w:styles {W}><w:style w:type="character" w:styleId="Gone"><w:rPr><w:strike/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="AlsoGone"><w:basedOn w:val="Gone"/></w:style></w:styles>'
    )
    payload = docx(paragraph(run("I wish to "), concealed, run("opt in to it")), styles=styles)
    assert text_of("a.docx", payload) == "I wish to opt in to it"


def test_a_paragraph_style_strikes_out_and_a_run_may_undo_it() -> None:
    styles = (
        f'<w:styles {W}><w:style w:type="paragraph" w:styleId="Old"><w:rPr><w:strike/></w:rPr></w:style></w:styles>'
    )
    undone = run("opt in", '<w:strike w:val="0"/>')
    body = paragraph(run("opt out "), undone, style="Old") + paragraph(run("to it"))
    assert text_of("a.docx", docx(body, styles=styles)).split() == ["opt", "in", "to", "it"]


@pytest.mark.parametrize(
    "kept", ["<w:ins>{}</w:ins>", "<w:moveTo>{}</w:moveTo>", "<w:hyperlink>{}</w:hyperlink>", "{}"]
)
def test_what_is_inserted_counts(kept: str) -> None:
    inserted = kept.format(run("opt in", '<w:strike w:val="false"/>'))
    assert text_of("a.docx", docx(paragraph(run("We "), inserted))) == "We opt in"


def test_footnotes_follow_and_deleted_rows_do_not_count() -> None:
    row = "<w:tr><w:trPr><w:del/></w:trPr><w:tc>" + paragraph(run("opt out")) + "</w:tc></w:tr>"
    notes = f"<w:footnotes {W}><w:footnote>{paragraph(run('Only for SG 13.'))}</w:footnote></w:footnotes>"
    words = text_of("a.docx", docx(f"<w:tbl>{row}</w:tbl>{paragraph(run('We opt in.'))}", footnotes=notes))
    assert words == "We opt in.\n\nOnly for SG 13."


def test_the_document_part_may_have_another_name_and_the_strict_namespace() -> None:
    relations = '<Relationships><Relationship Type="x/officeDocument" Target="/word/document2.xml"/></Relationships>'
    body = f"<w:document {W}><w:body>{paragraph(run('We opt in.'))}</w:body></w:document>"
    strict = body.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert text_of("a.docx", zipped({"_rels/.rels": relations, "word/document2.xml": strict})) == "We opt in."


def test_a_docx_that_holds_another_document_instead_of_text_is_unreadable() -> None:
    assert "other documents" in unreadable("a.docx", docx(paragraph(run("See")) + "<w:altChunk/>")).problem


# -- OpenDocument ------------------------------------------------------------------------------------------------------


def test_odt_paragraphs_tables_frames_notes_and_headers_are_read() -> None:
    header = "<style:master-page><style:header><text:p>Ministry</text:p></style:header></style:master-page>"
    body = (
        "<table:table><table:table-row><table:table-cell><text:p>Member</text:p></table:table-cell>"
        "<table:table-cell><text:p>Kenya</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p>We<text:s/>wish <draw:frame><draw:text-box><text:p>In the box</text:p></draw:text-box></draw:frame>"
        "to opt<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p>"
        "</text:note-body></text:note> in.<office:annotation><text:p>a comment</text:p></office:annotation></text:p>"
    )
    assert text_of("a.odt", odt(body, common=header)) == (
        "Ministry\n\nMember\tKenya\n\nWe wish to opt in.\n\nIn the box\n\nA note."
    )


STRUCK = '<style:text-properties style:text-line-through-style="solid"/>'


@pytest.mark.parametrize(
    ("styles", "common"),
    [
        (f'<style:style style:name="T1">{STRUCK}</style:style>', ""),
        ('<style:style style:name="T1"><style:text-properties text:display="none"/></style:style>', ""),
        (
            '<style:style style:name="T1" style:parent-style-name="Old"/>',
            f'<style:style style:name="Old">{STRUCK}</style:style>',
        ),
    ],
)
def test_what_is_struck_out_or_hidden_in_odt_is_left_out(styles: str, common: str) -> None:
    body = '<text:p>I wish to <text:span text:style-name="T1">opt out of</text:span> opt in to it</text:p>'
    assert text_of("a.odt", odt(body, styles, common)).split() == "I wish to opt in to it".split()


def test_tracked_deletions_in_odt_are_left_out_and_insertions_kept() -> None:
    changes = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>opt out</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
    )
    inserted = '<text:change-start text:change-id="1"/>opt in<text:change-end text:change-id="1"/>'
    assert text_of("a.odt", odt(f"{changes}<text:p>We {inserted}.</text:p>")) == "We opt in."


def test_odt_check_boxes_hidden_sections_and_struck_paragraphs() -> None:
    box = (
        '<text:p><loext:content-control loext:checkbox="true" loext:checked="{}">?</loext:content-control> {}</text:p>'
    )
    hidden = '<text:section text:display="none"><text:p>hidden</text:p></text:section>'
    struck = '<text:p text:style-name="P1">opt out</text:p>'
    body = box.format("true", "opt in") + box.format("false", "opt out") + hidden + struck
    words = text_of("a.odt", odt(body, f'<style:style style:name="P1">{STRUCK}</style:style>'))
    assert words == "☒ opt in\n\n☐ opt out"


# -- RTF ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "concealed",
    [
        r"{\strike opt out of}",
        r"{\rtlch\fcs1 \af0 \ltrch\fcs0 \b\strike\insrsid1 opt {\i out} of}",
        r"{\v opt out of}",
        r"{\deleted\revauthdel1 opt out of}",
        r"\striked1 opt out of\striked0 ",
        r"\strike opt out of\plain ",
        r"{\strike \u1054?\'ef}",
        r"{\*\bkmkstart opt out of}",
    ],
)
def test_what_is_struck_out_hidden_or_deleted_in_rtf_is_left_out(concealed: str) -> None:
    source = rf"{{\rtf1\ansi\ansicpg1251 I wish to {concealed}{{\revised opt in}} to \'ef\u1054?.\cell x\par}}"
    assert text_of("a.rtf", source.encode()) == "I wish to opt in to пО.\tx\n"


def test_binary_data_in_rtf_is_skipped() -> None:
    payload = rb"{\rtf1\ansi We {\*\pict\bin6 }}{{\\\x00}opt in}"
    assert text_of("a.rtf", payload).strip() == "We opt in"


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("a.pdf", pdf("We opt in.")),
        ("a.docx", docx(paragraph(run("We opt in.")))),
        ("a.odt", odt("<text:p>We opt in.</text:p>")),
        ("a.rtf", rb"{\rtf1\ansi We opt in.}"),
        ("a.html", b"<p>We opt in."),
        ("a.txt", b"We opt in."),
    ],
)
def test_every_kind_is_read_by_the_worker_too(name: str, payload: bytes) -> None:
    assert text_by_worker(name, payload).strip() == "We opt in."


# -- limits ------------------------------------------------------------------------------------------------------------


def test_broken_containers_are_unreadable() -> None:
    good = docx(paragraph(run("We opt in.")))
    unreadable("a.docx", good[:60])
    unreadable("a.docx", good.replace(b"word/document.xml", b"word/document.xmk"))
    unreadable("a.docx", docx("<w:p>"))
    unreadable("a.odt", zipped({"content.xml": "<x/>", "META-INF/manifest.xml": "<x/>"}))


def test_a_part_that_unpacks_to_a_flood_is_unreadable() -> None:
    bomb = docx(paragraph(run("a" * 50_000_000)))
    assert len(bomb) < 100_000
    assert "too much" in unreadable("a.docx", bomb).problem


def test_many_parts_that_unpack_to_a_flood_together_are_unreadable() -> None:
    header = f"<w:hdr {W}>{paragraph(run('b' * 5_000_000))}</w:hdr>"
    bomb = docx(paragraph(run("x")), **{f"header{number}": header for number in range(1, 7)})
    assert "too much" in unreadable("a.docx", bomb).problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding: str) -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY l0 "lol">{lol}]>'
    bomb += f"<w:document {W}><w:body>{paragraph(run('&l9;'))}</w:body></w:document>"
    unreadable("a.docx", zipped({"word/document.xml": bomb.encode(encoding)}))


def test_files_of_the_computer_cannot_be_drawn_in() -> None:
    evil = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document {W}><w:p><w:r><w:t>&e;</w:t></w:r></w:p>'
    unreadable("a.docx", zipped({"word/document.xml": f"{evil}</w:document>"}))


def test_deeply_nested_xml_is_unreadable() -> None:
    unreadable("a.docx", docx("<w:ins>" * 50_000 + "</w:ins>" * 50_000))


def test_a_container_in_a_container_is_not_opened() -> None:
    unreadable("a.zip", zipped({"inner.docx": docx(paragraph(run("We opt in.")))}))


def test_what_is_too_large_or_too_long_is_unreadable() -> None:
    assert "larger" in unreadable("a.pdf", b"%PDF-" + bytes(MAX_BYTES), PDF).problem
    assert "too long" in unreadable("a.docx", docx(paragraph(run("word " * (MAX_CHARACTERS // 4))))).problem


def test_memory_is_limited() -> None:
    heavy = docx("<w:p/>" * 2_600_000)  # 15 MB of XML, some 500 MB as a tree
    start = time.monotonic()
    unreadable("a.docx", heavy)
    assert time.monotonic() - start < 5


def test_processor_time_is_limited() -> None:
    rings = rb"{\rtf1 " + rb"{\field{\*\fldinst{HYPERLINK " * 40_000  # quadratic for the library that reads RTF
    start = time.monotonic()
    read_document("a.rtf", "application/rtf", rings, seconds=1)
    assert time.monotonic() - start < 3


def test_a_helper_that_hangs_is_killed_with_its_children(program: Callable[[str, str], None], tmp_path: Path) -> None:
    program("pdftotext", f"/bin/sleep 600 & echo $! > {tmp_path}/child; wait")
    start = time.monotonic()
    document = read_document("letter.pdf", PDF, pdf("We opt in."), seconds=0.5)
    assert time.monotonic() - start < 3
    assert "longer than" in document.problem
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and _runs(child):
        time.sleep(0.01)
    assert not _runs(child)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    if state != "Z":
        os.kill(process, signal.SIG_DFL)  # raises where it has gone meanwhile
    return state != "Z"


def test_a_helper_that_floods_is_stopped(program: Callable[[str, str], None]) -> None:
    program("pdftotext", "while :; do echo 0123456789012345678901234567890123456789; done")
    assert read_document("letter.pdf", PDF, pdf("We opt in."), seconds=0.5).text is None


def test_the_worker_sees_no_environment(
    program: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MAILBOT_PASSWORD", "secret")
    program("pdftotext", f"/usr/bin/env > {tmp_path}/seen; printf 'We opt in to it, dear friends.'")
    assert "We opt in" in text_by_worker("letter.pdf", pdf("x"), PDF)
    assert "secret" not in (tmp_path / "seen").read_text()


def test_a_letter_has_only_so_many_documents_and_pictures_do_not_count() -> None:
    pictures = [Attachment("logo.png", "image/png", b"\x89PNG\r\n")] * 20
    letters = [Attachment("letter.txt", "text/plain", b"We opt in.")] * (MAX_DOCUMENTS + 1)
    documents = read_documents([*pictures, *letters])
    assert [document.kind for document in documents[:20]] == [Kind.OTHER] * 20
    assert [document.text is None for document in documents[20:]] == [False] * MAX_DOCUMENTS + [True]


def test_documents_that_are_too_long_together_are_unreadable() -> None:
    half = Attachment("report.txt", "text/plain", b"word " * (MAX_CHARACTERS // 8))
    assert [document.text is None for document in read_documents([half, half])] == [False, True]


def test_documents_share_their_time(program: Callable[[str, str], None]) -> None:
    program("pdftotext", "exec /bin/sleep 600")
    start = time.monotonic()
    documents = read_documents([Attachment("a.pdf", PDF, pdf("x"))] * 8, seconds=0.5)
    assert time.monotonic() - start < 3
    assert all(document.text is None for document in documents)
