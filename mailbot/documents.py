"""Attached documents: which of them could be a letter, and their text, read in a process of its own under limits.

Documents are hostile. Each is handed to a worker (`mailbot.document_text`) that may use only so much memory, processor
and wall-clock time, sees hardly any environment, and is killed together with all it started when its time is up.
What cannot be read (encrypted, damaged, a bomb, a scan without OCR, an archive) is said to be unreadable; nothing is
guessed.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess  # nosec B404  # the worker that reads attachments, see below
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from mailbot.charsets import decode, is_noise
from mailbot.letter import Attachment

MAX_DOCUMENTS = 8  # of one letter; pictures and the like do not count
MAX_BYTES = 20_000_000
MAX_CHARACTERS = 40_000  # of all documents of one letter, which has some thousands; none is cut to fit
SECONDS = 4.0  # for all documents of one letter together, so that every letter is decided within five
_MAX_ANSWER = 12 * MAX_CHARACTERS + 1000  # bytes of JSON: a character outside the BMP takes twelve
_MAX_DIRECTORY = 300_000  # bytes of a ZIP's table of contents: some four thousand files


class Kind(StrEnum):
    """What an attachment is, told by its first bytes, its declared type and its name, in that order."""

    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    RTF = "rtf"
    TEXT = "text"
    HTML = "html"
    OPAQUE = "opaque"  # a letter might be inside, but mailbot does not open it: archives, winmail.dat, old Word files
    OTHER = "other"  # pictures, tables, calendars, signatures: not letters


_NEVER_READ = frozenset({Kind.OPAQUE, Kind.OTHER})


@dataclass(frozen=True, slots=True)
class Document:
    """What was read of one attachment; `text` is None where it could be a letter but cannot be read.

    `trusted` is False for text that was recognised in a picture (OCR): letters may be misread in it.
    """

    name: str
    kind: Kind
    text: str | None
    problem: str = ""
    trusted: bool = True


_MAGIC = (
    (b"{\\rtf", Kind.RTF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OPAQUE),  # OLE: .doc, .msg, encrypted .docx
    (b"\x78\x9f\x3e\x22", Kind.OPAQUE),  # TNEF: winmail.dat
    (b"7z\xbc\xaf\x27\x1c", Kind.OPAQUE),
    (b"Rar!\x1a\x07", Kind.OPAQUE),
    (b"\x1f\x8b", Kind.OPAQUE),  # gzip
    (b"BZh", Kind.OPAQUE),
    (b"\xfd7zXZ\x00", Kind.OPAQUE),
    (b"II*\x00", Kind.OPAQUE),  # TIFF: what fax machines send
    (b"MM\x00*", Kind.OPAQUE),
    (b"%!PS", Kind.OPAQUE),
    (b"\xff\xd8\xff", Kind.OTHER),  # JPEG
    (b"\x89PNG\r\n", Kind.OTHER),
    (b"GIF8", Kind.OTHER),
    (b"MZ", Kind.OTHER),
    (b"BEGIN:VC", Kind.OTHER),  # vCalendar, vCard
)
_MARKUP = (b"<!doctype html", b"<html")
_TYPES = {
    "application/pdf": Kind.PDF, "application/x-pdf": Kind.PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Kind.DOCX,
    "application/vnd.ms-word.document.macroenabled.12": Kind.DOCX,
    "application/vnd.oasis.opendocument.text": Kind.ODT,
    "application/rtf": Kind.RTF, "text/rtf": Kind.RTF, "text/richtext": Kind.RTF,
    "text/html": Kind.HTML, "application/xhtml+xml": Kind.HTML,
    "application/msword": Kind.OPAQUE, "application/vnd.ms-outlook": Kind.OPAQUE,
    "application/zip": Kind.OPAQUE, "application/x-zip-compressed": Kind.OPAQUE, "application/x-zip": Kind.OPAQUE,
    "application/x-7z-compressed": Kind.OPAQUE, "application/vnd.rar": Kind.OPAQUE, "application/x-tar": Kind.OPAQUE,
    "application/x-rar-compressed": Kind.OPAQUE, "application/x-rar": Kind.OPAQUE, "application/gzip": Kind.OPAQUE,
    "application/x-gzip": Kind.OPAQUE, "application/ms-tnef": Kind.OPAQUE, "application/vnd.ms-tnef": Kind.OPAQUE,
    "application/vnd.apple.pages": Kind.OPAQUE, "application/x-iwork-pages-sffpages": Kind.OPAQUE,
    "image/tiff": Kind.OPAQUE, "application/postscript": Kind.OPAQUE,
}  # fmt: skip
_EXTENSIONS = {
    "pdf": Kind.PDF, "docx": Kind.DOCX, "docm": Kind.DOCX, "dotx": Kind.DOCX, "odt": Kind.ODT, "ott": Kind.ODT,
    "rtf": Kind.RTF, "txt": Kind.TEXT, "text": Kind.TEXT, "htm": Kind.HTML, "html": Kind.HTML, "xhtml": Kind.HTML,
} | dict.fromkeys(
    "doc dot fodt zip rar 7z gz tgz tar bz2 xz dat tnef pages wps wpd hwp sxw tif tiff xps oxps ps eml msg p7m pgp gpg "
    "mht mhtml md tex".split(), Kind.OPAQUE,
) | dict.fromkeys(
    "xls xlsx xlsm ods csv ppt pptx odp ics vcf jpg jpeg png gif bmp svg webp heic p7s asc sig key json xml".split(),
    Kind.OTHER,
)  # fmt: skip
_IN_ZIP = (  # the names in its table of contents tell what a ZIP container is
    (b"word/document", Kind.DOCX),
    (b"xl/workbook", Kind.OTHER),
    (b"ppt/presentation", Kind.OTHER),
)


def kind_of(name: str, content_type: str, payload: bytes) -> Kind:
    """What an attachment is. The bytes win over the declared type, and that over the name."""
    extension = name.rpartition(".")[2].strip().lower() if "." in name else ""
    content_type = content_type.lower()
    told = _EXTENSIONS.get(extension)
    if b"%PDF-" in payload[:1024]:  # readers allow rubbish before it
        return Kind.PDF
    head = payload[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _zipped(payload, told or _TYPES.get(content_type))
    if head.lower().startswith(_MARKUP):
        return Kind.HTML
    if content_type in _TYPES:
        return _TYPES[content_type]
    if content_type == "text/plain":
        return Kind.HTML if told is Kind.HTML else Kind.TEXT
    if told is not None:
        return told
    return Kind.TEXT if _is_nameless_text(extension, content_type, payload) else Kind.OTHER


def _zipped(payload: bytes, told: Kind | None) -> Kind:
    """What a ZIP container is, from its table of contents; that of a damaged one is what it says it is."""
    end = payload.rfind(b"PK\x05\x06", max(0, len(payload) - 66_000))
    size = int.from_bytes(payload[end + 12 : end + 16], "little")
    if end < 0 or size > _MAX_DIRECTORY:
        return told if told in (Kind.DOCX, Kind.ODT, Kind.OTHER) and end < 0 else Kind.OPAQUE
    contents = payload[max(0, end - size) : end]
    for name, kind in _IN_ZIP:
        if name in contents:
            return kind
    if b"content.xml" in contents and b"META-INF/manifest.xml" in contents:
        label = payload[30:120]  # OpenDocument puts its media type first, uncompressed
        return Kind.ODT if b"opendocument.text" in label or b"opendocument" not in label else Kind.OTHER
    return Kind.OPAQUE


def _is_nameless_text(extension: str, content_type: str, payload: bytes) -> bool:
    """Whether bytes declared as nothing in particular are plain words."""
    if extension or content_type not in ("application/octet-stream", "application/unknown", "") or not payload.strip():
        return False
    try:
        sample = payload[:4000].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(payload[:4000]) - 4:
            return False
        sample = payload[: error.start].decode("utf-8")
    return "\x00" not in sample and not is_noise(sample)


def read_documents(attachments: Iterable[Attachment], *, seconds: float = SECONDS) -> tuple[Document, ...]:
    """What can be read of a letter's attachments, in at most `seconds` for all of them and within their limits."""
    return tuple(_read_all(attachments, seconds))


