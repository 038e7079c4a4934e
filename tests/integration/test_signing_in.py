"""Signing in with a password, sessions and their end, throttling, and one-time links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal

import httpx2
import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from mailbot.app import App, opened
from mailbot.web import credentials
from mailbot.web.people import add_person, disable_person, first_link, reset_person
from mailbot.web.roles import Role
from tests.console import ADDRESS, COOKIE, browser, signed_in

from .conftest import Site

PASSWORD = "correct horse battery"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Real argon2 with the least work: what is tested is not how long a guess takes."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(credentials, "_hasher", lambda: hasher)
    credentials._nobodys.cache_clear()
    yield
    credentials._nobodys.cache_clear()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(site: Site, clock: Clock) -> Iterator[App]:
    with opened(site.config, clock) as app:
        yield app


@pytest.fixture
def anna(app: App) -> TestClient:
    """The browser of Anna, an administrator with a password, who is not signed in."""
    client = browser(app)
    set_up(client, invite(app, "Anna", Role.ADMIN))
    client.cookies.clear()
    return client


def invite(app: App, name: str, role: Role) -> str:
    with app.store.begin() as connection:
        return add_person(connection, name, role, "the test", app.clock())


def set_up(client: TestClient, secret: str, name: str = "", password: str = PASSWORD, again: str | None = None) -> int:
    form = {"name": name, "password": password, "again": password if again is None else again}
    return client.post(f"/set-up/{secret}", data=form).status_code


def enter(client: TestClient, name: str = "Anna", password: str = PASSWORD, **more: str) -> int:
    return client.post("/sign-in", data={"name": name, "password": password, **more}).status_code


def is_in(client: TestClient) -> bool:
    return client.get("/sign-in").status_code == 303


def entries(app: App) -> list[tuple[str, str, str]]:
    with app.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT action, subject, actor FROM audit_entries ORDER BY seq").all()
    return [(row[0], row[1], row[2]) for row in rows if not row[0].startswith(("settings:", "study_period:"))]


def everything(site: Site) -> bytes:
    return b"".join(file.read_bytes() for file in site.folder.glob("mailbot.*"))


@pytest.mark.each_database
def test_the_first_administrator_is_made_by_a_link_that_works_once(site: Site, app: App) -> None:
    with app.store.begin() as connection:
        secret = first_link(connection, app.clock())
    assert secret is not None
    client = browser(app)
    assert "first administrator" in client.get(f"/set-up/{secret}").text
    assert set_up(client, secret, "Anna Ünal") == 303
    assert is_in(client)
    other = browser(app)
    assert other.get(f"/set-up/{secret}").status_code == 404
    assert set_up(other, secret, "Mallory") == 404
    with app.store.begin() as connection:
        assert first_link(connection, app.clock()) is None
    assert [person["name"] for person in site.json("users", "list")] == ["Anna Ünal"]
    assert secret.encode() not in everything(site)


def test_a_link_is_good_for_a_day_and_only_the_newest_is(app: App, clock: Clock) -> None:
    with app.store.begin() as connection:
        older, newer = first_link(connection, clock()), first_link(connection, clock())
    client = browser(app)
    assert client.get(f"/set-up/{older}").status_code == 404
    clock.forward(hours=23, minutes=59)
    assert client.get(f"/set-up/{newer}").status_code == 200
    clock.forward(minutes=1)
    assert client.get(f"/set-up/{newer}").status_code == 404


def test_a_refused_password_leaves_the_link_open_and_says_why(app: App) -> None:
    secret, client = invite(app, "Anna", Role.ADMIN), browser(app)
    short = client.post(f"/set-up/{secret}", data={"password": "eleven char", "again": "eleven char"})
    assert (short.status_code, "at least 12" in short.text) == (400, True)
    differing = client.post(f"/set-up/{secret}", data={"password": PASSWORD, "again": "something else"})
    assert (differing.status_code, "differ" in differing.text) == (400, True)
    assert set_up(client, secret, password="日本語のパスワードです。長い") == 303


def test_nobody_is_called_as_mailbot_itself_signs(app: App) -> None:
    with app.store.begin() as connection:
        secret = first_link(connection, app.clock())
    assert secret is not None
    client = browser(app)
    for name in ("", "mailbot", "ＭＡＩＬＢＯＴ", "token registration", "x" * 81, "Anna\u202e"):
        assert set_up(client, secret, name) == 400, name
    assert set_up(client, secret, "  Anna   B. ") == 303


@pytest.mark.each_database
def test_a_person_signs_in_and_out_and_the_log_tells_it_under_the_name(app: App, anna: TestClient) -> None:
    assert not is_in(anna)
    response = anna.post("/sign-in", data={"name": "anna", "password": PASSWORD, "next": "/queue?reason=x"})
    assert (response.status_code, response.headers["location"]) == (303, "/queue?reason=x")
    cookie = response.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=")
    assert {"httponly", "samesite=lax", "path=/"} <= set(cookie.split("; "))
    assert is_in(anna)
    token = re.search(r'name="csrf" value="(\w+)"', anna.get("/nothing").text)
    assert token is not None
    kept = anna.cookies[COOKIE]
    assert anna.post("/sign-out", data={"csrf": token[1]}).headers["location"] == "/sign-in"
    anna.cookies.set(COOKIE, kept, domain="127.0.0.1")
    assert not is_in(anna)
    assert entries(app)[-2:] == [("session:begun", "Anna", "Anna"), ("session:ended", "Anna", "Anna")]


def test_neither_the_session_nor_the_password_is_in_the_database(site: Site, anna: TestClient) -> None:
    enter(anna)
    kept = everything(site)
    assert anna.cookies[COOKIE].encode() not in kept
    assert PASSWORD.encode() not in kept
    assert b"$argon2id$" in kept


@pytest.mark.parametrize(
    ("pace", "number", "still"),
    [({"minutes": 59}, 11, True), ({"minutes": 60}, 1, False), ({"minutes": 59}, 13, False)],
)
def test_a_session_ends_without_a_click_and_after_a_day_s_work(
    anna: TestClient, clock: Clock, pace: dict[str, float], number: int, still: bool
) -> None:
    enter(anna)
    for _ in range(number):
        clock.forward(**pace)
        last = is_in(anna)
    assert last is still


@pytest.mark.parametrize("change", [disable_person, reset_person])
def test_a_disabled_or_reset_person_is_out_at_once(app: App, anna: TestClient, change: Callable[..., object]) -> None:
    enter(anna)
    signed_in(app, Role.ADMIN, "Berta")
    with app.store.begin() as connection:
        connection.exec_driver_sql("UPDATE users SET password = 'x' WHERE name = 'Berta'")
        change(connection, "anna", "Berta", app.clock())
    assert not is_in(anna)
    assert enter(anna) == 401


def change_password(client: TestClient, present: str, password: str, again: str | None = None) -> httpx2.Response:
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/account").text)
    assert token is not None
    form = {"csrf": token[1], "present": present, "password": password, "again": again or password}
    return client.post("/account/password", data=form)


@pytest.mark.each_database
def test_a_person_chooses_a_new_password_and_every_other_browser_is_out(app: App, anna: TestClient) -> None:
    enter(anna)
    other = browser(app)
    enter(other)
    before = dict(anna.cookies)
    changed = change_password(anna, PASSWORD, "another battery horse")
    assert (changed.status_code, changed.headers["location"]) == (303, "/account")
    assert "All your other browsers are signed out" in anna.get("/account").text
    assert is_in(anna)
    assert not is_in(other)
    assert dict(anna.cookies) != before
    assert enter(other) == 401
    assert enter(other, password="another battery horse") == 303
    assert [entry for entry in entries(app) if entry[0] == "user:password_set"] == [
        ("user:password_set", "Anna", "Anna")
    ] * 2


def test_a_new_password_takes_the_present_one_which_is_not_for_guessing(app: App, anna: TestClient) -> None:
    enter(anna)
    for present, password, again, said in (
        (PASSWORD, "too short", "too short", "at least 12"),
        (PASSWORD, "another battery horse", "another battery house", "The two passwords differ"),
        *[("a guess", "another battery horse", "another battery horse", "The present password is wrong")] * 5,
    ):
        refused = change_password(anna, present, password, again)
        assert (refused.status_code, said in refused.text) == (400, True)
    paused = change_password(anna, PASSWORD, "another battery horse")
    assert (paused.status_code, paused.headers["retry-after"]) == (429, "30")
    assert is_in(anna)
    assert [entry for entry in entries(app) if entry[0] == "user:password_refused"] == [
        ("user:password_refused", "Anna", "Anna")
    ] * 5


def test_a_wrong_name_and_a_wrong_password_are_told_apart_by_nobody(anna: TestClient) -> None:
    unknown = anna.post("/sign-in", data={"name": "Anne", "password": PASSWORD})
    wrong = anna.post("/sign-in", data={"name": "Anna", "password": "wrong horse battery"})
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.text.replace("Anne", "Anna") == wrong.text


@pytest.mark.each_database
def test_an_account_is_throttled_longer_each_time_until_the_right_password_comes(
    app: App, anna: TestClient, clock: Clock
) -> None:
    for _ in range(5):
        assert enter(anna, password="wrong") == 401
    said = anna.post("/sign-in", data={"name": "Anna", "password": PASSWORD})
    assert (said.status_code, said.headers["retry-after"]) == (429, "30")
    assert "Please wait 30 seconds" in said.text
    clock.forward(seconds=30)
    assert enter(anna, password="wrong") == 401
    clock.forward(seconds=59)
    assert enter(anna) == 429
    clock.forward(seconds=1)
    assert enter(anna) == 303
    assert enter(browser(app), password="wrong") == 401  # the earlier ones are forgiven
    failed = [entry for entry in entries(app) if entry[0] == "sign_in:failed"]
    assert failed == [("sign_in:failed", "Anna", "nobody")] * 7


def test_an_address_is_throttled_whatever_names_it_tries_and_a_restart_does_not_reset_it(
    site: Site, app: App, anna: TestClient, clock: Clock
) -> None:
    for number in range(30):
        assert enter(anna, name=f"name {number}") == 401
    assert enter(anna) == 429
    with opened(site.config, clock) as again:
        assert enter(browser(again)) == 429


def test_what_was_typed_for_an_unknown_name_is_not_written_down(site: Site, anna: TestClient) -> None:
    enter(anna, name="hunter2 my password")
    assert b"hunter2" not in everything(site)


@pytest.mark.parametrize(
    "destination",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "/\t/evil.example", "/sign-out", "/sign-in", "", "/x/../../sign-out", "evil.example", "/api/v1/letters"],
)  # fmt: skip
def test_after_signing_in_nobody_is_sent_elsewhere(anna: TestClient, destination: str) -> None:
    response = anna.post("/sign-in", data={"name": "Anna", "password": PASSWORD, "next": destination})
    assert response.headers["location"] == "/"
    assert anna.get("/sign-in", params={"next": destination}).headers["location"] == "/"


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", ADDRESS + ".evil.example", "http://127.0.0.1:9"]
)
def test_signing_in_for_somebody_from_another_site_is_refused(anna: TestClient, origin: str | None) -> None:
    del anna.headers["origin"]
    headers = {} if origin is None else {"Origin": origin}
    response = anna.post("/sign-in", data={"name": "Anna", "password": PASSWORD}, headers=headers)
    assert response.status_code == 403
    assert "set-cookie" not in response.headers


@pytest.mark.each_database
def test_guesses_at_the_same_moment_do_not_slip_through_together(app: App, anna: TestClient) -> None:
    browsers = [browser(app) for _ in range(12)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda client: enter(client, password="wrong"), browsers))
    assert sorted(answers) == [401] * 5 + [429] * 7


@pytest.mark.each_database
def test_two_who_open_the_same_link_at_once_do_not_both_get_in(app: App) -> None:
    secret = invite(app, "Anna", Role.ADMIN)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: set_up(client, secret), [browser(app) for _ in range(4)]))
    assert sorted(answers) == [303, 404, 404, 404]


def test_a_name_nobody_has_takes_as_much_work_as_one_somebody_has(
    app: App, anna: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Counting(PasswordHasher):
        hashes: ClassVar[list[str]] = []

        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            self.hashes.append(str(hash))
            return super().verify(hash, password)

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(credentials, "_hasher", lambda: hasher)
    invite(app, "Berta", Role.VIEWER)
    for name in ("Anna", "Nobody else", "Berta", "\x00", "mailbot"):
        assert enter(anna, name=name, password="wrong") == 401
    assert [one.rpartition("$")[0].rpartition("$")[0] for one in Counting.hashes] == ["$argon2id$v=19$m=8,t=1,p=1"] * 5


def test_a_session_that_somebody_planted_is_not_signed_in(anna: TestClient) -> None:
    anna.cookies.set(COOKIE, "planted", domain="127.0.0.1")
    assert enter(anna) == 303
    assert "planted" not in anna.cookies.values()
    planted = browser(anna.app.state.app)  # type: ignore[attr-defined]
    planted.cookies.set(COOKIE, "planted", domain="127.0.0.1")
    assert not is_in(planted)
