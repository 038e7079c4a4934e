"""How the site says that something is not to be had: a page of one line, or for the API a problem (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote, urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from mailbot.errors import MailbotError
from mailbot.logs import fault
from mailbot.store.trouble import BusyError, StoreError
from mailbot.web.api.problems import kind_of, problem
from mailbot.web.layer import Layer
from mailbot.web.rendering import page

API = "/api/"
_WORDS = {
    400: "mailbot does not understand this request.",
    403: "Your role does not allow this. An administrator can change it.",
    404: "There is nothing here: it may have been removed, or the address is mistyped.",
    405: "This address does not take requests of this kind.",
    413: "This is larger than mailbot accepts.",
    422: "Something in the form is missing or wrong.",
    500: "This is a fault of mailbot. It has been noted; please tell your administrator when it happened.",
    503: "The database is busy or cannot be reached. Please try again in a moment.",
}

log = structlog.get_logger("mailbot")


def answer(
    request: Request, status: int, said: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer to a request that cannot be fulfilled; `said` is one line for a person."""
    title = HTTPStatus(status).phrase
    text = said or _WORDS.get(status, title)
    if is_api(request):
        return problem(status, kind_of(status), text, headers)
    response = page(request, "error.html", status=status, title=title, text=text)
    response.headers.update(headers or {})
    return response


def is_api(request: Request) -> bool:
    """Whether a program asks, and not a browser."""
    return request.url.path.startswith(API)


def safe_destination(text: str | None) -> str:
    """Where to go after signing in: a path of this site, else the first page."""
    if not text or not text.startswith("/") or text.startswith("//") or "\\" in text or not text.isprintable():
        return "/"
    path = urlsplit(text).path
    return "/" if path.startswith(("/sign-in", "/sign-out", "/set-up/", API)) or "/../" in path else text


def sign_in_first(request: Request) -> Response:
    """Send a browser to the sign-in page, and from there back to where it was."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    else:  # a form, or a part of a page: back to the page itself
        parts = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
        here = parts.path + (f"?{parts.query}" if parts.query else "")
    address = f"/sign-in?next={quote(safe_destination(here), safe='/')}"
    if "HX-Request" in request.headers:  # htmx would show the page that it is redirected to inside this one
        return Response(status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


def install_errors(site: FastAPI) -> None:
    """Give the site its answers; what the API raises in an application of its own is answered there."""
    site.add_exception_handler(HTTPException, answer_error)
    site.add_exception_handler(RequestValidationError, _invalid)
    site.add_exception_handler(MailbotError, _refused)


def answer_error(request: Request, error: Exception) -> Response:
    """The answer to what a route, or the reading of a request, has raised as HTTPException."""
    assert isinstance(error, HTTPException)  # nosec B101  # it is installed for that
    if error.status_code == 401 and not is_api(request):
        return sign_in_first(request)
    said = error.detail if error.detail != HTTPStatus(error.status_code).phrase else None
    return answer(request, error.status_code, said, error.headers)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # nosec B101
    names = sorted({str(problem["loc"][-1]) for problem in error.errors() if problem["loc"]})
    return answer(request, 422, f"{_WORDS[422]} Look at: {', '.join(names)}." if names else None)


def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, StoreError | BusyError):
        log.warning("request failed", why=str(error))
        return answer(request, 503, headers={"Retry-After": "5"})
    return answer(request, 400, str(error))


class Faults(Layer):
    """Answers where mailbot itself breaks, within the layers that every answer passes through."""

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.inner(scope, receive, noting)
        except Exception as error:
            log.error("request broke", error=fault(error))
            if begun:
                raise  # the connection is cut
            await answer(Request(scope), 500)(scope, receive, send)
