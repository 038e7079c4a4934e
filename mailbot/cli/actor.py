"""Who does what the command line does, for the audit log."""

from __future__ import annotations

import getpass

import click


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "the command line"


def _named(context: click.Context, parameter: click.Parameter, by: str) -> str:  # noqa: ARG001 - click's signature
    if not by.strip():
        raise click.BadParameter("it is empty: write the name of who does it.")
    return by.strip()


by_option = click.option(
    "--by", metavar="NAME", default=_login, show_default="your login", callback=_named,
    help="Who does it, for the audit log.",
)  # fmt: skip
