"""Proving who one is by a password, to sign in or to change it, and the sessions of those who are signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from mailbot import audit
from mailbot.app import App
from mailbot.store import session_rows, user_rows
from mailbot.web.credentials import csrf_token, digest, hash_password, is_password, new_secret
from mailbot.web.people import PeopleError, proper_name, set_password
from mailbot.web.roles import Role, Visitor
from mailbot.web.throttle import FREE_FROM_ADDRESS, FREE_ON_ACCOUNT, MEMORY, address_counted, pause_left

_Work = Callable[[Connection, Row[Any], datetime], str]

# How exactly it is known when a browser was last heard of: not every click has to write to the database.
_EXACTNESS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts: without a click, and at all."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a password does not help: it or the name is wrong, or there were too many attempts and so long to wait."""

    wait: timedelta = timedelta()


def lifetime_of(app: App) -> Lifetime:
    """What the settings say."""
    web = app.settings.web
    return Lifetime(timedelta(minutes=web.session_idle_minutes), timedelta(hours=web.session_hours))


def sign_in(app: App, name: str, password: str, address: str | None) -> str | Refusal:
    """The secret of a new session for whoever knows a person's password, else why not."""

    def enter(connection: Connection, row: Row[Any], now: datetime) -> str:
        return begin_session(connection, row.id, row.name, lifetime_of(app), now, how="password")

    return _proven(app, name, password, address, "sign_in:failed", "nobody", lambda: enter)


def change_password(app: App, name: str, present: str, password: str, address: str | None) -> str | Refusal:
    """Give a person who is signed in and knows the `present` password a new one, and end all of that person's sessions.

    Returns the secret of a new session for the browser that asked, else why not.
    """

    def prepare() -> _Work:
        hashed = hash_password(password)

        def change(connection: Connection, row: Row[Any], now: datetime) -> str:
            set_password(connection, row.id, row.name, hashed, now)
            return begin_session(connection, row.id, row.name, lifetime_of(app), now, how="new password")

        return change

    return _proven(app, name, present, address, "user:password_refused", name, prepare)


def _proven(
    app: App, name: str, password: str, address: str | None, failed: str, actor: str, prepare: Callable[[], _Work]
) -> str | Refusal:
    """Do the work for whoever knows a person's password; a wrong one is logged as the action `failed`, by `actor`.

    The attempt is noted before the password is looked at, so that many at once do not slip through together. What takes
    its time is done by `prepare`, and only for the right password.
    """
    now, source = app.clock(), address_counted(address)
    key = _key(name)
    account = digest(key)
    with app.store.begin() as connection:
        since = now - MEMORY
        wait = max(
            pause_left(session_rows.attempts_on(connection, account, since), FREE_ON_ACCOUNT, now),
            pause_left(session_rows.attempts_from(connection, source, since), FREE_FROM_ADDRESS, now),
        )
        if wait:
            return Refusal(wait)
        session_rows.add_attempt(connection, account, source, now, forget_before=since)
        row = user_rows.user_called(connection, key)
    right = is_password(password, row.password if row is not None and row.disabled_at is None else None)
    work = prepare() if right else None
    with app.store.begin() as connection:
        # the account may have been disabled or reset while the hash was computed
        again = user_rows.user_called(connection, key)
        if work is None or row is None or again is None or again.disabled_at or again.password != row.password:
            # what was typed for a name nobody has may be a password: it is not written down
            subject = row.name if row is not None else "an unknown name"
            tries = len(session_rows.attempts_on(connection, account, since))
            audit.append(
                connection, at=now, action=failed, subject=subject, actor=actor,
                data={"address": source, "attempts": tries, "paused": tries >= FREE_ON_ACCOUNT},
            )  # fmt: skip
            return Refusal()
        session_rows.forgive(connection, account)
        return work(connection, again, now)


def _key(name: str) -> str:
    """The name as it is compared; one that nobody can have is looked up as well, for the same work."""
    try:
        return proper_name(name)[1]
    except PeopleError:
        return f"\n{name[:200]}"


def begin_session(
    connection: Connection, user_id: int, name: str, lifetime: Lifetime, now: datetime, *, how: str
) -> str:
    """The secret of a new session, for the browser's cookie; the database keeps its hash."""
    session_rows.end_sessions(connection, begun_before=now - lifetime.absolute, seen_before=now - lifetime.idle)
    secret = new_secret()
    session_rows.add_session(connection, digest(secret), user_id, now)
    audit.append(connection, at=now, action="session:begun", subject=name, actor=name, data={"with": how})
    return secret


def visitor_of(app: App, secret: str) -> Visitor | None:
    """Who has the session, where it has not expired; that it was heard of is noted."""
    now, lifetime, sha256 = app.clock(), lifetime_of(app), digest(secret)
    with app.store.read() as connection:
        row = session_rows.session_row(connection, sha256)
    if row is None or row.disabled_at is not None:
        return None
    if now - row.created_at >= lifetime.absolute or now - row.seen_at >= lifetime.idle:
        return None
    if now - row.seen_at >= _EXACTNESS:
        with app.store.begin() as connection:
            session_rows.touch_session(connection, sha256, now)
    return Visitor(row.name, Role(row.role), csrf_token(secret))


def sign_out(app: App, secret: str) -> None:
    """End a session."""
    with app.store.begin() as connection:
        row = session_rows.session_row(connection, digest(secret))
        if row is not None:
            session_rows.end_session(connection, digest(secret))
            audit.append(connection, at=app.clock(), action="session:ended", subject=row.name, actor=row.name, data={})
