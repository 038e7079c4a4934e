"""`mailbot tokens`: what programs show to use the API."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.actor import by_option
from mailbot.cli.output import print_json, print_table, print_text, printable

SCOPES = ("read", "review", "check")


@click.group()
def tokens() -> None:
    """The bearer tokens of programs that use the API."""


@tokens.command()
@click.argument("name")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True, help="What it may do.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it is good; without it, until it is revoked.")
@by_option
@click.pass_obj
def add(config: Path | None, name: str, scopes: tuple[str, ...], days: int | None, by: str) -> None:
    """Make a token for the program NAME, and print it: it is shown this once.

    read: members, flags, letters and decisions; review: decide letters; check: ask what would be decided. Give --scope
    several times for several of them.
    """
    from datetime import timedelta

    from mailbot.app import opened
    from mailbot.web.tokens import Scope, add_token

    with opened(config) as app, app.store.begin() as connection:
        now = app.clock()
        expires = None if days is None else now + timedelta(days=days)
        secret = add_token(connection, name, {Scope(scope) for scope in scopes}, by, now, expires)
    print_text(secret)


@tokens.command()
@click.argument("name")
@by_option
@click.pass_obj
def revoke(config: Path | None, name: str, by: str) -> None:
    """Make a token good for nothing, at once and for ever."""
    from mailbot.app import opened
    from mailbot.web.tokens import revoke_token

    with opened(config) as app, app.store.begin() as connection:
        revoke_token(connection, name, by, app.clock())
    print_text(f"the token {printable(name)} is revoked")


@tokens.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a token.")
@click.pass_obj
def list_(config: Path | None, as_json: bool) -> None:
    """All tokens there ever were, without the tokens themselves."""
    from mailbot.app import opened
    from mailbot.web.tokens import tokens as all_tokens

    with opened(config) as app, app.store.read() as connection:
        found = all_tokens(connection, app.clock())
    rows = [
        {
            "name": token.name,
            "scopes": [scope.value for scope in token.scopes],
            "state": token.state,
            "created": token.created.isoformat(),
            "by": token.created_by,
            "expires": token.expires.isoformat() if token.expires else None,
        }
        for token in found
    ]
    if as_json:
        for row in rows:
            print_json(row)
    elif rows:
        cells = [row | {"scopes": " ".join(token.scopes)} for row, token in zip(rows, found, strict=True)]
        print_table(tuple(rows[0]), [tuple(cell.values()) for cell in cells])
    else:
        print_text("there are no tokens")
