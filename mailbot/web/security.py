"""What every request passes through: known hosts, limits, security headers, and a line in the log."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

import structlog
from fastapi import HTTPException, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailbot.web.errors import answer
from mailbot.web.layer import Layer

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # not "no-referrer": browsers would then send "Origin: null" with our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
}
PRIVATE = "no-store"
PUBLIC = "public, max-age=31536000, immutable"  # the address of a static file changes with its content
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

log = structlog.get_logger("mailbot")


class AccessLog(Layer):
    """One line a request: its route, never what stands in its address, for links are secrets and queries hold names."""

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        begun, status = time.monotonic(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.inner(scope, receive, noting)
        finally:
            if not is_static(scope):
                route = getattr(scope.get("route"), "path", "-")
                milliseconds = round((time.monotonic() - begun) * 1000)
                log.info("request", method=scope["method"], route=route, status=status, milliseconds=milliseconds)


class SecurityHeaders(Layer):
    """The headers of every answer, where a route has not set its own."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        super().__init__(app)
        self._headers: Mapping[str, str] = HEADERS | (
            {"Strict-Transport-Security": "max-age=31536000"} if https else {}
        )

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                good = message["status"] < 400
                headers.setdefault("Cache-Control", PUBLIC if good and is_static(scope) else PRIVATE)
            await send(message)

        await self.inner(scope, receive, adding)


class KnownHosts(Layer):
    """Refuses a Host that is none of ours: a page elsewhere could make its own name point to this machine."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str]) -> None:
        super().__init__(app)
        self._hosts = frozenset(hosts)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if _host(Request(scope)) not in self._hosts:
            await answer(Request(scope), 400, "mailbot is not known under this host name.")(scope, receive, send)
            return
        await self.inner(scope, receive, send)


class BodyLimit(Layer):
    """Refuses a body that is too long, announced or not; some paths take more, for uploads."""

    def __init__(self, app: ASGIApp, *, limit: int, uploads: Mapping[str, int]) -> None:
        super().__init__(app)
        self._limit = limit
        self._uploads = uploads

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        limit, taken = self._uploads.get(scope["path"], self._limit), 0
        announced = Request(scope).headers.get("content-length", "0")
        if not announced.isdecimal() or int(announced[:20]) > limit:
            await answer(Request(scope), 413)(scope, receive, send)
            return

        async def counting() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413)
            return message

        await self.inner(scope, counting, send)


def is_static(scope: Scope) -> bool:
    """Whether a file of the program itself is asked for, the same for everybody."""
    return str(scope["path"]).startswith("/static/")


def known_hosts(url: str, *, on_loopback: bool) -> frozenset[str]:
    """The hosts that a site may be asked for: that of its address, and this machine's own where it listens there."""
    own = urlsplit(url).hostname or ""
    return frozenset({own}) | (_LOOPBACK_NAMES if on_loopback else frozenset())


def _host(request: Request) -> str:
    """The name in the Host header, without port and brackets; nothing where there is no usable one."""
    try:
        name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        return str(ipaddress.ip_address(name)) if ":" in name else name
    except ValueError:
        return ""
