"""`make faults`: every fault, many times; writes the table of docs/guarantees.md, and fails if anything went wrong."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

from tests.integration.conftest import ROOT

from .table import EVERY_CALL, FAULTS, EveryCall, Fault, Result, rounds
from .world import Servers, World, running_servers

PAGE = ROOT / "docs" / "guarantees.md"
BEGIN, END = "<!-- table: written by make faults -->", "<!-- end of the table -->"


def main() -> int:
    """Inflict the faults whose name holds one of the words given (all without), and write the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("words", nargs="*", help="only the faults whose names hold one of these")
    parser.add_argument("--share", type=float, default=1, help="this part of the usual number of times (default: 1)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dry-run", action="store_true", help="leave the page as it is")
    options = parser.parse_args()
    wanted = [fault for fault in FAULTS if not options.words or any(word in fault.name for word in options.words)]
    results = []
    with running_servers() as servers:
        for fault in wanted:
            results.append(_all_rounds(fault, servers, random.Random(options.seed), options.share))
            print(_row(results[-1]), file=sys.stderr, flush=True)  # noqa: T201
    wrongs = [wrong for result in results for wrong in result.wrongs]
    for wrong in wrongs:
        print(wrong)  # noqa: T201
    if not options.dry_run and len(results) == len(FAULTS):
        PAGE.write_text(_with_table(PAGE.read_text(), results))
    return 1 if wrongs else 0


def _all_rounds(fault: Fault, servers: Servers, rng: random.Random, share: float) -> Result:
    def new_world(fault: Fault) -> World:
        seed = random.Random(rng.random())
        return World(servers, seed, disk_bytes=fault.disk_bytes, on_postgresql=fault.on_postgresql)

    if fault.name == EVERY_CALL:
        return _sum(fault, EveryCall(round(1 / share)).rounds(fault, new_world))
    return _sum(fault, rounds(fault, new_world, max(1, round(fault.total * share))))


def _sum(fault: Fault, results: Iterable[Result]) -> Result:
    total = Result(fault.name, 0, 0, 0, 0, [])
    for one in results:
        total.inflicted += one.inflicted
        total.letters += one.letters
        total.mails += one.mails
        total.repeated += one.repeated
        total.wrongs += one.wrongs
    return total


def _row(result: Result) -> str:
    return (
        f"| {result.name} | {result.inflicted} | {result.letters} | {result.mails} | {result.repeated} "
        f"| {len(result.wrongs)} |"
    )


def _with_table(page: str, results: Iterable[Result]) -> str:
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    total = _sum(Fault("**together**", lambda _world: 0), results := list(results))
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d}:",
        "",
        "| fault | times | letters | mails | sent again | wrong |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *map(_row, [*results, total]),
    ]
    return f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}"


if __name__ == "__main__":
    sys.exit(main())
