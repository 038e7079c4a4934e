"""The letters for programs: lists by what they are and whom they are about, and one letter with what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, select, tuple_

from mailbot.audit import storable
from mailbot.desk.paging import Page, page_of
from mailbot.store.tables import letters, outbox
from mailbot.terms import Action

# never the bytes: a letter may have 25 MB
_COLUMNS: list[Column[Any]] = [
    letters.c.id, letters.c.reference, letters.c.message_id, letters.c.sha256, letters.c.size, letters.c.received,
    letters.c.decided_at, letters.c.outcome, letters.c.reasons, letters.c.subject, letters.c.sender,
    letters.c.sender_name, letters.c.decision, letters.c.member_code, letters.c.review, letters.c.proposal,
    letters.c.resolved_at, letters.c.resolution, letters.c.redacted_at,
]  # fmt: skip


class UnknownCursorError(Exception):
    """The cursor names no letter."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters: None is any. `state` is that of the review, `since` the moment received or later."""

    state: str | None = None
    outcome: Action | None = None
    member: str | None = None
    since: datetime | None = None


def letters_page(connection: Connection, wanted: Wanted, after: int | None, limit: int) -> Page[Row[Any]]:
    """At most `limit` letters, the newest first, behind the letter with the number `after`; raises UnknownCursorError.

    None that was there when the walk began is skipped or repeated, whatever comes in meanwhile.
    """
    if wanted.state is not None and wanted.outcome not in (None, Action.REVIEW):
        return Page((), None)  # only what was for review is open or resolved
    statement = select(*_COLUMNS)
    for column, value in (
        (letters.c.review, wanted.state),
        (letters.c.outcome, wanted.outcome),
        (letters.c.member_code, wanted.member),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.since is not None:
        statement = statement.where(letters.c.received >= wanted.since)
    place = tuple_(letters.c.received, letters.c.id)
    if after is not None:
        last = connection.execute(select(letters.c.received, letters.c.id).where(letters.c.id == after)).one_or_none()
        if last is None:
            raise UnknownCursorError
        statement = statement.where(place < tuple_(*last))
    statement = statement.order_by(letters.c.received.desc(), letters.c.id.desc()).limit(limit + 1)
    return page_of(connection.execute(statement).all(), limit, lambda row: str(row.id))


def one_letter(connection: Connection, reference: str) -> Row[Any] | None:
    """One letter that is or may be a request, without its bytes."""
    return connection.execute(select(*_COLUMNS).where(letters.c.reference == reference)).one_or_none()


def raw_letter(connection: Connection, reference: str) -> Row[Any] | None:
    """The bytes of one letter (`raw`; None once they are erased), and when they were (`redacted_at`)."""
    columns: list[Column[Any]] = [letters.c.raw, letters.c.redacted_at]
    return connection.execute(select(*columns).where(letters.c.reference == reference)).one_or_none()


def answers_to(connection: Connection, letter: int) -> list[Row[Any]]:
    """The mails that answer a letter, oldest first, without their bytes."""
    columns = (outbox.c.id, outbox.c.kind, outbox.c.status, outbox.c.created_at, outbox.c.finished_at)
    return list(connection.execute(select(*columns).where(outbox.c.letter_id == letter).order_by(outbox.c.id)))


def findings_of(row: Row[Any]) -> Mapping[str, Any]:
    """What was read in a letter (contract section 4), fit to be written as UTF-8; empty where it was ignored."""
    found: Mapping[str, Any] = storable(row.decision or {})
    return found
