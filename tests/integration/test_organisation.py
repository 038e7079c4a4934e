"""Signing in with the organisation's account, at a real OpenID Connect provider on loopback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import OctKey, RSAKey
from starlette.testclient import TestClient

from mailbot.app import App, opened
from mailbot.web import oidc
from mailbot.web.people import add_person, disable_person
from mailbot.web.roles import Role
from tests.console import ADDRESS, COOKIE, browser
from tests.oidc_provider import CLIENT, SECRET, Provider, running_provider

from .conftest import Site

GRETE = {"sub": "4711", "name": "Grete Muster", "groups": ["tsb-staff", "tsb-reviewers", "others"]}
CONFIG = """
[web.oidc]
issuer = "{issuer}"
client_id = "{client}"
roles = {{ "tsb-staff" = "viewer", "tsb-reviewers" = "reviewer", "tsb-admins" = "admin" }}
"""


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    """The provider as it should be, with Grete before it."""
    fresh = Provider(running.issuer, key=running.key, person=dict(GRETE))
    vars(running).update(vars(fresh))
    return running


@pytest.fixture
def app(site: Site, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    site.configure(more=CONFIG.format(issuer=provider.issuer, client=CLIENT))
    monkeypatch.setenv("MAILBOT_OIDC_SECRET", SECRET)
    with opened(site.config) as app:
        yield app


@pytest.fixture
def client(app: App) -> TestClient:
    return browser(app)


def depart(client: TestClient, next: str = "/queue") -> str:
    """The provider's address that the browser is sent to."""
    response = client.get("/sign-in/oidc", params={"next": next})
    assert response.status_code == 303
    return response.headers["location"]


def answer(address: str) -> str:
    """Where the provider sends the browser back to, as a path."""
    response = httpx2.get(address)
    assert response.status_code == 302
    back = response.headers["location"]
    assert back.startswith(f"{ADDRESS}/sign-in/oidc/back?")
    return back.removeprefix(ADDRESS)


def there_and_back(client: TestClient) -> httpx2.Response:
    return client.get(answer(depart(client)))


def people(site: Site) -> list[tuple[str, str, str, str]]:
    return [(one["name"], one["role"], one["state"], one["signs_in"]) for one in site.json("users", "list")]


