"""Who is let in on an OIDC provider's word: as whom, and with which role."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from mailbot import audit
from mailbot.store import user_rows
from mailbot.web.oidc import Identity
from mailbot.web.people import PeopleError, proper_name
from mailbot.web.roles import Role

_BY_POWER = (Role.ADMIN, Role.REVIEWER, Role.AUDITOR, Role.VIEWER)


def role_of(groups: Collection[str], roles: Mapping[str, Role]) -> Role | None:
    """The role that may do most of those that the groups have; None where they have none."""
    had = {roles[group] for group in groups if group in roles}
    return next((role for role in _BY_POWER if role in had), None)


def admit(connection: Connection, who: Identity, roles: Mapping[str, Role], now: datetime) -> Row[Any] | str:
    """The row of the person who is let in, added or given another role where need be; else why not, in one line."""
    identity, role = f"{who.issuer} {who.subject}", role_of(who.groups, roles)
    row = user_rows.user_identified(connection, identity)
    if row is not None and row.disabled_at is not None:
        return _refused(connection, row.name, "disabled", now, "Your account is disabled here.")
    if role is None:
        if row is not None:
            user_rows.end_sessions_of(connection, row.id)
        name = "an unknown name" if row is None else row.name
        return _refused(connection, name, "no role", now, "None of your groups has a role here.")
    if row is None:
        try:
            name, key = proper_name(who.name)
        except PeopleError as error:
            return _refused(connection, "an unknown name", "name", now, f"Your name cannot be used here. {error}")
        if user_rows.user_called(connection, key) is not None:
            return _refused(connection, name, "name taken", now, f"Somebody else is called {name} here already.")
        number = user_rows.add_user(connection, name=name, key=key, role=role, at=now, identity=identity)
        _note(connection, "user:added", name, name, now, role=role.value, signs_in="oidc")
    else:
        number = row.id
        if row.role != role:
            user_rows.update_user(connection, number, role=role.value)
            _note(connection, "user:role_changed", row.name, "mailbot", now, role=role.value, before=row.role)
    found = user_rows.user_row(connection, number)
    assert found is not None  # nosec B101  # it was added or read in this transaction
    return found


def _refused(connection: Connection, name: str, why: str, now: datetime, said: str) -> str:
    _note(connection, "sign_in:failed", name, "nobody", now, why=why, signs_in="oidc")
    return said


def _note(connection: Connection, action: str, subject: str, actor: str, now: datetime, **data: object) -> None:
    audit.append(connection, at=now, action=action, subject=subject, actor=actor, data=data)
