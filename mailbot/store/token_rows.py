"""The bearer tokens of programs that use the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from mailbot.store.tables import api_tokens


def add_token_row(connection: Connection, **values: Any) -> None:
    """A new token."""
    connection.execute(insert(api_tokens).values(**values))


def token_row(connection: Connection, sha256: str) -> Row[Any] | None:
    """The token with one hash, whether or not it is still good."""
    return connection.execute(select(api_tokens).where(api_tokens.c.sha256 == sha256)).one_or_none()


def token_called(connection: Connection, key: str) -> Row[Any] | None:
    """The token of one name, as it is compared."""
    return connection.execute(select(api_tokens).where(api_tokens.c.key == key)).one_or_none()


def token_rows(connection: Connection) -> list[Row[Any]]:
    """All tokens, in the order they were made."""
    return list(connection.execute(select(api_tokens).order_by(api_tokens.c.id)))


def revoke_token_row(connection: Connection, number: int, at: datetime) -> None:
    """The token is good for nothing from now on."""
    connection.execute(update(api_tokens).where(api_tokens.c.id == number).values(revoked_at=at))
