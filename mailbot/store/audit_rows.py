"""The audit entries' rows: only ever added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from mailbot.store.tables import audit_entries


def last_audit_row(connection: Connection) -> Mapping[str, Any] | None:
    """The newest row, None where the log is empty."""
    row = connection.execute(select(audit_entries).order_by(audit_entries.c.seq.desc()).limit(1)).one_or_none()
    return None if row is None else row._asdict()


def audit_row(connection: Connection, seq: int) -> Mapping[str, Any] | None:
    """The row with the number `seq`."""
    row = connection.execute(select(audit_entries).where(audit_entries.c.seq == seq)).one_or_none()
    return None if row is None else row._asdict()


def add_audit_row(connection: Connection, row: Mapping[str, Any]) -> None:
    """Add one row, its hash already made."""
    connection.execute(insert(audit_entries).values(**row))


def audit_rows(connection: Connection, after: int = 0) -> Iterator[Mapping[str, Any]]:
    """The rows with a number above `after`, in order, streamed."""
    statement = select(audit_entries).where(audit_entries.c.seq > after).order_by(audit_entries.c.seq)
    for row in connection.execution_options(yield_per=1000).execute(statement):
        yield row._asdict()
