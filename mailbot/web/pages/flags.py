"""Flags: every member's, now or as it was known at a moment, and as a file."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from mailbot.flag_report import KINDS, flag_list, flags_file
from mailbot.web.needs import READER, Mailbot, moment_in
from mailbot.web.rendering import page

router = APIRouter(dependencies=[READER])

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/flags")
def flags(request: Request, app: Mailbot, at: str = "") -> HTMLResponse:
    """All flags, now or as they were known at a moment."""
    asked = moment_in(at)
    with app.store.read() as connection:
        rows = flag_list(connection, app.clock(), asked)
    opted_in = sum(row["state"] == "opted_in" for row in rows)
    return page(request, "flags.html", rows=rows, asked=asked, at=at, opted_in=opted_in, kinds=KINDS)


@router.get("/flags/flags.{kind}")
def download(app: Mailbot, kind: str, at: str = "") -> Response:
    """The same as a file; `kind` is csv, json or xlsx."""
    if kind not in KINDS:
        raise HTTPException(404)
    now, asked = app.clock(), moment_in(at)
    with app.store.read() as connection:
        rows = flag_list(connection, now, asked)
    name = f"flags-{asked or now:%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(flags_file(kind, rows), media_type=_TYPES[kind], headers=headers)
