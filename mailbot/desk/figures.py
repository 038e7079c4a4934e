"""The dashboard's figures, out of the daily counts and a few single rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from mailbot.desk.outgoing import mail_counts
from mailbot.store.contact_rows import DELIVER, POLL, contact_row
from mailbot.store.count_rows import ASKED, LANGUAGE, OUTCOME, REASON, WAIT, WAITS, counts_between
from mailbot.store.sending_rows import breaker_row
from mailbot.store.tables import letters
from mailbot.terms import Action

MOST_COUNTED = 1000  # letters in the queue: whoever has more of them needs no exact number


@dataclass(frozen=True, slots=True)
class Day:
    """How many letters one day (UTC) brought: decided by mailbot, for a person, asked to confirm, left alone."""

    day: date
    decided: int
    review: int
    asked: int
    ignored: int

    @property
    def requests(self) -> int:
        """The letters that are or may be requests."""
        return self.decided + self.review + self.asked


@dataclass(frozen=True, slots=True)
class Figures:
    """What a number of days brought; `languages` and `reasons` the most frequent first, `waits` the shortest first."""

    days: tuple[Day, ...]
    languages: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]
    waits: tuple[tuple[str, int], ...]

    @property
    def requests(self) -> int:
        """All letters that are or may be requests."""
        return sum(day.requests for day in self.days)

    @property
    def share(self) -> float | None:
        """How much of the requests mailbot decided itself, 0 to 1; None where there were none."""
        return sum(day.decided for day in self.days) / self.requests if self.requests else None

    @property
    def decided_by_people(self) -> int:
        """How many letters people decided."""
        return sum(number for _, number in self.waits)

    @property
    def typical_wait(self) -> str | None:
        """The class of waiting time within which a person decided half of the letters; None where nobody did."""
        half, reached = self.decided_by_people / 2, 0
        for name, number in self.waits:
            reached += number
            if number and reached >= half:
                return name
        return None


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a person: how many letters (up to `MOST_COUNTED`), and since when the oldest of them."""

    letters: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """When each mailbox (by what it is called) and the outgoing server were last reached, and what stands still."""

    polls: Mapping[str, Row[Any] | None]
    delivery: Row[Any] | None
    stopped: Row[Any] | None
    mails: dict[str, int]


def figures(connection: Connection, today: date, days: int = 30) -> Figures:
    """What the last `days` days brought, today included."""
    first = today - timedelta(days=days - 1)
    rows = counts_between(connection, first, today)
    outcomes = {(row.day, row.name): row.number for row in rows if row.kind == OUTCOME}
    waits = _totals(rows, WAIT)
    return Figures(
        tuple(_day(first + timedelta(days=number), outcomes) for number in range(days)),
        tuple(_totals(rows, LANGUAGE).most_common()),
        tuple(_totals(rows, REASON).most_common()),
        tuple((name, waits[name]) for name, _ in WAITS),
    )


def waiting(connection: Connection) -> Queue:
    """What waits for a person now."""
    is_open = letters.c.review == "open"
    few = select(letters.c.id).where(is_open).limit(MOST_COUNTED).subquery()
    number = connection.execute(select(func.count()).select_from(few)).scalar_one()
    oldest = select(letters.c.received).where(is_open).order_by(letters.c.received, letters.c.id).limit(1)
    return Queue(int(number), connection.execute(oldest).scalar_one_or_none())


def health(connection: Connection, mailboxes: Mapping[str, str], outgoing: str) -> Health:
    """How mailbot gets on with the mailboxes, whose addresses are given by name, and the outgoing server."""
    return Health(
        {name: contact_row(connection, POLL, url) for name, url in mailboxes.items()},
        contact_row(connection, DELIVER, outgoing),
        breaker_row(connection),
        mail_counts(connection),
    )


def _day(day: date, outcomes: dict[tuple[date, str], int]) -> Day:
    def number(*names: str) -> int:
        return sum(outcomes.get((day, name), 0) for name in names)

    return Day(day, number(Action.APPLY, Action.NO_CHANGE), number(Action.REVIEW), number(ASKED), number(Action.IGNORE))


def _totals(rows: Iterable[Row[Any]], kind: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        if row.kind == kind:
            found[row.name] += row.number
    return found
