"""The inbox's rows: letters that were fetched and wait; each is taken by one worker, and recorded in its turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from mailbot.store.place_rows import is_known
from mailbot.store.tables import inbox


def put_in(connection: Connection, values: Mapping[str, Any]) -> None:
    """Have a letter wait; one that waits already, in that place of its mailbox, is left as it is."""
    if not is_known(connection, inbox, values["mailbox"], values["uidvalidity"], values["uid"]):
        connection.execute(insert(inbox).values(**values))


def take_first(connection: Connection) -> Row[Any] | None:
    """The first letter that no other worker has taken; it is this transaction's until that ends."""
    statement = select(inbox).order_by(inbox.c.id).limit(1).with_for_update(skip_locked=True)
    return connection.execute(statement).one_or_none()


def wait_for_turn(connection: Connection, number: int) -> bool:
    """Wait for the workers that have taken letters before `number`; false where one of those is still to be decided."""
    statement = select(inbox.c.id).where(inbox.c.id < number).order_by(inbox.c.id).limit(1).with_for_update()
    return connection.execute(statement).first() is None


def take(connection: Connection, number: int) -> bool:
    """Wait for whoever has taken this letter; false where it has been dealt with."""
    statement = select(inbox.c.id).where(inbox.c.id == number).with_for_update()
    return connection.execute(statement).first() is not None


def take_out(connection: Connection, number: int) -> None:
    """The letter has been recorded, or is on the shelf."""
    connection.execute(delete(inbox).where(inbox.c.id == number))


def anything_waits(connection: Connection) -> bool:
    """Whether there is a letter to decide."""
    return connection.execute(select(inbox.c.id).limit(1)).first() is not None
