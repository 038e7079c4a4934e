"""The text of attached documents: PDF, Word, OpenDocument, RTF and plain text, read under limits.

Documents are hostile: each is read in a process of its own (`python -m mailbot.documents KIND`) that may use only so
much memory, processor and wall-clock time, and that cannot take the poll down with it. What cannot be read (encrypted,
damaged, a bomb, a scan without OCR, an archive) is said to be unreadable; nothing is guessed.
"""

from __future__ import annotations

import io
import json
import re
import resource
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from enum import StrEnum

from mailbot.charsets import decode

MAX_BYTES = 20_000_000
MAX_UNPACKED = 40_000_000
MAX_PAGES = 30
MAX_CHARACTERS = 200_000
_SECONDS = 15
_MEMORY = 1_000_000_000


class Kind(StrEnum):
    """What an attachment is, told by its first bytes, its declared type and its name, in that order."""

    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    RTF = "rtf"
    TEXT = "text"
    HTML = "html"
    OPAQUE = "opaque"  # a letter might be inside, but mailbot does not open it: archives, winmail.dat, old Word files
    OTHER = "other"  # pictures, calendars, signatures: not letters


@dataclass(frozen=True, slots=True)
class Document:
    """What was read of one attachment; `text` is None where it could be a letter but cannot be read."""

    name: str
    kind: Kind
    text: str | None
    problem: str = ""


_TYPES = {
    "application/pdf": Kind.PDF,
    "application/x-pdf": Kind.PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Kind.DOCX,
    "application/vnd.oasis.opendocument.text": Kind.ODT,
    "application/rtf": Kind.RTF,
    "text/rtf": Kind.RTF,
    "text/plain": Kind.TEXT,
    "text/html": Kind.HTML,
    "application/msword": Kind.OPAQUE,
    "application/zip": Kind.OPAQUE,
    "application/x-zip-compressed": Kind.OPAQUE,
    "application/x-7z-compressed": Kind.OPAQUE,
    "application/vnd.rar": Kind.OPAQUE,
    "application/x-rar-compressed": Kind.OPAQUE,
    "application/gzip": Kind.OPAQUE,
    "application/ms-tnef": Kind.OPAQUE,
    "application/vnd.ms-tnef": Kind.OPAQUE,
}
_EXTENSIONS = {
    "pdf": Kind.PDF, "docx": Kind.DOCX, "docm": Kind.DOCX, "odt": Kind.ODT, "rtf": Kind.RTF, "txt": Kind.TEXT,
    "text": Kind.TEXT, "htm": Kind.HTML, "html": Kind.HTML, "doc": Kind.OPAQUE, "zip": Kind.OPAQUE, "rar": Kind.OPAQUE,
    "7z": Kind.OPAQUE, "gz": Kind.OPAQUE, "tar": Kind.OPAQUE, "dat": Kind.OPAQUE, "pages": Kind.OPAQUE,
    "wps": Kind.OPAQUE, "tif": Kind.OPAQUE, "tiff": Kind.OPAQUE, "xps": Kind.OPAQUE,
}  # fmt: skip


def kind_of(name: str, content_type: str, payload: bytes) -> Kind:
    """What an attachment is. The bytes win over the declared type, and that over the name."""
    head = payload[:1024].lstrip()
    if head.startswith(b"%PDF-") or b"%PDF-" in payload[:1024]:
        return Kind.PDF
    if head.startswith(b"{\\rtf"):
        return Kind.RTF
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if head.startswith(b"PK\x03\x04"):
        return _zipped(payload, extension, content_type)
    if content_type in _TYPES and content_type != "text/plain":
        return _TYPES[content_type]
    if extension in _EXTENSIONS:
        return _EXTENSIONS[extension]
    if content_type.startswith(("image/", "audio/", "video/", "text/")):
        return Kind.TEXT if content_type == "text/plain" else Kind.OTHER
    return Kind.OTHER


