"""Where a writer quotes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.quotations import quotations


def quoted(text: str) -> list[str]:
    return [text[start:end] for start, end in quotations(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("he said “no” and „nein“", ["“no”", "„nein“"]),
        ('she said "no" and "yes"', ['"no"', '"yes"']),
        ("il dit « non »", ["« non »"]),
        ("他说「不」", ["「不」"]),
        ("nothing is quoted here", []),
        ("opened “ and never closed", ["“ and never closed"]),
        ("»so« and ”so” and ‘so’", ["»so«", "”so”", "‘so’"]),
        ("“Mr “Big” Smith” came", ["“Mr “Big” Smith”"]),
        ('one "opened only', []),
        ('an inch is 1" here\n\nand another 2" there', []),
        ("“one line\n\nand another”", ["“one line\n\nand another”"]),
    ],
)
def test_quotations_are_found(text: str, found: list[str]) -> None:
    assert quoted(text) == found


@given(st.text(alphabet='«»“”„"「」ab \n', max_size=60))
def test_quotations_follow_one_another_and_carry_their_marks(text: str) -> None:
    end = 0
    for start, after in quotations(text):
        assert end <= start < after <= len(text)
        assert text[start] in '«»“”„"「'
        end = after
