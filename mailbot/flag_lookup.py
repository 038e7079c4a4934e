"""How the members' flags stand, and how they stood: one look-up a member, however long its history."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from mailbot.flags import Flag, flag_at, flag_now
from mailbot.store.flag_rows import known_periods, last_changes


def flags_now(connection: Connection, now: datetime, codes: Collection[str] | None = None) -> dict[str, Flag]:
    """The flags as they stand, by member code, of the members in `codes` or of all; one without a flag is missing."""
    periods = known_periods(connection)
    return {change.member: flag_now(change, periods, now) for change in last_changes(connection, codes=codes)}


def flags_known(connection: Connection, at: datetime, codes: Collection[str] | None = None) -> dict[str, Flag]:
    """The same as it was known at the moment `at`."""
    periods = known_periods(connection)
    found = {change.member: flag_at((change,), periods, at) for change in last_changes(connection, at, codes)}
    return {code: flag for code, flag in found.items() if flag is not None}


def current_flag(connection: Connection, code: str, now: datetime) -> Flag | None:
    """One member's flag as it stands; None where it has none."""
    return flags_now(connection, now, [code]).get(code)
