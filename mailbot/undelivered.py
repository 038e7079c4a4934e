"""Mails that a person looks after: those that failed, came back or are withheld, and the stop of all sending."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from mailbot import audit
from mailbot.errors import ReviewError
from mailbot.store import outbox_rows, sending_rows

MAIL_PREFIX = "mail-"


def mail_of(connection: Connection, item: str) -> Row[Any]:
    """The mail behind an id such as `mail-12` (or `12`); raises ReviewError where there is none."""
    number = item.removeprefix(MAIL_PREFIX)
    row = outbox_rows.mail_row(connection, int(number)) if number.isdecimal() and len(number) < 10 else None
    if row is None:
        raise ReviewError(f"there is no mail {item}: see mailbot mail list")
    return row


def undelivered_mail(connection: Connection, item: str) -> Row[Any]:
    """The same for a mail that nobody got; raises ReviewError where it is sent or on its way."""
    row = mail_of(connection, item)
    if row.status not in outbox_rows.UNDELIVERED:
        raise ReviewError(f"mail {item} has not failed, it is {row.status}: nothing to do")
    return row


def retry_mail(connection: Connection, item: str, now: datetime, by: str) -> None:
    """Make a mail that failed or came back due again, for those who did not get it; it gets its full time once more."""
    row = undelivered_mail(connection, item)
    if row.status == "withheld":
        raise ReviewError(f"mail {item} is withheld: let it go with mailbot mail release")
    outbox_rows.update_mail(
        connection, row.id, status="due", recipients=[*row.recipients, *row.refused], refused={}, attempts=0,
        next_attempt=now, created_at=now, finished_at=None,
    )  # fmt: skip
    audit.append(
        connection, at=now, action="mail:retried", subject=row.reference, actor=by,
        data={"message_id": row.message_id},
    )  # fmt: skip


def release_mail(connection: Connection, item: str, by: str, now: datetime) -> None:
    """Let a withheld mail go: a person has looked at it. It counts against no limit any more."""
    row = mail_of(connection, item)
    if row.status != "withheld":
        raise ReviewError(f"mail {item} is not withheld, it is {row.status}: nothing to do")
    outbox_rows.update_mail(connection, row.id, status="due", next_attempt=now, created_at=now, last_error=None)
    audit.append(
        connection, at=now, action="mail:released", subject=row.reference, actor=by,
        data={"message_id": row.message_id, "why": row.last_error},
    )  # fmt: skip


def resume_sending(connection: Connection, by: str, now: datetime) -> None:
    """Close the circuit breaker; raises ReviewError where it is not open."""
    row = sending_rows.breaker_row(connection)
    if row is None:
        raise ReviewError("sending is not stopped: nothing to do")
    sending_rows.close_breaker(connection, by, now)
    audit.append(connection, at=now, action="mail:resumed", subject="outbox", actor=by, data={"why": row.why})
