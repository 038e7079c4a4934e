"""The outbox's rows: mails fixed when the decision was made, and how their delivery goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from mailbot.store.tables import letters, outbox


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """One mail in the outbox; `recipients` are those still to be served, `refused` those refused for good."""

    id: int
    kind: str
    message_id: str
    reference: str
    recipients: tuple[str, ...]
    refused: Mapping[str, str]
    raw: bytes
    created_at: datetime
    attempts: int


def add_mail(
    connection: Connection,
    *,
    letter: int | None,
    kind: str,
    message_id: str,
    reference: str,
    recipients: Sequence[str],
    raw: bytes,
    now: datetime,
    withheld: str = "",
) -> None:
    """Queue one mail, due at once, or `withheld` for that reason."""
    connection.execute(
        insert(outbox).values(
            letter_id=letter,
            kind=kind,
            message_id=message_id,
            reference=reference,
            recipients=list(recipients),
            refused={},
            raw=raw,
            created_at=now,
            status="withheld" if withheld else "due",
            attempts=0,
            next_attempt=now,
            last_error=withheld or None,
        )
    )


def due_mails(connection: Connection, now: datetime, longest_wait: timedelta) -> list[int]:
    """The numbers of the mails whose turn it is, oldest first.

    A turn that is further off than the longest wait was set by a clock that ran ahead: it is now.
    """
    turn = (outbox.c.next_attempt <= now) | (outbox.c.next_attempt > now + longest_wait)
    statement = select(outbox.c.id).where(outbox.c.status == "due", turn).order_by(outbox.c.id)
    return list(connection.execute(statement).scalars())


def due_mail(connection: Connection, mail: int) -> QueuedMail | None:
    """One of them with its bytes; None where it is no longer to be sent."""
    statement = select(outbox).where(outbox.c.id == mail, outbox.c.status == "due")
    row = connection.execute(statement).one_or_none()
    return None if row is None else _queued(row)


def is_own_message(connection: Connection, message_id: str) -> bool:
    """Whether mailbot itself issued a Message-ID (contract rule 1)."""
    return connection.execute(select(outbox.c.id).where(outbox.c.message_id == message_id)).first() is not None


def sent_mails(connection: Connection, message_ids: Sequence[str]) -> list[Row[Any]]:
    """The mails with these Message-IDs that a server has taken."""
    statement = select(outbox).where(outbox.c.message_id.in_(message_ids), outbox.c.status == "sent")
    return list(connection.execute(statement.order_by(outbox.c.id)))


def update_mail(connection: Connection, mail: int, **values: Any) -> None:
    """Record how a delivery went."""
    connection.execute(update(outbox).where(outbox.c.id == mail).values(**values))


# what a person must look at: refused by the server, returned later, held back by mailbot
UNDELIVERED = ("failed", "bounced", "withheld")


def undelivered_mails(connection: Connection) -> list[Row[Any]]:
    """The mails nobody got, with the letter each belongs to."""
    statement = (
        select(outbox, letters.c.decision)
        .select_from(outbox.outerjoin(letters, outbox.c.letter_id == letters.c.id))
        .where(outbox.c.status.in_(UNDELIVERED))
    )
    return list(connection.execute(statement.order_by(outbox.c.id)))


def last_written(connection: Connection, numbers: Collection[int], kind: str) -> dict[int, datetime]:
    """When a mail of a kind was last written about each of these letters, by their numbers."""
    match = outbox.c.letter_id.in_(numbers) & (outbox.c.kind == kind)
    statement = select(outbox.c.letter_id, func.max(outbox.c.created_at)).where(match).group_by(outbox.c.letter_id)
    return {row[0]: row[1] for row in connection.execute(statement)}


def mails_about(connection: Connection, letter: int, after: int = 0) -> list[Row[Any]]:
    """The mails of one letter with a number above `after`, oldest first, with their bytes."""
    statement = select(outbox).where(outbox.c.letter_id == letter, outbox.c.id > after)
    return list(connection.execute(statement.order_by(outbox.c.id)))


def withheld_mails(connection: Connection) -> list[int]:
    """The numbers of the mails that were held back, oldest first."""
    statement = select(outbox.c.id).where(outbox.c.status == "withheld").order_by(outbox.c.id)
    return list(connection.execute(statement).scalars())


def mail_row(connection: Connection, mail: int) -> Row[Any] | None:
    """One mail, whatever its state."""
    return connection.execute(select(outbox).where(outbox.c.id == mail)).one_or_none()


def mail_rows(connection: Connection) -> list[Row[Any]]:
    """All mails but for their bytes, oldest first."""
    columns = [column for column in outbox.c if column.name != "raw"]
    return list(connection.execute(select(*columns).order_by(outbox.c.id)))


def _queued(row: Row[Any]) -> QueuedMail:
    return QueuedMail(
        id=row.id,
        kind=row.kind,
        message_id=row.message_id,
        reference=row.reference,
        recipients=tuple(row.recipients),
        refused=row.refused,
        raw=row.raw,
        created_at=row.created_at,
        attempts=row.attempts,
    )
