"""The worker that reads one document: limits itself, takes it from standard input, prints its text as JSON.

Started by `mailbot.documents`, never imported by it. Whatever goes wrong here (a broken file, the end of the memory or
of the processor time) costs this process only.
"""

from __future__ import annotations

import io
import json
import re
import resource
import shutil
import subprocess  # nosec B404  # for pdftotext, see below
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_MEMORY = 280_000_000  # bytes of data, here and in each helper; a letter must not take 300 MB
_ADDRESSES = 1_500_000_000  # bytes of address space: libraries map far more than they touch
_FILE = 40_000_000  # bytes of any file written (OCR writes pictures)
_MAX_PAGES = 30
_MAX_TEXT = 100_000
_SCANNED = 25  # letters a page: below it, a page with a picture is a scan that some program has put a line of text on


class UnreadableError(Exception):
    """The document may be a letter, but its words cannot be had."""


@dataclass(frozen=True, slots=True)
class Words:
    """The text of a document; not `trusted` where it was recognised in a picture."""

    text: str
    trusted: bool = True


def main(arguments: list[str]) -> int:
    """Reads the document of the kind named in `arguments`, whose second says how many seconds there are."""
    kind, seconds = arguments[0], float(arguments[1])
    _limit(seconds)
    payload = sys.stdin.buffer.read()
    try:
        words = READERS[kind](payload)
        if len(words.text) > _MAX_TEXT:
            raise UnreadableError("too long for a letter")
        answer: dict[str, object] = {"text": words.text, "trusted": words.trusted}
    except UnreadableError as error:
        answer = {"problem": str(error)}
    except MemoryError:
        answer = {"problem": "needs too much memory"}
    except Exception as error:  # a dozen libraries' ways to say that a file is broken
        answer = {"problem": f"damaged ({type(error).__name__}: {error})"[:200]}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))
    return 0


def _limit(seconds: float) -> None:
    processor = max(1, round(seconds))
    for what, most in (
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_DATA, _MEMORY),
        (resource.RLIMIT_AS, _ADDRESSES),
        (resource.RLIMIT_FSIZE, _FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _pdf(payload: bytes) -> Words:
    """By `pdftotext` where it is installed (right in all six languages), else by pypdf; scans by OCR."""
    pages = _pages_by_poppler(payload) if shutil.which("pdftotext") else None
    if pages is None:
        pages = _pages_by_pypdf(payload)
    if len(pages) > _MAX_PAGES:
        raise UnreadableError("too many pages for a letter")
    text = "\n\n".join(_tidy(page) for page in pages)
    letters = sum(character.isalnum() for character in text)
    if letters < _SCANNED * len(pages) and (not letters or re.search(rb"/Subtype\s*/Image", payload)):
        return Words(_recognised(payload), trusted=False)
    return Words(text)


def _pages_by_poppler(payload: bytes) -> list[str] | None:
    """The pages as `pdftotext` reads them; None where it gives up, so that pypdf may try its luck."""
    done = subprocess.run(  # nosec B603 B607  # no shell, no argument out of a letter; PATH is the operator's
        ["pdftotext", "-q", "-l", str(_MAX_PAGES + 1), "-enc", "UTF-8", "-", "-"],
        input=payload,
        capture_output=True,
        check=False,
    )
    if b"Incorrect password" in done.stderr:
        raise UnreadableError("encrypted")
    if done.returncode or not done.stdout:
        return None
    return done.stdout.decode("utf-8", "replace").removesuffix("\f").split("\f")


def _pages_by_pypdf(payload: bytes) -> list[str]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(payload))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableError("encrypted")
    if len(reader.pages) > _MAX_PAGES:
        raise UnreadableError("too many pages for a letter")
    return [page.extract_text() for page in reader.pages]


def _tidy(text: str) -> str:
    """A page without the direction marks that extraction adds, and without presentation forms.

    Overrides (U+202D, U+202E) stay: they are the author's, and make text look other than it is (contract rule 3).
    """
    return re.sub("[\u200e\u200f\u202a-\u202c\u2066-\u2069]", "", unicodedata.normalize("NFKC", text))


_OCR_PAGES = 2  # a page takes one to two seconds
_OCR_PIXELS = 2400  # of the longer side: about 200 to the inch on A4
_OCR_SURE = 60.0  # percent, on average: below it words are guesses
_OCR_LANGUAGES = {"Latin": ("eng", "fra", "spa"), "Cyrillic": ("rus",), "Arabic": ("ara",), "Han": ("chi_sim",)}


