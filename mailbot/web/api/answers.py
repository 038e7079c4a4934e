"""Answers that carry an ETag: a caller who has the same already is told so in a few bytes."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import Header, Request, Response
from pydantic import BaseModel

IfNoneMatch = Annotated[
    str | None,
    Header(
        max_length=1000,
        description="The ETag of an earlier answer: 304 where it would be the same.",
        examples=['"5f…"'],
    ),
]
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"description": "Stands for this very answer.", "schema": {"type": "string"}}}},
    304: {"description": "The same as the answer whose ETag was given"},
}


def conditional(request: Request, answer: BaseModel) -> Response:
    """The answer with its ETag, or 304 where the caller names that in If-None-Match."""
    body = answer.model_dump_json(by_alias=True).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if _is_named(tag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def _is_named(tag: str, header: str) -> bool:
    named = [one.strip().removeprefix("W/") for one in header.split(",")]
    return "*" in named or tag in named
