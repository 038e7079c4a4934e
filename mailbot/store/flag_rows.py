"""The rows of flag changes and study periods: only ever added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, FromClause, Row, func, insert, literal, select, union_all

from mailbot.flags import Cause, FlagChange, FlagState, KnownPeriod, StudyPeriod
from mailbot.store.distinct import distinct_values
from mailbot.store.tables import flag_changes, study_periods
from mailbot.terms import Duration


def add_flag_change(connection: Connection, change: FlagChange) -> int:
    """Record one change; return its number."""
    values = asdict(change)
    values["member_code"] = values.pop("member")
    added = connection.execute(insert(flag_changes).values(**values).returning(flag_changes.c.id))
    return int(added.scalar_one())


def flag_change(connection: Connection, number: int) -> FlagChange | None:
    """The change with a number; raises ValueError where the row says what none can say."""
    row = connection.execute(select(flag_changes).where(flag_changes.c.id == number)).one_or_none()
    return None if row is None else _change(row)


def changes_of(connection: Connection, member: str) -> tuple[FlagChange, ...]:
    """The changes of one member's flag, oldest first."""
    statement = select(flag_changes).where(flag_changes.c.member_code == member).order_by(flag_changes.c.id)
    return tuple(_change(row) for row in connection.execute(statement))


def changes_before(connection: Connection, member: str, number: int | None, most: int) -> list[tuple[int, FlagChange]]:
    """The newest changes of one member's flag with their numbers, newest first; below `number` where there is one."""
    statement = select(flag_changes).where(flag_changes.c.member_code == member)
    if number is not None:
        statement = statement.where(flag_changes.c.id < number)
    rows = connection.execute(statement.order_by(flag_changes.c.id.desc()).limit(most))
    return [(row.id, _change(row)) for row in rows]


def changes_after(connection: Connection, number: int, most: int, member: str | None) -> list[tuple[int, FlagChange]]:
    """The first changes above `number` with their numbers (of one member), oldest first."""
    statement = select(flag_changes).where(flag_changes.c.id > number)
    if member is not None:
        statement = statement.where(flag_changes.c.member_code == member)
    return [(row.id, _change(row)) for row in connection.execute(statement.order_by(flag_changes.c.id).limit(most))]


def last_change_number(connection: Connection) -> int:
    """The number of the newest change of all, 0 where there is none."""
    return connection.execute(select(func.max(flag_changes.c.id))).scalar_one() or 0


def flagged_members(connection: Connection) -> list[str]:
    """The codes of the members that ever had a flag, sorted."""
    found = distinct_values(flag_changes.c.member_code)
    return sorted(connection.execute(select(found.c.value)).scalars())  # here: PostgreSQL sorts by its locale


def all_changes(connection: Connection) -> dict[str, list[FlagChange]]:
    """The changes of every member that ever had a flag, oldest first, members by code."""
    found: dict[str, list[FlagChange]] = defaultdict(list)
    for row in connection.execute(select(flag_changes).order_by(flag_changes.c.id)):
        found[row.member_code].append(_change(row))
    return dict(sorted(found.items()))  # here: PostgreSQL sorts by its locale


def last_changes(
    connection: Connection, moment: datetime | None = None, codes: Collection[str] | None = None
) -> tuple[FlagChange, ...]:
    """The last change (that was recorded by `moment`) of each member (of `codes`), members by code.

    One look-up a member, however long its history is.
    """
    if codes is None:
        found: FromClause = distinct_values(flag_changes.c.member_code)
    elif codes:
        found = union_all(*(select(literal(code).label("value")) for code in codes)).subquery()
    else:
        return ()
    earlier = flag_changes.alias("earlier")
    of_member = select(earlier.c.id).where(earlier.c.member_code == found.c.value)
    if moment is not None:
        of_member = of_member.where(earlier.c.at <= moment)
    last = of_member.order_by(earlier.c.id.desc()).limit(1).scalar_subquery()
    rows = connection.execute(select(flag_changes).where(flag_changes.c.id.in_(select(last).select_from(found))))
    return tuple(sorted(map(_change, rows), key=lambda change: change.member))


def add_study_period(connection: Connection, period: StudyPeriod, known_at: datetime) -> int:
    """Record the study period as configured from `known_at` on; return its number."""
    values = {"known_at": known_at, **asdict(period)}
    return int(connection.execute(insert(study_periods).values(**values).returning(study_periods.c.id)).scalar_one())


def study_period(connection: Connection, number: int) -> KnownPeriod | None:
    """The study period with a number; raises ValueError where the row says what none can say."""
    row = connection.execute(select(study_periods).where(study_periods.c.id == number)).one_or_none()
    return None if row is None else _known(row)


def known_periods(connection: Connection) -> tuple[KnownPeriod, ...]:
    """Every study period as it was configured in the course of time, oldest first."""
    rows = connection.execute(select(study_periods).order_by(study_periods.c.id))
    return tuple(_known(row) for row in rows)


def _known(row: Row[Any]) -> KnownPeriod:
    return KnownPeriod(StudyPeriod(row.name, row.assembly, row.ends), row.known_at)


def _change(row: Row[Any]) -> FlagChange:
    return FlagChange(
        member=row.member_code,
        member_name=row.member_name,
        at=row.at,
        state=FlagState(row.state),
        since=row.since,
        duration=Duration(row.duration) if row.duration else None,
        study_period=row.study_period,
        cause=Cause(row.cause),
        basis=row.basis,
        reference=row.reference,
        message_id=row.message_id,
        by=row.by,
        reason=row.reason,
    )
