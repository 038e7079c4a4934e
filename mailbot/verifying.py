"""Verifying the audit log: an export offline, or all that a site keeps, one against the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from mailbot.agreement import disagreements
from mailbot.app import App
from mailbot.audit import Entry, Head, entry_of, verify
from mailbot.audit_files import read_checkpoints, read_head, read_log
from mailbot.checkpoints import Checkpoint, Signatures, public_key
from mailbot.errors import ConfigurationError, MailbotError
from mailbot.store.audit_rows import audit_row, audit_rows


class UntrueError(MailbotError):
    """The log, or what it tells of, is not what was written."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A whole log: its last entry, the last checkpoint whose signature was checked, the entries since then."""

    last: Head | None
    signed: Checkpoint | None
    unsigned: int

    def __str__(self) -> str:
        """One line for a person."""
        if self.last is None:
            return "the audit log is whole: it is still empty"
        said = f"the audit log is whole, up to entry {self.last.seq} {self.last.hash}"
        if self.signed is None:
            return said
        said += f"; entry {self.signed.seq} and all before it are vouched for by the key {self.signed.key}"
        return f"{said} at {self.signed.at}" + (f", the {self.unsigned} after that not yet" if self.unsigned else "")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known from elsewhere: the heads and checkpoints kept, and the public keys."""

    heads: tuple[Head, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    keys: tuple[Ed25519PublicKey, ...] = ()


def read_kept(head: Path | None, checkpoints: Path | None, keys: Sequence[Path]) -> Kept:
    """Read what an auditor has kept; raises MailbotError or ConfigurationError for what is no such thing."""
    found = read_head(head) if head else None
    return Kept(
        (found,) if found else (),
        tuple(read_checkpoints(checkpoints)) if checkpoints else (),
        tuple(read_public_key(path) for path in keys),
    )


def read_public_key(path: Path) -> Ed25519PublicKey:
    """The key in a PEM file; raises ConfigurationError."""
    try:
        return public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"--key {path}: {error}: give the .pub file of mailbot audit keygen") from error


def verify_export(path: Path, kept: Kept) -> Verified:
    """Verify a JSON-lines file alone; raises UntrueError with the first fault.

    With keys, the file must end with a checkpoint of one of them: anything after the last one could be cut off or
    made up.
    """
    found = _verified(read_log(path), kept, str(path))
    if found.last is None:
        raise UntrueError(f"{path}: there is no entry in it: export the log anew")
    if not kept.keys:
        return found
    if found.signed is None:
        raise UntrueError(f"{path}: there is no checkpoint in it, so nothing vouches for it")
    if found.unsigned:
        raise UntrueError(
            f"{path}: it does not end with a checkpoint: nothing vouches for the {found.unsigned} entries after entry "
            f"{found.last.seq - found.unsigned}; it was cut off or added to, or exported without the signing key"
        )
    return found


def verify_site(app: App, kept: Kept) -> Verified:
    """Verify the database's log, the file beside it, and that the database says what the log says.

    What the site itself keeps (head, checkpoints, public key) counts as well. Raises UntrueError with the first fault.
    """
    kept = _with_own(app, kept)
    with app.store.read() as connection:
        found = _verified(map(entry_of, audit_rows(connection)), kept, "the audit log")
        if app.published_log.log_file and app.published_log.log_file.exists():
            _same_file(connection, app.published_log.log_file)
        differing = disagreements(connection)
        first = next(differing, None)
        if first is not None:
            more = sum(1 for _ in islice(differing, 1000))
            raise UntrueError(f"{first}" + (f" (and {more} more)" if more else ""))
    return found


def _with_own(app: App, kept: Kept) -> Kept:
    """`kept`, and what the configuration names."""
    named = app.settings.audit.checkpoint_file
    own = read_kept(
        None if kept.heads else app.published_log.head_file, named if named is not None and named.exists() else None, ()
    )
    key = () if app.signing_key is None else (app.signing_key.public_key(),)
    return Kept(kept.heads + own.heads, kept.checkpoints + own.checkpoints, kept.keys + key)


def _verified(entries: Iterable[Entry], kept: Kept, source: str) -> Verified:
    """The chain, the checkpoints in it, and what was kept elsewhere; without keys no signature is looked at."""
    signatures = Signatures(kept.keys)
    if kept.checkpoints and not kept.keys:
        raise ConfigurationError("--checkpoint needs the public key that it is checked with: add --key FILE")
    for checkpoint in kept.checkpoints:
        if problem := signatures.fault(checkpoint):
            raise UntrueError(f"the kept checkpoint of entry {checkpoint.seq} {problem}")
    heads = [*kept.heads, *(checkpoint.head for checkpoint in kept.checkpoints)]
    last: Head | None = None

    def watched() -> Iterator[Entry]:
        nonlocal last
        for entry in entries:
            yield entry
            last = Head(entry["seq"], entry["hash"])

    fault = verify(watched(), heads, signatures.check) if kept.keys else verify(watched(), heads)
    if fault is not None:
        raise UntrueError(f"{source}: entry {fault.seq} {fault.what}")
    return Verified(last, signatures.last, signatures.unsigned)


def _same_file(connection: Connection, path: Path) -> None:
    """The JSON-lines file is whole and is the beginning of the database's log."""
    last = _verified(read_log(path), Kept(), str(path)).last
    row = audit_row(connection, last.seq) if last else None
    if last is not None and (row is None or row["hash"] != last.hash):
        raise UntrueError(f"{path}: entry {last.seq} is not that of the database's log: one of them was made anew")
