"""Every role against every route: what a role may not do is refused before anything is looked at or done."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount
from starlette.testclient import TestClient

from mailbot.app import App, opened
from mailbot.audit import head_of
from mailbot.web.gate import RIGHTS, Right, Role, right_needed
from mailbot.web.site import create_site
from tests.console import browser, signed_in

from .conftest import Site
from .test_organisation import CONFIG

# What is there for those who are not signed in (yet); the API has tokens and tests of its own.
OPEN = {"/sign-in", "/sign-out", "/set-up/{secret}", "/sign-in/oidc", "/sign-in/oidc/back"}
MOUNTED = {"/static", "/api"}


@pytest.fixture
def app(site: Site) -> Iterator[App]:
    site.configure(more=CONFIG.format(issuer="http://127.0.0.1:9", client="mailbot"))
    with opened(site.config) as app:
        yield app


def rights_of(dependant: Dependant) -> set[Right]:
    """The rights that a route asks for, itself or by what it depends on."""
    own = right_needed(dependant.call)
    below = [rights_of(one) for one in dependant.dependencies]
    return ({own} if own else set()).union(*below)


def guarded(app: App) -> list[tuple[str, str, frozenset[Right]]]:
    """Method, address and rights of every route that is not open; a route without a right is a mistake."""
    found = []
    for route in iter_route_contexts(create_site(app).routes):
        path = route.path or ""
        if isinstance(route.original_route, Mount) and path in MOUNTED:
            continue
        assert isinstance(route.original_route, APIRoute), path
        if path in OPEN or path.startswith("/api/"):
            continue
        rights = rights_of(route.dependant)
        assert rights, f"{path} asks for no right"
        address = re.sub(r"\{[^}]*\}", "1", path)
        found += [(method, address, frozenset(rights)) for method in sorted(route.methods)]
    return found


def ask(client: TestClient, method: str, address: str) -> int:
    return client.request(method, address).status_code


@pytest.mark.parametrize("role", list(Role))
def test_a_role_reaches_what_it_has_the_right_to_and_nothing_else(app: App, role: Role) -> None:
    client = signed_in(app, role)
    for method, address, rights in guarded(app):
        status = ask(client, method, address)
        if rights <= RIGHTS[role]:
            assert status not in (401, 403), (method, address)
            assert status < 500, (method, address)
        else:
            assert status == 403, (method, address)


def test_who_is_not_signed_in_is_sent_to_sign_in_and_nothing_else(app: App) -> None:
    client = browser(app)
    for method, address, _ in guarded(app):
        response = client.request(method, address)
        assert response.status_code == 303, (method, address)
        assert response.headers["location"].startswith("/sign-in?next="), (method, address)


def test_the_walk_meets_routes(app: App) -> None:
    found = guarded(app)
    assert ("GET", "/people", frozenset({Right.ADMINISTER})) in found
    assert ("POST", "/people/disable", frozenset({Right.ADMINISTER})) in found


def test_a_program_s_token_opens_no_page(app: App) -> None:
    client = signed_in(app, Role.ADMIN)
    assert client.get("/people").status_code == 200
    assert client.get("/people", headers={"Authorization": "Bearer x"}).status_code == 303


def test_nothing_acts_on_get(app: App) -> None:
    """An address that a form posts to refuses a GET or, where there is a page as well, shows that page."""
    client = signed_in(app, Role.ADMIN)
    gets = {address for method, address, _ in guarded(app) if method == "GET"}
    with app.store.read() as connection:
        before = head_of(connection)
    for method, address, _ in guarded(app):
        status = ask(client, "GET", address)
        assert address in gets or 400 <= status < 500, (method, address)
    with app.store.read() as connection:
        assert head_of(connection) == before
