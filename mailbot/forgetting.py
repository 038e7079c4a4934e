"""What is held about one e-mail address, and erasing what no duty keeps.

An address is named in the audit log, in the registry and in the letters a flag stands on; those stay, and are listed
with the reason. The entry that records the erasure holds counts and the SHA-256 of the address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailbot import audit
from mailbot.retention import UNFINISHED, grounds, must_stay
from mailbot.shelf import SHELF_PREFIX
from mailbot.store import redaction_rows
from mailbot.store.engine import Store


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing that is held about an address; `kept` says why it must stay, None where it can be erased."""

    kind: str
    id: str
    kept: str | None = None
    row: int | None = None


def holdings(connection: Connection, address: str, now: datetime) -> list[Holding]:
    """Everything that is held about a normalised address."""
    return [
        *_letters(connection, address),
        *_mails(connection, address),
        *_receipts(connection, address, now),
        *_letters_of_others(connection, address),
        *_shelved(connection, address),
        *_records(connection, address),
    ]


def forget(store: Store, address: str, by: str, now: datetime) -> list[Holding]:
    """Erase what can be, in one transaction; return all that was held before."""
    with store.begin() as connection:
        held = holdings(connection, address, now)
        erased = [one for one in held if one.kept is None]
        for one in erased:
            _erase(connection, one, address, now)
        counts = {kind: sum(one.kind == kind for one in erased) for kind in ("letter", "mail", "receipt")}
        audit.append(
            connection, at=now, action="address:forgotten",
            subject=f"sha256:{hashlib.sha256(address.encode()).hexdigest()}", actor=by,
            data={
                "erased": counts,
                "kept": len(held) - len(erased),
                "letters": [one.id for one in erased if one.kind == "letter"],
            },
        )  # fmt: skip
    store.wipe()
    return held


def _erase(connection: Connection, holding: Holding, address: str, now: datetime) -> None:
    match holding.kind, holding.row:
        case "letter", int(letter):
            redaction_rows.redact_letter(connection, letter, now)
        case "mail", int(mail):
            redaction_rows.redact_mail(connection, mail, now)
        case _:
            redaction_rows.delete_receipts(connection, now.date(), address)


def _letters(connection: Connection, address: str) -> Iterator[Holding]:
    standing = grounds(connection)
    for row in redaction_rows.letters_from(connection, address):
        yield Holding("letter", row.reference, must_stay(connection, row, standing), row.id)


def _mails(connection: Connection, address: str) -> Iterator[Holding]:
    """The mails to the address, and those to others that answer a letter of its."""
    answers = (
        mail
        for letter in redaction_rows.letters_from(connection, address)
        for mail in redaction_rows.mails_of(connection, letter.id)
    )
    to_it = redaction_rows.mails_to(connection, address)
    states = {mail.id: mail.status for mails in (answers, to_it) for mail in mails}
    for number, status in sorted(states.items()):
        yield Holding("mail", f"mail-{number}", UNFINISHED.get(status), number)


def _receipts(connection: Connection, address: str, now: datetime) -> Iterator[Holding]:
    for day in redaction_rows.receipt_days(connection, address):
        today = "it prevents a second receipt today" if day >= now.date() else None
        yield Holding("receipt", day.isoformat(), today)
    if count := redaction_rows.sendings_to(connection, address):
        yield Holding("limit", f"{count} mails", "they count toward a day's limits, and are gone when it is over")


def _letters_of_others(connection: Connection, address: str) -> Iterator[Holding]:
    for row in redaction_rows.letters_naming(connection, address):
        yield Holding("letter", row.reference, "it is the letter of somebody else, and only names the address", row.id)


def _shelved(connection: Connection, address: str) -> Iterator[Holding]:
    for number in redaction_rows.shelved_naming(connection, address):
        yield Holding("shelf", f"{SHELF_PREFIX}{number}", "it could not be handled yet: see mailbot shelf list")


def _records(connection: Connection, address: str) -> Iterator[Holding]:
    for use in redaction_rows.registry_uses(connection, address):
        yield Holding("registry", use, "the registry is kept elsewhere: remove it there, and import that again")
    if entries := redaction_rows.audit_uses(connection, address):
        yield Holding("audit", f"{entries} entries", "the audit log, whose chain of hashes admits no change")
