"""When mailbot tries again: growing waits, a server's own wish, and where reading goes on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mailbot.errors import MailbotError
from mailbot.ingest import Opened
from mailbot.polling import Start, next_position
from mailbot.store.position_rows import Position
from mailbot.throttling import BackOff, ThrottledError, backoff_seconds, growing_wait

NOW = datetime(2026, 11, 22, 12, 0, 0, 500, tzinfo=UTC)


def test_waits_double_up_to_the_cap() -> None:
    waits = [growing_wait(10, attempts, 60).total_seconds() for attempts in (1, 2, 3, 4, 1000)]
    assert waits == [10, 20, 40, 60, 60]


def test_failing_work_waits_longer_each_time_and_success_forgets() -> None:
    back_off = BackOff(60, cap_seconds=200)
    assert back_off.ready(NOW)
    back_off = back_off.failed(NOW, MailbotError("x"))
    assert not back_off.ready(NOW + timedelta(seconds=59))
    assert back_off.ready(NOW + timedelta(seconds=60))
    back_off = back_off.failed(NOW, MailbotError("x")).failed(NOW, MailbotError("x"))
    assert not back_off.ready(NOW + timedelta(seconds=199))
    assert back_off.ready(NOW + timedelta(seconds=200))
    assert back_off.succeeded().ready(NOW)


def test_exchange_s_suggested_backoff_time_is_kept() -> None:
    said = "NO [UNAVAILABLE] Request is throttled. Suggested Backoff Time: 299961 milliseconds"
    seconds = backoff_seconds(said)
    assert seconds == pytest.approx(299.961)
    back_off = BackOff(1).failed(NOW, ThrottledError(said, seconds or 0))
    assert not back_off.ready(NOW + timedelta(seconds=299))
    assert backoff_seconds("NO something else") is None


@pytest.mark.parametrize(
    ("start", "last_uid", "since"),
    [
        ("now", 99_999, datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("recent", 0, NOW - timedelta(days=7)),
        ("all", 0, None),
        (date(2026, 11, 1), 0, datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_at_the_first_contact_reading_begins_at_the_start(start: Start, last_uid: int, since: datetime | None) -> None:
    position = next_position(None, "box", Opened(7, 100_000), start, NOW)
    assert position == Position("box", 7, last_uid, since, 100_000, NOW)


def test_a_known_position_is_gone_on_from() -> None:
    known = Position("box", 7, 50, None, 40, NOW)
    assert next_position(known, "box", Opened(7, 60), "now", NOW + timedelta(days=1)) is known


@pytest.mark.parametrize(
    ("start", "since"),
    [("now", NOW.replace(microsecond=0)), ("recent", NOW - timedelta(days=7)), ("all", None)],
)
def test_a_renumbered_mailbox_is_read_again_from_the_first_contact_on(start: Start, since: datetime | None) -> None:
    known = Position("box", 7, 50, None, 40, NOW)
    position = next_position(known, "box", Opened(8, 60), start, NOW + timedelta(days=100))
    assert position == Position("box", 8, 0, since, 60, NOW)