def _read_all(attachments: Iterable[Attachment], seconds: float) -> Iterator[Document]:
    read, characters, until = 0, 0, time.monotonic() + seconds
    for attachment in attachments:
        kind = kind_of(attachment.name, attachment.content_type, attachment.payload)
        if kind in _NEVER_READ:
            yield _unopened(attachment.name, kind)
        elif read == MAX_DOCUMENTS:
            yield Document(attachment.name, kind, None, f"more than {MAX_DOCUMENTS} documents")
        else:
            document = _read(attachment.name, kind, attachment.payload, until - time.monotonic())
            read, characters = read + 1, characters + len(document.text or "")
            if characters > MAX_CHARACTERS:
                document = Document(document.name, kind, None, "the documents are too long together")
            yield document


def read_document(name: str, content_type: str, payload: bytes, *, seconds: float = SECONDS) -> Document:
    """The text of one attachment, read in a limited process; never raises for what the bytes hold."""
    kind = kind_of(name, content_type, payload)
    return _unopened(name, kind) if kind in _NEVER_READ else _read(name, kind, payload, seconds)


def _unopened(name: str, kind: Kind) -> Document:
    return Document(name, kind, None, "not a kind of document that is opened" if kind is Kind.OPAQUE else "")


def _read(name: str, kind: Kind, payload: bytes, seconds: float) -> Document:
    if len(payload) > MAX_BYTES:
        return Document(name, kind, None, f"larger than {MAX_BYTES} bytes")
    if kind is not Kind.TEXT:
        return _in_a_process(name, kind, payload, seconds)
    if len(payload) > 4 * MAX_CHARACTERS:
        return Document(name, kind, None, "too long for a letter")
    text = (decode(payload, None) or "").replace("\r\n", "\n").replace("\r", "\n")
    return _found(name, kind, {"text": text})


