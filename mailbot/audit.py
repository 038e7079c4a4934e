"""The audit log: append-only entries, each sealed with the hash of the one before.

An entry is {seq, at, action, subject, actor, data, previous, hash}. `hash` is the SHA-256 (hex) of the canonical JSON
of the other seven: sorted keys, no spaces, UTF-8, not ASCII-escaped. The first `previous` is 64 zeros. The head (the
last seq and hash), kept elsewhere, shows that the tail was cut off; a checkpoint (`mailbot.checkpoints`) is a signed
one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from mailbot.store.audit_rows import add_audit_row, last_audit_row

FIRST_PREVIOUS = "0" * 64
KEYS = ("seq", "at", "action", "subject", "actor", "data", "previous", "hash")

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at some moment."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where a log is not what was written: the entry's number and what is wrong with it."""

    seq: int
    what: str


def canonical(value: object) -> bytes:
    """The one byte sequence that stands for a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def seal(entry: Entry) -> str:
    """The hash that belongs to an entry (its own `hash` left out)."""
    return hashlib.sha256(canonical({key: entry[key] for key in KEYS if key != "hash"})).hexdigest()


def storable(value: Any) -> Any:
    """`value` as JSON, with lone surrogates and NULs replaced: they have no place in UTF-8 text or in the databases."""
    match value:
        case str():
            return value.replace("\0", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        case dict():
            return {storable(str(key)): storable(item) for key, item in value.items()}
        case list() | tuple():
            return [storable(item) for item in value]
        case _:
            return value


def fingerprint(value: object) -> str:
    """The SHA-256 (hex) of a JSON value, so that an entry can vouch for what is stored elsewhere as JSON."""
    stored = json.loads(json.dumps(value))  # two halves of a surrogate pair come back as one character
    return hashlib.sha256(canonical(storable(stored))).hexdigest()


def append(
    connection: Connection, *, at: datetime, action: str, subject: str, actor: str, data: Mapping[str, object]
) -> Entry:
    """Add one entry inside the caller's transaction and return it.

    `action` is written `thing:done` (`flag:changed`), `subject` is what it was done to (a reference, a member's code),
    `actor` who did it (`mailbot`, or a person's name).
    """
    last = last_audit_row(connection)
    entry: dict[str, Any] = {
        "seq": 1 if last is None else last["seq"] + 1,
        "at": at.astimezone(UTC).isoformat(),
        "action": action,
        "subject": storable(subject),
        "actor": storable(actor),
        "data": storable(dict(data)),
        "previous": FIRST_PREVIOUS if last is None else last["hash"],
    }
    entry["hash"] = seal(entry)
    add_audit_row(connection, entry | {"data": canonical(entry["data"]).decode()})
    return entry


def entry_of(row: Mapping[str, Any]) -> Entry:
    """The entry a database row holds.

    Data that is not the canonical JSON it was written as stays text, so that `verify` names the entry: another
    spelling of the same value would otherwise go unseen.
    """
    try:
        data = json.loads(row["data"])
        if canonical(data).decode() != row["data"]:
            data = row["data"]
    except (ValueError, TypeError):
        data = row["data"]
    return {key: data if key == "data" else row[key] for key in KEYS}


def facts_of(entry: Entry) -> Mapping[str, Any]:
    """An entry's data; none where somebody has made them anything but an object."""
    data = entry["data"]
    return data if isinstance(data, dict) else {}


def last_entry(connection: Connection, action: str | None = None) -> Entry | None:
    """The newest entry (of an action), None where there is none."""
    row = last_audit_row(connection, action)
    return None if row is None else entry_of(row)


def head_of(connection: Connection) -> Head | None:
    """The end of the chain, None where the log is empty."""
    last = last_audit_row(connection)
    return None if last is None else Head(last["seq"], last["hash"])


def verify(
    entries: Iterable[Entry], heads: Iterable[Head] = (), vouched: Callable[[Entry], str | None] = lambda _entry: None
) -> Fault | None:
    """The first entry that was altered, removed or reordered; None where the log is whole.

    `entries` in the order they stand in; `heads` are ends of the chain as they were kept elsewhere. `vouched` looks
    at each entry that is whole and in its place, and says what else is wrong with it (None: nothing).
    """
    kept = {head.seq: head.hash for head in heads}
    previous, expected = FIRST_PREVIOUS, 1
    stream = iter(entries)
    for entry in stream:
        fault = _check(entry, expected, previous)
        if fault == "moved":
            return _out_of_place(entry, expected, stream)
        fault = fault or vouched(entry)
        if fault is None and kept.pop(expected, entry["hash"]) != entry["hash"]:
            fault = "was replaced: it is not the entry whose hash was kept elsewhere as the head"
        if fault is not None:
            return Fault(expected, fault)
        previous = entry["hash"]
        expected += 1
    if not kept:
        return None
    last = expected - 1
    return Fault(expected, f"was removed: the log ends at entry {last}, but the head kept elsewhere is {max(kept)}")


def _check(entry: Entry, expected: int, previous: str) -> str | None:
    """What is wrong with one entry: `moved` where it stands whole, but not in its place."""
    try:
        whole = entry.keys() == set(KEYS) and entry["hash"] == seal(entry)
    except (TypeError, ValueError):  # what no JSON can say
        whole = False
    if not whole:
        return "was altered: its hash does not fit what it says"
    if type(entry["seq"]) is not int or entry["seq"] != expected:
        return "moved"
    return None if entry["previous"] == previous else "does not follow the entry before it: one of them was replaced"


def _out_of_place(entry: Entry, expected: int, rest: Iterable[Entry]) -> Fault:
    later = any(other.get("seq") == expected for other in rest)
    if later or entry["seq"] < expected:
        return Fault(expected, f"was reordered: entry {entry['seq']} stands in its place")
    return Fault(expected, f"was removed: entry {entry['seq']} stands in its place")
