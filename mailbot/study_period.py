"""The study period's upkeep: noting when its configuration changes, and ending the flags that end with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailbot import audit
from mailbot.flag_changes import period_facts, record_change
from mailbot.flags import FlagChange, KnownPeriod, StudyPeriod, lapse_of, revival_of
from mailbot.store.engine import Store
from mailbot.store.flag_rows import add_study_period, all_changes, known_periods, last_changes


def note_study_period(store: Store, period: StudyPeriod, now: datetime) -> bool:
    """Record the configured study period where it is not the last one recorded; return whether it was new.

    Flags that had lapsed with an earlier end of the same period come back when that end is moved beyond `now`.
    """
    with store.read() as connection:
        if _last(known_periods(connection)) == period:
            return False
    with store.begin() as connection:
        before = _last(known_periods(connection))
        if before == period:  # another mailbot was quicker
            return False
        number = add_study_period(connection, period, now)
        audit.append(
            connection, at=now, action="study_period:set", subject=period.name, actor="mailbot",
            data={
                "row": number,
                **period_facts(KnownPeriod(period, now)),
                "before": None if before is None else {"name": before.name, "ends": before.ends.isoformat()},
            },
        )  # fmt: skip
        for changes in all_changes(connection).values():
            revival = revival_of(changes, period, now)
            if revival is not None:
                record_change(connection, revival)
    return True


def lapse_flags(store: Store, now: datetime) -> int:
    """Record the end of every flag whose study period has ended; return how many there were."""
    with store.read() as connection:
        if not _lapses(connection, now):
            return 0
    with store.begin() as connection:
        lapses = _lapses(connection, now)
        for lapse in lapses:
            record_change(connection, lapse)
    return len(lapses)


def _lapses(connection: Connection, now: datetime) -> list[FlagChange]:
    periods = known_periods(connection)
    found = (lapse_of(last, periods, now) for last in last_changes(connection))
    return [lapse for lapse in found if lapse is not None]


def _last(periods: tuple[KnownPeriod, ...]) -> StudyPeriod | None:
    return periods[-1].period if periods else None
