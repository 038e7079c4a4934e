"""Members: the list that is searched as one types, and one member with its people, letters and history."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from mailbot.desk.members import find_members, history, member_sheet
from mailbot.web.needs import READER, Mailbot, Typed
from mailbot.web.rendering import is_htmx, page

router = APIRouter(dependencies=[READER])


@router.get("/members")
def members(request: Request, app: Mailbot, q: Typed = "", after: Typed | None = None) -> HTMLResponse:
    """The members that `q` finds, those with codes behind `after`."""
    with app.store.read() as connection:
        found = find_members(connection, app.register(connection), q, app.clock(), after)
    return page(request, "members_found.html" if is_htmx(request) else "members.html", found=found, q=q, after=after)


@router.get("/members/{code}")
def member(request: Request, app: Mailbot, code: Typed, before: Typed | None = None) -> HTMLResponse:
    """One member; its history from before a change on."""
    with app.store.read() as connection:
        sheet = member_sheet(connection, app.register(connection), code, app.clock())
        if sheet is None:
            raise HTTPException(404, f"{code[:40]} is no member of the registry and never had a flag.")
        changes = history(connection, code, before)
    return page(request, "member.html", sheet=sheet, changes=changes, before=before)
