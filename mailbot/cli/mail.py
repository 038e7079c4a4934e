"""`mailbot mail`: the outbox."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.actor import by_option
from mailbot.cli.output import complain, print_bytes, print_json, print_table, print_text, printable


@click.group()
def mail() -> None:
    """The mails mailbot sends."""


@mail.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a mail.")
@click.pass_obj
def list_(config: Path | None, as_json: bool) -> None:
    """Every mail and how its delivery stands."""
    from mailbot.app import opened
    from mailbot.review_items import mail_item
    from mailbot.store.outbox_rows import mail_rows
    from mailbot.store.sending_rows import breaker_row

    with opened(config) as app, app.store.read() as connection:
        items = [mail_item(row) for row in mail_rows(connection)]
        stopped = breaker_row(connection)
    if stopped is not None:
        complain(f"all sending is stopped since {stopped.opened_at:%Y-%m-%d %H:%M} UTC: {stopped.why}")
    if as_json:
        for item in items:
            print_json(item)
    elif items:
        columns = ("id", "kind", "reference", "status", "attempts", "recipients", "last_error")
        rows = [[", ".join(v) if isinstance(v := item[column], list) else v for column in columns] for item in items]
        print_table(columns, rows)
    else:
        print_text("the outbox is empty")


@mail.command()
@click.argument("number", metavar="ID")
@click.option("--text", "as_text", is_flag=True, help="As it reads in a mail program, instead of byte for byte.")
@click.pass_obj
def show(config: Path | None, number: str, as_text: bool) -> None:
    """One mail, byte for byte."""
    from mailbot.app import opened
    from mailbot.review_items import raw_of
    from mailbot.undelivered import mail_of

    with opened(config) as app, app.store.read() as connection:
        raw = raw_of(mail_of(connection, number), number)
    if as_text:
        _print_readable(raw)
    else:
        print_bytes(raw)


def _print_readable(raw: bytes) -> None:
    """The headers a reader looks at, and the plain-text part."""
    from email import message_from_bytes, policy

    message = message_from_bytes(raw, policy=policy.default)
    for name in ("From", "To", "Subject", "Date", "In-Reply-To", "Auto-Submitted"):
        print_text(f"{name}: {printable(str(message[name] or ''))}")
    part = message.get_body(("plain",))
    print_text("\n" + (part.get_content() if part is not None else ""))


@mail.command()
@click.argument("number", metavar="ID")
@by_option
@click.pass_obj
def retry(config: Path | None, number: str, by: str) -> None:
    """Send a failed mail again to those who refused it."""
    from mailbot.app import opened
    from mailbot.undelivered import retry_mail

    with opened(config) as app, app.store.begin() as connection:
        retry_mail(connection, number, app.clock(), by)
    print_text(f"mail {number} is due again")


@mail.command()
@click.argument("numbers", metavar="[ID]…", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every mail that is withheld.")
@click.option("--by", required=True, metavar="NAME", help="Who has looked at them.")
@click.pass_obj
def release(config: Path | None, numbers: tuple[str, ...], every: bool, by: str) -> None:
    """Let mails go that were withheld."""
    from mailbot.app import opened
    from mailbot.store.outbox_rows import withheld_mails
    from mailbot.undelivered import release_mail

    if bool(numbers) == every:
        raise click.UsageError("Name the mails to release, or give --all.")
    with opened(config) as app, app.store.begin() as connection:
        chosen = [str(number) for number in withheld_mails(connection)] if every else numbers
        for number in chosen:
            release_mail(connection, number, by, app.clock())
    print_text(f"{len(chosen)} mail{'' if len(chosen) == 1 else 's'} released")


@mail.command()
@click.option("--by", required=True, metavar="NAME", help="Who has found out why.")
@click.pass_obj
def resume(config: Path | None, by: str) -> None:
    """Send again after a storm of mail stopped all sending; what was withheld stays so until it is released."""
    from mailbot.app import opened
    from mailbot.undelivered import resume_sending

    with opened(config) as app, app.store.begin() as connection:
        resume_sending(connection, by, app.clock())
    print_text("mail is sent again")
