"""Who is asking, and whether the request comes from mailbot's own pages: what stands before every route."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailbot.app import App
from mailbot.errors import MailbotError
from mailbot.web.errors import answer, answer_error, is_api
from mailbot.web.layer import Layer
from mailbot.web.security import is_static
from mailbot.web.sessions import lifetime_of, sign_out, visitor_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_FOREIGN = "This did not come from mailbot's own page: go back, load the page anew and try again."


def cookie_name(app: App) -> str:
    """The name of the session's cookie: over https one that only this very host can have set."""
    return "__Host-mailbot" if is_secure(app) else "mailbot"


def is_secure(app: App) -> bool:
    """Whether the cookies go over https alone."""
    return app.settings.web.address.startswith("https://")


def signed_in(app: App, destination: str, session: str) -> Response:
    """On to `destination`, a path of this site, with the session's cookie."""
    return with_session(app, RedirectResponse(destination, 303), session)


def with_session(app: App, response: Response, session: str) -> Response:
    """The answer, with the session's cookie."""
    lifetime = int(lifetime_of(app).absolute.total_seconds())
    response.set_cookie(
        cookie_name(app), session, max_age=lifetime, path="/", secure=is_secure(app), httponly=True, samesite="lax"
    )
    return response


def signed_out(app: App) -> Response:
    """To the sign-in page, without the cookie."""
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(cookie_name(app), path="/", secure=is_secure(app), httponly=True, samesite="lax")
    return response


def end_old_session(request: Request, app: App) -> None:
    """End the session that the browser had until now, if any."""
    old = request.cookies.get(cookie_name(app))
    if old:
        sign_out(app, old)


class Visitors(Layer):
    """Sets `request.state.visitor` from the session's cookie; None where there is none, or a program shows a token."""

    def __init__(self, app: ASGIApp, *, mailbot: App) -> None:
        super().__init__(app)
        self._mailbot = mailbot

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope)
        request.state.visitor = None
        secret = request.cookies.get(cookie_name(self._mailbot))
        if secret and not is_static(scope) and "authorization" not in request.headers:
            try:
                request.state.visitor = await run_in_threadpool(visitor_of, self._mailbot, secret)
            except MailbotError:
                await answer(request, 503, headers={"Retry-After": "5"})(scope, receive, send)
                return
        await self.inner(scope, receive, send)


class OwnPagesOnly(Layer):
    """Refuses what another site makes a browser send: each unsafe request of a session carries its token.

    Where nobody is signed in there is no token; there the browser must say that the form is ours (Origin). A request
    with an Authorization header cannot be made by another site's page.
    """

    def __init__(self, app: ASGIApp, *, origins: Collection[str]) -> None:
        super().__init__(app)
        self._origins = frozenset(origins)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        if request.method in SAFE_METHODS or "authorization" in request.headers:
            await self.inner(scope, receive, send)
            return
        visitor = request.state.visitor
        if not self._is_own(request, needed=visitor is None and not is_api(request)):
            await answer(request, 403, _FOREIGN)(scope, receive, send)
            return
        if visitor is None:
            await self.inner(scope, receive, send)
            return
        try:
            body = await request.body()
            token = await _token(request, body)
        except HTTPException as error:  # too long, or no proper form
            await answer_error(request, error)(scope, receive, send)
            return
        if token is None or not hmac.compare_digest(token.encode("utf-8", "replace"), visitor.csrf.encode()):
            await answer(request, 403, _FOREIGN)(scope, receive, send)
            return
        await self.inner(scope, _replay(body, receive), send)

    def _is_own(self, request: Request, *, needed: bool) -> bool:
        """Whether Origin names this site; where it is not needed, also whether it is left out."""
        origin = request.headers.get("origin")
        if origin is None:
            return not needed and request.headers.get("sec-fetch-site", "none") in ("none", "same-origin")
        here = f"{request.url.scheme}://{request.headers.get('host', '')}"
        return origin == here or origin in self._origins


def origin_of(url: str) -> str:
    """Scheme and host of an address, as browsers say them in Origin."""
    parts = urlsplit(url)
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.removesuffix(usual)}"


async def _token(request: Request, body: bytes) -> str | None:
    """The token that a request carries: in a header, or in the form's hidden field."""
    header = request.headers.get("x-csrf-token")
    if header is not None or not request.headers.get("content-type", "").startswith(_FORMS):
        return header
    async with Request(request.scope, _replay(body)).form() as form:
        field = form.get("csrf")
    return field if isinstance(field, str) else None


def _replay(body: bytes, receive: Receive | None = None) -> Receive:
    """The body once more, for those who come after."""
    given = False

    async def again() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive() if receive is not None else {"type": "http.disconnect"}

    return again
