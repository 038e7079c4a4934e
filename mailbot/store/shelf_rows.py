"""The rows of the shelf: letters whose handling failed, while they are tried again and once they are put aside."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from mailbot.store import place_rows
from mailbot.store.tables import shelf


class ShelfState(StrEnum):
    """Where a letter whose handling failed stands."""

    TRYING = "trying"  # the next polls try it again
    HANDING_OVER = "handing_over"  # the next poll gives it to a person without reading it
    SHELVED = "shelved"  # it waits for a person
    CLOSED = "closed"  # a person has dropped it


def add_failure(
    connection: Connection,
    mailbox: str,
    uidvalidity: int,
    uid: int,
    *,
    arrival_id: str | None,
    size: int,
    received: datetime,
    error: str,
    raw: bytes | None,
    at: datetime,
) -> Row[Any]:
    """Note that handling a letter failed once more; `raw` is what was fetched of it this time. Returns its row."""
    here = place_rows.at(shelf, mailbox, uidvalidity, uid)
    found = connection.execute(select(shelf).where(here)).one_or_none()
    if found is None:
        added = insert(shelf).values(
            mailbox=mailbox, uidvalidity=uidvalidity, uid=uid, arrival_id=arrival_id, size=size, received=received,
            state=ShelfState.TRYING, tries=1, error=error, first_at=at, last_at=at, raw=raw,
        )  # fmt: skip
        connection.execute(added)
    else:
        kept = found.raw if raw is None else raw
        changed = update(shelf).where(here).values(tries=found.tries + 1, error=error, last_at=at, raw=kept)
        connection.execute(changed)
    return connection.execute(select(shelf).where(here)).one()


def update_shelved(connection: Connection, number: int, **values: Any) -> None:
    """Change one row."""
    connection.execute(update(shelf).where(shelf.c.id == number).values(**values))


def take_down(connection: Connection, mailbox: str, uidvalidity: int, uid: int) -> None:
    """The letter has been dealt with, or is gone."""
    connection.execute(delete(shelf).where(place_rows.at(shelf, mailbox, uidvalidity, uid)))


def to_be_tried(connection: Connection, mailbox: str, uidvalidity: int) -> list[Row[Any]]:
    """The letters that the next poll tries again."""
    statement = select(shelf).where(
        shelf.c.mailbox == mailbox,
        shelf.c.uidvalidity == uidvalidity,
        shelf.c.state.in_((ShelfState.TRYING, ShelfState.HANDING_OVER)),
    )
    return list(connection.execute(statement.order_by(shelf.c.uid)))


def shelved_letters(connection: Connection) -> list[Row[Any]]:
    """The letters on the shelf, oldest first."""
    return list(connection.execute(select(shelf).where(shelf.c.state == ShelfState.SHELVED).order_by(shelf.c.id)))


def shelf_row(connection: Connection, number: int) -> Row[Any] | None:
    """The row of one number."""
    return connection.execute(select(shelf).where(shelf.c.id == number)).one_or_none()
