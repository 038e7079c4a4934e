"""How the members' flags stand, now or as it was known at a moment: one look-up a member, however long its history."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from mailbot.flags import Flag, flag_at, flag_now
from mailbot.store.flag_rows import known_periods, last_changes


def flags_of(
    connection: Connection, now: datetime, *, at: datetime | None = None, codes: Collection[str] | None = None
) -> dict[str, Flag]:
    """The flags as they stand, or as they were known at the moment `at`, by member code.

    Of the members in `codes`, of all where it is None; a member that had no flag is missing.
    """
    periods = known_periods(connection)
    found = {}
    for change in last_changes(connection, at, codes):
        flag = flag_now(change, periods, now) if at is None else flag_at((change,), periods, at)
        if flag is not None:
            found[change.member] = flag
    return found


def flag_of(connection: Connection, code: str, now: datetime, *, at: datetime | None = None) -> Flag | None:
    """The same of one member; None where it had no flag."""
    return flags_of(connection, now, at=at, codes=[code]).get(code)
