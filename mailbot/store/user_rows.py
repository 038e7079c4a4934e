"""The people who may use the console, and the one-time links with which they choose a password."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from mailbot.store.tables import invitations, sessions, users


def add_user(
    connection: Connection, *, name: str, key: str, role: str, at: datetime, identity: str | None = None
) -> int:
    """A person without a password yet; returns the number."""
    added = insert(users).values(name=name, key=key, role=role, identity=identity, created_at=at)
    return int(connection.execute(added).inserted_primary_key[0])  # type: ignore[index]


def update_user(connection: Connection, number: int, **values: Any) -> None:
    """Change one row."""
    connection.execute(update(users).where(users.c.id == number).values(**values))


def user_row(connection: Connection, number: int) -> Row[Any] | None:
    """The person of one number."""
    return connection.execute(select(users).where(users.c.id == number)).one_or_none()


def user_called(connection: Connection, key: str) -> Row[Any] | None:
    """The person of one name, as it is compared."""
    return connection.execute(select(users).where(users.c.key == key)).one_or_none()


def user_identified(connection: Connection, identity: str) -> Row[Any] | None:
    """The person whom an OIDC provider knows as `identity`."""
    return connection.execute(select(users).where(users.c.identity == identity)).one_or_none()


def user_rows(connection: Connection) -> list[Row[Any]]:
    """Everybody, in the order they were added, with `invited_until` where a link is open."""
    joined = users.outerjoin(invitations, invitations.c.user_id == users.c.id)
    columns = (users, invitations.c.expires_at.label("invited_until"))
    return list(connection.execute(select(*columns).select_from(joined).order_by(users.c.id)))


def count_users(connection: Connection) -> int:
    """How many people there are, disabled ones too."""
    return int(connection.execute(select(func.count()).select_from(users)).scalar_one())


def count_able(connection: Connection, role: str) -> int:
    """How many people of a role can sign in."""
    able = users.c.disabled_at.is_(None) & (users.c.password.is_not(None) | users.c.identity.is_not(None))
    statement = select(func.count()).select_from(users).where(users.c.role == role, able)
    return int(connection.execute(statement).scalar_one())


def set_invitation(connection: Connection, user_id: int | None, sha256: str, expires_at: datetime) -> None:
    """A link for a person (None: for whoever is to be the first administrator), in place of any earlier one."""
    drop_invitation(connection, user_id)
    connection.execute(insert(invitations).values(sha256=sha256, user_id=user_id, expires_at=expires_at))


def drop_invitation(connection: Connection, user_id: int | None) -> None:
    """The person's link leads nowhere any more."""
    mine = invitations.c.user_id.is_(None) if user_id is None else invitations.c.user_id == user_id
    connection.execute(delete(invitations).where(mine))


def invitation_row(connection: Connection, sha256: str) -> Row[Any] | None:
    """The link with one hash, whether or not it has expired."""
    return connection.execute(select(invitations).where(invitations.c.sha256 == sha256)).one_or_none()


def end_sessions_of(connection: Connection, user_id: int) -> int:
    """Sign a person out everywhere; returns from how many browsers."""
    return connection.execute(delete(sessions).where(sessions.c.user_id == user_id)).rowcount
