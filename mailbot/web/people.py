"""People who may use the console: added, invited, changed and disabled, each in the audit log.

A function takes the caller's write transaction. Nobody ever types another person's password: who is added, or has
forgotten it, is given a link that works once.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from mailbot import audit
from mailbot.errors import MailbotError
from mailbot.store import user_rows
from mailbot.web.credentials import digest, new_secret
from mailbot.web.roles import Role

LINK_VALID = timedelta(hours=24)
LONGEST_NAME = 80  # characters
PROGRAM = "token "  # how the audit log begins the name of a program: no person may be called so
_RESERVED = {"mailbot", "nobody"}


class PeopleError(MailbotError):
    """What was asked for cannot be done with this person; the message says why."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may use the console; `state`: `active`, `invited`, `waiting` (the link is over), `disabled`."""

    name: str
    role: Role
    state: str
    signs_in: str  # with a `password`, or with the organisation's account (`oidc`)
    added: datetime
    link_until: datetime | None


def proper_name(text: str) -> tuple[str, str]:
    """A name as it is shown and as it is compared; raises PeopleError for one that nobody should have."""
    name = " ".join(unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode()).split())
    key = name.casefold()
    if not name or len(name) > LONGEST_NAME:
        raise PeopleError(f"A name has 1 to {LONGEST_NAME} characters.")
    if not name.isprintable() or any(unicodedata.category(character) == "Cf" for character in name):
        raise PeopleError("A name has no control characters.")
    if key in _RESERVED or key.startswith(PROGRAM):
        raise PeopleError(f"{name} is a name of mailbot's own: take another.")
    return name, key


def people(connection: Connection, now: datetime) -> list[Person]:
    """Everybody, in the order they were added."""
    return [_person(row, now) for row in user_rows.user_rows(connection)]


def _person(row: Row[Any], now: datetime) -> Person:
    if row.disabled_at is not None:
        state = "disabled"
    elif row.password or row.identity:
        state = "active"
    else:
        state = "invited" if row.invited_until is not None and row.invited_until > now else "waiting"
    signs_in = "oidc" if row.identity else "password"
    link_until = row.invited_until if state == "invited" else None
    return Person(row.name, Role(row.role), state, signs_in, row.created_at, link_until)


def add_person(connection: Connection, name: str, role: Role, by: str, now: datetime) -> str:
    """Add a person; returns the secret of the link with which that person chooses a password."""
    shown, key = proper_name(name)
    if user_rows.user_called(connection, key) is not None:
        raise PeopleError(f"There is a person called {shown} already.")
    number = user_rows.add_user(connection, name=shown, key=key, role=role, at=now)
    _note(connection, "added", shown, by, now, role=role.value)
    return _invite(connection, number, now)


def reset_person(connection: Connection, name: str, by: str, now: datetime) -> str:
    """Take a person's password away and sign that person out; returns the secret of a link to choose a new one."""
    row = _with_password(connection, name, "password")
    if row.disabled_at is not None:
        raise PeopleError(f"{row.name} is disabled: enable the account first.")
    user_rows.update_user(connection, row.id, password=None)
    user_rows.end_sessions_of(connection, row.id)
    _note(connection, "reset", row.name, by, now)
    return _invite(connection, row.id, now)


def disable_person(connection: Connection, name: str, by: str, now: datetime) -> None:
    """Sign a person out at once, and let nobody sign in under that name."""
    row = person_row(connection, name)
    if row.disabled_at is not None:
        raise PeopleError(f"{row.name} is disabled already.")
    _keep_an_admin(connection, row)
    user_rows.update_user(connection, row.id, disabled_at=now)
    user_rows.end_sessions_of(connection, row.id)
    user_rows.drop_invitation(connection, row.id)
    _note(connection, "disabled", row.name, by, now)


def enable_person(connection: Connection, name: str, by: str, now: datetime) -> None:
    """Let a disabled person sign in again, with the password of before."""
    row = person_row(connection, name)
    if row.disabled_at is None:
        raise PeopleError(f"{row.name} is not disabled.")
    user_rows.update_user(connection, row.id, disabled_at=None)
    _note(connection, "enabled", row.name, by, now)


