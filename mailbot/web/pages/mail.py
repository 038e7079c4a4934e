"""Mail: the outbox with what failed first, one mail as text, and what can be done about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from mailbot.desk.outgoing import MOST_COUNTED, STATUSES, mail_counts, mails
from mailbot.desk.outgoing_text import mail_text
from mailbot.reviewing import Resolution, resolve
from mailbot.store.outbox_rows import UNDELIVERED
from mailbot.store.sending_rows import breaker_row
from mailbot.undelivered import MAIL_PREFIX, mail_of, release_mail, resume_sending, retry_mail
from mailbot.web.needs import READER, Administrator, Mailbot, Reviewer
from mailbot.web.rendering import page, redirect

router = APIRouter()


@router.get("/mail", dependencies=[READER])
def outbox(request: Request, app: Mailbot, status: str = "", before: str | None = None) -> HTMLResponse:
    """The mails of a status, of all where there is none."""
    chosen = status if status in STATUSES else ""
    with app.store.read() as connection:
        found = mails(connection, chosen, before)
        counts = mail_counts(connection)
        stopped = breaker_row(connection)
    return page(
        request, "mail.html", found=found, state=chosen, states=STATUSES, counts=counts, most=MOST_COUNTED,
        stopped=stopped, before=before,
    )  # fmt: skip


@router.get("/mail/{number}", dependencies=[READER])
def one_mail(request: Request, app: Mailbot, number: str) -> HTMLResponse:
    """One mail as it reads, and what can be done about it."""
    with app.store.read() as connection:
        row = mail_of(connection, number)
    text = None if row.raw is None else mail_text(row.raw)
    return page(request, "mail_one.html", mail=row, text=text, undelivered=row.status in UNDELIVERED)


@router.post("/mail/resume")
def resume(app: Mailbot, visitor: Administrator) -> RedirectResponse:
    """Let mail flow again after a storm stopped it."""
    with app.store.begin() as connection:
        resume_sending(connection, visitor.name, app.clock())
    return redirect("/mail", "Mail is sent again. What was withheld stays so until it is released.")


@router.post("/mail/{number}/retry")
def retry(app: Mailbot, visitor: Reviewer, number: str) -> RedirectResponse:
    """Send a mail again to those who did not get it."""
    with app.store.begin() as connection:
        row = mail_of(connection, number)
        retry_mail(connection, number, app.clock(), visitor.name)
    return redirect(f"/mail/{row.id}", f"Mail {row.id} is due again.")


@router.post("/mail/{number}/release")
def release(app: Mailbot, visitor: Administrator, number: str) -> RedirectResponse:
    """Let a withheld mail go."""
    with app.store.begin() as connection:
        row = mail_of(connection, number)
        release_mail(connection, number, visitor.name, app.clock())
    return redirect(f"/mail/{row.id}", f"Mail {row.id} is released.")


@router.post("/mail/{number}/close")
def close(app: Mailbot, visitor: Reviewer, number: str, reason: Annotated[str, Form()] = "") -> RedirectResponse:
    """Leave a mail that nobody got unsent."""
    with app.store.begin() as connection:
        row = mail_of(connection, number)
        item = f"{MAIL_PREFIX}{row.id}"
        resolve(connection, app.world(connection), item, Resolution(None, None, visitor.name, reason), app.clock())
    return redirect(f"/mail/{row.id}", f"Mail {row.id} is closed: it will not be sent.")
