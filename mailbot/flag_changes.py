"""Changing a flag: the row of its history and its audit entry, together; and what such an entry says of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import Connection

from mailbot import audit
from mailbot.flags import Cause, FlagChange, FlagState, KnownPeriod, StudyPeriod, wanted_state
from mailbot.members import Member
from mailbot.store.flag_rows import add_flag_change, last_changes
from mailbot.terms import Duration, Intent


def change_flag(
    connection: Connection,
    member: Member,
    intent: Intent,
    duration: Duration,
    period: StudyPeriod,
    *,
    at: datetime,
    cause: Cause,
    basis: datetime,
    reference: str,
    message_id: str | None,
    by: str | None = None,
    reason: str | None = None,
) -> None:
    """Set a member's flag as wished from `at` on; an opt-out has no duration."""
    state = wanted_state(intent)
    held = duration if state is FlagState.OPTED_IN else None
    record_change(
        connection,
        FlagChange(
            member=member.code,
            member_name=member.name,
            at=at,
            state=state,
            since=at,
            duration=held,
            study_period=period.name if held is Duration.STUDY_PERIOD else None,
            cause=cause,
            basis=basis,
            reference=reference,
            message_id=message_id,
            by=by,
            reason=reason,
        ),
    )


def record_change(connection: Connection, change: FlagChange) -> None:
    """Store a change of a flag and its audit entry, in the caller's transaction."""
    earlier = last_changes(connection, codes=[change.member])
    number = add_flag_change(connection, change)
    audit.append(
        connection, at=change.at, action="flag:changed", subject=change.member, actor=change.by or "mailbot",
        data={"row": number, **change_facts(change), "before": earlier[0].state if earlier else None},
    )  # fmt: skip


def change_facts(change: FlagChange) -> dict[str, object]:
    """All that a row of a flag's history says, for its audit entry: `audit verify` holds one against the other."""
    return _facts(asdict(change))


def period_facts(known: KnownPeriod) -> dict[str, object]:
    """The same of a study period as it was configured."""
    return _facts({**asdict(known.period), "known_at": known.known_at})


def _facts(values: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
