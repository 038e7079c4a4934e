"""`mailbot flags`: how the members stand, how they came to, and the file for the registration system."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from mailbot.cli.output import print_json, print_table, print_text


class Moment(click.ParamType[datetime]):
    """An ISO 8601 moment; without a zone it is UTC."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Text to an aware moment."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no moment: write 2026-11-22 or 2026-11-22T10:00:00Z.", param, ctx)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@click.group()
def flags() -> None:
    """The members' flags."""


@flags.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a member.")
@click.option("--at", type=Moment(), help="As it was known at this moment (ISO 8601; UTC without a zone).")
@click.pass_obj
def list_(config: Path | None, as_json: bool, at: datetime | None) -> None:
    """Every member's flag, now or as it was known at a moment."""
    from mailbot.app import opened
    from mailbot.flag_report import COLUMNS, flag_list

    with opened(config) as app, app.store.read() as connection:
        rows = flag_list(connection, app.clock(), at)
    if as_json:
        for row in rows:
            print_json(row)
    elif rows:
        print_table(COLUMNS, [[row[column] for column in COLUMNS] for row in rows])
    else:
        print_text("no member has a flag")


@flags.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a change.")
@click.pass_obj
def history(config: Path | None, code: str, as_json: bool) -> None:
    """Every change of one member's flag, with the letter or person behind it."""
    from mailbot.app import opened
    from mailbot.flag_report import flag_history

    with opened(config) as app, app.store.read() as connection:
        rows = flag_history(connection, code)
    if as_json:
        for row in rows:
            print_json(row)
    elif rows:
        columns = ("at", "state", "cause", "reference", "message_id", "by", "reason")
        print_table(columns, [[row[column] for column in columns] for row in rows])
    else:
        print_text(f"{code} never had a flag")


@flags.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def export(config: Path | None, file: Path) -> None:
    """Write the flags to FILE (.csv, .json or .xlsx) for the registration system."""
    from mailbot.app import opened
    from mailbot.flag_report import export_flags, flag_list

    with opened(config) as app, app.store.read() as connection:
        rows = flag_list(connection, app.clock())
    export_flags(file, rows)
    print_text(f"{len(rows)} flags written to {file}")
