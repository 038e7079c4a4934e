"""`mailbot check`: what mailbot makes of messages, without changing or sending anything."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from mailbot.cli.output import complain, print_json, print_text, printable

if TYPE_CHECKING:
    from mailbot.decide import Judgement


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a message.")
@click.pass_obj
def check(config: Path | None, paths: tuple[str, ...], as_json: bool) -> None:
    """Decide raw messages against the registry and the flags as they stand; change and send nothing.

    A PATH is a file, - for standard input, or a folder: every *.eml below it.
    """
    from mailbot.app import opened
    from mailbot.judging import judge_stream

    unreadable = 0
    with opened(config) as app, app.store.read() as connection:
        now = app.clock()
        circumstances = app.standing_circumstances(connection, now)
        for name in _names(paths):
            try:
                with _opened(name) as stream:
                    judgement = judge_stream(stream, circumstances, now)
            except OSError as error:
                complain(f"{name}: the message cannot be read: {error.strerror}")
                unreadable += 1
                continue
            _print(name, judgement, as_json)
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


def _print(name: str, judgement: Judgement, as_json: bool) -> None:
    from mailbot.decide import as_json as contract_json

    if as_json:
        print_json({"file": name, **contract_json(judgement)})
        return
    decision = judgement.decision
    member = f"{decision.member.code} {decision.member.name}" if decision.member else "no member"
    print_text(
        f"{printable(name)}: {decision.action}" + (f" ({', '.join(decision.reasons)})" if decision.reasons else "")
    )
    print_text(f"  {decision.intent} {decision.duration or ''}".rstrip() + f", {printable(member)}")
    print_text(
        f"  from {printable(decision.sender.address or 'nobody')}, {decision.sender.standing}, "
        f"authentication {decision.authentication}"
    )
    for evidence in decision.evidence:
        print_text(f"  {evidence.field} in {printable(evidence.part)}: {printable(evidence.text)[:160]}")
