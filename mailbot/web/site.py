"""The site: its routes, and what every request passes through."""

from __future__ import annotations

from fastapi import FastAPI, Request

from mailbot.app import App
from mailbot.web.pages import ROUTERS


def create_site(app: App) -> FastAPI:
    """The console and the API over one opened mailbot."""
    site = FastAPI(title="mailbot", docs_url=None, redoc_url=None, openapi_url=None)
    site.state.app = app
    for router in ROUTERS:
        site.include_router(router)
    return site


def app_of(request: Request) -> App:
    """A route's dependency: the mailbot that the site shows."""
    app: App = request.app.state.app
    return app
