"""What every request passes through: forged requests, unknown hosts, long bodies, headers, errors and the log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from mailbot.app import App, opened
from mailbot.errors import MailbotError
from mailbot.web.gate import Right, Role, Visitor, visitor_with
from mailbot.web.security import CONTENT_SECURITY_POLICY, known_hosts
from mailbot.web.site import create_site
from tests.console import ADDRESS, browser, signed_in

from .conftest import Site, opt_in_letter


@pytest.fixture
def app(site: Site) -> Iterator[App]:
    with opened(site.config) as app:
        yield app


@pytest.fixture
def anna(app: App) -> TestClient:
    return signed_in(app, Role.ADMIN, "Anna")


def csrf(client: TestClient) -> str:
    """The token, taken out of the client's headers so that it must be given by hand."""
    token: str = client.headers.pop("X-CSRF-Token")
    return token


def add(client: TestClient, name: str = "Berta", headers: dict[str, str] | None = None, **more: str) -> int:
    return client.post("/people", data={"name": name, "role": "viewer", **more}, headers=headers or {}).status_code


def names(site: Site) -> list[str]:
    return [person["name"] for person in site.json("users", "list")]


def test_a_form_without_the_session_s_token_is_refused_and_does_nothing(site: Site, anna: TestClient) -> None:
    token = csrf(anna)
    assert add(anna) == 403
    assert add(anna, csrf="") == 403
    assert add(anna, csrf=token[:-1]) == 403
    assert add(anna, headers={"X-CSRF-Token": "x"}, csrf=token) == 403
    assert anna.post("/people", json={"csrf": token, "name": "Berta", "role": "viewer"}).status_code == 403
    assert anna.post("/people", content=b"", headers={"Content-Type": "text/plain"}).status_code == 403
    assert anna.post("/people", files={"csrf": ("csrf", token)}).status_code == 403
    assert names(site) == ["Anna"]
    assert add(anna, csrf=token) == 200
    assert names(site) == ["Anna", "Berta"]


def test_the_token_of_another_session_is_worth_nothing(app: App, anna: TestClient) -> None:
    assert add(anna, headers={"X-CSRF-Token": csrf(signed_in(app, Role.ADMIN, "Carla"))}) == 403


@pytest.mark.parametrize("origin", ["null", "https://evil.example", f"{ADDRESS}.evil.example", "http://127.0.0.1:8119"])
def test_even_with_the_token_another_site_s_request_is_refused(site: Site, anna: TestClient, origin: str) -> None:
    assert add(anna, headers={"Origin": origin}) == 403
    assert names(site) == ["Anna"]


def test_a_browser_that_says_no_origin_still_says_where_it_comes_from(site: Site, anna: TestClient) -> None:
    del anna.headers["origin"]
    assert add(anna, headers={"Sec-Fetch-Site": "cross-site"}) == 403
    assert add(anna, headers={"Sec-Fetch-Site": "same-site"}) == 403
    assert add(anna, headers={"Sec-Fetch-Site": "same-origin"}) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8118", "", "127.0.0.1.evil.example", "[", "a b", "[::2]"]
)
def test_another_host_name_is_refused(anna: TestClient, host: str) -> None:
    """DNS rebinding: a page elsewhere makes its own name point to this machine and reads what it likes."""
    response = anna.get("/people", headers={"Host": host})
    assert response.status_code == 400
    assert "Anna" not in response.text


@pytest.mark.parametrize("host", ["127.0.0.1:8118", "localhost", "LOCALHOST:1", "[::1]:8118"])
def test_this_machine_s_own_names_are_known_on_loopback(anna: TestClient, host: str) -> None:
    assert anna.get("/people", headers={"Host": host}).status_code == 200


def test_off_loopback_only_the_site_s_own_name_is_known() -> None:
    assert known_hosts("https://mailbot.example:8443", on_loopback=False) == {"mailbot.example"}
    assert "localhost" in known_hosts("https://mailbot.example", on_loopback=True)


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_long_is_refused_announced_or_not(anna: TestClient, announced: bool) -> None:
    body = b"name=" + b"x" * 1_100_000
    pieces = (body[at : at + 65536] for at in range(0, len(body), 65536))
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    response = anna.post("/people", content=body if announced else pieces, headers=kind)
    assert response.status_code == 413


@pytest.mark.parametrize("length", ["-1", "x", "9" * 5000])
def test_a_length_that_is_none_is_refused(anna: TestClient, length: str) -> None:
    assert anna.post("/people", content=b"", headers={"Content-Length": length}).status_code == 413


