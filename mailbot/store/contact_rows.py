"""When mailbot last reached the mailbox and the outgoing server, and what went wrong since: the console's health."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from mailbot.store.tables import contacts

POLL, DELIVER = "poll", "deliver"


def note_contact(connection: Connection, work: str, place: str, at: datetime, trouble: str | None = None) -> None:
    """`work` at `place` was done, or failed for `trouble`; when it was last done stays known."""
    done = {"succeeded_at": at, "failed_at": None, "trouble": None}
    values = done if trouble is None else {"failed_at": at, "trouble": trouble}
    changed = update(contacts).filter_by(work=work, place=place).values(**values)
    if connection.execute(changed).rowcount == 0:
        connection.execute(insert(contacts).values(work=work, place=place, **values))


def contact_row(connection: Connection, work: str, place: str) -> Row[Any] | None:
    """What is known of `work` at `place`; None where it was never tried."""
    return connection.execute(select(contacts).filter_by(work=work, place=place)).one_or_none()
