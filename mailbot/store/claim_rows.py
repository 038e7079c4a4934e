"""Who looks at what waits for a person, and who has taken it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from mailbot.store.tables import claims


def claims_on(connection: Connection, items: Collection[str], now: datetime) -> list[Row[Any]]:
    """The claims on these items that are not over, the oldest first."""
    statement = select(claims).where(claims.c.item.in_(items), claims.c.expires > now)
    return list(connection.execute(statement.order_by(claims.c.at, claims.c.by)))


def put_claim(connection: Connection, item: str, by: str, *, taken: bool, at: datetime, expires: datetime) -> None:
    """Note a person's claim on an item in the place of the one they had."""
    drop_claims(connection, item, by)
    connection.execute(insert(claims).values(item=item, by=by, taken=taken, at=at, expires=expires))


def drop_claims(connection: Connection, item: str, by: str | None = None) -> None:
    """Forget a person's claim on an item, or everybody's."""
    match = claims.c.item == item
    connection.execute(delete(claims).where(match if by is None else match & (claims.c.by == by)))


def drop_expired_claims(connection: Connection, now: datetime) -> None:
    """Forget the claims that are over."""
    connection.execute(delete(claims).where(claims.c.expires <= now))
