"""Looking after the database: bringing it up to today's schema, checking it, copying it."""

from __future__ import annotations

import os
import shlex
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, update

from mailbot import audit
from mailbot.agreement import seal_rows
from mailbot.errors import ConfigurationError, MailbotError
from mailbot.store.audit_rows import audit_rows
from mailbot.store.engine import (
    Store,
    create_tables,
    refuse_newer,
    refuse_older,
    version_of,
)
from mailbot.store.tables import SCHEMA_VERSION, schema_version
from mailbot.store.trouble import StoreError

_TELLING_SCHEMA = 2  # from here on the log's entries tell all that `mailbot.agreement` holds the rows against


@dataclass(frozen=True, slots=True)
class Health:
    """What an examination found: the schema's number, the database program, and the entries of the audit log."""

    schema: int
    engine: str
    audit_entries: int


def upgrade(store: Store, at: datetime) -> int | None:
    """Bring the database to today's schema, in one transaction, and note that in the audit log.

    Returns the schema it had: None for an empty database, which gets its tables. Raises StoreError for one of a newer
    mailbot, and BusyError while another mailbot works with it.
    """
    found = store.schema()
    if found is None:
        create_tables(store)
        return None
    refuse_newer(store, found)
    if found == SCHEMA_VERSION:
        return found
    from mailbot.store.migrations import migrate  # alembic takes half a second to load

    with store.exclusive("schema", 0), store.begin(migrating=True) as connection:
        found = version_of(connection) or SCHEMA_VERSION  # another upgrade may have been quicker
        if found < SCHEMA_VERSION:
            migrate(connection, found, SCHEMA_VERSION)
            connection.execute(update(schema_version).values(version=SCHEMA_VERSION))
            data: dict[str, object] = {"from": found, "to": SCHEMA_VERSION}
            if found < _TELLING_SCHEMA:
                data["sealed"] = seal_rows(connection)
            audit.append(connection, at=at, action="database:upgraded", subject="schema", actor="mailbot", data=data)
            if store.file is not None:
                _check_sqlite(connection)
    return found


def examine(store: Store) -> Health:
    """Look at schema, storage and the audit log's chain, changing nothing; raises MailbotError for the first fault."""
    _must_exist(store)
    found = store.schema()
    if found is None:
        raise StoreError(f"{store.url} is empty: mailbot registry import makes its tables")
    refuse_newer(store, found)
    refuse_older(store, found)
    with store.read() as connection:
        if store.file is not None:
            _check_sqlite(connection)
            engine = f"SQLite {sqlite3.sqlite_version}"
        else:
            engine = f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar_one()}"
        fault = audit.verify(map(audit.entry_of, audit_rows(connection)))
        head = audit.head_of(connection)
    if fault is not None:
        raise MailbotError(f"audit log: entry {fault.seq} {fault.what}")
    return Health(found, engine, 0 if head is None else head.seq)


def backup(store: Store, file: Path) -> None:
    """Copy an SQLite database of any schema into a new `file`, while mailbot may go on working.

    Raises ConfigurationError, naming the command to use, where the database is PostgreSQL's.
    """
    if store.file is None:
        address = store.engine.url.set(drivername="postgresql", password=None).render_as_string()
        command = shlex.join(["pg_dump", "--format=custom", f"--file={file}", f"--dbname={address}"])
        raise ConfigurationError(f"PostgreSQL makes its own backups: run {command}")
    _must_exist(store)
    if file.exists():
        raise MailbotError(f"{file}: there is a file already, and no backup is overwritten: name another")
    scratch = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        scratch.touch(mode=0o600, exist_ok=False)
        try:
            _copy(store, scratch)
            scratch.replace(file)
        finally:
            scratch.unlink(missing_ok=True)
    except sqlite3.Error as error:
        raise MailbotError(f"{file}: the backup cannot be made: {error}") from error
    except OSError as error:
        raise MailbotError(f"{file}: the backup cannot be written: {error.strerror}") from error


def _copy(store: Store, path: Path) -> None:
    """SQLite's online backup: all pages as of one moment, checked, and in one file without a write-ahead log."""
    with closing(store.engine.raw_connection()) as source, closing(sqlite3.connect(path)) as copy:
        assert isinstance(source.driver_connection, sqlite3.Connection)  # nosec B101  # for the type checker
        source.driver_connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(f"the database is damaged: {found}")
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _check_sqlite(connection: Connection) -> None:
    found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    if found != "ok":
        raise StoreError(f"the database is damaged: {found}: restore a backup")
    orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if orphan is not None:
        raise StoreError(f"the database is damaged: a row of {orphan[0]} belongs to none of {orphan[2]}")


def _must_exist(store: Store) -> None:
    """Looking must not make an empty database."""
    if store.file is not None and not store.file.exists():
        raise StoreError(f"{store.file}: there is no database yet: mailbot registry import makes it")
