"""`mailbot users`: the people who may use the review console."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailbot.cli.actor import by_option
from mailbot.cli.output import print_json, print_table, print_text, printable

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

ROLES = ("viewer", "reviewer", "admin", "auditor")


@click.group()
def users() -> None:
    """The people who may use the review console."""


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the person may do.")
@by_option
@click.pass_obj
def add(config: Path | None, name: str, role: str, by: str) -> None:
    """Add a person, and print the link with which that person chooses a password.

    A viewer reads, an auditor also reads the audit log, a reviewer decides letters, an admin also looks after people.
    """
    from mailbot.web.people import add_person
    from mailbot.web.roles import Role

    _print_link(config, lambda connection, now: add_person(connection, name, Role(role), by, now))


@users.command()
@click.argument("name")
@by_option
@click.pass_obj
def reset(config: Path | None, name: str, by: str) -> None:
    """Take a person's password away, sign the person out, and print a link to choose a new one."""
    from mailbot.web.people import reset_person

    _print_link(config, lambda connection, now: reset_person(connection, name, by, now))


@users.command()
@click.argument("name")
@by_option
@click.pass_obj
def disable(config: Path | None, name: str, by: str) -> None:
    """Sign a person out at once, and let nobody sign in under that name."""
    from mailbot.web.people import disable_person

    _change(config, lambda connection, now: disable_person(connection, name, by, now))
    print_text(f"{printable(name)} is disabled")


@users.command()
@click.argument("name")
@by_option
@click.pass_obj
def enable(config: Path | None, name: str, by: str) -> None:
    """Let a disabled person sign in again."""
    from mailbot.web.people import enable_person

    _change(config, lambda connection, now: enable_person(connection, name, by, now))
    print_text(f"{printable(name)} may sign in again")


@users.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@by_option
@click.pass_obj
def change_role(config: Path | None, name: str, role: str, by: str) -> None:
    """Give a person another role."""
    from mailbot.web import people
    from mailbot.web.roles import Role

    _change(config, lambda connection, now: people.change_role(connection, name, Role(role), by, now))
    print_text(f"{printable(name)} is {role} now")


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a person.")
@click.pass_obj
def list_(config: Path | None, as_json: bool) -> None:
    """Everybody, with role and state, in the order they were added."""
    from mailbot.app import opened
    from mailbot.web.people import people

    with opened(config) as app, app.store.read() as connection:
        found = people(connection, app.clock())
    rows = [
        {
            "name": person.name,
            "role": person.role.value,
            "state": person.state,
            "signs_in": person.signs_in,
            "added": person.added.isoformat(),
        }
        for person in found
    ]
    if as_json:
        for row in rows:
            print_json(row)
    elif rows:
        print_table(tuple(rows[0]), [tuple(row.values()) for row in rows])
    else:
        print_text("there is nobody yet: mailbot web prints a link for the first administrator")


def _change(config: Path | None, change: Callable[[Connection, datetime], Any]) -> Any:
    from mailbot.app import opened

    with opened(config) as app, app.store.begin() as connection:
        return change(connection, app.clock())


def _print_link(config: Path | None, change: Callable[[Connection, datetime], str]) -> None:
    from mailbot.app import opened
    from mailbot.web.server import link_to

    with opened(config) as app:
        with app.store.begin() as connection:
            secret = change(connection, app.clock())
        print_text("the link to choose a password with, which works once within 24 hours:")
        print_text(link_to(app.settings.web, secret))