def test_an_upload_may_be_as_long_as_a_letter(app: App) -> None:
    client = signed_in(app, Role.VIEWER)
    token, letter = csrf(client), opt_in_letter() + b"x" * 5_000_000
    assert client.post("/try", data={"csrf": token}, files={"file": letter}).status_code == 200
    assert client.post("/try", data={"csrf": "x"}, files={"file": letter}).status_code == 403
    assert client.post("/sign-out", data={"csrf": token}, files={"file": letter}).status_code == 413


def _over(site: FastAPI, like: TestClient) -> TestClient:
    """The same browser before a site with more routes."""
    client = TestClient(site, base_url=ADDRESS, headers=dict(like.headers), follow_redirects=False)
    client.cookies = like.cookies
    return client


@pytest.mark.parametrize("address", ["/sign-in", "/people", "/nothing", "/set-up/x", "/api/v1/nothing"])
def test_every_answer_has_the_headers(anna: TestClient, address: str) -> None:
    headers = anna.get(address).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "camera=()" in headers["permissions-policy"]
    assert "unsafe" not in headers["content-security-policy"]


def test_static_files_are_kept_by_browsers_and_need_no_session(app: App) -> None:
    client = browser(app)
    response = client.get("/static/mailbot.css")
    assert (response.status_code, "immutable" in response.headers["cache-control"]) == (200, True)
    assert client.get("/static/../site.py").status_code == 404
    assert client.get("/static/nothing.css").headers["cache-control"] == "no-store"


def test_the_pages_of_the_gate_have_no_inline_script_style_or_foreign_resource(app: App, anna: TestClient) -> None:
    with app.store.begin() as connection:
        from mailbot.web.people import add_person

        secret = add_person(connection, "Berta <script>alert(1)</script>", Role.VIEWER, "Anna", app.clock())
    for client, address in ((browser(app), "/sign-in"), (browser(app), f"/set-up/{secret}"), (anna, "/people")):
        text = client.get(address).text
        assert not re.search(r"<script(?![^>]*\bsrc=\"/static/)|<style|\sstyle=|\son\w+=|javascript:", text), address
        assert not re.search(r"(src|href|action)=\"(?![/#])", text), address


def test_an_error_is_a_page_of_one_line_and_for_programs_a_problem(app: App, anna: TestClient) -> None:
    page = anna.get("/nothing")
    assert (page.status_code, "There is nothing here" in page.text) == (404, True)
    problem = anna.get("/api/v1/nothing")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["status"] == 404
    missing = anna.post("/people", data={"name": "x"})
    assert (missing.status_code, "Look at: role" in missing.text) == (422, True)
    assert anna.put("/people").status_code == 405


def test_a_fault_says_nothing_of_itself_and_what_cannot_be_done_says_why(app: App) -> None:
    site = create_site(app)

    @site.get("/fault")
    def fault(visitor: Annotated[Visitor, Depends(visitor_with(Right.READ))]) -> None:
        raise ZeroDivisionError("the words of a letter")

    @site.get("/refusal")
    def refusal() -> None:
        raise MailbotError("letter 7 is <decided> already")

    client = _over(site, signed_in(app))
    with capture_logs() as lines:
        response = client.get("/fault")
    assert (response.status_code, "fault of mailbot" in response.text) == (500, True)
    assert response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "the words" not in response.text
    assert "ZeroDivisionError" in str(lines)
    assert "the words" not in str(lines)
    refused = client.get("/refusal")
    assert (refused.status_code, "letter 7 is &lt;decided&gt; already" in refused.text) == (400, True)


def test_the_log_names_the_route_and_never_what_stands_in_the_address(app: App) -> None:
    client = browser(app)
    with capture_logs() as lines:
        client.get("/set-up/the-secret-of-a-link?q=hunter2")
        client.get("/Set-Up/the-secret-of-a-link")
        client.get("/people?name=hunter2")
        client.post("/sign-in", data={"name": "hunter2", "password": "hunter2"})
    said = [(line["method"], line["route"], line["status"]) for line in lines]
    assert said == [
        ("GET", "/set-up/{secret}", 404), ("GET", "-", 404), ("GET", "/people", 303), ("POST", "/sign-in", 401)
    ]  # fmt: skip
    assert "the-secret" not in str(lines)
    assert "hunter2" not in str(lines)


def test_htmx_is_told_where_to_sign_in_and_a_form_comes_back_to_its_page(app: App) -> None:
    client = browser(app)
    part = client.get("/people", headers={"HX-Request": "true", "HX-Current-URL": f"{ADDRESS}/queue?x=1"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/sign-in?next=/queue%3Fx%3D1")
    form = client.post("/people/disable", headers={"Referer": f"{ADDRESS}/people"})
    assert form.headers["location"] == "/sign-in?next=/people"
    elsewhere = client.post("/people/disable", headers={"Referer": "https://evil.example//evil"})
    assert elsewhere.headers["location"] == "/sign-in?next=/"
