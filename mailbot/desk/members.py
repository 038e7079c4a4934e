"""Members for the console: the list with each one's flag, and one member with its people, letters and history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from mailbot.desk.paging import ROWS, Page, number_in, page_of
from mailbot.flag_lookup import current_flag, flags_now
from mailbot.flags import Flag, FlagChange
from mailbot.members import Account, FocalPoint, Member
from mailbot.register import Register
from mailbot.store.flag_rows import changes_before
from mailbot.store.registry_rows import accounts_of
from mailbot.store.tables import letters
from mailbot.terms import Standing

LETTERS = 10  # of a member that are shown


@dataclass(frozen=True, slots=True)
class Listed:
    """A member in the list; `flag` None: it never wrote, and stands as opted out."""

    member: Member
    flag: Flag | None


@dataclass(frozen=True, slots=True)
class Person:
    """A focal point, and what it may do today."""

    point: FocalPoint
    standing: Standing


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that is shown of one member but its history. `member` None: the registry no longer has it."""

    code: str
    name: str
    member: Member | None
    flag: Flag | None
    people: tuple[Person, ...]
    accounts: tuple[Account, ...]
    letters: tuple[Row[Any], ...]
    more_letters: bool


def find_members(
    connection: Connection, register: Register, text: str, now: datetime, after: str | None = None, rows: int = ROWS
) -> Page[Listed]:
    """The members that `text` finds, by code, those behind the code `after`."""
    found = [member for member in register.matching(text) if after is None or member.code > after]
    page = page_of(found[: rows + 1], rows, lambda member: member.code)
    flags = flags_now(connection, now, [member.code for member in page.rows])
    return Page(tuple(Listed(member, flags.get(member.code)) for member in page.rows), page.next)


def member_sheet(connection: Connection, register: Register, code: str, now: datetime) -> Sheet | None:
    """One member; None for a code that is not in the registry and never had a flag."""
    flag = current_flag(connection, code, now)
    member = register.members.get(code)
    if member is not None:
        name = member.name
    elif flag is not None:
        name = flag.member_name
    else:
        return None
    found = _letters(connection, code)
    return Sheet(
        code=code,
        name=name,
        member=member,
        flag=flag,
        people=tuple(
            Person(point, point.standing_on(now.date(), register.sector)) for point in register.focal_points(code)
        ),
        accounts=accounts_of(connection, code),
        letters=tuple(found[:LETTERS]),
        more_letters=len(found) > LETTERS,
    )


def history(connection: Connection, code: str, cursor: str | None = None, rows: int = ROWS) -> Page[FlagChange]:
    """The changes of one member's flag, newest first."""
    found = changes_before(connection, code, number_in(cursor), rows + 1)
    page = page_of(found, rows, lambda numbered: str(numbered[0]))
    return Page(tuple(change for _, change in page.rows), page.next)


def _letters(connection: Connection, code: str) -> list[Row[Any]]:
    """The member's newest letters, one more than is shown."""
    columns = (
        letters.c.reference, letters.c.received, letters.c.subject, letters.c.sender, letters.c.outcome,
        letters.c.review, letters.c.redacted_at,
    )  # fmt: skip
    statement = select(*columns).where(letters.c.member_code == code, letters.c.reference.is_not(None))
    statement = statement.order_by(letters.c.received.desc(), letters.c.id.desc())
    return list(connection.execute(statement.limit(LETTERS + 1)))
