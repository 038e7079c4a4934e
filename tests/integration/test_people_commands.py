"""`mailbot users` and `mailbot tokens`, the page of the administrators, and what the audit log says of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from mailbot.app import App, opened
from mailbot.web.roles import Role
from mailbot.web.tokens import Scope, principal_of
from tests.console import browser, signed_in

from .conftest import Site

PASSWORD = "correct horse battery"


@pytest.fixture
def app(site: Site) -> Iterator[App]:
    with opened(site.config) as app:
        yield app


def link_in(text: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8118(/set-up/[\w-]+)", text)
    assert found is not None, text
    return found[1]


def choose_password(app: App, link: str) -> TestClient:
    client = browser(app)
    assert client.post(link, data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    return client


def is_in(client: TestClient) -> bool:
    return client.get("/sign-in").status_code == 303


def states(site: Site) -> dict[str, tuple[str, str]]:
    return {one["name"]: (one["role"], one["state"]) for one in site.json("users", "list")}


def told(site: Site) -> list[tuple[str, str, str]]:
    entries = site.json("audit", "export")
    return [(one["action"], one["subject"], one["actor"]) for one in entries if "by" not in one["data"]]


@pytest.mark.each_database
def test_a_person_is_added_with_a_link_changed_reset_disabled_and_enabled(site: Site, app: App) -> None:
    link = link_in(site.say("users", "add", "Anna", "--role", "viewer", "--by", "Root")[0])
    assert states(site) == {"Anna": ("viewer", "invited")}
    anna = choose_password(app, link)
    assert is_in(anna)
    assert anna.get("/people").status_code == 403
    site.say("users", "role", "anna", "admin", "--by", "Root")
    assert anna.get("/people").status_code == 200  # from the next click on
    again = link_in(site.say("users", "reset", "anna", "--by", "Root")[0])
    assert not is_in(anna)
    assert states(site) == {"Anna": ("admin", "invited")}
    anna = choose_password(app, again)
    choose_password(app, link_in(site.say("users", "add", "Berta", "--role", "admin", "--by", "Root")[0]))
    site.say("users", "disable", "Anna", "--by", "Berta")
    assert not is_in(anna)
    assert states(site)["Anna"] == ("admin", "disabled")
    site.say("users", "enable", "Anna", "--by", "Berta")
    assert anna.post("/sign-in", data={"name": "Anna", "password": PASSWORD}).status_code == 303
    log = [entry for entry in told(site) if entry[0].startswith("user:")]
    assert log == [
        ("user:added", "Anna", "Root"),
        ("user:password_set", "Anna", "Anna"),
        ("user:role_changed", "Anna", "Root"),
        ("user:reset", "Anna", "Root"),
        ("user:password_set", "Anna", "Anna"),
        ("user:added", "Berta", "Root"),
        ("user:password_set", "Berta", "Berta"),
        ("user:disabled", "Anna", "Berta"),
        ("user:enabled", "Anna", "Berta"),
    ]
    assert site.say("audit", "verify")[0].startswith("the audit log is whole")


def test_what_cannot_be_done_with_a_person_is_said_in_one_line(site: Site, app: App) -> None:
    choose_password(app, link_in(site.say("users", "add", "Anna", "--role", "admin")[0]))
    assert "called ANNA already" in site.complaint("users", "add", "ＡNNA", "--role", "viewer", code=1)
    assert "no person called Nemo" in site.complaint("users", "disable", "Nemo", code=1)
    assert "only administrator" in site.complaint("users", "disable", "Anna", code=1)
    assert "only administrator" in site.complaint("users", "role", "Anna", "viewer", code=1)
    assert "is admin already" in site.complaint("users", "role", "Anna", "admin", code=1)
    assert "not disabled" in site.complaint("users", "enable", "Anna", code=1)
    assert "a name of mailbot's own" in site.complaint("users", "add", "mailbot", "--role", "viewer", code=1)
    assert "it is empty" in site.complaint("users", "disable", "Anna", "--by", " ", code=2)
    assert "king" in site.complaint("users", "add", "Otto", "--role", "king", code=2)


def test_a_list_without_anybody_says_how_to_begin(site: Site) -> None:
    assert "prints a link for the first administrator" in site.say("users", "list")[0]
    assert site.say("tokens", "list")[0] == "there are no tokens\n"


@pytest.mark.each_database
def test_a_token_is_shown_once_and_opens_what_its_scopes_say(site: Site, app: App) -> None:
    secret = site.say("tokens", "add", "Registration", "--scope", "read", "--scope", "check", "--by", "Root")[0].strip()
    now = datetime.now(UTC)
    found = principal_of(app.store, secret, now)
    assert found is not None
    assert (found.name, found.scopes) == ("token Registration", {Scope.READ, Scope.CHECK})
    assert principal_of(app.store, secret[:-1], now) is None
    assert principal_of(app.store, "", now) is None
    (listed,) = site.json("tokens", "list")
    assert (listed["name"], listed["scopes"], listed["state"]) == ("Registration", ["check", "read"], "active")
    kept = b"".join(file.read_bytes() for file in site.folder.glob("mailbot.*"))
    assert secret.encode() not in kept
    site.say("tokens", "revoke", "registration", "--by", "Root")
    assert principal_of(app.store, secret, now) is None
    assert site.json("tokens", "list")[0]["state"] == "revoked"
    assert told(site)[-2:] == [("token:added", "Registration", "Root"), ("token:revoked", "Registration", "Root")]
    assert "revoked already" in site.complaint("tokens", "revoke", "Registration", code=1)
    assert "a name stays taken" in site.complaint("tokens", "add", "registration", "--scope", "read", code=1)


def test_a_token_ends_when_it_was_to(site: Site, app: App) -> None:
    secret = site.say("tokens", "add", "Registration", "--scope", "read", "--days", "2")[0].strip()
    now = datetime.now(UTC)
    assert principal_of(app.store, secret, now + timedelta(days=1, hours=23)) is not None
    assert principal_of(app.store, secret, now + timedelta(days=2)) is None


def test_administrators_look_after_people_on_a_page(site: Site, app: App) -> None:
    anna = signed_in(app, Role.ADMIN, "Anna")
    shown = anna.post("/people", data={"name": "Bo <b>", "role": "reviewer"})
    assert shown.status_code == 200
    bo = choose_password(app, link_in(shown.text))
    assert anna.get("/people").text.count("Bo &lt;b&gt;") >= 1
    assert "Bo <b>" not in anna.get("/people").text
    assert anna.post("/people/role", data={"name": "Bo <b>", "role": "auditor"}).status_code == 303
    assert states(site)["Bo <b>"] == ("auditor", "active")
    assert anna.post("/people/disable", data={"name": "Bo <b>"}).status_code == 303
    assert not is_in(bo)
    refused = anna.post("/people/disable", data={"name": "Bo <b>"})
    assert (refused.status_code, "is disabled already" in refused.text) == (400, True)
    assert anna.post("/people/enable", data={"name": "Bo <b>"}).status_code == 303
    link_in(anna.post("/people/reset", data={"name": "Bo <b>"}).text)
    assert "/set-up/" not in anna.get("/people").text
    assert {entry[2] for entry in told(site) if entry[0] in ("user:role_changed", "user:disabled")} == {"Anna"}
