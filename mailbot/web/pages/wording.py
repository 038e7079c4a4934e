"""Wording: the phrases mailbot knows, with their examples, to read."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from mailbot.desk.phrases import languages, sections
from mailbot.web.needs import READER, Mailbot, Typed
from mailbot.web.rendering import is_htmx, page

router = APIRouter(dependencies=[READER])


@router.get("/wording")
def wording(request: Request, app: Mailbot, language: str = "en", q: Typed = "") -> HTMLResponse:
    """The phrases of a language, those with `q` in them."""
    known = languages(app.wording)
    if language not in known:
        raise HTTPException(404, "mailbot has no phrases of this language.")
    found = sections(app.wording, language, q)
    template = "wording_found.html" if is_htmx(request) else "wording.html"
    return page(request, template, languages=known, chosen=language, q=q, sections=found)
