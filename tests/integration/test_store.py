"""The store's promises: one writer at a time, moments with their zone, locks that end with their holder."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from mailbot import audit
from mailbot.store.audit_rows import audit_rows
from mailbot.store.engine import Store, open_store
from mailbot.store.letter_rows import next_reference
from mailbot.store.position_rows import Position, load_position, save_position
from mailbot.store.trouble import BusyError, StoreError

pytestmark = pytest.mark.each_database


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


def test_writers_at_the_same_time_lose_nothing_and_keep_the_chain(store: Store) -> None:
    """SQLite's default settings lost updates silently (libraries.md)."""
    now = datetime(2026, 11, 22, tzinfo=UTC)

    def work() -> None:
        for _ in range(25):
            with store.begin() as connection:
                reference = next_reference(connection, 2026)
                audit.append(connection, at=now, action="test:done", subject=reference, actor="test", data={})

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as connection:
        entries = [audit.entry_of(row) for row in audit_rows(connection)]
    assert audit.verify(entries) is None
    assert [entry["subject"] for entry in entries] == [f"2026-{number:05d}" for number in range(1, 101)]


def test_an_error_rolls_everything_back(store: Store) -> None:
    def half_done() -> None:
        with store.begin() as connection:
            next_reference(connection, 2026)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    with store.begin() as connection:
        assert next_reference(connection, 2026) == "2026-00001"
        assert next_reference(connection, 2027) == "2027-00001"


def test_moments_come_back_in_utc_and_naive_ones_are_refused(store: Store) -> None:
    geneva = datetime(2026, 11, 22, 13, 30, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    position = Position("box", 1, 2, geneva, 3, geneva)
    with store.begin() as connection:
        save_position(connection, position)
    with store.read() as connection:
        found = load_position(connection, "box")
    assert found == position
    assert found is not None
    assert found.started_at.tzinfo is UTC

    def store_naive() -> None:
        with store.begin() as connection:
            naive = geneva.replace(tzinfo=None)
            save_position(connection, Position("other", 1, 2, None, 3, naive))

    with pytest.raises(StatementError, match="without a zone"):
        store_naive()


def test_work_that_another_holds_is_waited_for_and_then_refused(store: Store, database_url: str) -> None:
    other = open_store(database_url)
    waits: list[float] = []
    with store.exclusive("poll"), other.exclusive("deliver"):
        with pytest.raises(BusyError, match="another mailbot is at work here"), other.exclusive("poll", 0):
            pass
        with pytest.raises(BusyError), other.exclusive("poll", 0.01, waits.append):
            pass
    assert waits
    with other.exclusive("poll", 0):
        pass


def test_the_right_to_work_ends_with_a_killed_process(store: Store, database_url: str) -> None:
    script = (
        "import sys\nfrom mailbot.store.engine import open_store\n"
        f"with open_store({database_url!r}).exclusive('poll'):\n"
        "    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(BusyError), store.exclusive("poll", 0):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with store.exclusive("poll", 5):
        pass


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'mailbot\[postgres\]'"):
        open_store("postgresql://nobody@127.0.0.1/none")


def test_a_database_whose_connections_are_all_in_use_is_one_line(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.engine.pool, "_timeout", 0.01)
    with ExitStack() as held:

        def use_them_up() -> None:
            for _ in range(100):
                held.enter_context(store.read())

        with pytest.raises(StoreError, match="all connections to the database are in use"):
            use_them_up()
