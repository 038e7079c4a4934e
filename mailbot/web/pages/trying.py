"""Try a letter: what mailbot would decide about a message and why, changing and keeping nothing."""

from __future__ import annotations

import io
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse

from mailbot.checking import check_message
from mailbot.web.needs import READER, Mailbot
from mailbot.web.rendering import page

router = APIRouter(dependencies=[READER])


@router.get("/try")
def ask(request: Request, app: Mailbot) -> HTMLResponse:
    """The form for a letter."""
    return _page(request, app)


@router.post("/try")
def try_letter(
    request: Request,
    app: Mailbot,
    text: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> HTMLResponse:
    """Decide the letter that was dropped, else the one that was pasted."""
    limit = app.settings.limits.max_message_bytes
    dropped = file.file.read(limit + 1) if file is not None else b""
    raw = dropped or text.encode("utf-8", "surrogateescape")[: limit + 1]
    if not raw.strip():
        return _page(request, app, problem="Paste a letter or choose a file first.", status=422)
    rest = file.file if file is not None and dropped else io.BytesIO()
    with app.store.read() as connection:
        now = app.clock()
        circumstances = app.with_keys(app.standing_circumstances(connection, now), raw)
        found = check_message(app, circumstances, raw, rest, now)
    name = file.filename if file is not None and dropped else None
    return _page(request, app, found=found, name=name, pasted="" if dropped else text)


def _page(
    request: Request, app: Mailbot, *, found: object = None, name: str | None = None, pasted: str = "",
    problem: str | None = None, status: int = 200,
) -> HTMLResponse:  # fmt: skip
    limit = app.settings.limits.max_message_bytes
    return page(request, "try.html", status=status, found=found, name=name, pasted=pasted, problem=problem, limit=limit)
