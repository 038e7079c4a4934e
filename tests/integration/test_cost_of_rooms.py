"""What the console's rooms read costs the database no more for thirty times the letters, in steps of its machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from mailbot.desk import activity, figures, members, outgoing
from mailbot.desk.activity import Wanted
from mailbot.flag_report import flag_list
from mailbot.members import Member
from mailbot.register import Register
from mailbot.store.engine import Store, open_store
from mailbot.store.tables import audit_entries, daily_counts, flag_changes, letters, outbox

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CODES = [f"M{number:02}" for number in range(20)]
REGISTER = Register.of((Member(code, f"Member {code}", "member_state", "") for code in CODES), ())
FEW, MANY = 300, 9000


def filled(folder: Path, number: int) -> Store:
    """A database after `number` letters, each with a flag change, a mail and three audit entries, an hour apart."""
    store = open_store(f"sqlite:///{folder}/{number}.db")
    moments = [NOW - timedelta(hours=number - place) for place in range(number)]
    with store.begin() as connection:
        connection.execute(
            insert(letters),
            [
                {
                    "mailbox": "m", "uidvalidity": 1, "uid": n, "sha256": str(n), "content_sha256": str(n), "size": 1,
                    "received": at, "decided_at": at, "outcome": "review", "reasons": [], "reference": f"r{n}",
                    "review": "open" if n % 10 == 0 else "resolved", "member_code": CODES[n % 20],
                }
                for n, at in enumerate(moments)
            ],
        )  # fmt: skip
        connection.execute(
            insert(flag_changes),
            [
                {
                    "member_code": CODES[n % 20], "member_name": "M", "at": at, "state": "opted_out", "since": at,
                    "cause": "letter", "basis": at, "reference": f"r{n}",
                }
                for n, at in enumerate(moments)
            ],
        )  # fmt: skip
        connection.execute(
            insert(outbox),
            [
                {
                    "kind": "confirmation", "message_id": f"<{n}@x>", "reference": f"r{n}", "recipients": [],
                    "refused": {}, "created_at": at, "attempts": 1, "next_attempt": at,
                    "status": "failed" if n % 7 == 0 else "sent",
                }
                for n, at in enumerate(moments)
            ],
        )  # fmt: skip
        connection.execute(
            insert(audit_entries),
            [
                {
                    "seq": 3 * n + k, "at": at.isoformat(), "action": f"thing:{k}", "subject": f"r{n}",
                    "actor": f"actor {n % 9}", "data": "{}", "previous": "", "hash": "",
                }
                for n, at in enumerate(moments) for k in (1, 2, 3)
            ],
        )  # fmt: skip
        days = {at.date() for at in moments}
        connection.execute(
            insert(daily_counts),
            [
                {"day": day, "kind": "outcome", "name": name, "number": 5}
                for day in days
                for name in ("apply", "review")
            ],
        )
    return store


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Store]:
    folder = tmp_path_factory.mktemp("cost")
    return filled(folder, FEW), filled(folder, MANY)


def steps(store: Store, ask: Callable[[Connection], object]) -> int:
    """How many steps of its machine (in hundreds) SQLite takes for what is asked."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    with store.read() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.set_progress_handler(count, 100)
        ask(connection)
        raw.set_progress_handler(None, 100)
    return taken


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: members.find_members(c, REGISTER, "", NOW),
        lambda c: members.member_sheet(c, REGISTER, "M07", NOW),
        lambda c: members.history(c, "M07"),
        lambda c: flag_list(c, NOW),
        lambda c: outgoing.mails(c),
        lambda c: outgoing.mails(c, "", "50"),
        lambda c: outgoing.mails(c, "sent", "200"),
        outgoing.mail_counts,
        lambda c: activity.entries(c, Wanted()),
        lambda c: activity.entries(c, Wanted(actor="actor 3")),
        lambda c: activity.entries(c, Wanted(action="thing:2", actor="actor 3")),
        lambda c: activity.entries(c, Wanted(subject="r5")),
        lambda c: activity.entries(c, Wanted(since=NOW - timedelta(days=4), until=NOW - timedelta(days=3))),
        lambda c: activity.entries(c, Wanted(action="thing:2", until=NOW - timedelta(days=5))),
        activity.actors,
        activity.actions,
        lambda c: figures.figures(c, NOW.date()),
        figures.waiting,
        lambda c: figures.health(c, {"Mailbox": "mailbox"}, "outgoing"),
    ],
)
def test_a_read_costs_the_same_for_thirty_times_the_letters(
    stores: tuple[Store, Store], ask: Callable[[Connection], object]
) -> None:
    few, many = (steps(store, ask) for store in stores)
    assert many <= 3 * few + 100  # 10 000 steps are a fifth of a millisecond
