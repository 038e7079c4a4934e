"""Keeps the audit log's files outside the database up to date, whichever of its threads and workers ask for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy import Connection

from mailbot.audit import Entry, entry_of, head_of
from mailbot.audit_files import ForeignLogError, catch_up, read_head, write_head
from mailbot.store.audit_rows import audit_row, audit_rows
from mailbot.store.engine import Store

log = structlog.get_logger("mailbot")


@dataclass(slots=True)
class PublishedLog:
    """The log as JSON lines, and its head; None where one is not written."""

    store: Store
    log_file: Path | None
    head_file: Path | None
    _writing_head: threading.Lock = field(default_factory=threading.Lock, init=False)

    def catch_up(self) -> None:
        """Bring the files up to the database; to be called after commits.

        Files that say otherwise than the database are evidence and stay as they are: a cut-off tail must not be
        covered up by the next command.
        """
        try:
            if self.log_file:
                catch_up(self.log_file, self._entries_after)
            if self.head_file:
                with self._writing_head, self.store.read() as connection:
                    self._write_head(connection, self.head_file)
        except ForeignLogError as error:  # the work itself is done: this is for a person
            log.warning("audit log not published", why=str(error))

    def _entries_after(self, seq: int) -> Iterator[Entry]:
        """The log's later entries as of now: not of a moment before another worker had written the file."""
        with self.store.read() as connection:
            yield from map(entry_of, audit_rows(connection, seq))

    def _write_head(self, connection: Connection, path: Path) -> None:
        kept, head = read_head(path), head_of(connection)
        row = audit_row(connection, kept.seq) if kept else None
        if kept and (row is None or row["hash"] != kept.hash):
            raise ForeignLogError(f"{path}: this head is not of this database's log: see mailbot audit verify")
        if head and head != kept:
            write_head(path, head)
