"""`mailbot check`: what mailbot makes of messages, without changing or sending anything."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from mailbot.cli.output import complain, print_json

if TYPE_CHECKING:
    from mailbot.app import App
    from mailbot.judgement import Circumstances
    from mailbot.page import Line

    Reader = Callable[[str, BinaryIO], Callable[[], None]]  # judges a message; what it returns prints the answer


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a message.")
@click.pass_obj
def check(config: Path | None, paths: tuple[str, ...], as_json: bool) -> None:
    """Decide raw messages against the registry and the flags as they stand; change and send nothing.

    A PATH is a file, - for standard input, or a folder: every *.eml below it. Without --json each message gets a page
    that says why: its decisive words marked, what was looked at, what would have made the difference.
    """
    from mailbot.app import opened

    unreadable = 0
    with opened(config) as app, app.store.read() as connection:
        now = app.clock()
        circumstances = app.standing_circumstances(connection, now)
        read = _json_reader(app, circumstances, now) if as_json else _page_reader(app, circumstances, now)
        for name in _names(paths):
            try:
                with _opened(name) as stream:
                    show = read(name, stream)
            except OSError as error:
                complain(f"{name}: the message cannot be read: {error.strerror}")
                unreadable += 1
                continue
            show()
    if unreadable:
        raise SystemExit(1)


def _names(paths: Iterable[str]) -> Iterator[str]:
    """The files to read, a folder's sorted by path."""
    for path in paths:
        if path != "-" and Path(path).is_dir():
            yield from sorted(str(file) for file in Path(path).rglob("*.eml") if file.is_file())
        else:
            yield path


def _opened(name: str) -> BinaryIO:
    return sys.stdin.buffer if name == "-" else open(name, "rb")


def _json_reader(app: App, circumstances: Circumstances, now: datetime) -> Reader:
    from mailbot.judgement import as_json
    from mailbot.judging import judge_begun

    limit = circumstances.policy.max_message_bytes

    def read(name: str, stream: BinaryIO) -> Callable[[], None]:
        start = stream.read(limit + 1)
        judgement = judge_begun(start, stream, app.with_keys(circumstances, start), now)
        found = {"file": name, **as_json(judgement)}
        return lambda: print_json(found)

    return read


def _page_reader(app: App, circumstances: Circumstances, now: datetime) -> Reader:
    from mailbot.checking import check_message
    from mailbot.cli.page import print_page
    from mailbot.explain import page_on
    from mailbot.page import DIVIDER

    limit = circumstances.policy.max_message_bytes
    earlier = False

    def read(name: str, stream: BinaryIO) -> Callable[[], None]:
        start = stream.read(limit + 1)
        page = page_on(name, check_message(app, app.with_keys(circumstances, start), start, stream, now))
        return lambda: show(page)

    def show(page: tuple[Line, ...]) -> None:
        nonlocal earlier
        print_page((*(DIVIDER if earlier else ()), *page))
        earlier = True

    return read
