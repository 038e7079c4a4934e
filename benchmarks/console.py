"""What every page of the console and every call of the API costs the server, with few letters and with many.

Two databases are filled, and each address is asked for several times, without a network between. What counts is the
processor time of this process (median), which other work on the same machine hardly changes; with --postgres, where the
database works elsewhere, the time it takes. Printed are both times and their ratio, the worst last. Exit 1 where a
ratio is above the bound, an answer is not what it should be, or a route of the site is not tried.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from benchmarks.addresses import CALLS, EXCUSED, Call
from benchmarks.archive import MAILBOX, NOW, fill
from mailbot.app import App
from mailbot.settings import load_settings
from mailbot.store.engine import open_store
from mailbot.store.user_rows import add_user
from mailbot.web.api.pace import Pace
from mailbot.web.credentials import csrf_token
from mailbot.web.people import proper_name
from mailbot.web.roles import Role
from mailbot.web.sessions import begin_session, lifetime_of
from mailbot.web.site import create_site
from tests.postgres import Postgres, running_postgres

MOST = 3.0
CONFIG = """\
[database]
url = "{database}"
[mailbox]
url = "{mailbox}"
address = "tsbdir@itu.int"
[outgoing]
url = "maildir://{folder}/out"
[authentication]
trusted_servers = ["mx.test"]
[audit]
log_file = "{folder}/audit.jsonl"
head_file = "{folder}/audit-head.json"
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a call costs with few letters and with many, in milliseconds."""

    call: Call
    few: float
    many: float

    @property
    def ratio(self) -> float:
        """How much more it is with many."""
        return self.many / max(self.few, 1e-9)


@dataclass
class Server:
    """The site over one database, asked without a network by an administrator who is signed in."""

    app: App
    site: FastAPI
    headers: Mapping[str, str]
    letters: int
    clock: Callable[[], float] = time.process_time
    _waiting: Iterator[int] = field(init=False)
    # the thread that asks may have an event loop running: playwright leaves it one
    _asking: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1), init=False)

    def __post_init__(self) -> None:
        self._waiting = iter(range(4, self.letters, 10))

    def cost(self, call: Call) -> float:
        """What one request costs, in milliseconds; raises ValueError for an answer that should be another."""
        path = (call.path or call.route).replace(
            "{open}", f"2026-{next(self._waiting):05d}" if "{open}" in call.path else ""
        )
        begun = self.clock()
        status, body = self._asking.submit(asyncio.run, self._ask(call, path)).result()
        spent = self.clock() - begun
        if status != call.status:
            raise ValueError(f"{call.method} {path}: answered {status}: {body[:300]!r}")
        return spent * 1000

    async def _ask(self, call: Call, path: str) -> tuple[int, bytes]:
        route, _, query = path.partition("?")
        headers = {**self.headers, "content-type": call.kind, "content-length": str(len(call.body))}
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": call.method, "path": route,
            "raw_path": route.encode(), "query_string": query.encode(), "root_path": "", "scheme": "http",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8118), "state": {},
        }  # fmt: skip
        answered: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": call.body, "more_body": False}

        async def send(message: Any) -> None:
            answered.append(message)

        await self.site(scope, receive, send)
        return answered[0]["status"], b"".join(message.get("body", b"") for message in answered[1:])


@contextmanager
def server(folder: Path, letters: int, postgres: Postgres | None = None) -> Iterator[Server]:
    """A site over an archive of that many letters, in a new folder, or a new database of a server."""
    folder.mkdir()
    url = postgres.create(f"console{letters}") if postgres else f"sqlite:///{folder}/mailbot.db"
    config = folder / "mailbot.toml"
    config.write_text(CONFIG.format(database=url, folder=folder, mailbox=MAILBOX))
    store = open_store(url)
    try:
        fill(store, letters)
        if postgres:
            postgres.execute("VACUUM ANALYZE", f"console{letters}")  # as autovacuum does in its time
        app = App(load_settings(config), store, lambda: NOW)
        with store.begin() as connection:
            name, key = proper_name("The Administrator")
            number = add_user(connection, name=name, key=key, role=Role.ADMIN, at=NOW)
            secret = begin_session(connection, number, name, lifetime_of(app), NOW, how="benchmark")
        app.published_log.catch_up()
        site = create_site(app)
        _api_of(site).state.pace = Pace(1e6, 10**6)  # nobody has to wait
        headers = {"host": "127.0.0.1", "cookie": f"mailbot={secret}", "x-csrf-token": csrf_token(secret)}
        yield Server(app, site, headers, letters, time.perf_counter if postgres else time.process_time)
    finally:
        store.close()


def _api_of(site: FastAPI) -> FastAPI:
    (api,) = (route.app for route in site.routes if isinstance(route, Mount) and route.name == "api")
    assert isinstance(api, FastAPI)
    return api


def routes(site: FastAPI) -> set[str]:
    """Method and path of every route of the site and of its API."""
    return {
        f"{method} {prefix}{route.path}"
        for prefix, part in (("", site), ("/api", _api_of(site)))
        for route in iter_route_contexts(part.routes)
        if isinstance(route.original_route, APIRoute)
        for method in route.methods or ()
    }


def compare(few: Server, many: Server, calls: Sequence[Call], times: int) -> list[Compared]:
    """What each call costs on both, asked in turns so that both meet the same machine.

    What looks too slow is looked at twice more: the machine may have been busy with something else.
    """
    found = [_compared(few, many, call, times) for call in calls]
    for _ in range(2):
        found = [_compared(few, many, one.call, times) if one.ratio > MOST else one for one in found]
    return found


def _compared(few: Server, many: Server, call: Call, times: int) -> Compared:
    taken = [(few.cost(call), many.cost(call)) for _ in range(times + 1)]
    # the first call fills caches: the register, the templates, the wording
    return Compared(call, *(statistics.median(costs) for costs in zip(*taken[1:], strict=True)))


def untried(site: FastAPI) -> set[str]:
    """The routes that no call tries and nothing excuses."""
    return routes(site) - {f"{call.method} {call.route}" for call in CALLS} - EXCUSED


def report(found: Sequence[Compared]) -> bool:
    """Print what was found; whether all of it is within the bound."""
    print(f"{'few':>9} {'many':>9} ratio")
    for one in sorted(found, key=lambda one: one.ratio):
        print(f"{one.few:6.1f} ms {one.many:6.1f} ms {one.ratio:5.2f}  {one.call.name}")
    worst = max(one.ratio for one in found)
    print(f"the worst ratio is {worst:.2f}, the bound {MOST}")
    return worst <= MOST


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=500)
    parser.add_argument("--many", type=int, default=50_000)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--postgres", action="store_true")
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # a line a request
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="console")))
        postgres = stack.enter_context(running_postgres()) if arguments.postgres else None
        begun = time.monotonic()
        few = stack.enter_context(server(folder / "few", arguments.few, postgres))
        many = stack.enter_context(server(folder / "many", arguments.many, postgres))
        print(f"two archives of {arguments.few} and {arguments.many} letters: {time.monotonic() - begun:.0f} s")
        if missing := untried(few.site):
            print("not tried:", *sorted(missing))
            return 1
        return 0 if report(compare(few, many, CALLS, arguments.times)) else 1


if __name__ == "__main__":
    sys.exit(main())
