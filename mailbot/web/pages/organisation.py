"""Signing in with the organisation's account: off to its OIDC provider, and back."""

from __future__ import annotations

import re

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from mailbot.app import App
from mailbot.web.admitting import admit
from mailbot.web.credentials import new_secret
from mailbot.web.entry import cookie_name, end_old_session, is_secure, signed_in
from mailbot.web.errors import safe_destination
from mailbot.web.needs import Mailbot
from mailbot.web.oidc import BACK, Journey, ProviderError, arrival, departure
from mailbot.web.pages.signing_in import sign_in_page
from mailbot.web.sessions import begin_session, lifetime_of

router = APIRouter()
log = structlog.get_logger("mailbot")

_MINUTES = 10  # for the whole journey
_NOT_BEGUN = "This sign-in was not begun in this browser, or it took too long. Please begin again."
_CODE = re.compile(r"[a-z_]{1,40}")


@router.get("/sign-in/oidc")
def leave_for_the_provider(app: Mailbot, next: str = "/") -> Response:
    """Send the browser to the provider, with a cookie by which it is known when it comes back."""
    web, journey = app.settings.web, Journey(new_secret())
    try:
        address = departure(web.oidc, web.address, journey)
    except ProviderError as error:
        raise _unreachable(error) from error
    response = RedirectResponse(address, 303)
    response.set_cookie(
        _cookie(app), f"{journey.secret}.{safe_destination(next).encode().hex()}", max_age=_MINUTES * 60,
        path="/", secure=is_secure(app), httponly=True, samesite="lax",
    )  # fmt: skip
    return response


@router.get(BACK)
def come_back_from_the_provider(
    request: Request, app: Mailbot, code: str = "", state: str = "", iss: str | None = None, error: str = ""
) -> Response:
    """Sign in whom the provider has recognised; the only GET that acts, for OpenID Connect has no other way."""
    web, now = app.settings.web, app.clock()
    secret, _, destination = request.cookies.get(_cookie(app), "").partition(".")
    journey = Journey(secret)
    if not secret or not journey.fits(state) or (iss is not None and iss != web.oidc.issuer):
        return _begin_again(request, app, _NOT_BEGUN, 400)
    if error or not code:
        why = f" ({error})" if _CODE.fullmatch(error) else ""
        return _begin_again(request, app, f"Your organisation’s sign-in has not let you through{why}.", 403)
    try:
        who = arrival(web.oidc, web.address, journey, code, now)
    except ProviderError as trouble:
        raise _unreachable(trouble) from trouble
    with app.store.begin() as connection:
        admitted = admit(connection, who, web.oidc.roles or {}, now)
        if not isinstance(admitted, str):
            session = begin_session(connection, admitted.id, admitted.name, lifetime_of(app), now, how="oidc")
    if isinstance(admitted, str):
        return _begin_again(request, app, f"{admitted} Please ask an administrator.", 403)
    end_old_session(request, app)
    response = signed_in(app, safe_destination(_text(destination)), session)
    response.delete_cookie(_cookie(app), path="/", secure=is_secure(app), httponly=True, samesite="lax")
    return response


def _cookie(app: App) -> str:
    return f"{cookie_name(app)}-journey"


def _text(hexed: str) -> str:
    """Where the journey is to end, as the cookie keeps it."""
    try:
        return bytes.fromhex(hexed).decode()
    except ValueError:
        return "/"


def _begin_again(request: Request, app: App, trouble: str, status: int) -> Response:
    response = sign_in_page(request, app, "/", trouble=trouble, status=status)
    response.delete_cookie(_cookie(app), path="/", secure=is_secure(app), httponly=True, samesite="lax")
    return response


def _unreachable(error: ProviderError) -> HTTPException:
    log.warning("no sign-in by OIDC", why=str(error))
    return HTTPException(502, f"Your organisation’s sign-in does not work at the moment: {error}.")
