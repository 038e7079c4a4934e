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
from mailbot.errors import MailbotError

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
                log.write(canonical(entry) + b"\n")
                added += 1
            if added:
                log.flush()
                os.fsync(log.fileno())
            return added
    except OSError as error:
        raise MailbotError(f"{path}: the audit log file cannot be written: {error.strerror}") from error


def read_log(path: Path) -> Iterator[Entry]:
    """The entries of a JSON-lines file; a line that is no JSON comes out as an empty entry, for `verify` to name."""
    try:
        with path.open("rb") as log:
            for line in log:
                try:
                    entry = json.loads(line)
                except ValueError:
                    entry = {}
                yield entry if isinstance(entry, dict) else {}
    except OSError as error:
        raise MailbotError(f"{path}: the audit log file cannot be read: {error.strerror}") from error


def write_head(path: Path, head: Head) -> None:
    """Replace the head file atomically: whoever reads it sees the old head or the new one, never half of one."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("wb") as file:
            file.write(canonical({"seq": head.seq, "hash": head.hash}) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    except OSError as error:
        raise MailbotError(f"{path}: the head of the audit log cannot be written: {error.strerror}") from error


def read_head(path: Path) -> Head | None:
    """The head that was kept in `path`; None where there is no such file."""
    try:
        found = json.loads(path.read_bytes())
        return Head(int(found["seq"]), str(found["hash"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MailbotError(f"{path}: this is no head of an audit log: restore the file or remove it") from error


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
