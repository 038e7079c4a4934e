"""The bearer tokens of programs that use the API: made, listed, revoked, and who stands behind one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from mailbot import audit
from mailbot.store import token_rows
from mailbot.store.engine import Store
from mailbot.web.credentials import digest, new_secret
from mailbot.web.people import PROGRAM, PeopleError, proper_name

PREFIX = "mailbot_"  # so that programs which look for leaked secrets know one


class Scope(StrEnum):
    """What a program may do."""

    READ = "read"  # members, flags, letters and their decisions
    REVIEW = "review"  # decide letters
    CHECK = "check"  # ask what mailbot would decide


@dataclass(frozen=True, slots=True)
class Principal:
    """A program that has shown a good token; `name` is what the audit log calls it."""

    name: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token but for itself; `state` is `active`, `expired` or `revoked`."""

    name: str
    scopes: tuple[Scope, ...]
    state: str
    created: datetime
    created_by: str
    expires: datetime | None


def add_token(
    connection: Connection, name: str, scopes: Collection[Scope], by: str, now: datetime, expires: datetime | None
) -> str:
    """A new token, to be shown once: only its hash is kept. Raises PeopleError for a name that is taken."""
    shown, key = proper_name(name)
    if token_rows.token_called(connection, key) is not None:
        raise PeopleError(f"There is a token called {shown} already: a name stays taken, for the audit log's sake.")
    secret, said = PREFIX + new_secret(), sorted(scope.value for scope in scopes)
    token_rows.add_token_row(
        connection, name=shown, key=key, sha256=digest(secret), scopes=said, created_at=now, created_by=by,
        expires_at=expires,
    )  # fmt: skip
    audit.append(
        connection, at=now, action="token:added", subject=shown, actor=by,
        data={"scopes": said, "expires": None if expires is None else expires.isoformat()},
    )  # fmt: skip
    return secret


def revoke_token(connection: Connection, name: str, by: str, now: datetime) -> None:
    """Make a token good for nothing, at once and for ever."""
    shown, key = proper_name(name)
    row = token_rows.token_called(connection, key)
    if row is None:
        raise PeopleError(f"There is no token called {shown}: see mailbot tokens list.")
    if row.revoked_at is not None:
        raise PeopleError(f"The token {row.name} is revoked already.")
    token_rows.revoke_token_row(connection, row.id, now)
    audit.append(connection, at=now, action="token:revoked", subject=row.name, actor=by, data={})


def tokens(connection: Connection, now: datetime) -> list[Token]:
    """All tokens there ever were, in the order they were made."""
    return [
        Token(row.name, tuple(map(Scope, row.scopes)), _state(row, now), row.created_at, row.created_by, row.expires_at)
        for row in token_rows.token_rows(connection)
    ]


def principal_of(store: Store, secret: str, now: datetime) -> Principal | None:
    """The program behind a token; None where the token is unknown, expired or revoked."""
    with store.read() as connection:
        row = token_rows.token_row(connection, digest(secret))
    if row is None or _state(row, now) != "active":
        return None
    return Principal(PROGRAM + row.name, frozenset(map(Scope, row.scopes)))


def _state(row: Row[Any], now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at is not None and row.expires_at <= now else "active"
