"""Who may what: each scope against each route, and each role that signs in to the site."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mailbot.web.roles import Role
from tests.console import browser, signed_in

from .conftest import CHECK, LETTER, READ, REVIEW, Served, problem_of

ROUTES = [
    ("GET", "/members", READ),
    ("GET", "/members/IRL", READ),
    ("GET", "/flags", READ),
    ("GET", "/flags/changes", READ),
    ("GET", "/flags/IRL", READ),
    ("GET", "/flags/IRL/history", READ),
    ("GET", "/letters", READ),
    ("GET", "/letters/{reference}", READ),
    ("GET", "/letters/{reference}/raw", REVIEW),
    ("POST", "/letters/{reference}/resolution", REVIEW),
    ("POST", "/check", CHECK),
    ("GET", "/health/live", None),
    ("GET", "/health/ready", None),
]


def test_every_route_is_tried(shown: Served) -> None:
    document = shown.get("/openapi.json", None).json()
    offered = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert {(m, f"/v1{p}".replace("IRL", "{code}")) for m, p, _ in ROUTES} == offered


@pytest.mark.each_database
@pytest.mark.parametrize("scope", [READ, REVIEW, CHECK, None, "nobody's"])
@pytest.mark.parametrize(("method", "path", "needed"), ROUTES)
def test_each_scope_opens_its_routes_alone(
    shown: Served, method: str, path: str, needed: str | None, scope: str | None
) -> None:
    given: dict[str, Any] = {}
    if path == "/check":
        given = {"content": b"Subject: x\r\n\r\nx", "headers": {"Content-Type": LETTER}}
    elif method == "POST":
        given = {"json": {"as": "reject", "reason": "why"}}
    answer = shown.call(method, path.format(reference=shown.references["applied"]), scope, **given)
    if needed in (scope, None):
        assert answer.status_code == (409 if path.endswith("/resolution") else 200), answer.text
    elif scope in shown.tokens:
        said = problem_of(answer, 403, "forbidden")
        assert needed in said["detail"]
        assert f'scope="{needed}"' in answer.headers["www-authenticate"]
    else:
        problem_of(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic cmVhZDpyZWFk", "Bearer read read", "read", "Bearer \xff"]
)
def test_a_header_that_is_no_token_opens_nothing(shown: Served, header: str) -> None:
    answer = shown.client.get("/api/v1/flags", headers={"Authorization": header.encode("latin-1")})
    problem_of(answer, 401, "unauthorized")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("method", "path", "needed"), ROUTES)
def test_a_person_who_is_signed_in_may_what_their_role_may(
    shown: Served, method: str, path: str, needed: str | None, role: Role
) -> None:
    given: dict[str, Any] = {}
    if path == "/check":
        given = {"content": b"Subject: x\r\n\r\nx", "headers": {"Content-Type": LETTER}}
    elif method == "POST":
        given = {"json": {"as": "reject", "reason": "why"}}
    client = signed_in(shown.app, role)
    answer = client.request(method, "/api/v1" + path.format(reference=shown.references["applied"]), **given)
    if needed == REVIEW and role in (Role.VIEWER, Role.AUDITOR):
        problem_of(answer, 403, "forbidden")
    else:
        assert answer.status_code == (409 if path.endswith("/resolution") else 200), answer.text


def test_a_person_decides_under_their_own_name_and_never_from_another_site(served: Served) -> None:
    path = f"/api/v1/letters/{served.references['open']}/resolution"
    decision = {"as": "reject", "reason": "why"}
    client = signed_in(served.app, Role.REVIEWER, "Ana Juma")
    token = client.headers.pop("X-CSRF-Token")
    problem_of(client.post(path, json=decision), 403, "forbidden")
    elsewhere = {"X-CSRF-Token": token, "Origin": "https://elsewhere.example"}
    problem_of(client.post(path, json=decision, headers=elsewhere), 403, "forbidden")
    answer = client.post(path, json=decision, headers={"X-CSRF-Token": token})
    assert answer.json()["letter"]["resolution"]["by"] == "Ana Juma"


def test_a_token_opens_the_api_of_the_site_and_none_of_its_pages(shown: Served) -> None:
    client = browser(shown.app)
    token = {"Authorization": f"Bearer {shown.tokens[READ]}"}
    answer = client.get("/api/v1/flags", headers=token)
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert client.get("/members", headers=token).status_code in (303, 404)
    problem_of(client.get("/api/v1/flags"), 401, "unauthorized")
    problem_of(client.get("/api/v1/flags", headers=token | {"Host": "elsewhere.example"}), 400, "failed")


def test_a_token_that_was_revoked_opens_nothing_any_more(served: Served) -> None:
    assert served.get("/flags").status_code == 200
    served.site.say("tokens", "revoke", "the read program", "--by", "Ana")
    problem_of(served.get("/flags"), 401, "unauthorized")


def test_a_decision_reaches_the_audit_logs_file_at_once(served: Served) -> None:
    there = replace(served, client=browser(served.app))
    answer = there.decide(served.references["open"], **{"as": "reject", "reason": "why"})
    assert answer.status_code == 200, answer.text
    assert "token the review program" in served.app.published_log.log_file.read_text()
