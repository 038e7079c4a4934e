"""What every page of the console and every call of the API costs the server, with few letters and with many.

Two databases are filled, and each address is asked for several times, without a network between. What counts is the
processor time of this process (median), which other work on the same machine hardly changes; with --postgres, where the
database works elsewhere, the time it takes. Printed are both times and their ratio, the worst last. Exit 1 where a
ratio is above the bound, an answer is not what it should be, or a route of the site is not tried.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount, Route

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
LETTER = "2026-00002"  # set a flag
OPEN = "2026-00004"
MESSAGE = (
    b"Subject: Circular 118\r\nFrom: focal.m007@gov.example\r\n\r\nOn behalf of Ministry 007 of Telecommunication, "
    b'I wish to "opt in" to automatic approval of registration requests.\r\n'
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request: the route it tries, and how it is sent there; `{open}` is a letter that waits, another each time."""

    route: str
    path: str = ""
    method: str = "GET"
    body: bytes = b""
    kind: str = ""
    status: int = 200

    @property
    def name(self) -> str:
        """How it is printed."""
        return f"{self.method} {self.path or self.route}"


def _form(**fields: str) -> dict[str, Any]:
    return {"method": "POST", "body": urlencode(fields).encode(), "kind": "application/x-www-form-urlencoded"}


_DECISION = _form(decision="opt_in", member="M007", reason="by telephone")
CALLS = (
    Call("/"),
    Call("/queue"),
    Call("/queue", "/queue?sort=newest"),
    Call("/queue", "/queue?reason=unclear_intent"),
    Call("/queue", "/queue?member=M021"),
    Call("/queue", "/queue?language=fr&age=3d"),
    Call("/queue", "/queue?kind=mails"),
    Call("/queue", "/queue?kind=shelf"),
    Call("/letters/{reference}", f"/letters/{LETTER}"),
    Call("/letters/{reference}", f"/letters/{OPEN}"),
    Call("/letters/{reference}/html", f"/letters/{LETTER}/html", status=404),
    Call("/letters/{reference}/attachments", f"/letters/{LETTER}/attachments"),
    Call("/letters/{reference}/attachments/{number}", f"/letters/{LETTER}/attachments/1", status=404),
    Call("/letters/{reference}/raw", f"/letters/{LETTER}/raw"),
    Call("/queue/{item}/raw", "/queue/shelf-1/raw", status=404),
    Call("/members"),
    Call("/members", "/members?q=ministry+007"),
    Call("/members/{code}", "/members/M007"),
    Call("/flags"),
    Call("/flags", "/flags?at=2026-11-20"),
    Call("/flags/flags.{kind}", "/flags/flags.csv"),
    Call("/mail"),
    Call("/mail", "/mail?status=failed"),
    Call("/mail/{number}", "/mail/1"),
    Call("/activity"),
    Call("/activity", "/activity?action=review%3Aresolved"),
    Call("/activity", "/activity?actor=Ana+Juma"),
    Call("/activity", f"/activity?subject={LETTER}"),
    Call("/activity/{number}", "/activity/5"),
    Call("/try"),
    Call("/wording"),
    Call("/people"),
    Call("/sign-in", status=303),
    Call("/api/v1/members"),
    Call("/api/v1/members/{code}", "/api/v1/members/M007"),
    Call("/api/v1/flags"),
    Call("/api/v1/flags", "/api/v1/flags?at=2026-11-20"),
    Call("/api/v1/flags", "/api/v1/flags?after=M100&limit=50"),
    Call("/api/v1/flags/changes"),
    Call("/api/v1/flags/changes", "/api/v1/flags/changes?after=20"),
    Call("/api/v1/flags/{code}", "/api/v1/flags/M007"),
    Call("/api/v1/flags/{code}/history", "/api/v1/flags/M007/history"),
    Call("/api/v1/letters"),
    Call("/api/v1/letters", "/api/v1/letters?after=300"),
    Call("/api/v1/letters", "/api/v1/letters?state=open"),
    Call("/api/v1/letters", "/api/v1/letters?state=resolved"),
    Call("/api/v1/letters", "/api/v1/letters?outcome=ignore"),
    Call("/api/v1/letters", "/api/v1/letters?member=M007"),
    Call("/api/v1/letters", "/api/v1/letters?state=open&member=M021"),
    Call("/api/v1/letters", "/api/v1/letters?since=2026-11-20&outcome=apply"),
    Call("/api/v1/letters/{reference}", f"/api/v1/letters/{LETTER}"),
    Call("/api/v1/letters/{reference}/raw", f"/api/v1/letters/{LETTER}/raw"),
    Call("/api/v1/openapi.json"),
    Call("/api/v1/health/live"),
    Call("/api/v1/health/ready"),
    Call("/api/v1/check", method="POST", body=MESSAGE, kind="message/rfc822"),
    Call(
        "/api/v1/letters/{reference}/resolution", "/api/v1/letters/{open}/resolution", "POST",
        json.dumps({"as": "opt_in", "reason": "by telephone"}).encode(), "application/json",
    ),
    Call("/try", **_form(text=MESSAGE.decode())),
    Call("/queue/{item}/claim", "/queue/{open}/claim", **_form(), status=303),
    Call("/letters/{reference}/preview", "/letters/{open}/preview", **_DECISION),
)  # fmt: skip
# Not measured: what reads the whole log by its nature, needs a state of its own, or acts like one that is measured.
EXCUSED = {
    "/activity/verify", "/queue/reject", "/queue/{item}/release", "/queue/{item}/take-from", "/queue/{item}/look",
    "/queue/{item}/retry", "/queue/{item}/hand-over", "/queue/{item}/send", "/letters/{reference}/decide",
    "/mail/resume", "/mail/{number}/retry", "/mail/{number}/release", "/mail/{number}/close", "/sign-out",
    "/set-up/{secret}", "/people/reset", "/people/role", "/people/disable", "/people/enable",
}  # fmt: skip


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

    def __post_init__(self) -> None:
        self._waiting = iter(range(4, self.letters, 10))

    def cost(self, call: Call) -> float:
        """What one request costs, in milliseconds; raises ValueError for an answer that should be another."""
        path = (call.path or call.route).replace(
            "{open}", f"2026-{next(self._waiting):05d}" if "{open}" in call.path else ""
        )
        begun = self.clock()
        status, body = asyncio.run(self._ask(call, path))
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
        app.publish_audit()
        site = create_site(app)
        _unhurried(site)
        headers = {"host": "127.0.0.1", "cookie": f"mailbot={secret}", "x-csrf-token": csrf_token(secret)}
        yield Server(app, site, headers, letters, time.perf_counter if postgres else time.process_time)
    finally:
        store.close()


def _unhurried(site: FastAPI) -> None:
    for route in site.routes:
        if isinstance(route, Mount) and isinstance(route.app, FastAPI):
            route.app.state.pace = Pace(1e6, 10**6)


def routes_of(routes: Sequence[BaseRoute], prefix: str = "") -> Iterator[str]:
    """The paths of all routes, those of what is mounted included."""
    for route in routes:
        if isinstance(route, Mount):
            yield from routes_of(route.routes or (), prefix + route.path)
        elif isinstance(route, Route):
            yield prefix + route.path


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
    return set(routes_of(site.routes)) - {call.route for call in CALLS} - EXCUSED


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
