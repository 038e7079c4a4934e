"""The daily counts: what each day (UTC) brought, counted when it happens."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from mailbot.judgement import Decision
from mailbot.store.tables import daily_counts
from mailbot.terms import Action, Reason

OUTCOME, LANGUAGE, REASON, WAIT = "outcome", "language", "reason", "wait"
ASKED = "asked"  # the outcome of a letter whose sender is asked to confirm it

# the longest wait that falls into each class, shortest first; what is longer is in the last
WAITS = (
    ("1h", timedelta(hours=1)),
    ("4h", timedelta(hours=4)),
    ("1d", timedelta(days=1)),
    ("3d", timedelta(days=3)),
    ("7d", timedelta(days=7)),
    ("more", timedelta.max),
)


def count_letter(connection: Connection, decision: Decision, at: datetime) -> None:
    """One letter was decided: its outcome, and of what is or may be a request its language and its doubts."""
    asked = Reason.AWAITING_CONFIRMATION in decision.reasons
    _count(connection, at.date(), OUTCOME, ASKED if asked else decision.action)
    if decision.action is Action.IGNORE:
        return
    _count(connection, at.date(), LANGUAGE, decision.language)
    for reason in dict.fromkeys(decision.reasons):
        _count(connection, at.date(), REASON, reason)


def count_wait(connection: Connection, since: datetime, at: datetime) -> None:
    """A person has decided a letter that waited from `since` on."""
    _count(connection, at.date(), WAIT, next(name for name, longest in WAITS if at - since <= longest))


def counts_between(connection: Connection, first: date, last: date) -> list[Row[Any]]:
    """The counts (day, kind, name, number) from the first day to the last, both included."""
    statement = select(daily_counts).where(daily_counts.c.day.between(first, last))
    return list(connection.execute(statement.order_by(daily_counts.c.day, daily_counts.c.kind, daily_counts.c.name)))


def _count(connection: Connection, day: date, kind: str, name: str) -> None:
    """One more; no other transaction writes meanwhile."""
    here = {"day": day, "kind": kind, "name": str(name)}
    statement = update(daily_counts).filter_by(**here).values(number=daily_counts.c.number + 1)
    if connection.execute(statement).rowcount == 0:
        connection.execute(insert(daily_counts).values(**here, number=1))
