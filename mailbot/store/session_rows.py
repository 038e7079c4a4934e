"""Signed-in browsers, and attempts to sign in that have not succeeded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from mailbot.store.tables import sessions, sign_in_attempts, users


def add_session(connection: Connection, sha256: str, user_id: int, at: datetime) -> None:
    """A browser is signed in."""
    connection.execute(insert(sessions).values(sha256=sha256, user_id=user_id, created_at=at, seen_at=at))


def session_row(connection: Connection, sha256: str) -> Row[Any] | None:
    """A session with its person's `name`, `role` and `disabled_at`."""
    joined = sessions.join(users, users.c.id == sessions.c.user_id)
    columns = (sessions, users.c.name, users.c.role, users.c.disabled_at)
    statement = select(*columns).select_from(joined).where(sessions.c.sha256 == sha256)
    return connection.execute(statement).one_or_none()


def touch_session(connection: Connection, sha256: str, at: datetime) -> None:
    """The browser was heard of."""
    connection.execute(update(sessions).where(sessions.c.sha256 == sha256).values(seen_at=at))


def end_session(connection: Connection, sha256: str) -> None:
    """The browser is signed out."""
    connection.execute(delete(sessions).where(sessions.c.sha256 == sha256))


def end_sessions(connection: Connection, *, begun_before: datetime, seen_before: datetime) -> None:
    """Forget the sessions that have expired."""
    expired = (sessions.c.created_at < begun_before) | (sessions.c.seen_at < seen_before)
    connection.execute(delete(sessions).where(expired))


def add_attempt(connection: Connection, account: str, address: str, at: datetime, *, forget_before: datetime) -> None:
    """Somebody tries to sign in; attempts from before `forget_before` are forgotten."""
    connection.execute(delete(sign_in_attempts).where(sign_in_attempts.c.at < forget_before))
    connection.execute(insert(sign_in_attempts).values(account=account, address=address, at=at))


def forgive(connection: Connection, account: str) -> None:
    """The account's owner has signed in: its failed attempts count no more."""
    connection.execute(delete(sign_in_attempts).where(sign_in_attempts.c.account == account))


def attempts_on(connection: Connection, account: str, since: datetime) -> Sequence[datetime]:
    """When somebody tried to sign in to an account, oldest first."""
    match = sign_in_attempts.c.account == account
    return _moments(connection, match, since)


def attempts_from(connection: Connection, address: str, since: datetime) -> Sequence[datetime]:
    """When somebody at an address tried to sign in to any account, oldest first."""
    match = sign_in_attempts.c.address == address
    return _moments(connection, match, since)


def _moments(connection: Connection, match: ColumnElement[bool], since: datetime) -> Sequence[datetime]:
    at = sign_in_attempts.c.at
    return connection.execute(select(at).where(match, at >= since).order_by(at)).scalars().all()
