"""How a flag's history reads at any moment (contract section 1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailbot.flags import (
    Cause,
    Flag,
    FlagChange,
    FlagState,
    KnownPeriod,
    StudyPeriod,
    already_stands,
    flag_at,
    flag_now,
    lapse_of,
    revival_of,
)
from mailbot.terms import Duration, Intent


def day(year: int, month: int = 1, number: int = 1) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


PERIOD = StudyPeriod("2025-2028", "WTSA-28", day(2028, 11))
PERIODS = (KnownPeriod(PERIOD, day(2025)),)


def change(
    at: datetime, state: FlagState = FlagState.OPTED_IN, duration: Duration | None = Duration.STUDY_PERIOD
) -> FlagChange:
    bound = PERIOD.name if duration is Duration.STUDY_PERIOD else None
    return FlagChange("IRL", "Ireland", at, state, at, duration, bound, Cause.LETTER, at, f"{at.year}-00001", "<1@x>")


def standing(changes: list[FlagChange], moment: datetime, periods: tuple[KnownPeriod, ...] = PERIODS) -> Flag:
    flag = flag_at(changes, periods, moment)
    assert flag is not None
    return flag


def test_before_the_first_change_there_is_no_flag() -> None:
    assert flag_at([change(day(2026))], PERIODS, day(2025)) is None


def test_an_opt_in_for_the_study_period_ends_with_it_recorded_or_not() -> None:
    changes = [change(day(2026))]
    assert standing(changes, day(2028, 10, 31)).until == PERIOD.ends
    ended = standing(changes, PERIOD.ends)
    assert (ended.state, ended.since, ended.until) == (FlagState.OPTED_OUT, PERIOD.ends, None)
    assert ended.basis == day(2026)


def test_an_opt_in_until_further_notice_has_no_end() -> None:
    flag = standing([change(day(2026), duration=Duration.UNTIL_FURTHER_NOTICE)], day(2035))
    assert (flag.state, flag.until) == (FlagState.OPTED_IN, None)


def test_a_moved_end_counts_from_when_it_was_known() -> None:
    moved = KnownPeriod(StudyPeriod(PERIOD.name, "WTSA-29", day(2029, 5)), day(2027))
    changes = [change(day(2026))]
    assert standing(changes, day(2026, 6), (*PERIODS, moved)).until == PERIOD.ends
    assert standing(changes, day(2028), (*PERIODS, moved)).until == day(2029, 5)


def test_the_next_study_period_does_not_carry_the_flags_of_the_last() -> None:
    following = KnownPeriod(StudyPeriod("2029-2032", "WTSA-32", day(2032, 11)), day(2028, 12))
    assert standing([change(day(2026))], day(2029), (*PERIODS, following)).state is FlagState.OPTED_OUT


def test_a_lapse_is_recorded_once_with_the_moment_the_period_ended() -> None:
    changes = [change(day(2026))]
    assert lapse_of(changes[-1], PERIODS, day(2028)) is None
    lapse = lapse_of(changes[-1], PERIODS, day(2029))
    assert lapse is not None
    assert (lapse.cause, lapse.since, lapse.at, lapse.message_id) == (Cause.LAPSE, PERIOD.ends, day(2029), None)
    assert lapse_of(lapse, PERIODS, day(2030)) is None


def test_a_lapsed_flag_comes_back_only_with_its_own_period_and_only_when_the_end_lies_ahead() -> None:
    opted_in = change(day(2026))
    lapse = lapse_of(opted_in, PERIODS, day(2029))
    assert lapse is not None
    history = [opted_in, lapse]
    assert revival_of(history, StudyPeriod(PERIOD.name, "WTSA-29", day(2028, 12)), day(2029)) is None
    assert revival_of(history, StudyPeriod("2029-2032", "WTSA-32", day(2032)), day(2029)) is None
    back = revival_of(history, StudyPeriod(PERIOD.name, "WTSA-29", day(2029, 5)), day(2029))
    assert back is not None
    assert (back.state, back.cause, back.since) == (FlagState.OPTED_IN, Cause.STUDY_PERIOD_MOVED, day(2026))
    later = change(day(2029, 2), FlagState.OPTED_OUT, None)
    assert revival_of([*history, later], StudyPeriod(PERIOD.name, "WTSA-29", day(2029, 5)), day(2029, 3)) is None


def test_what_was_recorded_last_stands_though_the_clock_that_recorded_it_ran_ahead() -> None:
    opted_in = change(day(2027))
    assert flag_now(opted_in, PERIODS, day(2026)).state is FlagState.OPTED_IN
    assert flag_now(opted_in, PERIODS, day(2026)).until == PERIOD.ends
    assert flag_at([opted_in], PERIODS, day(2026)) is None


def test_a_member_that_never_wrote_stands_as_opted_out() -> None:
    assert already_stands(None, Intent.OPT_OUT, None, PERIOD.name)
    assert not already_stands(None, Intent.OPT_IN, None, PERIOD.name)


def test_an_opt_in_of_an_earlier_period_is_renewed() -> None:
    flag = standing([change(day(2026))], day(2027))
    assert already_stands(flag, Intent.OPT_IN, None, PERIOD.name)
    assert already_stands(flag, Intent.OPT_IN, Duration.STUDY_PERIOD, PERIOD.name)
    assert not already_stands(flag, Intent.OPT_IN, Duration.UNTIL_FURTHER_NOTICE, PERIOD.name)
    assert not already_stands(flag, Intent.OPT_IN, None, "2029-2032")


MOMENTS = st.integers(0, 10 * 365).map(lambda days: day(2025) + timedelta(days=days))


@given(st.lists(MOMENTS, min_size=1, max_size=6), MOMENTS, st.sampled_from(list(Duration)))
def test_what_was_known_at_a_moment_never_changes_by_what_comes_later(
    moments: list[datetime], asked: datetime, duration: Duration
) -> None:
    """`--at` answers as of then: appending to the history leaves the past alone."""
    changes = [
        change(at, FlagState.OPTED_IN if number % 2 == 0 else FlagState.OPTED_OUT, None if number % 2 else duration)
        for number, at in enumerate(sorted(moments))
    ]
    known = [one for one in changes if one.at <= asked]
    assert flag_at(changes, PERIODS, asked) == flag_at(known, PERIODS, asked)
