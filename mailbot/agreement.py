"""Whether the database still says what the audit log says: flags, their history, study periods, letters, registry.

The chain shows that the log is whole; this shows that nothing was changed behind its back. Every finding is one line
that names what differs and the entry that tells how it was.

Entries of schema 1 tell too little to hold a row against them. So the entry of the upgrade seals the rows it finds, and
from then on those are held against that seal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table

from mailbot import audit
from mailbot.audit import Entry
from mailbot.flag_changes import change_facts, period_facts
from mailbot.registry import fingerprint_of
from mailbot.store import flag_rows, letter_rows
from mailbot.store.audit_rows import audit_rows, row_numbers
from mailbot.store.registry_rows import RegistryRows, load_registry
from mailbot.store.tables import flag_changes, letters, study_periods

_DECIDED = "letter:decided"
_RESOLVED = "review:resolved"
_CLOSING = (_RESOLVED, "question:closed")  # a letter may also be closed by its sender's confirmation
_ERASING = ("letters:purged", "address:forgotten")  # their data name the letters whose words are gone
_UNREADABLE = (ValueError, TypeError)  # a cell that holds nothing of its column's type
_NO_ROW = -1
_UPGRADED = "database:upgraded"


def disagreements(connection: Connection) -> Iterator[str]:
    """What the database says otherwise than the log, in one read transaction; the log itself is taken as whole."""
    yield from _history(connection)
    yield from _letters(connection)
    yield from _registry(connection)


def seal_rows(connection: Connection) -> Mapping[str, object]:
    """What the entry of an upgrade from schema 1 says of the rows it finds."""
    seals: dict[str, object] = {
        table.name: _seal(connection, table, max(row_numbers(connection, table), default=0)) for table in _READERS
    }
    return seals | {"registry": fingerprint_of(load_registry(connection))}


def _seal(connection: Connection, table: Table, last: int) -> Mapping[str, object]:
    """The hash of what never changes in the rows up to number `last`."""
    numbers = [number for number in row_numbers(connection, table) if number <= last]
    rows = [_READERS[table](connection, number) for number in numbers]
    return {"last": last, "sha256": audit.fingerprint([numbers, rows])}


def _change(connection: Connection, number: int) -> Mapping[str, object] | None:
    found = flag_rows.flag_change(connection, number)
    return None if found is None else change_facts(found)


def _period(connection: Connection, number: int) -> Mapping[str, object] | None:
    found = flag_rows.study_period(connection, number)
    return None if found is None else period_facts(found)


def _identity(connection: Connection, number: int) -> Mapping[str, object] | None:
    row = letter_rows.found_letter(connection, number)
    if row is None:
        return None
    received = row.received.isoformat()
    return {"reference": row.reference, "received": received, "sha256": row.sha256, "outcome": row.outcome}


_READERS: Mapping[Table, Callable[[Connection, int], Mapping[str, object] | None]] = {
    flag_changes: _change,
    study_periods: _period,
    letters: _identity,
}


def _upgrade(connection: Connection) -> Entry | None:
    """The entry that seals the rows of schema 1, where the database was ever of that schema."""
    return next((entry for entry in _entries(connection, _UPGRADED) if "sealed" in audit.facts_of(entry)), None)


def _sealed(upgrade: Entry | None, name: str) -> Any:
    sealed = audit.facts_of(upgrade).get("sealed") if upgrade else None
    return sealed.get(name) if isinstance(sealed, dict) else None


def _sealed_rows(connection: Connection, table: Table, upgrade: Entry | None) -> Iterator[str]:
    """The rows that an upgrade found are those it sealed."""
    if upgrade is None:
        return
    seal = _sealed(upgrade, table.name)
    try:
        stands = seal == _seal(connection, table, _last_sealed(upgrade, table))
    except _UNREADABLE:
        stands = False
    if not stands:
        yield (
            f"{table.name} rows up to {_last_sealed(upgrade, table)} were changed behind the log's back since the "
            f"upgrade, see entry {upgrade['seq']}"
        )


def _last_sealed(upgrade: Entry | None, table: Table) -> int:
    seal = _sealed(upgrade, table.name)
    return max(_number(seal.get("last")), 0) if isinstance(seal, dict) else 0


def _history(connection: Connection) -> Iterator[str]:
    """The rows that flags are read from are only ever added, each with its entry."""
    yield from _rows(connection, "flag:changed", flag_changes)
    yield from _rows(connection, "study_period:set", study_periods)


def _rows(connection: Connection, action: str, table: Table) -> Iterator[str]:
    """Each row says what its entry says, and each has one."""
    upgrade = _upgrade(connection)
    yield from _sealed_rows(connection, table, upgrade)
    told: set[int] = set()
    for entry in _entries(connection, action, since=upgrade):
        facts = audit.facts_of(entry)
        number = _number(facts.get("row"))
        told.add(number)
        try:
            problem = _row_problem(_READERS[table](connection, number), facts)
        except _UNREADABLE:
            problem = "was changed behind the log's back: it cannot be read any more"
        if problem:
            yield f"{table.name} row {number} ({entry['subject']}) {problem}, see entry {entry['seq']}"
    yield from _untold(connection, table, told, upgrade)


def _untold(connection: Connection, table: Table, told: set[int], upgrade: Entry | None) -> Iterator[str]:
    for number in row_numbers(connection, table):
        if number not in told and number > _last_sealed(upgrade, table):
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
    upgrade = _upgrade(connection)
    if upgrade is not None and decided["seq"] < upgrade["seq"]:
        return next(_sealed_rows(connection, letters, upgrade), None)
    return _letter(connection, decided, closing, _erased(connection))


def _letters(connection: Connection) -> Iterator[str]:
    """Each letter has the hash, the decision and the review that the log says."""
    upgrade = _upgrade(connection)
    yield from _sealed_rows(connection, letters, upgrade)
    closings = {entry["subject"]: entry for entry in _entries(connection, *_CLOSING)}
    erased = _erased(connection)
    told: set[int] = set()
    for entry in _entries(connection, _DECIDED, since=upgrade):
        told.add(_number(audit.facts_of(entry).get("letter")))
        if problem := _letter(connection, entry, closings.get(entry["subject"]), erased):
            yield problem
    yield from _untold(connection, letters, told, upgrade)


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
    upgrade = _upgrade(connection)
    last = next(reversed([*_entries(connection, "registry:imported", since=upgrade)]), upgrade)
    try:
        found = fingerprint_of(load_registry(connection))
    except _UNREADABLE:
        found = ""
    expected: object = fingerprint_of(RegistryRows((), (), ()))
    if last is not None:
        expected = _sealed(last, "registry") if last is upgrade else audit.facts_of(last).get("sha256")
    if found != expected:
        where = f"see entry {last['seq']}" if last else "no entry tells of an import"
        yield f"the registry was changed behind the log's back, {where}: import it anew"


def _entries(connection: Connection, *actions: str, since: Entry | None = None) -> Iterator[Entry]:
    return map(audit.entry_of, audit_rows(connection, since["seq"] if since else 0, actions))
