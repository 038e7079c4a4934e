"""The health of mailbot in words: how it gets on with the mailbox, the outgoing server and the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from mailbot.desk.figures import Health

_MISSED_POLLS = 5  # that many, and at least a quarter of an hour, before the mailbox counts as unread
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Sign:
    """One line: its tone (good, warn, bad or none), what it is about, what is so and when; where more is to be seen."""

    tone: str
    name: str
    words: str
    at: datetime | None = None
    link: str | None = None


def signs(health: Health, database: str, poll_every: timedelta, now: datetime) -> Iterator[Sign]:
    """How everything stands, a line each."""
    yield _mailbox(health.poll, max(_QUARTER, _MISSED_POLLS * poll_every), now)
    yield _outgoing(health)
    yield Sign("good", "Database", f"{database} answers")
    unsent = sum(health.mails[status] for status in ("failed", "bounced", "withheld"))
    if unsent:
        yield Sign("warn", "Mail", f"{unsent} mail{'' if unsent == 1 else 's'} reached nobody", link="/mail")


def _mailbox(row: Row[Any] | None, patience: timedelta, now: datetime) -> Sign:
    if row is None:
        return Sign("", "Mailbox", "not read yet: is mailbot run at work?")
    if row.trouble is not None:
        return Sign("bad", "Mailbox", f"cannot be read: {row.trouble}; last tried", row.failed_at)
    if now - row.succeeded_at > patience:
        return Sign("warn", "Mailbox", "is mailbot run at work? It was last read", row.succeeded_at)
    return Sign("good", "Mailbox", "last read", row.succeeded_at)


def _outgoing(health: Health) -> Sign:
    if health.stopped is not None:
        return Sign("bad", "Outgoing mail", f"stopped: {health.stopped.why}; that was", health.stopped.opened_at)
    row = health.delivery
    if row is None:
        return Sign("", "Outgoing mail", "nothing was sent yet")
    if row.trouble is not None:
        return Sign("bad", "Outgoing mail", f"cannot be sent: {row.trouble}; last tried", row.failed_at)
    return Sign("good", "Outgoing mail", "last sent", row.succeeded_at)
