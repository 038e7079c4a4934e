"""`/v1/check`: what mailbot would make of a message, changing nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from mailbot.app import App
from mailbot.audit import storable
from mailbot.judgement import as_json
from mailbot.judging import judge_begun
from mailbot.web.api import models
from mailbot.web.api.callers import caller_with
from mailbot.web.api.inputs import NO_PARAMETERS
from mailbot.web.api.problems import RefusedError, documented
from mailbot.web.site import app_of
from mailbot.web.tokens import Scope

router = APIRouter(prefix="/v1/check", tags=["check"], dependencies=[caller_with(Scope.CHECK)])
MEDIA_TYPE = "message/rfc822"
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The raw message, as large as mailbot reads a letter (`limits.max_message_bytes`).",
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


class Turns:
    """How many messages are judged at the same time: judging takes the processor, and the console needs some too."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a turn; raises RefusedError where all are taken."""
        if not self._free.acquire(blocking=False):
            raise RefusedError(
                429, "too-many-requests", "others are being judged: try again in a second", {"Retry-After": "1"}
            )
        try:
            yield
        finally:
            self._free.release()


async def _message(request: Request) -> bytes:
    """The body; that it is no larger than allowed is seen to before."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != MEDIA_TYPE:
        raise RefusedError(
            415, "unsupported-media-type", f"this takes a raw message: send it as Content-Type: {MEDIA_TYPE}"
        )
    return await request.body()


@router.post("", summary="Judge a message", responses=documented(401, 403, 413, 415), openapi_extra=_BODY,
             dependencies=[NO_PARAMETERS])  # fmt: skip
def check(
    request: Request, message: Annotated[bytes, Depends(_message)], app: Annotated[App, Depends(app_of)]
) -> models.Judged:
    """Scope `check`. What `mailbot check --json` says of it: against the registry and the flags as they stand."""
    turns: Turns = request.app.state.turns
    now = app.clock()
    with turns.one(), app.store.read() as connection:
        circumstances = app.with_keys(app.standing_circumstances(connection, now), message)
        judgement = judge_begun(message, BytesIO(), circumstances, now)
    return models.Judged.model_validate(storable({"file": "-", **as_json(judgement)}))
