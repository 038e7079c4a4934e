"""A member's flag: what it says, until when, and how a history of changes reads at any moment.

Nothing here is stored or loaded: the functions take the changes of one member, oldest first, and the study periods as
they were known, and say what they mean at a moment. All moments are aware, in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailbot.terms import Duration, Intent


class FlagState(StrEnum):
    """Whether a member's registrations are approved automatically."""

    OPTED_IN = "opted_in"
    OPTED_OUT = "opted_out"


class Cause(StrEnum):
    """What changed a flag."""

    LETTER = "letter"
    REVIEW = "review"
    LAPSE = "lapse"
    STUDY_PERIOD_MOVED = "study_period_moved"


@dataclass(frozen=True, slots=True)
class StudyPeriod:
    """The period a flag may be bound to; `ends` is the moment it ends, and it may move with the Assembly."""

    name: str
    assembly: str
    ends: datetime


@dataclass(frozen=True, slots=True)
class KnownPeriod:
    """A study period as it was configured from the moment `known_at` on."""

    period: StudyPeriod
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Flag:
    """A member's flag as it stands after its last change.

    `study_period` names the period an opt-in ends with (None: open-ended, or opted out). `basis` is the Date of the
    letter, or the moment of the person's decision, that the flag stands on (contract rule 11). `until` is the end of
    that period as known at the moment asked, None where the flag has no end. `member_name` is of that last change, too.
    """

    member: str
    member_name: str
    state: FlagState
    since: datetime
    duration: Duration | None
    study_period: str | None
    basis: datetime
    reference: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FlagChange:
    """One change of one member's flag, recorded at `at`, with the letter or the person behind it."""

    member: str
    member_name: str
    at: datetime
    state: FlagState
    since: datetime
    duration: Duration | None
    study_period: str | None
    cause: Cause
    basis: datetime
    reference: str
    message_id: str | None = None
    by: str | None = None
    reason: str | None = None

    @property
    def flag(self) -> Flag:
        """The flag right after this change, its end not yet looked up."""
        return Flag(
            self.member, self.member_name, self.state, self.since, self.duration, self.study_period, self.basis,
            self.reference,
        )  # fmt: skip


def wanted_state(intent: Intent) -> FlagState:
    """The state a clear wish asks for."""
    return FlagState.OPTED_IN if intent is Intent.OPT_IN else FlagState.OPTED_OUT


def already_stands(flag: Flag | None, intent: Intent, duration: Duration | None, current_period: str) -> bool:
    """Whether `flag` already says what a letter asks for, so that nothing changes (contract section 4, `no_change`).

    A member that never wrote stands as opted out. An opt-in that names no duration asks for no particular one; one
    that was bound to an earlier study period is renewed by a new letter.
    """
    if intent is Intent.OPT_OUT:
        return flag is None or flag.state is FlagState.OPTED_OUT
    if flag is None or flag.state is FlagState.OPTED_OUT:
        return False
    bound_elsewhere = flag.study_period is not None and flag.study_period != current_period
    return not bound_elsewhere and duration in (None, flag.duration)


def flag_at(changes: Sequence[FlagChange], periods: Sequence[KnownPeriod], moment: datetime) -> Flag | None:
    """One member's flag as it was known at `moment`; None where the member had none.

    An opt-in whose study period has ended reads as opted out since that end, whether or not the lapse has been
    recorded yet.
    """
    recorded = [change for change in changes if change.at <= moment]
    known = [period for period in periods if period.known_at <= moment]
    return flag_now(recorded[-1], known, moment) if recorded else None


def flag_now(last: FlagChange, periods: Sequence[KnownPeriod], now: datetime) -> Flag:
    """One member's flag as it stands after its last change; `periods` oldest first.

    What was recorded last counts, even by a clock that ran ahead: of two workers the one whose clock is behind must not
    overlook what the other has just written.
    """
    flag = last.flag
    ends = [entry.period.ends for entry in periods if entry.period.name == flag.study_period]
    if not ends:
        return flag
    if ends[-1] > now:
        return replace(flag, until=ends[-1])
    return replace(flag, state=FlagState.OPTED_OUT, since=ends[-1], duration=None, study_period=None)


def lapse_of(last: FlagChange, periods: Sequence[KnownPeriod], now: datetime) -> FlagChange | None:
    """The change to record where the study period of the last opt-in has ended, else None."""
    flag = flag_now(last, periods, now)
    if flag.state is last.state:
        return None
    return replace(
        last, at=now, state=flag.state, since=flag.since, duration=None, study_period=None, cause=Cause.LAPSE,
        message_id=None, by=None, reason=f"study period {last.study_period} ended",
    )  # fmt: skip


def revival_of(changes: Sequence[FlagChange], moved: StudyPeriod, now: datetime) -> FlagChange | None:
    """The change to record where a flag had lapsed with a period whose end has now been moved beyond `now`.

    An Assembly may be postponed after the day mailbot was told: who opted in for the study period is in until the
    period really ends.
    """
    if len(changes) < 2 or changes[-1].cause is not Cause.LAPSE or moved.ends <= now:
        return None
    before = changes[-2]
    if before.study_period != moved.name:
        return None
    return replace(
        before, at=now, cause=Cause.STUDY_PERIOD_MOVED, message_id=None, by=None,
        reason=f"the end of study period {moved.name} was moved",
    )  # fmt: skip
