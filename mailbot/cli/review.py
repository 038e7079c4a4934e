"""`mailbot review`: what waits for a person, and what the person decides."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from mailbot.cli.output import complain, print_bytes, print_json, print_table, print_text, printable


@click.group()
def review() -> None:
    """The letters that wait for a person."""


@review.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an item.")
@click.pass_obj
def list_(config: Path | None, as_json: bool) -> None:
    """Everything that waits, oldest first."""
    from mailbot.app import opened
    from mailbot.review_items import review_queue

    with opened(config) as app, app.store.read() as connection:
        items = review_queue(connection)
    if as_json:
        for item in items:
            print_json(item)
    elif items:
        columns = ("id", "received", "sender", "intent", "member", "reasons", "proposed", "subject")
        rows = [item | {"proposed": _proposal(item["proposed"])} for item in items]
        print_table(columns, [[_cell(row[column]) for column in columns] for row in rows])
    else:
        print_text("nothing waits for a person")


@review.command()
@click.argument("item", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--raw", is_flag=True, help="Print the letter itself, byte for byte.")
@click.pass_obj
def show(config: Path | None, item: str, as_json: bool, raw: bool) -> None:
    """One letter with what mailbot made of it and why."""
    from mailbot.app import opened
    from mailbot.review_items import letter_details, letter_of, raw_of

    with opened(config) as app, app.store.read() as connection:
        row = letter_of(connection, item)
        details = letter_details(row)
    if raw:
        print_bytes(raw_of(row, item))
    elif as_json:
        print_json(details)
    else:
        _print_details(details)


@review.command()
@click.argument("item", metavar="ID")
@click.option("--as", "decision", type=click.Choice(["opt_in", "opt_out", "reject"]), required=True)
@click.option("--member", metavar="CODE", help="The member it is for, where the letter does not say.")
@click.option("--by", required=True, metavar="NAME", help="Who decides.")
@click.option("--reason", required=True, metavar="TEXT", help="Why.")
@click.pass_obj
def resolve(config: Path | None, item: str, decision: str, member: str | None, by: str, reason: str) -> None:
    """Decide a letter: set the flag and confirm it, or reject the letter.

    With [review] four_eyes, what goes against the sender's standing is proposed first, and carried out when another
    person decides the same.
    """
    from mailbot.app import opened
    from mailbot.desk.claims import require_free, settled
    from mailbot.reviewing import Resolution, Step
    from mailbot.reviewing import resolve as carry_out
    from mailbot.terms import Intent

    intent = None if decision == "reject" else Intent(decision)
    with opened(config) as app:
        with app.store.begin() as connection:
            now = app.clock()
            require_free(connection, item, by, now)
            step = carry_out(
                connection, app.world(connection), item, Resolution(intent, member, by, reason), now,
                four_eyes=app.settings.review.four_eyes,
            )  # fmt: skip
            if step is Step.RESOLVED:
                settled(connection, item)
        if step is Step.PROPOSED:
            print_text(f"{item} proposed as {decision} by {printable(by)}: another person must decide the same")
            return
        if trouble := app.deliver_now():
            complain(f"the confirmation is queued: {trouble}")
    print_text(f"{item} resolved as {decision} by {printable(by)}")


def _print_details(details: Mapping[str, Any]) -> None:
    for name, value in details.items():
        if name != "evidence":
            print_text(f"{name.replace('_', ' ')}: {printable(_cell(value))}")
    for evidence in details["evidence"]:
        print_text(f"  {evidence['field']} in {printable(evidence['part'])}: {printable(evidence['text'])}")


def _proposal(proposed: Mapping[str, Any] | None) -> str | None:
    """The first of two people's decision, for a column."""
    return f"{proposed['as']} {proposed['member']} by {proposed['by']}" if proposed else None


def _cell(value: object) -> object:
    match value:
        case list():
            return ", ".join(str(one) for one in value)
        case dict():
            return ", ".join(f"{key} {_cell(one)}" for key, one in value.items())
        case None:
            return "-"
        case _:
            return value
