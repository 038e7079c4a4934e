"""When a letter has been kept long enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.retention import months_before

GENEVA = timezone(timedelta(hours=1))
moments = st.integers(0, 2_000_000).map(lambda hours: datetime(1950, 1, 1, tzinfo=UTC) + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("moment", "months", "before"),
    [
        (datetime(2026, 11, 22, 12, tzinfo=UTC), 60, datetime(2021, 11, 22, 12, tzinfo=UTC)),
        (datetime(2024, 3, 31, tzinfo=UTC), 1, datetime(2024, 2, 29, tzinfo=UTC)),
        (datetime(2025, 1, 31, tzinfo=UTC), 2, datetime(2024, 11, 30, tzinfo=UTC)),
        (
            datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))),
            1,
            datetime(2025, 11, 30, 23, 30, tzinfo=UTC),
        ),
    ],
)
def test_months_are_counted_by_the_calendar(moment: datetime, months: int, before: datetime) -> None:
    assert months_before(moment, months) == before


@given(moments, st.integers(0, 1200))
def test_a_month_more_is_a_month_earlier_and_never_by_more_than_31_days(moment: datetime, months: int) -> None:
    step = months_before(moment, months) - months_before(moment, months + 1)
    assert timedelta(days=28) <= step <= timedelta(days=31)
