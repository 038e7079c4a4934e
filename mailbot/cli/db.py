"""`mailbot db`: upgrade, check and back up the database."""

from __future__ import annotations

from pathlib import Path

import click

from mailbot.cli.output import print_json, print_text


@click.group()
def db() -> None:
    """The database itself."""


@db.command()
@click.pass_obj
def upgrade(config: Path | None) -> None:
    """Bring the database of an older mailbot up to date, all of it or nothing.

    Stop mailbot and make a backup first: the older mailbot cannot use the database afterwards.
    """
    from mailbot.app import connected, utc_now
    from mailbot.database import upgrade as bring_up_to_date
    from mailbot.store.tables import SCHEMA_VERSION

    with connected(config) as store:
        found = bring_up_to_date(store, utc_now())
    if found is None:
        print_text(f"the database was empty: its tables are made (schema {SCHEMA_VERSION})")
    elif found == SCHEMA_VERSION:
        print_text(f"the database is up to date (schema {found})")
    else:
        print_text(f"the database was brought from schema {found} to {SCHEMA_VERSION}")


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def check(config: Path | None, as_json: bool) -> None:
    """Exit 1 and name the first fault: another schema, damaged storage, or a broken chain in the audit log.

    `mailbot audit verify` looks closer at what the log says.
    """
    from dataclasses import asdict

    from mailbot.app import connected
    from mailbot.database import examine

    with connected(config) as store:
        health = examine(store)
    if as_json:
        print_json(asdict(health))
    else:
        entries = f"{health.audit_entries} audit entries in a whole chain"
        print_text(f"the database is sound: schema {health.schema}, {health.engine}, {entries}")


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(config: Path | None, file: Path) -> None:
    """Copy the SQLite database into the new FILE, while mailbot may be running.

    To restore it, stop mailbot, put FILE in the database's place and remove the -wal and -shm files beside that. The
    copy holds letters: keep it as safe as the database. For PostgreSQL the right pg_dump command is named.
    """
    from mailbot.app import connected
    from mailbot.database import backup as copy

    with connected(config) as store:
        copy(store, file)
    print_text(f"the database is copied to {file}")
