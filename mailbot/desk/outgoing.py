"""The outbox for the console: what failed first, then everything else, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from mailbot.desk.paging import ROWS, Page, number_in
from mailbot.store.outbox_rows import UNDELIVERED
from mailbot.store.tables import letters, outbox

OTHERS = ("due", "sent", "closed")
STATUSES = (*UNDELIVERED, *OTHERS)
MOST_COUNTED = 100  # nobody needs to know how many more there are

_SHOWN = [*(column for column in outbox.c if column.name not in ("raw", "message_id")), letters.c.sender]
_MAILS = outbox.outerjoin(letters, outbox.c.letter_id == letters.c.id)


def mails(connection: Connection, status: str = "", cursor: str | None = None, rows: int = ROWS) -> Page[Row[Any]]:
    """The mails of one status, newest first; of all, where there is none: those that nobody got come first.

    The cursor tells the number of the last mail, and whether it was one of those nobody got: `!17`, `17`.
    """
    if status in STATUSES:
        found = _newest(connection, (status,), number_in(cursor), rows + 1)
        return _page(found, rows, marked=False)
    found = []
    if cursor is None or cursor.startswith("!"):
        found = _newest(connection, UNDELIVERED, number_in(cursor and cursor[1:]), rows + 1)
        cursor = None
    if len(found) <= rows:
        found += _newest(connection, OTHERS, number_in(cursor), rows + 1 - len(found))
    return _page(found, rows, marked=True)


def mail_counts(connection: Connection) -> dict[str, int]:
    """How many mails there are of each status that ends soon, counted up to `MOST_COUNTED`."""
    return {status: _count(connection, status) for status in (*UNDELIVERED, "due")}


def _newest(connection: Connection, statuses: Sequence[str], before: int | None, most: int) -> list[Row[Any]]:
    """The newest mails of some statuses; each is asked for by itself, as the index has them one after the other."""
    found: list[Row[Any]] = []
    for status in statuses:
        statement = select(*_SHOWN).select_from(_MAILS).where(outbox.c.status == status)
        if before is not None:
            statement = statement.where(outbox.c.id < before)
        found += connection.execute(statement.order_by(outbox.c.id.desc()).limit(most))
    return sorted(found, key=lambda row: -row.id)[:most]


def _page(found: Sequence[Row[Any]], rows: int, *, marked: bool) -> Page[Row[Any]]:
    shown = tuple(found[:rows])
    if len(found) <= rows:
        return Page(shown, None)
    last = shown[-1]
    return Page(shown, f"!{last.id}" if marked and last.status in UNDELIVERED else str(last.id))


def _count(connection: Connection, status: str) -> int:
    few = select(outbox.c.id).where(outbox.c.status == status).limit(MOST_COUNTED).subquery()
    return int(connection.execute(select(func.count()).select_from(few)).scalar_one())