def _recognised(payload: bytes) -> str:
    """The words in the pictures of a scanned letter, where Tesseract is installed and sure of them."""
    if not shutil.which("tesseract"):
        raise UnreadableError("a scan, and no OCR is installed")
    try:
        import pypdfium2
        import pytesseract
    except ImportError as error:
        raise UnreadableError("a scan, and the extra 'ocr' is not installed") from error
    document = pypdfium2.PdfDocument(payload)
    if len(document) > _OCR_PAGES:
        raise UnreadableError(f"a scan of more than {_OCR_PAGES} pages")
    known = set(pytesseract.get_languages())
    pages: list[str] = []
    for page in document:
        scale = _OCR_PIXELS / max(1.0, *page.get_size())
        picture = page.render(scale=scale, grayscale=True).to_pil()
        languages = [name for name in _OCR_LANGUAGES[_script(picture)] if name in known]
        if not languages:
            raise UnreadableError("a scan in a script that OCR is not installed for")
        found = pytesseract.image_to_data(picture, lang="+".join(languages), output_type=pytesseract.Output.DICT)
        pages.append(_page_of(found))
    return "\n\n".join(pages)


def _script(picture: object) -> str:
    """The script of a page, as Tesseract tells it from its letters; Latin where it cannot."""
    import pytesseract

    try:
        told = str(pytesseract.image_to_osd(picture, output_type=pytesseract.Output.DICT).get("script"))
    except (pytesseract.TesseractError, ValueError, KeyError):
        return "Latin"
    return told if told in _OCR_LANGUAGES else "Latin"


def _page_of(found: dict[str, list[object]]) -> str:
    """The lines and paragraphs of one recognised page."""
    text, sure, place = "", [], (0, 0, 0)
    columns = ("block_num", "par_num", "line_num", "conf", "text")
    for block, paragraph, line, confidence, word in zip(*(found[column] for column in columns), strict=True):
        if not str(word).strip():
            continue
        here = (int(str(block)), int(str(paragraph)), int(str(line)))
        gap = " " if here == place else "\n" if here[:2] == place[:2] else "\n\n"
        text += (gap if text else "") + str(word)
        sure.append(float(str(confidence)))
        place = here
    if sure and sum(sure) / len(sure) < _OCR_SURE:
        raise UnreadableError("a scan that OCR cannot read surely")
    return text


def _rtf(payload: bytes) -> Words:
    from striprtf.striprtf import rtf_to_text

    source = "".join(_shown_in_rtf(payload.decode("latin-1")))
    return Words(str(rtf_to_text(source, errors="replace")))  # type: ignore[no-untyped-call]


_RTF = re.compile(r"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'[0-9a-fA-F]{2}|\\[^a-z]|([{}])|[^\\{}]+|\\", re.S)
_RTF_CONCEALING = frozenset(("strike", "striked", "v", "deleted"))
_RTF_KEPT = frozenset(("par", "pard", "sect", "page", "uc", "f", "ansicpg", "bin", "cell", "row", "trowd"))


def _shown_in_rtf(source: str) -> Iterator[str]:
    """The source without the text that is struck out, hidden or deleted; table cells are parted by tabs.

    A property holds to the end of its group, or until it is turned off (`\\strike0`, `\\plain`).
    """
    groups: list[frozenset[str]] = []
    concealed: frozenset[str] = frozenset()
    position = 0
    while match := _RTF.match(source, position):
        position = match.end()
        word, number, brace = match.groups()
        if brace == "{":
            groups.append(concealed)
        elif brace == "}":
            concealed = groups.pop() if groups else frozenset()
        elif word in _RTF_CONCEALING:
            concealed = concealed - {word} if number == "0" else concealed | {word}
            continue
        elif word == "plain":
            concealed &= {"deleted"}
        elif word == "bin":
            position += max(0, int(number or 0))
            continue
        if word in ("cell", "nestcell"):
            yield "\\tab "
        elif brace or not concealed or word in _RTF_KEPT:
            yield match[0]


def _html(payload: bytes) -> Words:
    from mailbot.charsets import decode
    from mailbot.html import read_html
    from mailbot.zones import OWN_WORDS

    text = read_html(decode(payload, _html_charset(payload)) or "", "attachment")
    return Words(text.only(OWN_WORDS).replace("\x00", ""))


def _html_charset(payload: bytes) -> str | None:
    declared = re.search(rb"<meta[^>]{0,200}charset=[\"']?([\w.:-]{1,40})", payload[:4000], re.I)
    return declared[1].decode("ascii") if declared else None


def _docx(payload: bytes) -> Words:
    from mailbot.document_docx import docx_text

    return Words(docx_text(payload))


def _odt(payload: bytes) -> Words:
    from mailbot.document_odt import odt_text

    return Words(odt_text(payload))


READERS: dict[str, Callable[[bytes], Words]] = {
    "pdf": _pdf, "docx": _docx, "odt": _odt, "rtf": _rtf, "html": _html
}  # fmt: skip
