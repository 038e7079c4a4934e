"""The API of a mailbot that has read a few letters, and programs that call it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.routing import Mount
from starlette.testclient import TestClient

from mailbot.app import App, opened
from mailbot.web.api.pace import Pace
from mailbot.web.site import create_site
from tests.console import ADDRESS
from tests.integration.conftest import UNRELATED, Site, opt_in_letter
from tests.postgres import Postgres

READ, REVIEW, CHECK = "read", "review", "check"
EVERYTHING = "everything"
LETTER = "message/rfc822"
UNHURRIED = Pace(per_second=1e6, burst=10**6)


@dataclass
class Served:
    """The API of a site, called by programs that have one scope each."""

    site: Site
    app: App
    client: TestClient
    tokens: dict[str, str]
    references: dict[str, str]

    def call(self, method: str, path: str, scope: str | None = READ, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens.get(scope, scope)}"} if scope else {}
        return self.client.request(method, f"/api/v1{path}", headers={**headers, **more.pop("headers", {})}, **more)

    def get(self, path: str, scope: str | None = READ, **more: Any) -> Any:
        return self.call("GET", path, scope, **more)

    def good(self, path: str, scope: str = READ) -> Any:
        answer = self.get(path, scope)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def decide(self, reference: str, **decision: object) -> Any:
        return self.call("POST", f"/letters/{reference}/resolution", REVIEW, json=decision)

    def check(self, raw: bytes, **headers: str) -> Any:
        return self.call("POST", "/check", CHECK, content=raw, headers={"Content-Type": LETTER, **headers})

    def count(self, table: str) -> int:
        return int(self.site.sql(f"SELECT count(*) FROM {table}")[0][0])


def mounted(app: App, pace: Pace = UNHURRIED) -> FastAPI:
    """The site, whose API lets callers call as often as `pace` says."""
    site = create_site(app)
    (api,) = (route.app for route in site.routes if isinstance(route, Mount) and route.name == "api")
    assert isinstance(api, FastAPI)
    api.state.pace = pace
    return site


@dataclass(frozen=True)
class Prepared:
    """A site that others are copied from."""

    site: Site
    tokens: dict[str, str]
    references: dict[str, str]


@pytest.fixture(scope="session")
def prepare(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Prepared]:
    """Ireland has opted in by letter; a letter for Kenya waits, another was rejected; one was none of mailbot's."""

    @cache
    def prepared(database: str) -> Prepared:
        folder = tmp_path_factory.mktemp("prepared")
        if database == "sqlite":
            site, source = Site(folder), request.getfixturevalue("imported")
            shutil.copy(source / "mailbot.db", folder)
        else:
            request.getfixturevalue("imported_postgres")
            server: Postgres = request.getfixturevalue("postgres")
            site = Site(folder, postgres_url=server.create("prepared", template="imported"))
        site.configure()
        site.drop(opt_in_letter(1), "1.eml")
        site.drop(opt_in_letter(2, "ana.juma@gov.ke.example", "Kenya", authentication="dmarc=fail"), "2.eml")
        site.drop(opt_in_letter(3, "nobody@else.example", "Kenya", authentication="dmarc=fail"), "3.eml")
        site.drop(UNRELATED, "4.eml")
        site.say("poll")
        waiting = {item["sender"]: item["id"] for item in site.json("review", "list")}
        rejected = waiting["nobody@else.example"]
        site.say("review", "resolve", rejected, "--as", "reject", "--by", "Ana", "--reason", "nobody")
        (flag,) = site.json("flags", "list")
        kept = {"applied": flag["reference"], "open": waiting["ana.juma@gov.ke.example"], "rejected": rejected}
        tokens = {
            scope: site.say("tokens", "add", f"the {scope} program", "--scope", scope, "--by", "Ana")[0].strip()
            for scope in (READ, REVIEW, CHECK)
        }
        scopes = ("--scope", READ, "--scope", REVIEW, "--scope", CHECK)
        tokens[EVERYTHING] = site.say("tokens", "add", "the trusted program", *scopes, "--by", "Ana")[0].strip()
        return Prepared(site, tokens, kept)

    return prepared


@contextmanager
def serving(site: Site, source: Prepared) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as environ, ExitStack() as stack:
        for name, value in site.own_environ().items():
            environ.setenv(name, value)
        app = stack.enter_context(opened(site.config))
        client = stack.enter_context(TestClient(mounted(app), base_url=ADDRESS))
        yield Served(site, app, client, source.tokens, source.references)


@pytest.fixture
def served(
    prepare: Callable[[str], Prepared], database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Served]:
    """A copy of the test's own, to change."""
    source = prepare(database)
    if database == "sqlite":
        site = Site(tmp_path)
        for file in source.site.folder.glob("mailbot.*"):
            shutil.copy(file, tmp_path)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        site = Site(tmp_path, postgres_url=server.create("served", template="prepared"))
    site.configure(mailbox=f"maildir://{source.site.folder}/in")
    with serving(site, source) as served:
        yield served
    if site.postgres_url:
        server.drop("served")


@pytest.fixture(scope="session")
def look(
    prepare: Callable[[str], Prepared], tmp_path_factory: pytest.TempPathFactory, postgres: Postgres
) -> Iterator[Callable[[str], Served]]:
    with ExitStack() as stack:

        @cache
        def served(database: str) -> Served:
            source = prepare(database)
            site = Site(tmp_path_factory.mktemp("looked"))
            if database == "sqlite":
                shutil.copy(source.site.database, site.folder)
            else:
                site.postgres_url = postgres.create("looked", template="prepared")
            site.configure(mailbox=f"maildir://{source.site.folder}/in")
            return stack.enter_context(serving(site, source))

        yield served


@pytest.fixture
def shown(look: Callable[[str], Served], database: str) -> Served:
    """One for all the tests that change nothing."""
    return look(database)


def problem_of(answer: Any, status: int, kind: str) -> dict[str, Any]:
    """The problem an answer tells of, which must be one line for a person."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said: dict[str, Any] = answer.json()
    assert said["type"] == f"urn:mailbot:problem:{kind}"
    assert said["status"] == status
    assert said["title"]
    assert "\n" not in said["detail"]
    return said
