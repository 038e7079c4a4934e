"""`mailbot audit`: the log, whether it is whole, and its head to keep elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.cli.output import complain, print_json, print_text, printable

if TYPE_CHECKING:
    from mailbot.app import App
    from mailbot.audit import Entry, Head


@click.group()
def audit() -> None:
    """The audit log, a chain of hashes."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an entry.")
@click.pass_obj
def export(config: Path | None, as_json: bool) -> None:
    """Every entry, oldest first."""
    from mailbot.app import opened
    from mailbot.audit import canonical

    with opened(config) as app:
        for entry in _entries(app):
            if as_json:
                print_json(entry)
            else:
                said = canonical(entry["data"]).decode()
                print_text(
                    printable(
                        f"{entry['seq']} {entry['at']} {entry['action']} {entry['subject']} by {entry['actor']} {said}"
                    )
                )


@audit.command()
@click.option("--file", type=click.Path(path_type=Path, exists=True), help="Verify this JSON-lines file instead.")
@click.option("--head", "head_file", type=click.Path(path_type=Path, exists=True), help="A head kept elsewhere.")
@click.pass_obj
def verify(config: Path | None, file: Path | None, head_file: Path | None) -> None:
    """Exit 1 and name the first entry that was altered, removed or reordered."""
    from mailbot.app import opened
    from mailbot.audit import verify as verify_chain
    from mailbot.audit_files import read_head, read_log
    from mailbot.errors import MailbotError

    if file is not None:
        head, source = read_head(head_file) if head_file else None, str(file)
        fault = verify_chain(read_log(file), head)
    else:
        source = "the audit log"
        with opened(config, publish=False) as app:
            kept = head_file or app.audit_head_file
            head = read_head(kept) if kept else None
            fault = verify_chain(_entries(app), head)
            if fault is None and app.audit_log_file and app.audit_log_file.exists():
                source = str(app.audit_log_file)
                fault = verify_chain(read_log(app.audit_log_file))
    if fault is not None:
        raise MailbotError(f"{source}: entry {fault.seq} {fault.what}")
    print_text("the audit log is whole" + (f", up to the head {head.seq} {head.hash}" if head else ""))


@audit.command()
@click.option("--write", type=click.Path(path_type=Path, dir_okay=False), help="Write the head to this file.")
@click.option("--mail", metavar="ADDRESS", help="Mail the head to this address.")
@click.pass_obj
def head(config: Path | None, write: Path | None, mail: str | None) -> None:
    """The last entry's number and hash; kept elsewhere it shows that the tail was cut off."""
    from mailbot.app import opened
    from mailbot.audit import head_of
    from mailbot.audit_files import write_head
    from mailbot.errors import MailbotError

    with opened(config) as app:
        with app.store.read() as connection:
            found = head_of(connection)
        if found is None:
            raise MailbotError("the audit log is still empty: there is no head")
        print_json({"seq": found.seq, "hash": found.hash})
        if write is not None:
            write_head(write, found)
        if mail is not None:
            _queue_head(app, found, mail)


def _queue_head(app: App, found: Head, address: str) -> None:
    from mailbot.address import normalise_address
    from mailbot.answering import head_mail, queue
    from mailbot.errors import ConfigurationError

    if normalise_address(address) is None:
        raise ConfigurationError(f"--mail {address}: this is not an e-mail address")
    now = app.clock()
    with app.store.begin() as connection:
        queue(
            connection,
            None,
            "audit",
            (head_mail(found, address, app.writer.letterhead, now),),
            now,
            limits=app.writer.limits,
        )
    if trouble := app.deliver_now():
        complain(f"the mail is queued: {trouble}")


def _entries(app: App) -> Iterator[Entry]:
    from mailbot.audit import entry_of
    from mailbot.store.audit_rows import audit_rows

    with app.store.read() as connection:
        yield from map(entry_of, audit_rows(connection))
