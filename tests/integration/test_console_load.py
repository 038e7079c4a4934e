"""A short form of `make console-load`: ten times the letters cost no page and no call more than three times as much.

Beside the processor's time the steps of SQLite's machine are counted: of a few thousand rows a scan is soon over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from benchmarks.addresses import CALLS, EXCUSED, Call
from benchmarks.console import MOST, Compared, Server, compare, routes, server, untried
from mailbot.store.engine import Store

Servers = tuple[Server, Server]
FREE = 100  # hundreds of steps: a fifth of a millisecond


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder: Path = tmp_path_factory.mktemp("console")
    with server(folder / "few", 500) as few, server(folder / "many", 5000) as many:
        yield few, many


def steps_of(store: Store) -> Callable[[], float]:
    """How many hundreds of steps the database has taken, from now on."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    @event.listens_for(store.engine, "connect")
    def watch(connection: Any, record: Any) -> None:
        connection.set_progress_handler(count, 100)

    store.engine.dispose()
    return lambda: taken / 1000  # as the clocks count seconds, of which milliseconds are told


def slow_in_steps(servers: Servers, calls: Sequence[Call]) -> list[Compared]:
    for one in servers:
        one.clock = steps_of(one.app.store)
    return [one for one in compare(*servers, calls, times=1) if one.many > MOST * one.few + FREE]


def test_every_route_of_the_site_is_measured_or_excused(servers: Servers) -> None:
    site = servers[0].site
    assert {"GET /queue", "POST /letters/{reference}/decide", "GET /api/v1/flags"} <= routes(site)
    assert untried(site) == set()
    assert routes(site) >= EXCUSED


def test_nothing_costs_more_than_three_times_the_processors_time(servers: Servers) -> None:
    assert {one.call.name: one.ratio for one in compare(*servers, CALLS, times=3) if one.ratio > MOST} == {}


def test_nothing_costs_more_than_three_times_the_databases_steps(servers: Servers) -> None:
    assert slow_in_steps(servers, CALLS) == []


def test_a_missing_index_would_be_seen(servers: Servers) -> None:
    """The measuring measures: without its index a member's letters are looked for among all."""
    calls = [Call("/api/v1/letters", "/api/v1/letters?member=nobody")]
    assert slow_in_steps(servers, calls) == []
    for one in servers:
        with one.app.store.begin() as connection:
            connection.exec_driver_sql("DROP INDEX letters_by_member")
    assert [one.call for one in slow_in_steps(servers, calls)] == calls
