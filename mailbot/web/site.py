"""The site: its routes, and what every request passes through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from mailbot.app import App
from mailbot.web.entry import OwnPagesOnly, Visitors, origin_of
from mailbot.web.errors import Faults, install_errors
from mailbot.web.publishing import Publishing
from mailbot.web.security import AccessLog, BodyLimit, KnownHosts, SecurityHeaders, known_hosts

# Requests at work at once: each may hold one of the 15 connections to the database, and the scheduler wants some.
THREADS = 10
FORM_BYTES = 1_048_576
UPLOADS = ("/try", "/api/v1/check")  # what takes a whole letter


def create_site(app: App) -> FastAPI:
    """The console and the API over one opened mailbot."""
    from mailbot.web.api.application import create_api
    from mailbot.web.pages import ROUTERS  # both need `app_of`, below

    site = FastAPI(
        title="mailbot", docs_url=None, redoc_url=None, openapi_url=None, middleware=_layers(app), lifespan=_few_threads
    )
    site.state.app = app
    install_errors(site)
    for router in ROUTERS:
        site.include_router(router)
    if app.settings.web.oidc.issuer is not None:
        from mailbot.web.pages import organisation  # its packages are wanted only here

        site.include_router(organisation.router)
    site.mount("/api", create_api(app), name="api")
    site.mount("/static", StaticFiles(directory=str(files("mailbot.web") / "static")), name="static")
    return site


@asynccontextmanager
async def _few_threads(site: FastAPI) -> AsyncIterator[None]:  # noqa: ARG001 - the signature is FastAPI's
    current_default_thread_limiter().total_tokens = THREADS
    yield


def _layers(app: App) -> list[Middleware]:
    """What every request passes through, the outermost first."""
    web = app.settings.web
    upload_bytes = app.settings.limits.max_message_bytes + FORM_BYTES
    return [
        Middleware(AccessLog),
        Middleware(SecurityHeaders, https=web.address.startswith("https://")),
        Middleware(Faults),
        Middleware(KnownHosts, hosts=known_hosts(web.address, on_loopback=web.place.is_loopback)),
        Middleware(BodyLimit, limit=FORM_BYTES, uploads=dict.fromkeys(UPLOADS, upload_bytes)),
        Middleware(Visitors, mailbot=app),
        Middleware(OwnPagesOnly, origins=[origin_of(web.address)]),
        Middleware(Publishing, mailbot=app),
    ]


def app_of(request: Request) -> App:
    """A route's dependency: the mailbot that the site shows."""
    app: App = request.app.state.app
    return app
