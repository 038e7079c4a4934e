"""Where a letter stands in its mailbox, for every table that knows letters by it: decided, on the shelf, or waiting."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, select, update


def at(table: Table, mailbox: str, uidvalidity: int, uid: int) -> ColumnElement[bool]:
    """The row of the letter in this place."""
    return and_(table.c.mailbox == mailbox, table.c.uidvalidity == uidvalidity, table.c.uid == uid)


def is_known(connection: Connection, table: Table, mailbox: str, uidvalidity: int, uid: int) -> bool:
    """Whether `table` has the letter in this place."""
    return connection.execute(select(table.c.id).where(at(table, mailbox, uidvalidity, uid))).first() is not None


def known_elsewhere(
    connection: Connection,
    table: Table,
    mailbox: str,
    uidvalidity: int,
    arrival_id: str,
    size: int,
    received: datetime,
) -> int | None:
    """The number of a row under another UIDVALIDITY that is this very letter's, by what the mailbox shows of it."""
    statement = select(table.c.id).where(
        table.c.mailbox == mailbox,
        table.c.uidvalidity != uidvalidity,
        table.c.arrival_id == arrival_id,
        table.c.size == size,
        table.c.received == received,
    )
    return connection.execute(statement.order_by(table.c.id).limit(1)).scalar_one_or_none()


def rekey(connection: Connection, table: Table, number: int, uidvalidity: int, uid: int) -> None:
    """The mailbox was renumbered: note where the letter now stands."""
    connection.execute(update(table).where(table.c.id == number).values(uidvalidity=uidvalidity, uid=uid))
