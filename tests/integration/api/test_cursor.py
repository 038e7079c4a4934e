"""Whoever follows the changes by their cursor gets each once, whatever is committed or rolled back meanwhile."""

from __future__ import annotations

import contextlib
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.flags import Cause, FlagChange, FlagState
from mailbot.store.engine import Store
from mailbot.store.flag_rows import add_flag_change

from .conftest import Served

pytestmark = pytest.mark.each_database
NOW = datetime(2026, 11, 22, tzinfo=UTC)


class RolledBackError(Exception):
    """The transaction ends without a trace."""


def change(mark: str) -> FlagChange:
    state = FlagState.OPTED_OUT
    return FlagChange(
        "FRA", "France", NOW, state, NOW, None, None, Cause.REVIEW, NOW, "2026-00001", by="Ana", reason=mark
    )  # fmt: skip


def commit(store: Store, marks: list[str]) -> None:
    with store.begin() as connection:
        for mark in marks:
            add_flag_change(connection, change(mark))


def roll_back(store: Store) -> None:
    with contextlib.suppress(RolledBackError), store.begin() as connection:
        add_flag_change(connection, change("never there"))
        raise RolledBackError


class Follower:
    """Reads on from where it was."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.cursor: int = served.good("/flags")["changes"]
        self.seen: list[str] = []

    def read(self, limit: int) -> None:
        page = self.served.good(f"/flags/changes?after={self.cursor}&limit={limit}")
        self.seen += [one["reason"] for one in page["changes"]]
        self.cursor = page["next"]
        assert page["more"] in (False, len(page["changes"]) == limit)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("commit"), st.integers(1, 4)),
        st.tuples(st.just("roll back"), st.none()),
        st.tuples(st.just("read"), st.integers(1, 5)),
    ),
    max_size=12,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_each_change_is_read_once_and_in_order(served: Served, steps: list[tuple[str, int]]) -> None:
    follower = Follower(served)
    made: list[str] = []
    for what, number in steps:
        if what == "commit":
            marks = [f"{len(made) + one}" for one in range(number)]
            commit(served.app.store, marks)
            made += marks
        elif what == "roll back":
            roll_back(served.app.store)
        else:
            follower.read(number)
    while len(follower.seen) < len(made):
        before = len(follower.seen)
        follower.read(3)
        assert len(follower.seen) > before
    assert follower.seen == made


def test_a_change_is_never_seen_before_one_with_a_lower_number(served: Served) -> None:
    """What the one-writer rule is for: PostgreSQL alone commits numbers in another order than it gave them out."""
    follower = Follower(served)
    numbered, read = threading.Event(), threading.Event()

    def slow() -> None:
        with served.app.store.begin() as connection:
            add_flag_change(connection, change("first"))
            numbered.set()
            read.wait(0.5)  # in vain: nobody may overtake

    def quick() -> None:
        numbered.wait()
        commit(served.app.store, ["second"])

    threads = [threading.Thread(target=work) for work in (slow, quick)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        follower.read(5)
        if follower.seen:
            read.set()
    follower.read(5)
    assert follower.seen == ["first", "second"]
