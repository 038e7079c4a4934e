"""What is held of letters, mails and people, and erasing it: the row stays with its decision, the words go."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from email import message_from_bytes
from email.utils import getaddresses
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Text, delete, func, select, type_coerce, update

from mailbot.address import normalise_address
from mailbot.store.tables import (
    accounts,
    audit_entries,
    focal_points,
    letters,
    outbox,
    questions,
    receipts,
    registry_imports,
    sendings,
    shelf,
)

_HELD = letters.c.reference.is_not(None) & letters.c.redacted_at.is_(None)


def letters_closed_before(connection: Connection, moment: datetime) -> list[Row[Any]]:
    """The letters whose words are held and that were decided, and by a person if at all, before `moment`."""
    return _letters(connection, func.coalesce(letters.c.resolved_at, letters.c.decided_at) < moment)


def letters_from(connection: Connection, address: str) -> list[Row[Any]]:
    """The letters whose words are held and that came from `address`."""
    return _letters(connection, letters.c.sender == address)


def letters_naming(connection: Connection, address: str) -> Iterator[Row[Any]]:
    """The letters of others whose bytes hold `address` unencoded (in a Cc, a signature, a quotation)."""
    naming = _naming(address)
    columns = [letters.c.id, letters.c.reference, letters.c.raw]
    statement = select(*columns).where(_HELD, letters.c.sender.is_distinct_from(address))
    for row in connection.execute(statement.order_by(letters.c.id).execution_options(yield_per=50)):
        if row.raw and naming.search(row.raw.decode("utf-8", "replace").casefold()):
            yield row


def shelved_naming(connection: Connection, address: str) -> list[int]:
    """The numbers of the shelved letters whose bytes hold `address` unencoded; nobody has read who wrote them."""
    naming = _naming(address)
    statement = select(shelf.c.id, shelf.c.raw).where(shelf.c.raw.is_not(None)).order_by(shelf.c.id)
    rows = connection.execute(statement.execution_options(yield_per=50))
    return [row.id for row in rows if naming.search(row.raw.decode("utf-8", "replace").casefold())]


def redact_letter(connection: Connection, letter: int, at: datetime) -> None:
    """Erase what a letter said and who wrote it; its identity, its outcome and the hashes of its bytes stay."""
    columns = letters.c.decision, letters.c.resolution, letters.c.reference
    row = connection.execute(select(*columns).where(letters.c.id == letter)).one()
    connection.execute(delete(questions).where(questions.c.reference == row.reference))
    connection.execute(
        update(letters)
        .where(letters.c.id == letter)
        .values(
            raw=None, subject=None, sender=None, sender_name=None, references=None,
            decision=_without_words(row.decision), resolution=row.resolution and {**row.resolution, "reason": None},
            redacted_at=at,
        )
    )  # fmt: skip


def sendings_to(connection: Connection, address: str) -> int:
    """How many mails to an address are remembered for the limits of a day."""
    statement = select(func.count()).select_from(sendings).where(sendings.c.address == address)
    return int(connection.execute(statement).scalar_one())


def mails_of(connection: Connection, letter: int) -> list[Row[Any]]:
    """The mails that answer a letter and whose words are held: their numbers and states."""
    statement = select(outbox.c.id, outbox.c.status).where(outbox.c.letter_id == letter, outbox.c.redacted_at.is_(None))
    return list(connection.execute(statement.order_by(outbox.c.id)))


def mails_to(connection: Connection, address: str) -> Iterator[Row[Any]]:
    """The mails whose words are held and that are, or were, addressed to `address`."""
    statement = select(outbox).where(outbox.c.redacted_at.is_(None)).order_by(outbox.c.id)
    for row in connection.execute(statement.execution_options(yield_per=50)):
        if address in _addressees(row):
            yield row


def redact_mail(connection: Connection, mail: int, at: datetime) -> None:
    """Erase what a mail said and to whom; its Message-ID stays, so that mailbot knows it as its own."""
    values: dict[str, Any] = {"raw": None, "recipients": [], "refused": {}, "last_error": None, "redacted_at": at}
    connection.execute(update(outbox).where(outbox.c.id == mail).values(**values))


def receipt_days(connection: Connection, address: str) -> list[date]:
    """The days an address was sent a receipt."""
    statement = select(receipts.c.day).where(receipts.c.address == address).order_by(receipts.c.day)
    return list(connection.execute(statement).scalars())


def delete_receipts(connection: Connection, before: date, address: str | None = None) -> None:
    """Forget the receipts sent before a day, to one address or to all."""
    statement = delete(receipts).where(receipts.c.day < before)
    connection.execute(statement if address is None else statement.where(receipts.c.address == address))


def registry_uses(connection: Connection, address: str) -> list[str]:
    """The registry's rows with `address`, as their file and member."""
    return [
        f"{table.name} {code}"
        for table in (focal_points, accounts)
        for code in connection.execute(select(table.c.member_code).where(table.c.email == address)).scalars()
    ]


def audit_uses(connection: Connection, address: str) -> int:
    """How many audit entries and records of registry imports name `address`."""
    data, difference = audit_entries.c.data, type_coerce(registry_imports.c.difference, Text)
    return sum(
        _naming(spelling).search(text) is not None
        for column, spelling in ((data, address), (difference, json.dumps(address)[1:-1]))
        for text in connection.execute(select(column).where(column.contains(spelling, autoescape=True))).scalars()
    )


def _naming(address: str) -> re.Pattern[str]:
    """The address where it stands alone, not as the end or beginning of a longer one."""
    return re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)")


def _letters(connection: Connection, condition: ColumnElement[bool]) -> list[Row[Any]]:
    columns = (letters.c.id, letters.c.reference, letters.c.review, letters.c.decided_at)
    return list(connection.execute(select(*columns).where(_HELD, condition).order_by(letters.c.id)))


def _without_words(decision: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if decision is None:
        return None
    return {**decision, "sender": {**decision["sender"], "address": None}, "evidence": []}


def _addressees(row: Row[Any]) -> set[str | None]:
    message = message_from_bytes(row.raw)
    headers = [str(value) for name in ("To", "Cc") for value in message.get_all(name, [])]
    found = {address for _, address in getaddresses(headers)} | {*row.recipients, *row.refused}
    return {normalise_address(address) for address in found}
