"""The rows of flag changes and study periods: only ever added."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from mailbot.flags import Cause, FlagChange, FlagState, KnownPeriod, StudyPeriod
from mailbot.store.tables import flag_changes, study_periods
from mailbot.terms import Duration


def add_flag_change(connection: Connection, change: FlagChange) -> None:
    """Record one change."""
    values = asdict(change)
    values["member_code"] = values.pop("member")
    connection.execute(insert(flag_changes).values(**values))


def changes_of(connection: Connection, member: str) -> tuple[FlagChange, ...]:
    """The changes of one member's flag, oldest first."""
    statement = select(flag_changes).where(flag_changes.c.member_code == member).order_by(flag_changes.c.id)
    return tuple(_change(row) for row in connection.execute(statement))


def all_changes(connection: Connection) -> dict[str, list[FlagChange]]:
    """The changes of every member that ever had a flag, oldest first, members by code."""
    found: dict[str, list[FlagChange]] = defaultdict(list)
    statement = select(flag_changes).order_by(flag_changes.c.member_code, flag_changes.c.id)
    for row in connection.execute(statement):
        found[row.member_code].append(_change(row))
    return dict(found)


def add_study_period(connection: Connection, period: StudyPeriod, known_at: datetime) -> None:
    """Record the study period as configured from `known_at` on."""
    connection.execute(insert(study_periods).values(known_at=known_at, **asdict(period)))


def known_periods(connection: Connection) -> tuple[KnownPeriod, ...]:
    """Every study period as it was configured in the course of time, oldest first."""
    rows = connection.execute(select(study_periods).order_by(study_periods.c.id))
    return tuple(KnownPeriod(StudyPeriod(row.name, row.assembly, row.ends), row.known_at) for row in rows)


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
