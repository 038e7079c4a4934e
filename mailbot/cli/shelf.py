"""`mailbot shelf`: the letters that mailbot failed to handle, put aside so that the others go on."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.actor import by_option
from mailbot.cli.output import print_json, print_table, print_text


@click.group()
def shelf() -> None:
    """The letters that mailbot failed to handle again and again."""


@shelf.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a letter.")
@click.pass_obj
def list_(config: Path | None, as_json: bool) -> None:
    """Every shelved letter with what went wrong, oldest first."""
    from mailbot.app import opened
    from mailbot.shelf import shelf_list

    with opened(config) as app, app.store.read() as connection:
        items = shelf_list(connection)
    if as_json:
        for item in items:
            print_json(item)
    elif items:
        columns = ("id", "uid", "received", "tries", "first_at", "last_at", "error", "message_id")
        print_table(columns, [[item[column] for column in columns] for item in items])
    else:
        print_text("the shelf is empty")


@shelf.command()
@click.argument("items", metavar="[ID]…", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every letter on the shelf.")
@click.option("--unread", is_flag=True, help="Do not read them: put them into the review queue as they are.")
@by_option
@click.pass_obj
def retry(config: Path | None, items: tuple[str, ...], every: bool, unread: bool, by: str) -> None:
    """Have the next poll try letters again, once what made them fail has been put right."""
    from mailbot.app import opened
    from mailbot.shelf import item_id
    from mailbot.shelf import retry as try_again
    from mailbot.store.shelf_rows import shelved_letters

    if bool(items) == every:
        raise click.UsageError("Name the letters to try again, or give --all.")
    with opened(config) as app, app.store.begin() as connection:
        chosen = [item_id(row) for row in shelved_letters(connection)] if every else items
        for item in chosen:
            try_again(connection, item, app.clock(), by, unread=unread)
    what = "handed to a person" if unread else "tried again"
    print_text(f"{len(chosen)} letter{'' if len(chosen) == 1 else 's'} will be {what} with the next poll")


@shelf.command()
@click.argument("item", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def export(config: Path | None, item: str, file: Path) -> None:
    """Write a shelved letter to FILE, byte for byte."""
    from mailbot.app import opened
    from mailbot.files import replace_file
    from mailbot.shelf import export as bytes_of

    with opened(config) as app, app.store.read() as connection:
        raw = bytes_of(connection, item)
    replace_file(file, [raw], "the letter")
    print_text(f"{item} written to {file}")
