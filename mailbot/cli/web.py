"""`mailbot web`: the review console and the API, without polling."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.cli.output import print_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailbot.app import App


@click.command()
@click.pass_obj
def web(config: Path | None) -> None:
    """Serve the review console and the API until stopped, without polling; mailbot run does both with [web] enabled."""
    import threading

    from mailbot import schedule
    from mailbot.app import opened

    stop = threading.Event()
    schedule.stop_on_signals(stop)
    with opened(config) as app:
        app.check()
        with console(app, stop.set):
            schedule.wait_for_end(stop)


def console(app: App, ended: Callable[[], None] = lambda: None) -> AbstractContextManager[None]:
    """Serve the console, and say where it is; to be entered."""
    from mailbot.web.server import first_address, serving

    served = serving(app, ended)
    print_text(f"the console is at {app.settings.web.address}")
    if address := first_address(app):
        print_text(f"set it up with this link, which works once within 24 hours: {address}")
    return served
