"""What every request to the API passes through: bodies are bounded, and faults end as problems."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailbot.logs import fault
from mailbot.web.api.problems import problem

log = structlog.get_logger("mailbot")


class Edge:
    """The outermost layer of the API; `limit_of` says how many bytes the body of a request to a path may have."""

    def __init__(self, app: ASGIApp, limit_of: Callable[[str], int]) -> None:
        self._app, self._limit_of = app, limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
            await send(message)

        limit = self._limit_of(scope["path"])
        if _announced(scope) > limit:
            await problem(413, "too-large", _too_large(limit))(scope, receive, answer)
            return
        try:
            await self._app(scope, _bounded(receive, limit), answer)
        except Exception as error:  # a fault of mailbot ends one request, told in a line without what the request said
            log.error("API request broke", error=fault(error))
            if begun:
                raise
            await problem(500, "fault", "mailbot failed; its log says where")(scope, receive, answer)


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else 0


def _bounded(receive: Receive, limit: int) -> Receive:
    """The body part by part, for as long as it is no larger than allowed."""
    taken = 0

    async def part() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413, _too_large(limit))  # the one exception the framework lets through while it reads
        return message

    return part


def _too_large(limit: int) -> str:
    return f"the body is larger than {limit} bytes, which is the most this takes"
