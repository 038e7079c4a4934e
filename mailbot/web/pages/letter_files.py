"""What is inside a letter, handed out so that it can do no harm: its HTML in a sandbox, its attachments, its bytes.

Nothing of a letter is ever served as what it says it is: HTML is cleaned and sandboxed, all else is a download of
bytes.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Row

from mailbot import shelf
from mailbot.app import App
from mailbot.desk.reading import evidence_of, html_of, letter_of_bytes, opened
from mailbot.errors import ReviewError
from mailbot.letter import Letter
from mailbot.review_items import letter_of, raw_of
from mailbot.shelf import ShelfError
from mailbot.web.clean_html import POLICY, clean_page
from mailbot.web.gate import Right, Visitor, visitor_with
from mailbot.web.rendering import is_htmx, page
from mailbot.web.site import app_of

router = APIRouter()
Opened = Annotated[App, Depends(app_of)]
Reader = Annotated[Visitor, Depends(visitor_with(Right.READ))]

_LONGEST_NAME = 120
_HARMLESS = frozenset(  # what may keep its own ending: opening it by mistake runs nothing
    "pdf docx odt rtf txt jpg jpeg png gif bmp tif tiff heic webp eml csv xlsx ods pptx odp ics vcf p7s asc log".split()
)


@router.get("/letters/{reference}/html")
def as_sent(app: Opened, _: Reader, reference: str) -> Response:
    """The letter's HTML, cleaned, for the sandboxed frame of its page."""
    source = html_of(_raw(app, reference))
    if source is None:
        raise HTTPException(404, f"Letter {reference} has no HTML.")
    return HTMLResponse(clean_page(source), headers={"Content-Security-Policy": POLICY})


@router.get("/letters/{reference}/attachments")
def attachments(request: Request, app: Opened, _: Reader, reference: str) -> Response:
    """The attachments as text, read in a limited process; htmx gets that part alone."""
    row = _row(app, reference)
    found = opened(_letter(app, row, reference), evidence_of(row.decision or {}))
    template = "attached_texts.html" if is_htmx(request) else "attachments.html"
    return page(request, template, row=row, found=found)


@router.get("/letters/{reference}/attachments/{number}")
def attachment(app: Opened, _: Reader, reference: str, number: int) -> Response:
    """One attachment as a download of bytes."""
    found = _letter(app, _row(app, reference), reference).attachments
    if not 1 <= number <= len(found):
        raise HTTPException(404, f"Letter {reference} has no attachment {number}.")
    one = found[number - 1]
    return download(one.payload, one.name or f"{reference}-attachment-{number}")


@router.get("/letters/{reference}/raw")
def raw(app: Opened, _: Reader, reference: str) -> Response:
    """The letter byte for byte, as a download."""
    return download(_raw(app, reference), f"{reference}.eml")


@router.get("/queue/{item}/raw")
def shelved(app: Opened, _: Reader, item: str) -> Response:
    """A letter of the shelf byte for byte, as a download."""
    try:
        with app.store.read() as connection:
            data = shelf.export(connection, item)
    except ShelfError as error:
        raise HTTPException(404, str(error)) from error
    return download(data, f"{item}.eml")


def download(data: bytes, name: str) -> Response:
    """Bytes that a browser saves and never shows, whatever they are."""
    safe = safe_name(name)
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", safe)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"
    headers = {
        "Content-Disposition": disposition,
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, media_type="application/octet-stream", headers=headers)


def safe_name(name: str) -> str:
    """A file name that cannot leave its folder, hide its ending or start a program: others end in `.bin`."""
    kept = "".join(
        one if unicodedata.category(one)[0] in "LNM" or one in "._- ()" else "_"
        for one in unicodedata.normalize("NFC", name)
        if unicodedata.category(one) not in ("Cf", "Cc", "Cs")
    )
    kept = re.sub(r"\s+", " ", kept).strip(" .")[-_LONGEST_NAME:].lstrip(" .") or "attachment"
    ending = kept.rpartition(".")[2].lower() if "." in kept else ""
    return kept if ending in _HARMLESS else f"{kept}.bin"


def _row(app: App, reference: str) -> Row[Any]:
    try:
        with app.store.read() as connection:
            return letter_of(connection, reference)
    except ReviewError as error:
        raise HTTPException(404, f"There is no letter {reference}.") from error


def _raw(app: App, reference: str) -> bytes:
    row = _row(app, reference)
    try:
        return raw_of(row, reference)
    except ReviewError as error:
        raise HTTPException(410, str(error)) from error


def _letter(app: App, row: Row[Any], reference: str) -> Letter:
    """The letter read again; raises HTTPException where its words were erased or cannot be read."""
    try:
        data = raw_of(row, reference)
    except ReviewError as error:
        raise HTTPException(410, str(error)) from error
    found = letter_of_bytes(data, app.policy.max_message_bytes)
    if found is None:
        raise HTTPException(404, f"Letter {reference} cannot be read.")
    return found
