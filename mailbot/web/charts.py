"""Charts as numbers for SVG: where each bar stands, in percent of the width and of the height.

So a chart needs no style attribute, which the CSP refuses, and fits any width without its letters growing or shrinking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_ROOM_ABOVE, _ROOM_BELOW = 4.0, 14.0  # percent of the height, the lower one for the labels
_FILLED = 0.72  # of a column's place that its bar takes


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; `series` tells which of the column's values it shows."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its bars from the ground up, and the middle of its place, for a label."""

    middle: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of stacked columns; `lines` are the heights of the grid's lines with the numbers they stand for."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[float, int], ...]


def stacked_columns(values: Sequence[Sequence[int]]) -> Columns:
    """A column for each of `values`, whose numbers stand one on the other."""
    top = _round_top(max((sum(column) for column in values), default=0))
    ground, room = 100 - _ROOM_BELOW, 100 - _ROOM_BELOW - _ROOM_ABOVE
    place = 100 / max(1, len(values))
    columns = []
    for number, column in enumerate(values):
        bars, reached = [], ground
        for series, value in enumerate(column):
            height = room * value / top
            if value:
                bars.append(
                    Bar(number * place + place * (1 - _FILLED) / 2, reached - height, place * _FILLED, height, series)
                )
            reached -= height
        columns.append(Column(number * place + place / 2, tuple(bars)))
    lines = tuple((ground - room * part / 2, top * part // 2) for part in range(3))
    return Columns(tuple(columns), lines)


def _round_top(highest: int) -> int:
    """The smallest even round number (2, 4, 6 … 20, 40, 60 …) that is not below the highest column."""
    power = 1
    while True:
        for step in (2, 4, 6, 8, 10, 12, 16):
            if highest <= step * power:
                return step * power
        power *= 10