@pytest.mark.each_database
def test_a_member_of_a_group_signs_in_with_the_role_that_may_do_most(site: Site, client: TestClient) -> None:
    assert "/sign-in/oidc?next=%2Fqueue" in client.get("/sign-in?next=/queue").text
    address = depart(client)
    asked = parse_qs(urlsplit(address).query)
    assert asked["scope"] == ["openid profile groups"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    response = client.get(answer(address))
    assert (response.status_code, response.headers["location"]) == (303, "/queue")
    assert client.get("/sign-in").status_code == 303
    assert f"{COOKIE}-journey" not in client.cookies
    assert people(site) == [("Grete Muster", "reviewer", "active", "oidc")]
    log = [(one["action"], one["actor"]) for one in site.json("audit", "export")]
    assert log[-2:] == [("user:added", "Grete Muster"), ("session:begun", "Grete Muster")]


def test_a_role_follows_the_groups_and_a_name_stays(site: Site, provider: Provider, client: TestClient) -> None:
    there_and_back(client)
    provider.person |= {"groups": "tsb-admins", "name": "Grete Anders"}
    assert there_and_back(client).status_code == 303
    assert people(site) == [("Grete Muster", "admin", "active", "oidc")]
    provider.person["groups"] = ["others"]
    refused = there_and_back(client)
    assert (refused.status_code, "None of your groups has a role here" in refused.text) == (403, True)
    assert client.get("/sign-in").status_code == 200  # her sessions are over as well


def test_nobody_takes_over_the_account_of_one_with_the_same_name(app: App, site: Site, client: TestClient) -> None:
    with app.store.begin() as connection:
        add_person(connection, "grete muster", Role.ADMIN, "test", app.clock())
    refused = there_and_back(client)
    assert (refused.status_code, "Somebody else is called Grete Muster" in refused.text) == (403, True)
    assert COOKIE not in client.cookies


def test_who_is_disabled_here_stays_out(app: App, client: TestClient) -> None:
    there_and_back(client)
    with app.store.begin() as connection:
        disable_person(connection, "Grete Muster", "test", app.clock())
    assert client.get("/sign-in").status_code == 200
    assert there_and_back(client).status_code == 403


def test_an_account_of_the_organisation_has_no_password_to_reset(site: Site, client: TestClient) -> None:
    there_and_back(client)
    assert "signs in with the organisation's account" in site.complaint("users", "reset", "Grete Muster", code=1)
    assert client.post("/sign-in", data={"name": "Grete Muster", "password": ""}).status_code == 403


def test_who_signs_in_with_the_organisation_s_account_changes_the_password_there(client: TestClient) -> None:
    there_and_back(client)
    shown = client.get("/account").text
    assert "the password is changed there" in shown
    assert "<input id=" not in shown
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', shown)
    assert token is not None
    form = {"csrf": token[1], "present": "x", "password": "another battery horse", "again": "another battery horse"}
    refused = client.post("/account/password", data=form)
    assert (refused.status_code, "is changed there" in refused.text) == (400, True)


@pytest.mark.parametrize(
    "change",
    [{"state": "x"}, {"state": ""}, {"iss": "https://other.example"}, {"state": "é"}],
)
def test_an_answer_that_this_browser_has_not_asked_for_is_refused(
    provider: Provider, client: TestClient, change: dict[str, str]
) -> None:
    back = urlsplit(answer(depart(client)))
    query = {name: values[0] for name, values in parse_qs(back.query).items()} | change
    response = client.get(back.path, params=query)
    assert (response.status_code, "not begun in this browser" in response.text) == (400, True)
    assert COOKIE not in client.cookies
    assert len(provider.asked) == 1  # the code was not even tried


def test_an_answer_to_another_browser_signs_nobody_in(app: App, client: TestClient) -> None:
    """Who plants his own answer would see what his victim does."""
    mallory = browser(app)
    planted = answer(depart(mallory))
    assert client.get(planted).status_code == 400
    depart(client)
    assert client.get(planted).status_code == 400
    assert COOKIE not in client.cookies


def test_an_answer_is_good_once(client: TestClient) -> None:
    address = answer(depart(client))
    journey = client.cookies[f"{COOKIE}-journey"]
    assert client.get(address).status_code == 303
    client.cookies.clear()
    assert client.get(address).status_code == 400
    client.cookies.set(f"{COOKIE}-journey", journey, domain="127.0.0.1")
    again = client.get(address)
    assert (again.status_code, "it refuses (invalid_grant)" in again.text) == (502, True)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"nonce": "another"}, "invalid_claim"),
        ({"nonce": None}, "invalid_claim"),
        ({"aud": "another"}, "invalid_claim"),
        ({"aud": [CLIENT, "another"]}, "missing_claim"),
        ({"iss": "https://other.example"}, "invalid_claim"),
        ({"exp": 1_000_000_000}, "expired_token"),
        ({"sub": ""}, "does not say who you are"),
        ({"sub": 1}, "invalid_claim"),
        ({"name": None}, "does not say who you are"),
        ({"groups": {"tsb-admins": 1}}, "None of your groups"),
        ({"name": "mailbot"}, "cannot be used here"),
        ({"name": "<img src=x>\u202e"}, "cannot be used here"),
    ],
)
def test_a_wrong_token_signs_nobody_in(provider: Provider, client: TestClient, wrong: dict[str, Any], why: str) -> None:
    provider.wrong = wrong
    refused = there_and_back(client)
    assert refused.status_code in (403, 502)
    assert why in refused.text
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS256", RSAKey.generate_key(2048)),
        ("HS256", OctKey.import_key(SECRET)),
        ("none", OctKey.import_key(SECRET)),
    ],
    ids=["another key", "the client's secret", "no signature"],
)
def test_a_token_that_the_provider_has_not_signed_is_worth_nothing(
    provider: Provider, client: TestClient, algorithm: str, key: Any
) -> None:
    provider.algorithm, provider.signs_with = algorithm, key
    assert there_and_back(client).status_code == 502
    assert COOKIE not in client.cookies


def test_a_provider_that_lets_nobody_through_or_calls_itself_otherwise_is_said_calmly(
    provider: Provider, client: TestClient
) -> None:
    provider.refuses = "access_denied"
    refused = there_and_back(client)
    assert (refused.status_code, "not let you through (access_denied)" in refused.text) == (403, True)
    provider.calls_itself = "http://127.0.0.1:1"
    assert client.get("/sign-in/oidc").status_code == 502


def test_a_provider_that_is_away_is_said_calmly(site: Site) -> None:
    site.configure(more=CONFIG.format(issuer="http://127.0.0.1:9", client=CLIENT))
    with opened(site.config) as app:
        said = browser(app).get("/sign-in/oidc")
    assert (said.status_code, "cannot be reached" in said.text) == (502, True)


def test_a_wrong_client_secret_is_not_repeated(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_OIDC_SECRET", "wallaby-0815")
    refused = there_and_back(client)
    assert (refused.status_code, "it refuses (invalid_client)" in refused.text) == (502, True)
    assert "wallaby" not in refused.text


def test_after_the_journey_nobody_is_sent_elsewhere(client: TestClient) -> None:
    assert client.get(answer(depart(client, "//evil.example"))).headers["location"] == "/"


def test_a_provider_that_hangs_does_not_take_all_the_threads(client: TestClient) -> None:
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(oidc._ROOM)
        said = client.get("/sign-in/oidc")
    assert (said.status_code, "too many are signing in" in said.text) == (502, True)
    assert client.get("/sign-in/oidc").status_code == 303
