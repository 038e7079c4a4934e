"""What every page of the console and every call of the API costs the server, with few letters and with many.

Two databases are filled, and each address is asked for several times; what counts is the processor time of this process
(median), which other work on the same machine does not change, without a network between. Printed are both times and
their ratio, the worst last. Exit 1 where a ratio is above the bound, an answer is not what it should be, or a route of
the site is not tried.
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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount, Route

from benchmarks.archive import MAILBOX, NOW, fill
from mailbot.app import App
from mailbot.settings import Settings, load_settings
from mailbot.store.engine import open_store
from mailbot.store.user_rows import add_user
from mailbot.web.api.pace import Pace
from mailbot.web.credentials import csrf_token
from mailbot.web.people import proper_name
from mailbot.web.roles import Role
from mailbot.web.sessions import begin_session, lifetime_of
from mailbot.web.site import create_site

MOST = 3.0
CONFIG = """\
[database]
url = "sqlite:///{folder}/mailbot.db"
[mailbox]
url = "{mailbox}"
address = "tsbdir@itu.int"
[outgoing]
url = "maildir://{folder}/out"
[authentication]
trusted_servers = ["mx.test"]
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
    Call("/sign-in"),
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
    Call("/letters/{reference}/preview", "/letters/{open}/preview", **_form(decision="opt_in", reason="by telephone")),
)  # fmt: skip
# Not measured: what reads the whole log by its nature, needs a state of its own, or acts like one that is measured.
EXCUSED = {
    "/activity/verify", "/queue/reject", "/queue/{item}/release", "/queue/{item}/take-from", "/queue/{item}/look",
    "/queue/{item}/retry", "/queue/{item}/hand-over", "/queue/{item}/send", "/letters/{reference}/decide",
    "/mail/resume", "/mail/{number}/retry", "/mail/{number}/release", "/mail/{number}/close", "/sign-out",
    "/set-up/{secret}", "/static", "/api",
}  # fmt: skip


@dataclass
class Server:
    """The site over one database, asked without a network by an administrator who is signed in."""

    app: App
    site: FastAPI
    headers: Mapping[str, str]
    letters: int
    _waiting: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        self._waiting = iter(range(4, self.letters, 10))

    def processor_time(self, call: Call) -> float:
        """What one request costs, in milliseconds; raises ValueError for an answer that should be another."""
        path = (call.path or call.route).replace(
            "{open}", f"2026-{next(self._waiting):05d}" if "{open}" in call.path else ""
        )
        begun = time.process_time()
        status, body = asyncio.run(self._ask(call, path))
        spent = time.process_time() - begun
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
def server(folder: Path, letters: int, database: str | None = None) -> Iterator[Server]:
    """A site over an archive of that many letters."""
    config = folder / "mailbot.toml"
    config.write_text(CONFIG.format(folder=folder, mailbox=MAILBOX))
    settings: Settings = load_settings(config)
    store = open_store(database or settings.database.url)
    try:
        fill(store, letters)
        app = App(settings, store, lambda: NOW)
        with store.begin() as connection:
            name, key = proper_name("The Administrator")
            number = add_user(connection, name=name, key=key, role=Role.ADMIN, at=NOW)
            secret = begin_session(connection, number, name, lifetime_of(app), NOW, how="benchmark")
        app.publish_audit()
        site = create_site(app)
        _unhurried(site)
        headers = {"host": "127.0.0.1", "cookie": f"mailbot={secret}", "x-csrf-token": csrf_token(secret)}
        yield Server(app, site, headers, letters)
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


def compare(few: Server, many: Server, calls: Sequence[Call], times: int) -> list[tuple[float, float, Call]]:
    """The median processor time of each call on both, asked in turns so that both meet the same machine."""
    found = []
    for call in calls:
        taken: tuple[list[float], list[float]] = ([], [])
        for _ in range(times + 1):
            for spent, one in zip(taken, (few, many), strict=True):
                spent.append(one.processor_time(call))
        # the first call fills caches: the register, the templates, the wording
        found.append((statistics.median(taken[0][1:]), statistics.median(taken[1][1:]), call))
    return found


def untried(site: FastAPI) -> set[str]:
    """The routes that no call tries and nothing excuses."""
    return set(routes_of(site.routes)) - {call.route for call in CALLS} - EXCUSED


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=500)
    parser.add_argument("--many", type=int, default=50_000)
    parser.add_argument("--times", type=int, default=7)
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # a line a request
    with tempfile.TemporaryDirectory(prefix="console") as folder:
        few_folder, many_folder = Path(folder, "few"), Path(folder, "many")
        few_folder.mkdir()
        many_folder.mkdir()
        begun = time.monotonic()
        with server(few_folder, arguments.few) as few, server(many_folder, arguments.many) as many:
            print(f"two archives of {arguments.few} and {arguments.many} letters: {time.monotonic() - begun:.0f} s")
            if missing := untried(few.site):
                print("not tried:", *sorted(missing))
                return 1
            found = compare(few, many, CALLS, arguments.times)
    print(f"{'few':>9} {'many':>9} ratio")
    for one, other, call in sorted(found, key=lambda row: row[1] / row[0]):
        print(f"{one:6.1f} ms {other:6.1f} ms {other / one:5.2f}  {call.name}")
    worst = max(other / one for one, other, _ in found)
    print(f"the worst ratio is {worst:.2f}, the bound {MOST}")
    return 0 if worst <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
