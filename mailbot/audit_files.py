"""The audit log outside the database: JSON lines for auditors, and the head that shows a cut-off tail.

Both are written after the commit. What a crash left out is caught up from the last line's number; a torn last line is
taken away first.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mailbot.audit import Entry, Head, canonical
from mailbot.checkpoints import Checkpoint, read_checkpoint
from mailbot.errors import MailbotError
from mailbot.files import replace_file

_TAIL_BYTES = 65_536


class ForeignLogError(MailbotError):
    """The audit log file does not belong to the database; nothing is written to it."""


def catch_up(path: Path, log_entries: Callable[[int], Iterable[Entry]]) -> int:
    """Append to `path` what the log has more than the file; return how many entries were added.

    `log_entries(n)` gives the log's entries after the n-th. Raises ForeignLogError where the file's last entry is not
    in the log (the database was restored or made anew), MailbotError where the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path) as log:
            last = _repair(log, path)
            entries = iter(log_entries(max(0, last.seq - 1) if last else 0))
            if last and next(entries, {}).get("hash") != last.hash:
                raise ForeignLogError(
                    f"{path}: this audit log file is not of this database, nothing is written to it: move it away"
                )
            added = 0
            for entry in entries:
                log.write(line_of(entry))
                added += 1
            if added:
                log.flush()
                os.fsync(log.fileno())
            return added
    except OSError as error:
        raise MailbotError(f"{path}: the audit log file cannot be written: {error.strerror}") from error


def read_log(path: Path) -> Iterator[Entry]:
    """The entries of a JSON-lines file.

    A line that is not, to the byte, what mailbot writes comes out as an empty entry, for `verify` to name.
    """
    try:
        with path.open("rb") as log:
            for line in log:
                yield _written(line)
    except OSError as error:
        raise MailbotError(f"{path}: the audit log file cannot be read: {error.strerror}") from error


def _written(line: bytes) -> Entry:
    try:
        entry = json.loads(line)
        whole = isinstance(entry, dict) and line_of(entry) == line
    except (ValueError, RecursionError):
        whole = False
    return entry if whole else {}


def line_of(value: object) -> bytes:
    """The line that stands for an entry, a head or a checkpoint in a file."""
    return canonical(value) + b"\n"


def write_log(path: Path, entries: Iterable[Entry]) -> None:
    """Write a new file with these entries, all of it or nothing."""
    replace_file(path, map(line_of, entries), "the export of the audit log")


def write_head(path: Path, head: Head) -> None:
    """Replace the head file."""
    replace_file(path, [line_of({"seq": head.seq, "hash": head.hash})], "the head of the audit log", make_folder=True)


def read_head(path: Path) -> Head | None:
    """The head that was kept in `path`; None where there is no such file."""
    try:
        found = json.loads(path.read_bytes())
        return Head(int(found["seq"]), str(found["hash"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MailbotError(f"{path}: this is no head of an audit log: restore the file or remove it") from error


def append_checkpoint_line(path: Path, checkpoint: Checkpoint) -> None:
    """Add a checkpoint to those kept in a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path) as kept:
            kept.write(line_of(checkpoint.as_json()))
            kept.flush()
            os.fsync(kept.fileno())
    except OSError as error:
        raise MailbotError(f"{path}: the checkpoint cannot be written: {error.strerror}") from error


def read_checkpoints(path: Path) -> list[Checkpoint]:
    """The checkpoints kept in a file; raises MailbotError where a line is none."""
    try:
        found = [read_checkpoint(json.loads(line)) for line in path.read_bytes().splitlines()]
    except (OSError, ValueError) as error:
        raise MailbotError(f"{path}: the checkpoints cannot be read: {error}") from error
    kept = [checkpoint for checkpoint in found if checkpoint is not None]
    if not kept or len(kept) != len(found):
        raise MailbotError(f"{path}: this is no file of checkpoints: mailbot audit checkpoint --write makes one")
    return kept


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """The file, open at its end for one writer at a time."""
    with path.open("a+b") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        yield log


def _repair(log: IO[bytes], path: Path) -> Head | None:
    """Take away a torn last line; return the last whole entry's number and hash, None for an empty file."""
    size = log.seek(0, os.SEEK_END)
    start = max(0, size - _TAIL_BYTES)
    log.seek(start)
    tail = log.read()
    while start and tail.count(b"\n") < 2:
        start = max(0, start - _TAIL_BYTES)
        log.seek(start)
        tail = log.read()
    whole = tail[: tail.rfind(b"\n") + 1]
    if len(whole) != len(tail):
        log.truncate(start + len(whole))
        log.seek(0, os.SEEK_END)
    if not whole:
        return None
    try:
        entry = json.loads(whole.splitlines()[-1])
        return Head(int(entry["seq"]), str(entry["hash"]))
    except (ValueError, KeyError, TypeError) as error:
        raise MailbotError(
            f"{path}: the last line is no audit entry: move the file away and run mailbot again"
        ) from error
