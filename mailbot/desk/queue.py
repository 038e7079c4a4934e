"""The queue: one page of what waits for a person, with who has it in hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from mailbot.clarifying import KIND as CLARIFICATION
from mailbot.desk.claims import InHand, in_hand
from mailbot.errors import MailbotError
from mailbot.shelf import SHELF_PREFIX
from mailbot.store import outbox_rows, queue_rows, registry_rows
from mailbot.store.queue_rows import Place, Wanted
from mailbot.undelivered import MAIL_PREFIX

ROWS = 25
AGES: Mapping[str, timedelta] = {
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}


class QueueError(MailbotError):
    """The queue cannot be shown as asked."""


class Kind(StrEnum):
    """The three kinds of things that wait."""

    LETTERS = "letters"
    MAILS = "mails"
    SHELF = "shelf"


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked of the queue, as an address says it; empty means all."""

    kind: Kind = Kind.LETTERS
    reason: str = ""
    member: str = ""
    language: str = ""
    age: str = ""
    sort: str = "oldest"
    after: str = ""
    before: str = ""

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.reason or self.member or self.language or self.age)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits; `row` is its row of letters, outbox or shelf."""

    id: str
    received: datetime
    row: Row[Any]
    member_name: str | None = None
    hand: InHand = field(default_factory=InHand)
    asked: datetime | None = None  # when its sender was last asked for clarification


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the queue; `previous` and `next` are places to go on from, None at the ends."""

    items: tuple[Item, ...]
    previous: str | None
    next: str | None
    counts: tuple[int, int, int]
    reasons: tuple[str, ...]


def queue_page(connection: Connection, wanted: Filter, now: datetime, rows: int = ROWS) -> Page:
    """The page that `wanted` asks for; raises QueueError where it asks for nonsense."""
    asked = _wanted(wanted, now)
    found = _READERS[wanted.kind](connection, asked, rows + 1)
    more = len(found) > rows
    kept = (found[1:] if asked.back else found[:rows]) if more else found
    items = _items(connection, wanted.kind, kept, now)
    has_previous, has_next = (more, True) if asked.back else (asked.place is not None, more)
    return Page(
        items,
        _place_of(items[0]) if items and has_previous else None,
        _place_of(items[-1]) if items and has_next else None,
        queue_rows.count_waiting(connection),
        tuple(queue_rows.waiting_reasons_named(connection)),
    )


def next_in_queue(connection: Connection, after: str, now: datetime, name: str) -> str | None:
    """The open letter to go on with behind another: the first that nobody else has claimed, from the top at the end."""
    for place in (queue_rows.place_of(connection, after), None):
        rows = queue_rows.waiting_letters(connection, Wanted(place=place), ROWS)
        hands = in_hand(connection, [row.reference for row in rows], now)
        for row in rows:
            if row.reference != after and hands.get(row.reference, InHand()).is_free_for(name):
                return str(row.reference)
    return None


_READERS = {
    Kind.LETTERS: queue_rows.waiting_letters,
    Kind.MAILS: queue_rows.waiting_mails,
    Kind.SHELF: queue_rows.waiting_on_shelf,
}


def _wanted(asked: Filter, now: datetime) -> Wanted:
    if asked.age and asked.age not in AGES:
        raise QueueError(f"there is no age {asked.age}: choose one of {', '.join(AGES)}")
    if asked.sort not in ("oldest", "newest"):
        raise QueueError(f"there is no order {asked.sort}: choose oldest or newest")
    wanted = Wanted(
        reason=asked.reason or None,
        member=asked.member or None,
        language=asked.language or None,
        before=now - AGES[asked.age] if asked.age else None,
        newest_first=asked.sort == "newest",
    )
    if asked.after or asked.before:
        wanted = replace(wanted, place=_read_place(asked.after or asked.before), back=not asked.after)
    return wanted


def _place_of(item: Item) -> str:
    return f"{item.received.isoformat()}~{item.row.id}"


def _read_place(text: str) -> Place:
    moment, _, number = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not (number.isascii() and number.isdecimal() and len(number) < 15):
        raise QueueError("there is no such place in the queue: begin from the top")
    return at, int(number)


def _items(connection: Connection, kind: Kind, rows: Sequence[Row[Any]], now: datetime) -> tuple[Item, ...]:
    match kind:
        case Kind.LETTERS:
            items = _letters(connection, rows)
        case Kind.MAILS:
            items = [Item(f"{MAIL_PREFIX}{row.id}", row.created_at, row) for row in rows]
        case Kind.SHELF:
            items = [Item(f"{SHELF_PREFIX}{row.id}", row.received, row) for row in rows]
    hands = in_hand(connection, [item.id for item in items], now)
    return tuple(replace(item, hand=hands.get(item.id, InHand())) for item in items)


def _letters(connection: Connection, rows: Sequence[Row[Any]]) -> list[Item]:
    names = registry_rows.names_of(connection, {row.member_code for row in rows if row.member_code})
    asked = outbox_rows.last_written(connection, [row.id for row in rows], CLARIFICATION)
    return [
        Item(row.reference, row.received, row, names.get(row.member_code, row.member_code), asked=asked.get(row.id))
        for row in rows
    ]
