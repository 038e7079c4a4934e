"""The API as an application of its own, which the site mounts at `/api`: its routes, its document, its errors."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from mailbot.app import App
from mailbot.store.engine import StoreError
from mailbot.web.api import checking, flags, health, letters, members
from mailbot.web.api.checking import Turns
from mailbot.web.api.inputs import ONCE_EACH
from mailbot.web.api.pace import Pace
from mailbot.web.api.problems import Problem, RefusedError, http_error, invalid_request, refused, store_error
from mailbot.web.errors import Faults
from mailbot.web.security import BodyLimit

_DESCRIPTION = """\
The members' flags for the registration system, and mailbot's letters and decisions for other programs.

Each operation needs a token with the scope it names (`mailbot tokens`). A page of a list ends with `next`, which is
given as `after` for the following page. Moments are ISO 8601 and come in UTC; one without a zone is taken as UTC.
Errors are problem details (RFC 9457), told apart by `type`. Parameters and keys that are not documented are refused.
"""
_SMALL_BODY = 65_536
_PER_SECOND, _BURST = 20.0, 200
_CHECKS_AT_ONCE = 2


def create_api(app: App) -> FastAPI:
    """The API over one opened mailbot."""
    api = FastAPI(
        title="mailbot",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        dependencies=[ONCE_EACH],
    )
    api.add_exception_handler(RefusedError, refused)
    api.add_exception_handler(HTTPException, http_error)
    api.add_exception_handler(RequestValidationError, invalid_request)
    api.add_exception_handler(StoreError, store_error)
    api.state.app = app
    api.state.pace, api.state.turns = Pace(_PER_SECOND, _BURST), Turns(_CHECKS_AT_ONCE)
    largest = app.settings.limits.max_message_bytes
    api.add_middleware(BodyLimit, limit=_SMALL_BODY, uploads={f"/api{checking.router.prefix}": largest})
    api.add_middleware(Faults)
    for part in (members, flags, letters, checking, health):
        api.include_router(part.router)
    document = cache(lambda: describe(api))  # when first asked for: it takes a while
    api.add_api_route("/v1/openapi.json", lambda: JSONResponse(document()), include_in_schema=False)
    return api


def describe(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the API as it is mounted."""
    document = get_openapi(
        title="mailbot",
        version="1",
        summary="Who has opted in to automatic approval, and why",
        description=_DESCRIPTION,
        routes=api.routes,
        servers=[{"url": "/api"}],
    )
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    document["components"]["schemas"] |= problem.pop("$defs") | {"Problem": problem}
    return document
