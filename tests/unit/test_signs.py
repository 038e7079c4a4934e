"""The health of mailbot in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailbot.desk.figures import Health
from mailbot.web.signs import signs

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Row:
    """A row as the database gives it."""

    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    trouble: str | None = None
    opened_at: datetime = NOW
    why: str = "too much mail"


def told(poll: Any = None, delivery: Any = None, stopped: Any = None, **mails: int) -> dict[str, tuple[str, str]]:
    health = Health(poll, delivery, stopped, {"failed": 0, "bounced": 0, "withheld": 0, "due": 0} | mails)
    return {sign.name: (sign.tone, sign.words) for sign in signs(health, "SQLite", MINUTE, NOW)}


@pytest.mark.parametrize(
    ("row", "tone", "words"),
    [
        (None, "", "not read yet"),
        (Row(NOW - MINUTE), "good", "last read"),
        (Row(NOW - 14 * MINUTE), "good", "last read"),
        (Row(NOW - 16 * MINUTE), "warn", "is mailbot run at work?"),
        (Row(NOW - 2 * MINUTE, NOW - MINUTE, "no answer"), "bad", "cannot be read: no answer"),
        (Row(None, NOW - MINUTE, "no answer"), "bad", "cannot be read: no answer"),
    ],
)
def test_the_mailbox_is_well_while_it_is_read(row: Row | None, tone: str, words: str) -> None:
    found = told(poll=row)["Mailbox"]
    assert found[0] == tone
    assert words in found[1]


def test_outgoing_mail_that_was_stopped_is_the_worst_news() -> None:
    assert told(delivery=Row(NOW), stopped=Row())["Outgoing mail"] == ("bad", "stopped: too much mail; that was")
    assert told(delivery=Row(None, NOW, "refused"))["Outgoing mail"][0] == "bad"
    assert told(delivery=Row(NOW))["Outgoing mail"] == ("good", "last sent")
    assert told()["Outgoing mail"][0] == ""


def test_mails_that_reached_nobody_are_counted() -> None:
    assert told(failed=1)["Mail"] == ("warn", "1 mail reached nobody")
    assert told(failed=1, withheld=2)["Mail"] == ("warn", "3 mails reached nobody")
    assert "Mail" not in told()
