"""The command line: parse the input, call, print. Heavy modules are imported inside the commands."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.audit import audit
from mailbot.cli.check import check
from mailbot.cli.db import db
from mailbot.cli.flags import flags
from mailbot.cli.forget import forget
from mailbot.cli.mail import mail
from mailbot.cli.registry import registry
from mailbot.cli.replay import replay
from mailbot.cli.review import review
from mailbot.cli.run import poll, run
from mailbot.cli.shelf import shelf
from mailbot.cli.tokens import tokens
from mailbot.cli.users import users
from mailbot.cli.web import web


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Configuration file.  [default: $MAILBOT_CONFIG, else config/mailbot.toml]",
)
@click.version_option(package_name="mailbot")
@click.pass_context
def cli(context: click.Context, config: Path | None) -> None:
    """Reads the opt-in and opt-out letters of TSB Circular 118, decides the clear ones, hands the rest to people."""
    context.obj = config


for command in (registry, check, poll, run, flags, review, shelf, replay, audit, mail, forget, db, web, users, tokens):
    cli.add_command(command)
