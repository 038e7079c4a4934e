"""The audit entries' rows: only ever added."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from mailbot.store.tables import audit_entries


def last_audit_row(connection: Connection, action: str | None = None) -> Mapping[str, Any] | None:
    """The newest row (of an action), None where there is none."""
    statement = select(audit_entries).order_by(audit_entries.c.seq.desc()).limit(1)
    if action is not None:
        statement = statement.where(audit_entries.c.action == action)
    row = connection.execute(statement).one_or_none()
    return None if row is None else row._asdict()


def audit_row(connection: Connection, seq: int) -> Mapping[str, Any] | None:
    """The row with the number `seq`."""
    row = connection.execute(select(audit_entries).where(audit_entries.c.seq == seq)).one_or_none()
    return None if row is None else row._asdict()


def add_audit_row(connection: Connection, row: Mapping[str, Any]) -> None:
    """Add one row, its hash already made."""
    connection.execute(insert(audit_entries).values(**row))


def audit_rows(
    connection: Connection, after: int = 0, actions: Collection[str] | None = None
) -> Iterator[Mapping[str, Any]]:
    """The rows with a number above `after` (of some actions), in order, streamed."""
    statement = select(audit_entries).where(audit_entries.c.seq > after).order_by(audit_entries.c.seq)
    if actions is not None:
        statement = statement.where(audit_entries.c.action.in_(actions))
    with connection.execute(statement.execution_options(yield_per=1000)) as rows:
        for row in rows:
            yield row._asdict()


def rows_about(connection: Connection, subject: str) -> list[Mapping[str, Any]]:
    """The rows on a subject, and those of flags that name it as their reference, in order."""
    named = (audit_entries.c.action == "flag:changed") & audit_entries.c.data.contains(subject, autoescape=True)
    statement = select(audit_entries).where((audit_entries.c.subject == subject) | named)
    return [row._asdict() for row in connection.execute(statement.order_by(audit_entries.c.seq))]


def row_numbers(connection: Connection, table: Table) -> Iterator[int]:
    """The numbers of a table's rows, to hold against the entries that tell of them."""
    yield from connection.execute(select(table.c.id).order_by(table.c.id)).scalars()
