"""Browsers for the tests of the console: the site over an opened mailbot, without a network, and people signed in."""

from __future__ import annotations

from starlette.testclient import TestClient

from mailbot.app import App
from mailbot.store.user_rows import add_user, user_called
from mailbot.web.credentials import csrf_token
from mailbot.web.people import proper_name
from mailbot.web.roles import Role
from mailbot.web.sessions import begin_session, lifetime_of
from mailbot.web.site import create_site

ADDRESS = "http://127.0.0.1:8118"
COOKIE = "mailbot"


def browser(app: App) -> TestClient:
    """A browser that nobody has signed in with; it says where its forms come from, and follows no redirect."""
    return TestClient(create_site(app), base_url=ADDRESS, headers={"Origin": ADDRESS}, follow_redirects=False)


def signed_in(app: App, role: Role = Role.REVIEWER, name: str | None = None) -> TestClient:
    """The browser of a person of that role (made where there is none), whose every request carries the CSRF token."""
    shown, key = proper_name(name or f"The {role.value}")
    now = app.clock()
    with app.store.begin() as connection:
        row = user_called(connection, key)
        number = row.id if row else add_user(connection, name=shown, key=key, role=role, at=now)
        secret = begin_session(connection, number, shown, lifetime_of(app), now, how="test")
    client = browser(app)
    client.cookies.set(COOKIE, secret, domain="127.0.0.1")
    client.headers["X-CSRF-Token"] = csrf_token(secret)
    return client
