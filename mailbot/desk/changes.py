"""The flags for programs: pages of all flags at a moment, and the changes since a cursor.

The cursor is the number of a row of `flag_changes`. It never skips or repeats a change: rows are only ever added, and
every write transaction is alone in the whole database (`store.engine`) from before it draws the number until it is
committed. So a number that becomes visible is above all that were visible before, and whoever has read up to it has
read everything below it. (Numbers may be missing where PostgreSQL rolled a transaction back: nothing ever stood there.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailbot.flag_lookup import flags_known, flags_now
from mailbot.flags import Flag, FlagChange
from mailbot.members import Member
from mailbot.store.flag_rows import changes_after, flagged_members, last_change_number


class CursorAheadError(Exception):
    """The cursor names a change that the database does not have: it was restored from an older copy, or made anew."""


@dataclass(frozen=True, slots=True)
class NamedFlag:
    """A member's flag, with the member's name of today (or of its last change, where the registry has lost it)."""

    name: str
    flag: Flag


@dataclass(frozen=True, slots=True)
class FlagsPage:
    """Flags by member code; `next` is the code behind which the next page begins, None on the last.

    `changes` is the cursor from which on changes are missing in this page.
    """

    flags: tuple[NamedFlag, ...]
    next: str | None
    changes: int


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Changes in the order they were committed; `next` is the cursor to go on from, `more` says that there is more."""

    changes: tuple[tuple[int, FlagChange], ...]
    next: int
    more: bool


def flags_page(
    connection: Connection,
    members: Mapping[str, Member],
    now: datetime,
    at: datetime | None,
    after: str | None,
    limit: int,
) -> FlagsPage:
    """The flags of at most `limit` members with a code above `after`, as they stand or were known at the moment `at`.

    `members` are the registry's. A page may hold fewer where members had their first flag only later.
    """
    codes = [code for code in flagged_members(connection) if after is None or code > after]
    shown = codes[:limit]
    found = flags_now(connection, now, shown) if at is None else flags_known(connection, at, shown)
    return FlagsPage(
        tuple(named(flag, members) for flag in found.values()),
        shown[-1] if len(codes) > limit else None,
        last_change_number(connection),
    )


def named(flag: Flag, members: Mapping[str, Member]) -> NamedFlag:
    """A flag with its member's name; `members` are the registry's."""
    member = members.get(flag.member)
    return NamedFlag(flag.member_name if member is None else member.name, flag)


def changes_since(connection: Connection, after: int, limit: int, member: str | None = None) -> ChangesPage:
    """At most `limit` changes (of one member) behind the cursor `after`; raises CursorAheadError."""
    if after > last_change_number(connection):
        raise CursorAheadError
    found = changes_after(connection, after, limit + 1, member)
    shown = tuple(found[:limit])
    return ChangesPage(shown, shown[-1][0] if shown else after, len(found) > limit)