def change_role(connection: Connection, name: str, role: Role, by: str, now: datetime) -> None:
    """Give a person another role; it counts from the next click on."""
    row = _with_password(connection, name, "role")
    if row.role == role:
        raise PeopleError(f"{row.name} is {role.value} already.")
    _keep_an_admin(connection, row)
    user_rows.update_user(connection, row.id, role=role.value)
    _note(connection, "role_changed", row.name, by, now, role=role.value, before=row.role)


def person_row(connection: Connection, name: str) -> Row[Any]:
    """The row of the person called `name`, whatever its case; raises PeopleError where there is none."""
    shown, key = proper_name(name)
    row = user_rows.user_called(connection, key)
    if row is None:
        raise PeopleError(f"There is no person called {shown}: see mailbot users list.")
    return row


def _with_password(connection: Connection, name: str, what: str) -> Row[Any]:
    row = person_row(connection, name)
    if row.identity:
        raise PeopleError(f"{row.name} signs in with the organisation's account: the {what} is set there.")
    return row


def _keep_an_admin(connection: Connection, row: Row[Any]) -> None:
    able = row.disabled_at is None and (row.password or row.identity)
    if row.role == Role.ADMIN and able and user_rows.count_able(connection, Role.ADMIN) == 1:
        raise PeopleError(f"{row.name} is the only administrator: make somebody else one first.")


# --- links ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Invitation:
    """An open link: for the person `name`, or (None) for whoever becomes the first administrator."""

    user_id: int | None
    name: str | None


def first_link(connection: Connection, now: datetime) -> str | None:
    """The secret of a link for the first administrator, in place of any earlier one; None where there are people."""
    if user_rows.count_users(connection):
        return None
    _note(connection, "set_up_offered", "the first administrator", "mailbot", now)
    return _invite(connection, None, now)


def invitation(connection: Connection, secret: str, now: datetime) -> Invitation | None:
    """What a link is for; None where it has expired, was used or never was."""
    row = user_rows.invitation_row(connection, digest(secret))
    if row is None or row.expires_at <= now:
        return None
    if row.user_id is None:
        return None if user_rows.count_users(connection) else Invitation(None, None)
    person = user_rows.user_row(connection, row.user_id)
    return Invitation(person.id, person.name) if person is not None and person.disabled_at is None else None


def accept(connection: Connection, found: Invitation, name: str, hashed: str, now: datetime) -> tuple[int, str]:
    """Carry out what an open link is for, once; returns the person's number and name.

    `name` is what the first administrator wants to be called, and counts for nobody else; `hashed` is the password's
    hash. Raises PeopleError; then the link stays open.
    """
    if found.user_id is None:
        shown, key = proper_name(name)
        number = user_rows.add_user(connection, name=shown, key=key, role=Role.ADMIN, at=now)
        _note(connection, "added", shown, shown, now, role=Role.ADMIN.value)
    else:
        shown, number = found.name or "", found.user_id
    user_rows.drop_invitation(connection, found.user_id)
    set_password(connection, number, shown, hashed, now)
    return number, shown


def set_password(connection: Connection, number: int, name: str, hashed: str, now: datetime) -> None:
    """A person has chosen a password, of which `hashed` is kept; whoever had signed in with an earlier one is out."""
    user_rows.update_user(connection, number, password=hashed)
    user_rows.end_sessions_of(connection, number)
    _note(connection, "password_set", name, name, now)


def _invite(connection: Connection, number: int | None, now: datetime) -> str:
    secret = new_secret()
    user_rows.set_invitation(connection, number, digest(secret), now + LINK_VALID)
    return secret


def _note(connection: Connection, done: str, subject: str, by: str, now: datetime, **data: object) -> None:
    audit.append(connection, at=now, action=f"user:{done}", subject=subject, actor=by, data=data)
