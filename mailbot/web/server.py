"""Serving the site: a uvicorn server in a thread, for `mailbot web` and beside the scheduler of `mailbot run`."""

from __future__ import annotations

import errno
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from mailbot.app import App
from mailbot.errors import ConfigurationError, MailbotError
from mailbot.logs import fault
from mailbot.places import ListenPlace
from mailbot.sections import WebSettings
from mailbot.web.people import first_link

if TYPE_CHECKING:
    import uvicorn

log = structlog.get_logger("mailbot")

_STOP_SECONDS = 10


class ServerError(MailbotError):
    """The console cannot be served; the message says why."""


def link_to(web: WebSettings, secret: str) -> str:
    """The address at which a one-time link's secret is good."""
    return f"{web.address}/set-up/{secret}"


def first_address(app: App) -> str | None:
    """Where the first administrator sets the console up, once; None where there are people already."""
    with app.store.begin() as connection:
        secret = first_link(connection, app.clock())
    return None if secret is None else link_to(app.settings.web, secret)


@contextmanager
def serving(app: App, ended: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Serve the console while the block runs; `ended` is called from the server's thread should it end by itself.

    Raises ServerError (a busy port), ConfigurationError (files that are no certificate, a missing package).
    """
    web = app.settings.web
    listening = _bind(web.place)
    try:
        server = _server(app)
    except BaseException:
        listening.close()
        raise

    def serve() -> None:
        try:
            server.run(sockets=[listening])
        except Exception as error:
            log.error("the console broke", error=fault(error))
        finally:
            listening.close()
            ended()

    thread = threading.Thread(target=serve, name="web")
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise ServerError("the console cannot be started: this is a fault of mailbot, please report it")
            time.sleep(0.01)
        log.info("the console is served", address=web.address)
        yield
    finally:
        server.should_exit = True
        thread.join()
        log.info("the console is no longer served")


def _bind(place: ListenPlace) -> socket.socket:
    """A socket that listens already, so that a busy port is known before anything else begins."""
    family = socket.AF_INET6 if ":" in place.address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((place.address, place.port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise ServerError(
                f"web.listen: {place} is in use by another program: stop that, or choose another port"
            ) from error
        raise ServerError(f"web.listen: {place} cannot be listened on: {error.strerror}") from error
    return listening


def _server(app: App) -> uvicorn.Server:
    try:
        import uvicorn

        from mailbot.web.site import create_site
    except ImportError as error:
        raise ConfigurationError(
            f"the console needs a package that is not installed ({error.name}): pip install 'mailbot[web,oidc]'"
        ) from error
    web = app.settings.web
    config = uvicorn.Config(
        create_site(app),
        http="h11",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(web.trusted_proxies),
        forwarded_allow_ips=list(web.trusted_proxies),
        limit_concurrency=200,
        timeout_graceful_shutdown=_STOP_SECONDS,
        ssl_certfile=web.tls_certificate,
        ssl_keyfile=web.tls_key,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"web.tls_certificate, web.tls_key: they cannot be used: {error}") from error
    return uvicorn.Server(config)
