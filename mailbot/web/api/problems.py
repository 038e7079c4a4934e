"""Errors as problem details (RFC 9457): a stable `type`, one line that says what to do, never a traceback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from mailbot.audit import storable
from mailbot.store.trouble import StoreError

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:mailbot:problem:"
_MOST_ERRORS = 20
_LONGEST_NAME = 100

# type -> what the caller reads as title
KINDS = {
    "unauthorized": "No valid token",
    "forbidden": "The token does not have the scope",
    "not-found": "There is no such thing",
    "method-not-allowed": "This is not done here",
    "not-acceptable-input": "The request is not as documented",
    "too-large": "The body is too large",
    "unsupported-media-type": "The body is of another kind than this takes",
    "too-many-requests": "Too many requests",
    "already-resolved": "The letter has been decided",
    "claimed": "Somebody has the letter in hand",
    "not-possible": "The decision cannot be carried out",
    "cursor-unknown": "The database does not know this cursor",
    "erased": "The letter's words have been erased",
    "not-ready": "mailbot cannot work now",
    "fault": "A fault in mailbot",
    "failed": "The request failed",
}
_BY_STATUS = {
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
    422: "not-acceptable-input",
    429: "too-many-requests",
    500: "fault",
    503: "not-ready",
}


class FieldError(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(examples=["query.limit"])
    what: str = Field(examples=["Input should be less than or equal to 1000"])


class Problem(BaseModel):
    """A refusal, as RFC 9457 has it; `type` is stable, `detail` is for people."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=[_TYPE + "not-found"])
    title: str = Field(examples=[KINDS["not-found"]])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no letter 2026-00042"])
    errors: list[FieldError] | None = None


class RefusedError(Exception):
    """Ends a request with a problem; `extra` members go into its body."""

    def __init__(
        self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None, **extra: object
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail
        self.headers, self.extra = dict(headers or {}), extra


def kind_of(status: int) -> str:
    """The kind of problem that a status alone tells of."""
    return _BY_STATUS.get(status, "failed")


def problem(
    status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None, **extra: object
) -> JSONResponse:
    """The response that tells of a problem."""
    body = {"type": _TYPE + kind, "title": KINDS[kind], "status": status, "detail": detail, **extra}
    return JSONResponse(storable(body), status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems an operation may answer with, for its `responses`; those of every operation are added to them."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _TITLES[status], "content": content} for status in (*statuses, 422, 429, 500, 503)}


_TITLES = {
    401: "No valid token",
    403: "The token does not have the scope",
    404: "There is no such thing",
    409: "Not as things stand",
    410: "The words have been erased",
    413: "The body is too large",
    415: "The body is of another kind",
    422: "The request is not as documented",
    429: "Too many requests, see Retry-After",
    500: "A fault in mailbot",
    503: "The database cannot be used",
}


def refused(_request: Request, error: Exception) -> JSONResponse:
    """Handles RefusedError."""
    assert isinstance(error, RefusedError)  # nosec B101  # the handler is registered for it
    return problem(error.status, error.kind, error.detail, error.headers, **error.extra)


def http_error(_request: Request, error: Exception) -> JSONResponse:
    """Handles what the framework refuses: paths that do not exist, methods, bodies that are no JSON."""
    assert isinstance(error, HTTPException)  # nosec B101
    details = {
        400: "the body cannot be read: it is not what its Content-Type says",
        404: "there is nothing at this address",
        405: "this address does not take this method",
    }
    detail = details.get(error.status_code, str(error.detail))
    status = 422 if error.status_code == 400 else error.status_code
    return problem(status, kind_of(status), detail, error.headers)


def invalid_request(_request: Request, error: Exception) -> JSONResponse:
    """Handles input that is not as documented, naming each place; what stood there is not repeated."""
    assert isinstance(error, RequestValidationError)  # nosec B101
    errors = [_field_error(found) for found in error.errors()[:_MOST_ERRORS]]
    first = errors[0]
    more = f" (and {len(error.errors()) - 1} more)" if len(error.errors()) > 1 else ""
    return problem(422, "not-acceptable-input", f"{first['where']}: {first['what']}{more}", errors=errors)


def store_error(_request: Request, error: Exception) -> JSONResponse:
    """Handles a database that cannot be used; where it is is not told."""
    assert isinstance(error, StoreError)  # nosec B101
    return problem(503, "not-ready", "the database cannot be used at the moment: try again later", {"Retry-After": "5"})


def _field_error(found: Mapping[str, Any]) -> dict[str, str]:
    place: Sequence[object] = found["loc"]
    what = str(found["msg"]).removeprefix("Value error, ")
    if found["type"] == "extra_forbidden":
        what = "there is no such parameter" if place[0] == "query" else "there is no such key"
    return {"where": ".".join(str(part)[:_LONGEST_NAME] for part in place), "what": what}