def _zipped(payload: bytes, extension: str, content_type: str) -> Kind:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(payload)).namelist()[:2000])
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return _EXTENSIONS.get(extension, _TYPES.get(content_type, Kind.OPAQUE))
    if "word/document.xml" in names:
        return Kind.DOCX
    if "content.xml" in names and extension in ("odt", ""):
        return Kind.ODT
    return Kind.OTHER if extension in ("xlsx", "pptx", "ods", "odp") else Kind.OPAQUE


def read_document(name: str, content_type: str, payload: bytes) -> Document:
    """The text of one attachment, read in a limited process; never raises for what the bytes hold."""
    kind = kind_of(name, content_type, payload)
    if kind in (Kind.OPAQUE, Kind.OTHER):
        return Document(name, kind, None, "not a kind of document that is opened" if kind is Kind.OPAQUE else "")
    if len(payload) > MAX_BYTES:
        return Document(name, kind, None, f"larger than {MAX_BYTES} bytes")
    if kind is Kind.TEXT:
        text = decode(payload, None)
        return Document(name, kind, text, "" if text else "no readable text")
    return _in_a_process(name, kind, payload)


def _in_a_process(name: str, kind: Kind, payload: bytes) -> Document:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mailbot.documents", kind.value],
            input=payload,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Document(name, kind, None, f"took longer than {_SECONDS} seconds")
    try:
        answer = json.loads(done.stdout.decode("utf-8")) if done.returncode == 0 else {}
    except (ValueError, UnicodeDecodeError):
        answer = {}
    text = answer.get("text")
    if not isinstance(text, str) or not text.strip():
        return Document(name, kind, None, str(answer.get("problem") or "no readable text"))
    return Document(name, kind, text[:MAX_CHARACTERS])


def main(arguments: list[str]) -> int:
    """The worker: limits itself, reads a document from standard input, prints its text or the problem as JSON."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_BYTES, MAX_BYTES))
    payload = sys.stdin.buffer.read()
    try:
        answer = {"text": _READERS[Kind(arguments[0])](payload)}
    except Exception as error:  # the process dies with its document, and says why
        answer = {"problem": f"{type(error).__name__}: {error}"[:200]}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=True).encode("ascii"))
    return 0


def _pdf(payload: bytes) -> str:
    """By `pdftotext` where it is installed (right in all six languages), else by pypdf."""
    if shutil.which("pdftotext"):
        done = subprocess.run(
            ["pdftotext", "-q", "-l", str(MAX_PAGES), "-enc", "UTF-8", "-", "-"],
            input=payload,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode == 0:
            return _tidy(done.stdout.decode("utf-8", "replace"))
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(payload))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("encrypted")
    return _tidy("\n\n".join(page.extract_text() for page in reader.pages[:MAX_PAGES]))


def _tidy(text: str) -> str:
    """PDF text as lines: page breaks are paragraphs, direction marks and presentation forms are gone."""
    import unicodedata

    text = unicodedata.normalize("NFKC", text.replace("\f", "\n\n"))
    return re.sub(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text)


def _member(payload: bytes, name: str) -> bytes:
    """One file of a ZIP container, refused where it unpacks to more than is sensible."""
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        information = archive.getinfo(name)
        if information.file_size > MAX_UNPACKED:
            raise ValueError("unpacks to too much")
        with archive.open(information) as file:
            data = file.read(MAX_UNPACKED + 1)
    if len(data) > MAX_UNPACKED:
        raise ValueError("unpacks to too much")
    return data


def _tree(data: bytes):  # type: ignore[no-untyped-def]
    from lxml import etree

    if b"<!DOCTYPE" in data[:2000] or b"<!ENTITY" in data:
        raise ValueError("declares entities")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    return etree.fromstring(data, parser)


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NOT_TEXT = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText"})


def _docx(payload: bytes) -> str:
    """Headers, body with tables, text boxes and content controls; deleted, struck and hidden runs left out."""
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        names = archive.namelist()
    if "EncryptedPackage" in names:
        raise ValueError("encrypted")
    headers = sorted(name for name in names if re.fullmatch(r"word/header\d+\.xml", name))[:6]
    pieces = [_docx_text(_tree(_member(payload, name))) for name in (*headers, "word/document.xml")]
    return "\n\n".join(dict.fromkeys(piece.strip() for piece in pieces if piece.strip()))


def _docx_text(root) -> str:  # type: ignore[no-untyped-def]
    pieces: list[str] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        tag = node.tag
        if not isinstance(tag, str) or tag in _NOT_TEXT or tag.endswith("}Fallback") or _is_concealed(node):
            continue
        if tag == f"{_W}t":
            pieces.append(node.text or "")
        elif tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            pieces.append("\t" if tag == f"{_W}tab" else "\n")
        elif tag == f"{_W}noBreakHyphen":
            pieces.append("-")
        stack.extend({f"{_W}p": ["\n"], f"{_W}tc": ["\t"], f"{_W}tr": ["\n"]}.get(tag, []))
        stack.extend(reversed(list(node)))
    return re.sub(r"\n\t", "\t", "".join(pieces))


def _is_concealed(run) -> bool:  # type: ignore[no-untyped-def]
    """Whether a run's own properties hide it or strike it through."""
    if run.tag != f"{_W}r":
        return False
    properties = run.find(f"{_W}rPr")
    if properties is None:
        return False
    marks = (properties.find(f"{_W}{name}") for name in ("strike", "dstrike", "vanish", "webHidden"))
    return any(mark is not None and mark.get(f"{_W}val", "1") not in ("0", "false", "none") for mark in marks)


