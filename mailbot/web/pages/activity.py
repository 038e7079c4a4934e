"""Activity: who did what and when, as the audit log tells it, and whether the log is whole."""

from __future__ import annotations

import json
from datetime import timedelta
from threading import Lock

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from mailbot.app import App
from mailbot.desk.activity import Wanted, actions, actors, entries, entry
from mailbot.story import sentence
from mailbot.verifying import Kept, UntrueError, verify_site
from mailbot.web.needs import AUDITOR, Mailbot, Typed, moment_in
from mailbot.web.rendering import is_htmx, page

router = APIRouter(dependencies=[AUDITOR])

_verifying = Lock()  # it reads the whole log: one at a time is enough


@router.get("/activity")
def activity(
    request: Request,
    app: Mailbot,
    actor: Typed = "",
    action: Typed = "",
    subject: Typed = "",
    since: str = "",
    until: str = "",
    before: Typed | None = None,
) -> HTMLResponse:
    """The entries that are asked for, newest first; `until` names the last day that counts, or a moment."""
    first, last = moment_in(since), moment_in(until)
    if last is not None and len(until.strip()) == len("2026-11-22"):
        last += timedelta(days=1)
    asked = {"actor": actor, "action": action, "subject": subject.strip(), "since": since, "until": until}
    wanted = Wanted(actor, action, subject.strip(), first, last)
    with app.store.read() as connection:
        found = entries(connection, wanted, before)
        people, done = actors(connection), actions(connection)
    told = [(one, sentence(one)) for one in found.rows]
    return page(request, "activity.html", told=told, next=found.next, asked=asked, actors=people, actions=done)


@router.get("/activity/{number}")
def one_entry(request: Request, app: Mailbot, number: int) -> HTMLResponse:
    """One entry with its data."""
    with app.store.read() as connection:
        found = entry(connection, number) if 0 < number < 2**31 else None
    if found is None:
        raise HTTPException(404, f"There is no entry {number} in the log.")
    data = json.dumps(found["data"], ensure_ascii=False, indent=2)
    template = "activity_data.html" if is_htmx(request) else "activity_entry.html"
    return page(request, template, entry=found, told=sentence(found), data=data)


@router.post("/activity/verify")
def verify(request: Request, app: Mailbot) -> HTMLResponse:
    """Verify the whole log and say what was found."""
    tone, found = _verified(app)
    said = f"{found[:1].upper()}{found[1:]}."
    template = "verified_part.html" if is_htmx(request) else "verified.html"
    return page(request, template, tone=tone, found=said)


def _verified(app: App) -> tuple[str, str]:
    """The tone and the words of what the verification finds."""
    if not _verifying.acquire(blocking=False):
        return "note", "the log is being verified already: try again when that is done"
    try:
        return "good", str(verify_site(app, Kept()))
    except UntrueError as error:
        return "bad", str(error)
    finally:
        _verifying.release()
