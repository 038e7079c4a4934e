"""What stands between the server and the routes: plain ASGI, for FastAPI's own middleware would buffer every answer."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Layer:
    """One thing that every request passes through; `serve` hands it on to `self.inner`."""

    def __init__(self, app: ASGIApp) -> None:
        self.inner = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; the server's own messages (it starts, it stops) pass by."""
        if scope["type"] == "http":
            await self.serve(scope, receive, send)
        else:
            await self.inner(scope, receive, send)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        raise NotImplementedError
