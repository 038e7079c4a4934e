"""Whether the database still says what the audit log says: flags, their history, study periods, letters, registry.

The chain shows that the log is whole; this shows that nothing was changed behind its back. Every finding is one line
that names what differs and the entry that tells how it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table

from mailbot import audit
from mailbot.audit import Entry
from mailbot.registry import fingerprint_of
from mailbot.store import flag_rows, letter_rows
from mailbot.store.audit_rows import audit_rows, row_numbers
from mailbot.store.registry_rows import RegistryRows, load_registry
from mailbot.store.tables import flag_changes, letters, study_periods
from mailbot.study_period import change_facts, period_facts

_DECIDED = "letter:decided"
_RESOLVED = "review:resolved"
_CLOSING = (_RESOLVED, "question:closed")  # a letter may also be closed by its sender's confirmation
_ERASING = ("letters:purged", "address:forgotten")  # their data name the letters whose words are gone
_UNREADABLE = (ValueError, TypeError)  # a cell that holds nothing of its column's type
_NO_ROW = -1


def disagreements(connection: Connection) -> Iterator[str]:
    """What the database says otherwise than the log, in one read transaction; the log itself is taken as whole."""
    yield from _history(connection)
    yield from _letters(connection)
    yield from _registry(connection)


def _history(connection: Connection) -> Iterator[str]:
    """The rows that flags are read from are only ever added, each with its entry."""

    def change(number: int) -> Mapping[str, object] | None:
        found = flag_rows.flag_change(connection, number)
        return None if found is None else change_facts(found)

    def period(number: int) -> Mapping[str, object] | None:
        found = flag_rows.study_period(connection, number)
        return None if found is None else period_facts(found)

    yield from _rows(connection, "flag:changed", flag_changes, change)
    yield from _rows(connection, "study_period:set", study_periods, period)


def _rows(
    connection: Connection, action: str, table: Table, read: Callable[[int], Mapping[str, object] | None]
) -> Iterator[str]:
    """Each row says what its entry says, and each has one."""
    told: set[int] = set()
    for entry in _entries(connection, action):
        facts = audit.facts_of(entry)
        number = _number(facts.get("row"))
        told.add(number)
        try:
            problem = _row_problem(read(number), facts)
        except _UNREADABLE:
            problem = "was changed behind the log's back: it cannot be read any more"
        if problem:
            yield f"{table.name} row {number} ({entry['subject']}) {problem}, see entry {entry['seq']}"
    yield from _untold(connection, table, told)


def _untold(connection: Connection, table: Table, told: set[int]) -> Iterator[str]:
    for number in row_numbers(connection, table):
        if number not in told:
            yield f"{table.name} row {number} was added behind the log's back: no entry tells of it"


def _row_problem(found: Mapping[str, object] | None, told: Mapping[str, object]) -> str | None:
    """How a row differs from its entry."""
    if found is None:
        return "was removed behind the log's back"
    for name, value in audit.storable(found).items():
        if value != told.get(name):
            return f"was changed behind the log's back: {name} is {value}, the log says {told.get(name)}"
    return None


def letter_disagreement(connection: Connection, entries: Sequence[Entry]) -> str | None:
    """The same for one letter, whose entries these are."""
    closing = next((entry for entry in reversed(entries) if entry["action"] in _CLOSING), None)
    decided = next((entry for entry in entries if entry["action"] == _DECIDED), None)
    if decided is None:
        return "no entry tells of the letter's decision"
    return _letter(connection, decided, closing, _erased(connection))


def _letters(connection: Connection) -> Iterator[str]:
    """Each letter has the hash, the decision and the review that the log says."""
    closings = {entry["subject"]: entry for entry in _entries(connection, *_CLOSING)}
    erased = _erased(connection)
    told: set[int] = set()
    for entry in _entries(connection, _DECIDED):
        told.add(_number(audit.facts_of(entry).get("letter")))
        if problem := _letter(connection, entry, closings.get(entry["subject"]), erased):
            yield problem
    yield from _untold(connection, letters, told)


def _letter(connection: Connection, entry: Entry, closing: Entry | None, erased: set[str]) -> str | None:
    """How a letter differs from the entries of its decision and its closing."""
    try:
        row = letter_rows.found_letter(connection, _number(audit.facts_of(entry).get("letter")))
        problem = (
            "was removed"
            if row is None
            else _decision_problem(row, entry)
            or (None if entry["subject"] in erased else _content_problem(row, entry))
            or _review_problem(row, closing)
        )
    except _UNREADABLE:
        problem = "was changed: it cannot be read any more"
    return f"letter {entry['subject']} {problem} behind the log's back, see entry {entry['seq']}" if problem else None


def _erased(connection: Connection) -> set[str]:
    """The letters whose words are gone by an entry of the log."""
    entries = _entries(connection, *_ERASING)
    return {str(name) for entry in entries for name in _list(audit.facts_of(entry), "letters")}


def _decision_problem(row: Row[Any], entry: Entry) -> str | None:
    told = audit.facts_of(entry)
    reference = entry["subject"] if _is_kept(entry) else None
    if (row.reference, row.message_id, row.received.isoformat(), row.sha256) != (
        reference, told.get("message_id"), told.get("received"), told.get("sha256"),
    ):  # fmt: skip
        return "was given another identity"
    return None if row.outcome == told.get("action") else "was given another outcome"


def _content_problem(row: Row[Any], entry: Entry) -> str | None:
    """Of a letter whose words are kept: its bytes, its sender, and what was made of it."""
    told = audit.facts_of(entry)
    if not _is_kept(entry):
        return None
    if hashlib.sha256(row.raw or b"").hexdigest() != told.get("sha256"):
        return "was changed: its bytes do not have their hash any more"
    if row.sender != told.get("sender"):
        return "was given another sender"
    return None if audit.fingerprint(row.decision) == told.get("decision_sha256") else "was given another decision"


def _review_problem(row: Row[Any], closing: Entry | None) -> str | None:
    """A letter waits for a person until an entry closes it, and stays closed as a person resolved it."""
    if (row.review is None) is (row.outcome == "review"):
        return "was taken out of review" if row.review is None else "was put into review"
    if row.review == "resolved" and closing is None:
        return "was closed without a decision"
    if closing is None or closing["action"] != _RESOLVED:
        return None
    done = row.resolution if isinstance(row.resolution, dict) else {}
    stands = (row.review, done.get("as"), done.get("member"), done.get("by"))
    said = audit.facts_of(closing)
    decided = ("resolved", said.get("as"), said.get("member"), closing["actor"])
    return None if stands == decided else f"was given another resolution than that of entry {closing['seq']}"


def _number(value: object) -> int:
    """A row's number out of an entry, whatever somebody has made of it."""
    return value if isinstance(value, int) and 0 <= value < 2**63 else _NO_ROW


def _list(facts: Mapping[str, Any], name: str) -> list[Any]:
    found = facts.get(name)
    return found if isinstance(found, list) else []


def _is_kept(entry: Entry) -> bool:
    """Whether the letter was none to ignore: of those only the identity is kept."""
    return "decision_sha256" in audit.facts_of(entry)


def _registry(connection: Connection) -> Iterator[str]:
    """Who may write for whom is what the last import said."""
    last = audit.last_entry(connection, "registry:imported")
    try:
        found = fingerprint_of(load_registry(connection))
    except _UNREADABLE:
        found = ""
    expected = audit.facts_of(last).get("sha256") if last else fingerprint_of(RegistryRows((), (), ()))
    if found != expected:
        where = f"see entry {last['seq']}" if last else "no entry tells of an import"
        yield f"the registry was changed behind the log's back, {where}: import it anew"


def _entries(connection: Connection, *actions: str) -> Iterator[Entry]:
    return map(audit.entry_of, audit_rows(connection, actions=actions))
