"""The audit log for the console: newest first, by who did what to what and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select

from mailbot.audit import Entry, entry_of
from mailbot.desk.paging import ROWS, Page, number_in, page_of
from mailbot.store.distinct import distinct_values
from mailbot.store.tables import audit_entries

# Entries stand in the order of their numbers. Their moments follow it but where the clock was set back; a period is
# looked for among the numbers that it has, and among those of this much time around it.
_CLOCK_SET_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; None and empty texts want all. `until` is the first moment that is no longer wanted."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


def entries(connection: Connection, wanted: Wanted, cursor: str | None = None, rows: int = ROWS) -> Page[Entry]:
    """The entries that are wanted, newest first."""
    before = number_in(cursor)
    statement = select(audit_entries).where(*_conditions(connection, wanted))
    if before is not None:
        statement = statement.where(audit_entries.c.seq < before)
    found = connection.execute(statement.order_by(audit_entries.c.seq.desc()).limit(rows + 1))
    return page_of([entry_of(row._asdict()) for row in found], rows, lambda entry: str(entry["seq"]))


def entry(connection: Connection, number: int) -> Entry | None:
    """One entry, whole."""
    row = connection.execute(select(audit_entries).where(audit_entries.c.seq == number)).one_or_none()
    return None if row is None else entry_of(row._asdict())


def actors(connection: Connection) -> list[str]:
    """Everyone who did something, mailbot included, by name."""
    return sorted(connection.execute(select(distinct_values(audit_entries.c.actor))).scalars(), key=str.casefold)


def actions(connection: Connection) -> list[str]:
    """Everything that was ever done."""
    return sorted(connection.execute(select(distinct_values(audit_entries.c.action))).scalars())


def _conditions(connection: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = audit_entries.c
    named = ((columns.actor, wanted.actor), (columns.action, wanted.action), (columns.subject, wanted.subject))
    found = [column == text for column, text in named if text]
    if wanted.since is not None:
        found.append(columns.at >= _text(wanted.since))
        first = select(columns.seq).where(columns.at < _text(wanted.since - _CLOCK_SET_BACK))
        earlier = connection.execute(first.order_by(columns.at.desc()).limit(1)).scalar_one_or_none()
        if earlier is not None:
            found.append(columns.seq > earlier)
    if wanted.until is not None:
        found.append(columns.at < _text(wanted.until))
        last = select(columns.seq).where(columns.at >= _text(wanted.until + _CLOCK_SET_BACK))
        later = connection.execute(last.order_by(columns.at).limit(1)).scalar_one_or_none()
        if later is not None:
            found.append(columns.seq < later)
    return found


def _text(moment: datetime) -> str:
    """A moment as the log writes it, so that texts compare as the moments do."""
    return moment.astimezone(UTC).isoformat()
