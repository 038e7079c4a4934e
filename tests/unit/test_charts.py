"""A chart's numbers: bars stand one on the other, within the picture, as high as what they show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.web.charts import stacked_columns


@given(st.lists(st.tuples(*[st.integers(0, 100_000)] * 3), max_size=60))
def test_bars_stand_one_on_the_other_as_high_as_what_they_show(values: list[tuple[int, int, int]]) -> None:
    chart = stacked_columns(values)
    assert len(chart.columns) == len(values)
    (ground, zero), (_, half), (ceiling, top) = chart.lines
    assert (zero, top) == (0, 2 * half)
    assert top >= max((sum(column) for column in values), default=0)
    for column, shown in zip(values, chart.columns, strict=True):
        reached = ground
        for bar in shown.bars:
            assert bar.y + bar.height == pytest.approx(reached)
            assert bar.height / (ground - ceiling) == pytest.approx(column[bar.series] / top)
            assert 0 <= bar.x < shown.middle < bar.x + bar.width <= 100.001
            reached = bar.y
        assert {bar.series for bar in shown.bars} == {number for number, value in enumerate(column) if value}
        assert reached >= ceiling - 0.001


@pytest.mark.parametrize(("highest", "top"), [(0, 2), (1, 2), (3, 4), (11, 12), (17, 20), (101, 120), (5000, 6000)])
def test_the_grid_ends_at_a_round_number(highest: int, top: int) -> None:
    assert stacked_columns([[highest]]).lines[-1][1] == top
