"""After each request that may have changed something, the audit log's files are brought up to date."""

from __future__ import annotations

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from mailbot.app import App
from mailbot.errors import MailbotError
from mailbot.web.entry import SAFE_METHODS
from mailbot.web.layer import Layer

log = structlog.get_logger("mailbot")


class Publishing(Layer):
    """The same that every command does at its end."""

    def __init__(self, app: ASGIApp, *, mailbot: App) -> None:
        super().__init__(app)
        self._mailbot = mailbot

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            await self.inner(scope, receive, send)
        finally:
            if scope["method"] not in SAFE_METHODS:
                await run_in_threadpool(self._publish)

    def _publish(self) -> None:
        try:
            self._mailbot.published_log.catch_up()
        except MailbotError as error:
            log.warning("audit log not published", why=str(error))
