"""What has been sent of late, for the limits, and the circuit breaker that stops all sending."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from mailbot.silence import Traffic
from mailbot.store.tables import breaker, sendings

DAY, HOUR = timedelta(hours=24), timedelta(hours=1)


def note_sending(connection: Connection, address: str, at: datetime) -> None:
    """One mail goes to an address; what no limit looks back at any more is forgotten."""
    connection.execute(delete(sendings).where(sendings.c.at < at - DAY))
    domain = address.rpartition("@")[2].casefold()
    connection.execute(insert(sendings).values(address=address.casefold(), domain=domain, at=at))


def traffic_to(connection: Connection, address: str, now: datetime) -> Traffic:
    """What `may_write_to` looks at; mails from before the breaker was last closed are in nobody's way again."""
    last = connection.execute(select(breaker).order_by(breaker.c.id.desc()).limit(1)).one_or_none()
    closed = last.closed_at if last is not None else None
    hour = max(now - HOUR, closed) if closed is not None else now - HOUR
    day = now - DAY
    domain = address.rpartition("@")[2].casefold()
    return Traffic(
        to_address=_count(connection, (sendings.c.address == address.casefold()) & (sendings.c.at > day)),
        to_domain=_count(connection, (sendings.c.domain == domain) & (sendings.c.at > day)),
        in_total=_count(connection, sendings.c.at > hour),
        stopped=last.why if last is not None and closed is None else "",
    )


def open_breaker(connection: Connection, why: str, at: datetime) -> None:
    """Stop all sending."""
    connection.execute(insert(breaker).values(opened_at=at, why=why))


def breaker_row(connection: Connection) -> Row[Any] | None:
    """Since when and why nothing is sent; None where mail flows."""
    return connection.execute(select(breaker).where(breaker.c.closed_at.is_(None))).one_or_none()


def close_breaker(connection: Connection, by: str, at: datetime) -> None:
    """Let mail flow again."""
    connection.execute(update(breaker).where(breaker.c.closed_at.is_(None)).values(closed_at=at, closed_by=by))


def _count(connection: Connection, match: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(sendings).where(match)).scalar_one())
