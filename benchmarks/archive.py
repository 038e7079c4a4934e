"""A database as mailbot leaves it after many letters, written straight into the tables: quick, and the same every time.

Of ten letters four are ignored, three set or confirm a flag and three go to a person, one of whom still waits. Each has
its audit entries (one whole chain), its counts, its mail. The registry is that of the real Union in size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, insert

from mailbot import audit
from mailbot.audit import FIRST_PREVIOUS, seal
from mailbot.members import Account, FocalPoint, Member
from mailbot.store import tables
from mailbot.store.contact_rows import DELIVER, POLL, note_contact
from mailbot.store.count_rows import LANGUAGE, OUTCOME, REASON, WAIT
from mailbot.store.engine import Store
from mailbot.store.registry_rows import RegistryRows, record_import, replace_registry

MEMBERS = 900
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVERY = timedelta(minutes=40)
MAILBOX = "maildir:///letters"
PERIOD = "2025-2028"
_LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
_DOUBTS = ("sender_unknown", "authentication_missing", "member_not_named", "unclear_intent", "qualified_request")
_KINDS = ("ignore", "apply", "ignore", "open", "no_change", "ignore", "resolved", "apply", "ignore", "resolved")
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Written:
    """One letter of the archive: its number, and what follows from that alone."""

    number: int
    count: int

    @property
    def kind(self) -> str:
        return _KINDS[self.number % 10]

    @property
    def outcome(self) -> str:
        return "review" if self.kind in ("open", "resolved") else self.kind

    @property
    def at(self) -> datetime:
        return NOW - EVERY * (self.count - self.number)

    @property
    def reference(self) -> str:
        return f"2026-{self.number + 1:05d}"

    @property
    def code(self) -> str:
        return code_of(self.number * 7)

    @property
    def language(self) -> str:
        return _LANGUAGES[self.number // 10 % 6]

    @property
    def doubts(self) -> list[str]:
        return [_DOUBTS[self.number // 10 % 5]] if self.outcome == "review" else []

    @property
    def sets_flag(self) -> bool:
        return self.kind == "apply"

    @property
    def sender(self) -> str:
        return f"focal.{self.code.lower()}@gov.example"

    @property
    def message_id(self) -> str:
        return f"<letter-{self.number}@gov.example>"

    @property
    def raw(self) -> bytes:
        return (
            f"From: Focal Point <{self.sender}>\r\nTo: tsbdir@itu.int\r\nSubject: Circular 118\r\n"
            f"Message-ID: {self.message_id}\r\nDate: {self.at:%a, %d %b %Y %H:%M:%S +0000}\r\n\r\n"
            f'On behalf of {name_of(self.code)}, I wish to "opt in" to automatic approval of registration requests for '
            "all Active ITU Accounts with TIES access affiliated with this organization.\r\n"
        ).encode()

    @property
    def decision(self) -> dict[str, Any]:
        return {
            "message_id": self.message_id, "sha256": _digest(self.raw), "language": self.language, "intent": "opt_in",
            "duration": "study_period", "member": {"code": self.code, "name": name_of(self.code), "score": 100.0},
            "sender": {"address": self.sender, "standing": "designated", "members": [self.code]},
            "authentication": "pass", "action": self.outcome, "reasons": self.doubts,
            "evidence": [{"field": "intent", "part": "body", "text": 'wish to "opt in"', "start": 26, "end": 42}],
        }  # fmt: skip


def fill(store: Store, letters: int) -> None:
    """Write an archive of that many letters into an empty database."""
    written = [Written(number, letters) for number in range(letters)]
    with store.begin() as connection:
        replace_registry(connection, registry())
        record_import(connection, NOW, "the benchmark", {})
        note_contact(connection, POLL, MAILBOX, NOW)
        note_contact(connection, DELIVER, MAILBOX, NOW)
        period = {"name": PERIOD, "assembly": "WTSA-28", "ends": datetime(2028, 11, 1, tzinfo=UTC)}
        connection.execute(insert(tables.study_periods).values(known_at=written[0].at, **period))
        connection.execute(insert(tables.reference_numbers).values(year=2026, last=letters))
        _add(connection, tables.letters, map(_letter, written))
        _add(connection, tables.waiting_reasons, _waiting(written))
        _add(connection, tables.flag_changes, (_change(one) for one in written if one.sets_flag))
        _add(connection, tables.outbox, (_mail(one) for one in written if one.kind in ("apply", "no_change")))
        _add(connection, tables.daily_counts, _counts(written))
        _add(connection, tables.audit_entries, _chain(written))


def code_of(number: int) -> str:
    """The code of a member."""
    return f"M{number % MEMBERS:03d}"


def name_of(code: str) -> str:
    """Its name."""
    return f"Ministry {code[1:]} of Telecommunication"


def registry() -> RegistryRows:
    """As many members as the Union has, with two focal points and five accounts each."""
    codes = [code_of(number) for number in range(MEMBERS)]
    return RegistryRows(
        tuple(Member(code, name_of(code), "sector_member", "", (f"MT {code[1:]}",)) for code in codes),
        tuple(
            FocalPoint(code, "T", "designated", "Focal Point", f"{name}.{code.lower()}@gov.example", "en")
            for code in codes
            for name in ("focal", "deputy")
        ),
        tuple(
            Account(f"{code.lower()}{n}", f"{code.lower()}{n}@gov.example", "A Delegate", code, "active", n != 0)
            for code in codes
            for n in range(5)
        ),
    )


def _add(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH)):
        connection.execute(insert(table), batch)


def _letter(one: Written) -> dict[str, Any]:
    kept = one.kind != "ignore"
    resolution = {"as": "reject", "by": "Ana Juma", "reason": "no focal point", "member": None}
    return {
        "id": one.number + 1, "mailbox": MAILBOX, "uidvalidity": 1, "uid": one.number + 1,
        "message_id": one.message_id, "arrival_id": one.message_id, "sha256": _digest(one.raw),
        "content_sha256": _digest(one.raw), "size": len(one.raw), "received": one.at, "decided_at": one.at,
        "outcome": one.outcome, "reasons": one.doubts if kept else ["not_a_request"],
        "file_to": None, "filed_at": None, "reference": one.reference if kept else None,
        "raw": one.raw if kept else None, "subject": "Circular 118" if kept else None,
        "sender": one.sender if kept else None, "sender_name": "Focal Point" if kept else None,
        "decision": one.decision if kept else None, "member_code": one.code if kept else None,
        "language": one.language if kept else None, "references": [] if kept else None,
        "null_return_path": False if kept else None, "review": one.kind if one.outcome == "review" else None,
        "resolved_at": one.at + EVERY if one.kind == "resolved" else None,
        "resolution": resolution if one.kind == "resolved" else None,
    }  # fmt: skip


def _waiting(written: Iterable[Written]) -> Iterator[dict[str, Any]]:
    for one in written:
        if one.kind == "open":
            yield {"reason": one.doubts[0], "received": one.at, "letter_id": one.number + 1}


def _change(one: Written) -> dict[str, Any]:
    opted_in = one.number // 10 % 3 != 0
    return {
        "member_code": one.code, "member_name": name_of(one.code), "at": one.at, "since": one.at,
        "state": "opted_in" if opted_in else "opted_out", "duration": "study_period" if opted_in else None,
        "study_period": PERIOD if opted_in else None, "cause": "letter", "basis": one.at, "reference": one.reference,
        "message_id": one.message_id,
    }  # fmt: skip


def _mail(one: Written) -> dict[str, Any]:
    status = "failed" if one.number // 10 % 50 == 0 else "sent"
    return {
        "letter_id": one.number + 1, "kind": "confirmation", "message_id": f"<answer-{one.number}@itu.int>",
        "reference": one.reference, "recipients": [] if status == "sent" else [one.sender], "refused": {},
        "raw": one.raw, "created_at": one.at, "status": status, "attempts": 1, "next_attempt": one.at,
        "last_error": None if status == "sent" else "the server said no", "finished_at": one.at,
    }  # fmt: skip


def _counts(written: Iterable[Written]) -> Iterator[dict[str, Any]]:
    found: Counter[tuple[Any, str, str]] = Counter()
    for one in written:
        day = one.at.date()
        found[day, OUTCOME, one.outcome] += 1
        if one.kind != "ignore":
            found[day, LANGUAGE, one.language] += 1
        for reason in one.doubts:
            found[day, REASON, reason] += 1
        if one.kind == "resolved":
            found[day, WAIT, "1h"] += 1
    for (day, kind, name), number in found.items():
        yield {"day": day, "kind": kind, "name": name, "number": number}


def _chain(written: Iterable[Written]) -> Iterator[dict[str, Any]]:
    previous, seq = FIRST_PREVIOUS, 0
    for one in written:
        for action, subject, actor, data in _entries(one):
            seq += 1
            entry = {
                "seq": seq, "at": one.at.isoformat(), "action": action, "subject": subject, "actor": actor,
                "data": data, "previous": previous,
            }  # fmt: skip
            previous = seal(entry)
            yield entry | {"data": audit.canonical(data).decode(), "hash": previous}


def _entries(one: Written) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    subject = one.message_id if one.kind == "ignore" else one.reference
    identity = {"letter": one.number + 1, "message_id": one.message_id, "sha256": _digest(one.raw)}
    yield "letter:received", subject, "mailbot", {**identity, "mailbox": MAILBOX, "uidvalidity": 1, "uid": one.number}
    yield "letter:decided", subject, "mailbot", {**identity, "action": one.outcome, "reasons": one.doubts}
    if one.sets_flag:
        yield "flag:changed", one.code, "mailbot", {"reference": one.reference, "state": "opted_in"}
    if one.kind in ("apply", "no_change"):
        yield "mail:queued", one.reference, "mailbot", {"kind": "confirmation"}
        yield "mail:sent", one.reference, "mailbot", {"kind": "confirmation"}
    if one.kind == "resolved":
        decided = {"as": "reject", "member": None, "reason": "no focal point", "against": None, "proposed_by": None}
        yield "review:resolved", one.reference, "Ana Juma", decided


def _digest(raw: bytes) -> str:
    return sha256(raw).hexdigest()
