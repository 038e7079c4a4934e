"""`mailbot audit`: the log, whether it is whole and true, and what to keep of it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.cli.output import complain, print_bytes, print_json, print_text, printable

if TYPE_CHECKING:
    from mailbot.app import App
    from mailbot.audit import Entry, Head


@click.group()
def audit() -> None:
    """The audit log, a chain of hashes."""


_FILE = click.Path(path_type=Path, dir_okay=False)
_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an entry.")
@click.option("--write", type=_FILE, help="Write to this file instead: .jsonl for verify, .csv for a spreadsheet.")
@click.pass_obj
def export(config: Path | None, as_json: bool, write: Path | None) -> None:
    """Every entry, oldest first; with a signing key a checkpoint comes last."""
    from mailbot.app import opened
    from mailbot.audit import KEYS, canonical
    from mailbot.audit_files import line_of, write_log
    from mailbot.errors import ConfigurationError
    from mailbot.files import replace_file
    from mailbot.spreadsheets import csv_bytes

    if write is not None and write.suffix not in (".jsonl", ".csv"):
        raise ConfigurationError(f"--write {write}: the kind of file is not known: name it .jsonl or .csv")
    with opened(config) as app:
        app.checkpoint()
        if write is None:
            for entry in _entries(app):
                if as_json:
                    print_bytes(line_of(entry))
                else:
                    print_text(printable(_line(entry)))
        elif write.suffix == ".csv":
            rows = [{**entry, "data": canonical(entry["data"]).decode()} for entry in _entries(app)]
            replace_file(write, [csv_bytes(KEYS, rows)], "the export of the audit log")
        else:
            write_log(write, _entries(app))


@audit.command()
@click.option("--export", "--file", "file", type=_EXISTING, help="Verify this JSON-lines file alone, offline.")
@click.option("--key", "keys", type=_EXISTING, multiple=True, help="A public key that checkpoints are checked with.")
@click.option("--head", "head_file", type=_EXISTING, help="A head kept elsewhere.")
@click.option("--checkpoint", "checkpoint_file", type=_EXISTING, help="Checkpoints kept elsewhere.")
@click.pass_obj
def verify(
    config: Path | None, file: Path | None, keys: tuple[Path, ...], head_file: Path | None, checkpoint_file: Path | None
) -> None:
    """Exit 1 and name the first entry that was altered, removed or reordered, or what differs from the log.

    Without --export: the log in the database and its file, and whether flags, history, letters and registry agree
    with it. With --export and --key neither database nor configuration is needed.
    """
    from mailbot.app import opened
    from mailbot.verifying import read_kept, verify_export, verify_site

    kept = read_kept(head_file, checkpoint_file, keys)
    if file is not None:
        print_text(str(verify_export(file, kept)))
        return
    with opened(config, publish=False) as app:
        print_text(str(verify_site(app, kept)))


@audit.command()
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True, help="Print the entries, one JSON object each.")
@click.pass_obj
def explain(config: Path | None, reference: str, as_json: bool) -> None:
    """The story of one letter and its flag, from its arrival to the confirmation, in plain words."""
    from mailbot.agreement import letter_disagreement
    from mailbot.app import opened
    from mailbot.audit_files import line_of
    from mailbot.cli.page import print_page
    from mailbot.review_items import entries_about, letter_details, letter_of
    from mailbot.story import story

    with opened(config) as app, app.store.read() as connection:
        letter = letter_details(letter_of(connection, reference))
        entries = entries_about(connection, letter["reference"])
        doubt = letter_disagreement(connection, entries)
    if as_json:
        for entry in entries:
            print_bytes(line_of(entry))
    else:
        print_page(story(letter, entries, doubt))


@audit.command()
@click.argument("file", type=_FILE)
def keygen(file: Path) -> None:
    """Make the key pair of checkpoints: the private key in FILE, the public key for auditors in FILE.pub."""
    import os

    from mailbot.checkpoints import key_id, make_keys, public_key
    from mailbot.errors import MailbotError

    private, public = make_keys()
    for path, content, mode in ((file, private, 0o600), (file.with_name(f"{file.name}.pub"), public, 0o644)):
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as made:
                made.write(content)
        except FileExistsError as error:
            raise MailbotError(f"{path}: there is a file already, and no key is overwritten: name another") from error
        except OSError as error:
            raise MailbotError(f"{path}: the key cannot be written: {error.strerror}") from error
    print_text(f"key {key_id(public_key(public))}: name {file} as signing_key in [audit], give {file}.pub to auditors")


@audit.command()
@click.option("--write", type=_FILE, help="Write the checkpoint to this file, to be kept elsewhere.")
@click.pass_obj
def checkpoint(config: Path | None, write: Path | None) -> None:
    """Sign the end of the log with [audit] signing_key and print the newest checkpoint."""
    from mailbot.app import opened
    from mailbot.audit import last_entry
    from mailbot.audit_files import line_of
    from mailbot.checkpoints import ACTION
    from mailbot.errors import ConfigurationError
    from mailbot.files import replace_file

    with opened(config) as app:
        if app.signing_key is None:
            raise ConfigurationError("audit.signing_key: no key is configured: make one with mailbot audit keygen FILE")
        app.checkpoint()
        with app.store.read() as connection:
            newest = last_entry(connection, ACTION)
        assert newest is not None  # nosec B101  # the log is never empty: the settings in force stand in it
        if write is not None:
            replace_file(write, [line_of(newest["data"])], "the checkpoint")
    print_bytes(line_of(newest["data"]))


@audit.command()
@click.option("--write", type=_FILE, help="Write the head to this file.")
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


def _line(entry: Entry) -> str:
    from mailbot.audit import canonical

    said = canonical(entry["data"]).decode()
    return f"{entry['seq']} {entry['at']} {entry['action']} {entry['subject']} by {entry['actor']} {said}"


def _entries(app: App) -> Iterator[Entry]:
    from mailbot.audit import entry_of
    from mailbot.store.audit_rows import audit_rows

    with app.store.read() as connection:
        yield from map(entry_of, audit_rows(connection))
