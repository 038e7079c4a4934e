"""The site: its routes, and what every request passes through."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI, Request
from starlette.staticfiles import StaticFiles

from mailbot.app import App


def create_site(app: App) -> FastAPI:
    """The console and the API over one opened mailbot."""
    from mailbot.web.pages import ROUTERS  # the pages need `app_of`, below

    site = FastAPI(title="mailbot", docs_url=None, redoc_url=None, openapi_url=None)
    site.state.app = app
    for router in ROUTERS:
        site.include_router(router)
    site.mount("/static", StaticFiles(directory=str(files("mailbot.web") / "static")), name="static")
    return site


def app_of(request: Request) -> App:
    """A route's dependency: the mailbot that the site shows."""
    app: App = request.app.state.app
    return app