def _found(name: str, kind: Kind, answer: dict[str, object]) -> Document:
    text = answer.get("text")
    if not isinstance(text, str) or not text.strip():
        return Document(name, kind, None, str(answer.get("problem") or "no readable text"))
    if len(text) > MAX_CHARACTERS:
        return Document(name, kind, None, "too long for a letter")
    return Document(name, kind, text, trusted=answer.get("trusted") is not False)


# The worker sees neither the environment nor the folder of its parent (-I), only this package.
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from mailbot.document_text import main; sys.exit(main(sys.argv[2:]))"
)
_PACKAGE_FOLDER = str(Path(__file__).resolve().parent.parent)
_PASSED_ON = ("PATH", "TESSDATA_PREFIX")  # where the helpers (pdftotext, tesseract) and their data are


def _in_a_process(name: str, kind: Kind, payload: bytes, seconds: float) -> Document:
    if seconds <= 0:
        return Document(name, kind, None, "no time left for it")
    with tempfile.TemporaryDirectory(prefix="mailbot-") as folder, tempfile.TemporaryFile(dir=folder) as file:
        file.write(payload)
        file.seek(0)
        passed_on = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
        process = subprocess.Popen(  # nosec B603  # no shell, and no argument out of a letter
            [sys.executable, "-I", "-c", _START, _PACKAGE_FOLDER, kind.value, f"{seconds:.2f}"],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={**passed_on, "LC_ALL": "C.UTF-8", "HOME": folder, "TMPDIR": folder, "OMP_THREAD_LIMIT": "1"},
            start_new_session=True,
        )
        with process:
            assert process.stdout is not None  # nosec B101  # it is a pipe: for the type checker
            try:
                answer = _answer(process.stdout, seconds)
            finally:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)  # before it is waited for, so the number is still its own
    return _found(name, kind, answer)


def _answer(pipe: IO[bytes], seconds: float) -> dict[str, object]:
    """What the worker writes before it ends; a problem where that takes too long, is too much or is no answer."""
    until = time.monotonic() + seconds
    data = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while len(data) <= _MAX_ANSWER:
            if not selector.select(max(0.0, until - time.monotonic())):
                return {"problem": f"took longer than {seconds:.0f} seconds"}
            piece = os.read(pipe.fileno(), 65_536)
            if not piece:
                break
            data += piece
    try:
        answer = json.loads(data)
    except ValueError:
        return {"problem": "reading it went beyond the limits"}
    return answer if isinstance(answer, dict) else {}
