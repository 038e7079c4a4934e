"""The shelf: letters that mailbot failed to handle again and again, put aside so that the others go on.

A shelved letter is untouched in its mailbox. What is kept of it are the kind and place of the error (its message may
quote the letter) and the bytes, as far as they could be fetched.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from mailbot import audit
from mailbot.errors import MailbotError
from mailbot.ingest import Arrival
from mailbot.store import shelf_rows
from mailbot.store.shelf_rows import ShelfState

SHELF_PREFIX = "shelf-"
TRIES = 5


class ShelfError(MailbotError):
    """The shelf does not hold what was asked for."""


def note_failure(
    connection: Connection,
    mailbox: str,
    uidvalidity: int,
    arrival: Arrival,
    raw: bytes | None,
    error: str,
    now: datetime,
) -> bool:
    """Note that a letter could not be handled; with the last of its tries it is shelved, and True is returned.

    `error` is the kind and place of what went wrong, `raw` what was fetched of the letter.
    """
    row = shelf_rows.add_failure(
        connection, mailbox, uidvalidity, arrival.uid, arrival_id=arrival.arrival_id, size=arrival.size,
        received=arrival.received, error=error, raw=raw, at=now,
    )  # fmt: skip
    if row.tries < TRIES:
        return False
    shelf_rows.update_shelved(connection, row.id, state=ShelfState.SHELVED, shelved_at=now)
    _note(connection, row, "letter:shelved", now, {"tries": row.tries, "error": error})
    return True


def shelf_list(connection: Connection) -> list[dict[str, Any]]:
    """What is on the shelf, oldest first, for `mailbot shelf list`."""
    return [
        {
            "id": item_id(row),
            "mailbox": row.mailbox,
            "uid": row.uid,
            "message_id": row.arrival_id,
            "received": row.received.isoformat(),
            "size": row.size,
            "error": row.error,
            "tries": row.tries,
            "first_at": row.first_at.isoformat(),
            "last_at": row.last_at.isoformat(),
            "exportable": row.raw is not None,
        }
        for row in shelf_rows.shelved_letters(connection)
    ]


def item_id(row: Row[Any]) -> str:
    """How a shelved letter is called."""
    return f"{SHELF_PREFIX}{row.id}"


def shelved_letter(connection: Connection, item: str) -> Row[Any]:
    """The shelved letter behind an id such as `shelf-3` (or `3`); raises ShelfError where there is none."""
    number = item.removeprefix(SHELF_PREFIX)
    row = shelf_rows.shelf_row(connection, int(number)) if number.isdecimal() and len(number) < 10 else None
    if row is None or row.state != ShelfState.SHELVED:
        raise ShelfError(f"there is no letter {item} on the shelf: see mailbot shelf list")
    return row


def retry(connection: Connection, item: str, now: datetime, by: str, *, unread: bool = False) -> None:
    """Have the next poll try a shelved letter again, with all its tries; `unread` hands it to a person as it is."""
    row = shelved_letter(connection, item)
    state = ShelfState.HANDING_OVER if unread else ShelfState.TRYING
    tries = row.tries if unread else 0
    shelf_rows.update_shelved(connection, row.id, state=state, tries=tries)
    _note(connection, row, "letter:retried", now, {"unread": unread}, by)


def export(connection: Connection, item: str) -> bytes:
    """The bytes of a shelved letter; raises ShelfError where they could never be fetched."""
    row = shelved_letter(connection, item)
    if row.raw is None:
        raise ShelfError(f"{item} could never be fetched: look at letter {row.uid} of {row.mailbox} in a mail program")
    raw: bytes = row.raw
    return raw


def drop(connection: Connection, item: str, now: datetime) -> None:
    """A person has looked after a shelved letter: its bytes are erased, and it is not tried again."""
    row = shelved_letter(connection, item)
    shelf_rows.update_shelved(connection, row.id, state=ShelfState.CLOSED, raw=None, last_at=now)


def _note(
    connection: Connection, row: Row[Any], action: str, now: datetime, data: dict[str, object], by: str = "mailbot"
) -> None:
    place = {"mailbox": row.mailbox, "uidvalidity": row.uidvalidity, "uid": row.uid, "message_id": row.arrival_id}
    held = {"sha256": None if row.raw is None else hashlib.sha256(row.raw).hexdigest()}
    audit.append(connection, at=now, action=action, subject=item_id(row), actor=by, data=place | held | data)
