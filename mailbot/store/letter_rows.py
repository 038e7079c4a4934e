"""The rows of letters: what was seen, what was decided, what waits for a person, and where each is filed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from mailbot.store.tables import letters, receipts, reference_numbers, waiting_reasons


def next_reference(connection: Connection, year: int) -> str:
    """A new reference number, `2026-00031`; unique because every write transaction is alone."""
    match = reference_numbers.c.year == year
    last = connection.execute(select(reference_numbers.c.last).where(match)).scalar_one_or_none()
    if last is None:
        connection.execute(insert(reference_numbers).values(year=year, last=1))
        return f"{year}-{1:05d}"
    connection.execute(update(reference_numbers).where(match).values(last=last + 1))
    return f"{year}-{last + 1:05d}"


def add_letter(connection: Connection, values: Mapping[str, Any]) -> int:
    """Record one letter; return its number."""
    letter = int(connection.execute(insert(letters).values(**values).returning(letters.c.id)).scalar_one())
    if values.get("review") == "open":
        for reason in dict.fromkeys(values["reasons"]):
            added = insert(waiting_reasons).values(reason=reason, received=values["received"], letter_id=letter)
            connection.execute(added)
    return letter


def known_by_bytes(connection: Connection, mailbox: str, uidvalidity: int, sha256: str) -> int | None:
    """The number of a letter without a Message-ID that was recorded under another UIDVALIDITY, by its bytes."""
    statement = select(letters.c.id).where(
        letters.c.mailbox == mailbox,
        letters.c.uidvalidity != uidvalidity,
        letters.c.arrival_id.is_(None),
        letters.c.sha256 == sha256,
    )
    return connection.execute(statement.order_by(letters.c.id).limit(1)).scalar_one_or_none()


def content_hashes(connection: Connection, message_id: str) -> frozenset[str]:
    """The content hashes of the letters seen with a Message-ID (contract rule 2)."""
    statement = select(letters.c.content_sha256).where(letters.c.message_id == message_id)
    return frozenset(connection.execute(statement).scalars())


def unfiled(connection: Connection, mailbox: str, uidvalidity: int) -> list[Row[Any]]:
    """The decided letters that still stand where they arrived: who they are there, and where to they go."""
    needed = (letters.c.id, letters.c.uid, letters.c.file_to, letters.c.arrival_id, letters.c.size)
    statement = select(*needed).where(
        letters.c.mailbox == mailbox,
        letters.c.uidvalidity == uidvalidity,
        letters.c.file_to.is_not(None),
        letters.c.filed_at.is_(None),
    )
    return list(connection.execute(statement.order_by(letters.c.uid)))


def mark_filed(connection: Connection, filed: Collection[int], at: datetime) -> None:
    """The letters were filed, or are no longer there to be filed."""
    connection.execute(update(letters).where(letters.c.id.in_(filed)).values(filed_at=at))


def open_reviews(connection: Connection) -> list[Row[Any]]:
    """The letters that wait for a person, oldest first."""
    return list(connection.execute(select(letters).where(letters.c.review == "open").order_by(letters.c.id)))


def letter_by_reference(connection: Connection, reference: str) -> Row[Any] | None:
    """The letter with a reference number."""
    return connection.execute(select(letters).where(letters.c.reference == reference)).one_or_none()


def kept_letters(connection: Connection, since: datetime | None = None) -> list[int]:
    """The numbers of the letters whose bytes are kept, oldest first; `since` bounds the moment received."""
    statement = select(letters.c.id).where(letters.c.raw.is_not(None)).order_by(letters.c.received, letters.c.id)
    if since is not None:
        statement = statement.where(letters.c.received >= since)
    return list(connection.execute(statement).scalars())


def letter_row(connection: Connection, letter: int) -> Row[Any]:
    """One letter with its bytes."""
    return connection.execute(select(letters).where(letters.c.id == letter)).one()


def found_letter(connection: Connection, letter: int) -> Row[Any] | None:
    """One letter with its bytes, None where there is none of that number."""
    return connection.execute(select(letters).where(letters.c.id == letter)).one_or_none()


def close_review(connection: Connection, letter: int, at: datetime, resolution: Mapping[str, object]) -> None:
    """A person has decided; for another member than the letter was read to name, it is found under that one now."""
    statement = update(letters).where(letters.c.id == letter)
    if resolution["member"] is not None:
        statement = statement.values(member_code=resolution["member"])
    connection.execute(statement.values(review="resolved", resolved_at=at, resolution=dict(resolution)))
    connection.execute(delete(waiting_reasons).where(waiting_reasons.c.letter_id == letter))


def propose(connection: Connection, letter: int, proposal: Mapping[str, object]) -> None:
    """A person has decided what takes two; an earlier proposal is replaced."""
    connection.execute(update(letters).where(letters.c.id == letter).values(proposal=dict(proposal)))


def drop_reason(connection: Connection, reference: str, reason: str) -> None:
    """A reason no longer holds: what was decided stays as it was, in `decision`."""
    row = connection.execute(select(letters.c.id, letters.c.reasons).where(letters.c.reference == reference)).one()
    kept = [one for one in row.reasons if one != reason]
    connection.execute(update(letters).where(letters.c.id == row.id).values(reasons=kept))
    gone = (waiting_reasons.c.letter_id == row.id) & (waiting_reasons.c.reason == reason)
    connection.execute(delete(waiting_reasons).where(gone))


def receipts_on(connection: Connection, address: str, day: date) -> int:
    """How many receipts an address was sent on a day (UTC)."""
    statement = select(receipts.c.day).where(receipts.c.address == address, receipts.c.day == day)
    return len(connection.execute(statement).all())


def note_receipt(connection: Connection, address: str, day: date) -> None:
    """An address gets a receipt on that day."""
    connection.execute(insert(receipts).values(address=address, day=day))