_ODF_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ODF_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ODF_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"


def _odt(payload: bytes) -> str:
    """The body's paragraphs and tables; tracked deletions and struck-out spans left out."""
    root = _tree(_member(payload, "content.xml"))
    struck = {
        style.get(f"{_ODF_STYLE}name")
        for style in root.iter(f"{_ODF_STYLE}style")
        for properties in style.iter(f"{_ODF_STYLE}text-properties")
        if any(
            (name.endswith("text-line-through-style") and value != "none")
            or (name.endswith("}display") and value == "none")
            for name, value in properties.attrib.items()
        )
    }
    pieces: list[str] = []
    _odt_walk(root.find("{urn:oasis:names:tc:opendocument:xmlns:office:1.0}body"), struck, pieces)
    return "".join(pieces)


def _odt_walk(root, struck: set[str | None], pieces: list[str]) -> None:  # type: ignore[no-untyped-def]
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        if node is None or not isinstance(node.tag, str) or node.tag == f"{_ODF_TEXT}tracked-changes":
            continue
        if node.get(f"{_ODF_TEXT}style-name") in struck and node.tag == f"{_ODF_TEXT}span":
            continue
        if node.tag == f"{_ODF_TEXT}tab":
            pieces.append("\t")
        elif node.tag == f"{_ODF_TEXT}line-break":
            pieces.append("\n")
        elif node.tag == f"{_ODF_TEXT}s":
            pieces.append(" ")
        pieces.append(node.text or "")
        if node.tag in (f"{_ODF_TEXT}p", f"{_ODF_TEXT}h"):
            stack.append("\n")
        elif node.tag == f"{_ODF_TABLE}table-cell":
            stack.append("\t")
        for child in reversed(list(node)):
            stack.append(child.tail or "")
            stack.append(child)


def _rtf(payload: bytes) -> str:
    from striprtf.striprtf import rtf_to_text

    source = payload.decode("latin-1")
    source = re.sub(r"\{\\\*?\\?(?:deleted|v|strike)\b[^{}]{0,20000}\}", "", source)
    return str(rtf_to_text(source, errors="replace"))  # type: ignore[no-untyped-call]


def _html(payload: bytes) -> str:
    from mailbot.html import read_html
    from mailbot.zones import OWN_WORDS

    text = read_html(decode(payload, None) or "", "attachment")
    return text.only(OWN_WORDS).replace("\x00", "")


_READERS = {Kind.PDF: _pdf, Kind.DOCX: _docx, Kind.ODT: _odt, Kind.RTF: _rtf, Kind.HTML: _html}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
