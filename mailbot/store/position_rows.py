"""How far each mailbox has been read, and which letters have to be fetched again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from mailbot.store.tables import deferred_letters, mailbox_positions


@dataclass(frozen=True, slots=True)
class Position:
    """Up to which UID a mailbox has been read under which UIDVALIDITY.

    Of the letters below `backlog_until` only those received since `since` are read (None: all).
    """

    mailbox: str
    uidvalidity: int
    last_uid: int
    since: datetime | None
    backlog_until: int
    started_at: datetime


def load_position(connection: Connection, mailbox: str) -> Position | None:
    """The position in `mailbox`, None where it was never read."""
    columns = [mailbox_positions.c[field.name] for field in fields(Position)]
    row = connection.execute(select(*columns).where(mailbox_positions.c.mailbox == mailbox)).one_or_none()
    return None if row is None else Position(**row._asdict())


def save_position(connection: Connection, position: Position) -> None:
    """Replace the position of a mailbox."""
    connection.execute(delete(mailbox_positions).where(mailbox_positions.c.mailbox == position.mailbox))
    connection.execute(insert(mailbox_positions).values(**asdict(position)))


def advance(connection: Connection, mailbox: str, uid: int) -> None:
    """Note that everything up to `uid` has been dealt with."""
    statement = update(mailbox_positions).where(
        mailbox_positions.c.mailbox == mailbox, mailbox_positions.c.last_uid < uid
    )
    connection.execute(statement.values(last_uid=uid))


def defer(connection: Connection, mailbox: str, uidvalidity: int, uid: int) -> int:
    """Note that a letter must be fetched again; return how often that has now been noted."""
    match = (
        deferred_letters.c.mailbox == mailbox,
        deferred_letters.c.uidvalidity == uidvalidity,
        deferred_letters.c.uid == uid,
    )
    attempts = connection.execute(select(deferred_letters.c.attempts).where(*match)).scalar_one_or_none()
    if attempts is None:
        connection.execute(
            insert(deferred_letters).values(mailbox=mailbox, uidvalidity=uidvalidity, uid=uid, attempts=1)
        )
        return 1
    connection.execute(update(deferred_letters).where(*match).values(attempts=attempts + 1))
    return int(attempts) + 1


def deferred(connection: Connection, mailbox: str, uidvalidity: int) -> list[int]:
    """The UIDs to be fetched again."""
    statement = select(deferred_letters.c.uid).where(
        deferred_letters.c.mailbox == mailbox, deferred_letters.c.uidvalidity == uidvalidity
    )
    return list(connection.execute(statement.order_by(deferred_letters.c.uid)).scalars())


def forget_deferred(connection: Connection, mailbox: str, uid: int) -> None:
    """The letter has been dealt with, or is gone."""
    connection.execute(
        delete(deferred_letters).where(deferred_letters.c.mailbox == mailbox, deferred_letters.c.uid == uid)
    )
