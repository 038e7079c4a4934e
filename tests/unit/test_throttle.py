"""How long to wait after failed attempts to sign in, and by which address they are counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.web.throttle import FREE_ON_ACCOUNT, LONGEST_PAUSE, MEMORY, address_counted, in_words, pause_left

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (11, 900), (500, 900)]
)
def test_each_attempt_doubles_the_pause_up_to_a_quarter_of_an_hour(attempts: int, seconds: int) -> None:
    assert pause_left([NOW] * attempts, FREE_ON_ACCOUNT, NOW) == timedelta(seconds=seconds)


@given(st.lists(st.integers(0, 7200), max_size=40), st.integers(1, 30))
def test_a_pause_never_lasts_longer_than_it_may_and_ends_by_itself(ages: list[int], free: int) -> None:
    attempts = sorted(NOW - timedelta(seconds=age) for age in ages)
    left = pause_left(attempts, free, NOW)
    assert timedelta() <= left <= LONGEST_PAUSE
    assert not pause_left(attempts, free, NOW + left)


def test_what_is_older_than_an_hour_counts_no_more() -> None:
    assert not pause_left([NOW - MEMORY] * 100, FREE_ON_ACCOUNT, NOW)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_household_counts_once(address: str | None, counted: str) -> None:
    assert address_counted(address) == counted


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 second"), (30, "30 seconds"), (89, "89 seconds"), (90, "2 minutes"), (900, "15 minutes")],
)
def test_a_pause_is_said_in_words(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words
