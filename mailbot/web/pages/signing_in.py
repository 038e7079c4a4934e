"""Signing in and out, and choosing a password by a one-time link."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from mailbot.app import App
from mailbot.web.credentials import SHORTEST, PasswordError, chosen_password, hash_password
from mailbot.web.entry import end_old_session, signed_in, signed_out
from mailbot.web.errors import safe_destination
from mailbot.web.needs import Mailbot
from mailbot.web.people import Invitation, PeopleError, accept, invitation
from mailbot.web.rendering import after, page
from mailbot.web.sessions import Refusal, begin_session, lifetime_of, sign_in
from mailbot.web.throttle import too_many

router = APIRouter()

_WRONG = "The name or the password is wrong. Please try again."
_OVER = "This link has been used or is too old. Ask an administrator for a new one."

_Field = Annotated[str, Form()]


@router.get("/sign-in")
def sign_in_form(request: Request, app: Mailbot, next: str = "/") -> Response:
    """The form, or straight on for those who are signed in."""
    if request.state.visitor is not None:
        return RedirectResponse(safe_destination(next), 303)
    return sign_in_page(request, app, next)


@router.post("/sign-in")
def sign_in_with_password(
    request: Request,
    app: Mailbot,
    name: _Field = "",
    password: _Field = "",  # nosec B107  # nothing typed
    next: _Field = "/",
) -> Response:
    """Sign in, or say calmly why not."""
    address = request.client.host if request.client is not None else None
    found = sign_in(app, name, password, address)
    if isinstance(found, Refusal):
        if found.wait:
            return _too_many(request, app, next, name, found.wait)
        return sign_in_page(request, app, next, name=name, trouble=_WRONG, status=401)
    end_old_session(request, app)
    return signed_in(app, safe_destination(next), found)


@router.post("/sign-out")
def sign_out_here(request: Request, app: Mailbot) -> Response:
    """End the session of this browser; whoever has none is signed out already."""
    end_old_session(request, app)
    return signed_out(app)


@router.get("/set-up/{secret}")
def set_up_form(request: Request, app: Mailbot, secret: str) -> Response:
    """Where a one-time link leads: choose a password, and as first administrator a name."""
    with app.store.read() as connection:
        found = _open_link(invitation(connection, secret, app.clock()))
    return _set_up_page(request, found)


@router.post("/set-up/{secret}")
def set_up(
    request: Request,
    app: Mailbot,
    secret: str,
    name: _Field = "",
    password: _Field = "",  # nosec B107
    again: _Field = "",
) -> Response:
    """Carry out the link, and sign in."""
    now = app.clock()
    with app.store.read() as connection:
        found = _open_link(invitation(connection, secret, now))
    try:
        hashed = hash_password(chosen_password(password, again))
        with app.store.begin() as connection:
            found = _open_link(invitation(connection, secret, now))  # somebody may have been quicker
            number, who = accept(connection, found, name, hashed, now)
            session = begin_session(connection, number, who, lifetime_of(app), now, how="link")
    except (PasswordError, PeopleError) as error:
        return _set_up_page(request, found, name=name, trouble=str(error), status=400)
    end_old_session(request, app)
    return signed_in(app, "/", session)


def _open_link(found: Invitation | None) -> Invitation:
    if found is None:
        raise HTTPException(404, _OVER)
    return found


def _too_many(request: Request, app: App, destination: str, name: str, wait: timedelta) -> Response:
    return after(wait, sign_in_page(request, app, destination, name=name, trouble=too_many(wait), status=429))


def sign_in_page(
    request: Request, app: App, destination: str, *, name: str = "", trouble: str = "", status: int = 200
) -> Response:
    """The form, with what is in the way of signing in."""
    organisation = app.settings.web.oidc.issuer is not None
    return page(
        request, "sign_in.html", status=status,
        next=safe_destination(destination), name=name, trouble=trouble, organisation=organisation,
    )  # fmt: skip


def _set_up_page(
    request: Request, found: Invitation, *, name: str = "", trouble: str = "", status: int = 200
) -> Response:
    return page(request, "set_up.html", status=status, person=found.name, name=name, trouble=trouble, shortest=SHORTEST)
