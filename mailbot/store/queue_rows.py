"""One page of what waits for a person, found by index whatever is asked for and however much waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, func, or_, select

from mailbot.store.outbox_rows import UNDELIVERED
from mailbot.store.shelf_rows import ShelfState
from mailbot.store.tables import letters, outbox, shelf, waiting_reasons

Place = tuple[datetime, int]  # when an item came, and its number: where it stands in the queue

_MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters, in which order, and from which place on; `back` turns to those before that place."""

    reason: str | None = None
    member: str | None = None
    language: str | None = None
    before: datetime | None = None  # received before that moment
    newest_first: bool = False
    place: Place | None = None
    back: bool = False


_LETTER = (
    letters.c.id, letters.c.reference, letters.c.received, letters.c.subject, letters.c.sender, letters.c.sender_name,
    letters.c.decision, letters.c.reasons, letters.c.language, letters.c.member_code, letters.c.proposal,
)  # fmt: skip


def waiting_letters(connection: Connection, wanted: Wanted, most: int) -> list[Row[Any]]:
    """At most `most` open letters from `wanted.place` on, in the order of the queue; nothing of their bytes."""
    statement = select(*_LETTER).where(letters.c.review == "open")
    received, number = letters.c.received, letters.c.id
    if wanted.reason is not None:
        received, number = waiting_reasons.c.received, waiting_reasons.c.letter_id
        statement = statement.join_from(waiting_reasons, letters, letters.c.id == waiting_reasons.c.letter_id)
        statement = statement.where(waiting_reasons.c.reason == wanted.reason)
    if wanted.member is not None:
        statement = statement.where(letters.c.member_code == wanted.member)
    if wanted.language is not None:
        statement = statement.where(letters.c.language == wanted.language)
    if wanted.before is not None:
        statement = statement.where(received < wanted.before)
    return _page(connection, statement, (received, number), wanted, most)


def place_of(connection: Connection, reference: str) -> Place | None:
    """Where a letter stands in the queue, or stood."""
    statement = select(letters.c.received, letters.c.id).where(letters.c.reference == reference)
    row = connection.execute(statement).one_or_none()
    return None if row is None else (row.received, row.id)


def waiting_mails(connection: Connection, wanted: Wanted, most: int) -> list[Row[Any]]:
    """The same of the mails nobody got, by their numbers; only `place` and the order are looked at."""
    columns = [column for column in outbox.c if column.name != "raw"]
    found = [
        row
        for status in UNDELIVERED  # one look-up in the index each, the few found are merged here
        for row in _page_by_number(connection, select(*columns).where(outbox.c.status == status), outbox, wanted, most)
    ]
    descending = wanted.newest_first != wanted.back
    first = sorted(found, key=lambda row: row.id, reverse=descending)[:most]
    return first[::-1] if wanted.back else first


def waiting_on_shelf(connection: Connection, wanted: Wanted, most: int) -> list[Row[Any]]:
    """The same of the letters that could not be handled."""
    columns = [column for column in shelf.c if column.name != "raw"]
    statement = select(*columns, shelf.c.raw.is_not(None).label("exportable"))
    found = _page_by_number(connection, statement.where(shelf.c.state == ShelfState.SHELVED), shelf, wanted, most)
    return found[::-1] if wanted.back else found


def count_waiting(connection: Connection) -> tuple[int, int, int]:
    """How many letters, mails and shelved letters wait; nothing is counted beyond a thousand of each."""
    return (
        _counted(connection, letters, letters.c.review == "open"),
        sum(_counted(connection, outbox, outbox.c.status == status) for status in UNDELIVERED),
        _counted(connection, shelf, shelf.c.state == ShelfState.SHELVED),
    )


def waiting_reasons_named(connection: Connection) -> list[str]:
    """The reasons that any open letter waits for, one look-up each, in alphabetical order."""
    found: list[str] = []
    reason: str | None = ""
    while reason is not None:
        statement = select(func.min(waiting_reasons.c.reason)).where(waiting_reasons.c.reason > reason)
        reason = connection.execute(statement).scalar_one()
        if reason is not None:
            found.append(reason)
    return sorted(found)


def _page(
    connection: Connection,
    statement: Select[Any],
    keys: tuple[ColumnElement[datetime], ColumnElement[int]],
    wanted: Wanted,
    most: int,
) -> list[Row[Any]]:
    received, number = keys
    descending = wanted.newest_first != wanted.back
    if wanted.place is not None:
        at, last = wanted.place
        if descending:
            beyond = and_(received <= at, or_(received < at, number < last))
        else:
            beyond = and_(received >= at, or_(received > at, number > last))
        statement = statement.where(beyond)
    order = (received.desc(), number.desc()) if descending else (received.asc(), number.asc())
    rows = list(connection.execute(statement.order_by(*order).limit(most)))
    return rows[::-1] if wanted.back else rows


def _page_by_number(
    connection: Connection, statement: Select[Any], table: Table, wanted: Wanted, most: int
) -> list[Row[Any]]:
    """As the index gives them: turned round where `wanted.back`."""
    descending = wanted.newest_first != wanted.back
    if wanted.place is not None:
        last = wanted.place[1]
        statement = statement.where(table.c.id < last if descending else table.c.id > last)
    statement = statement.order_by(table.c.id.desc() if descending else table.c.id.asc())
    return list(connection.execute(statement.limit(most)))


def _counted(connection: Connection, table: Table, match: ColumnElement[bool]) -> int:
    some = select(table.c.id).where(match).limit(_MOST_COUNTED).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())
