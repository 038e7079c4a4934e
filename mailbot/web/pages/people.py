"""People: who may use the console, for administrators to add, change and disable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import Connection

from mailbot.app import App
from mailbot.web import people
from mailbot.web.gate import Right, Role, visitor_with
from mailbot.web.needs import Administrator, Mailbot
from mailbot.web.rendering import page, redirect
from mailbot.web.server import link_to

router = APIRouter()

ROLES = (
    (Role.VIEWER, "reads letters, members, flags and mails"),
    (Role.AUDITOR, "reads the audit log as well, and changes nothing"),
    (Role.REVIEWER, "decides letters"),
    (Role.ADMIN, "decides letters, and looks after people"),
)

_Field = Annotated[str, Form()]
_Role = Annotated[Role, Form()]
_Done = TypeVar("_Done")


@router.get("/people", dependencies=[Depends(visitor_with(Right.ADMINISTER))])
def everybody(request: Request, app: Mailbot) -> Response:
    """Everybody, and the form to add somebody."""
    return _people_page(request, app)


@router.post("/people")
def add(request: Request, app: Mailbot, admin: Administrator, name: _Field, role: _Role) -> Response:
    """Add a person, and show the link for that person once."""
    return _with_link(
        request, app, lambda connection, now: people.add_person(connection, name, role, admin.name, now), name
    )


@router.post("/people/reset")
def reset(request: Request, app: Mailbot, admin: Administrator, name: _Field) -> Response:
    """Take a person's password away, and show the link to choose a new one once."""
    return _with_link(
        request, app, lambda connection, now: people.reset_person(connection, name, admin.name, now), name
    )


@router.post("/people/role")
def change_role(request: Request, app: Mailbot, admin: Administrator, name: _Field, role: _Role) -> Response:
    """Give a person another role."""
    return _and_back(
        request, app, lambda connection, now: people.change_role(connection, name, role, admin.name, now),
        f"{name} is {role.value} now.",
    )  # fmt: skip


@router.post("/people/disable")
def disable(request: Request, app: Mailbot, admin: Administrator, name: _Field) -> Response:
    """Sign a person out, and let nobody in under that name."""
    return _and_back(
        request, app, lambda connection, now: people.disable_person(connection, name, admin.name, now),
        f"{name} is disabled and signed out.",
    )  # fmt: skip


@router.post("/people/enable")
def enable(request: Request, app: Mailbot, admin: Administrator, name: _Field) -> Response:
    """Let a disabled person in again."""
    return _and_back(
        request, app, lambda connection, now: people.enable_person(connection, name, admin.name, now),
        f"{name} may sign in again.",
    )  # fmt: skip


def _and_back(request: Request, app: App, change: Callable[[Connection, datetime], None], said: str) -> Response:
    try:
        _do(app, change)
    except people.PeopleError as error:
        return _people_page(request, app, trouble=str(error), status=400)
    return redirect("/people", said)


def _with_link(request: Request, app: App, change: Callable[[Connection, datetime], str], name: str) -> Response:
    try:
        secret = _do(app, change)
    except people.PeopleError as error:
        return _people_page(request, app, trouble=str(error), name=name, status=400)
    return _people_page(request, app, link=link_to(app.settings.web, secret), link_for=name)


def _do(app: App, change: Callable[[Connection, datetime], _Done]) -> _Done:
    with app.store.begin() as connection:
        return change(connection, app.clock())


def _people_page(
    request: Request,
    app: App,
    *,
    trouble: str = "",
    name: str = "",
    link: str = "",
    link_for: str = "",
    status: int = 200,
) -> Response:
    with app.store.read() as connection:
        found = people.people(connection, app.clock())
    return page(
        request, "people.html", status=status,
        people=found, roles=ROLES, trouble=trouble, name=name, link=link, link_for=link_for,
    )  # fmt: skip
