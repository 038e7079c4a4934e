"""How long letters are kept: what must stay, and the purge of what has been kept long enough.

A purge erases words and senders, never what was decided; the audit log, which holds hashes and no bodies, stays whole
and says which letters are gone.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, Row

from mailbot import audit
from mailbot.flags import Cause
from mailbot.store import redaction_rows
from mailbot.store.engine import Store
from mailbot.store.flag_rows import all_changes

UNFINISHED = {
    "due": "it is still to be delivered",
    "failed": "it could not be delivered and waits for a person: see mailbot review list",
    "bounced": "it came back and waits for a person: see mailbot review list",
    "withheld": "it is withheld and waits for a person: see mailbot review list",
}


def months_before(moment: datetime, months: int) -> datetime:
    """The same day and hour `months` earlier, in UTC; the last day of a month that is too short for it."""
    moment = moment.astimezone(UTC)
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))


def grounds(connection: Connection) -> dict[str, str]:
    """The letters that a flag in force stands on: their references, with the member's code."""
    last = (changes[-1] for changes in all_changes(connection).values())
    return {change.reference: change.member for change in last if change.cause is not Cause.LAPSE}


def must_stay(connection: Connection, letter: Row[object], standing: Mapping[str, str]) -> str | None:
    """Why a letter's words are still needed, None where they are not; `standing` are the `grounds` of the flags."""
    if letter.reference in standing:
        return f"the flag of {standing[letter.reference]} stands on it"
    if letter.review not in (None, "resolved"):
        return "it waits for a person: see mailbot review list"
    if any(mail.status in UNFINISHED for mail in redaction_rows.mails_of(connection, letter.id)):
        return "a mail that answers it is not delivered yet"
    return None


def purge(store: Store, months: int, now: datetime) -> int:
    """Erase the letters decided more than `months` ago, and the mails that answered them; return how many letters.

    0 months keeps everything. One transaction, with an audit entry that names the letters by reference.
    """
    if months == 0:
        return 0
    before = months_before(now, months)
    with store.read() as connection:
        if not _expired(connection, before):
            return 0
    with store.begin() as connection:
        expired = _expired(connection, before)
        mails = [mail for letter in expired for mail in redaction_rows.mails_of(connection, letter.id)]
        for letter in expired:
            redaction_rows.redact_letter(connection, letter.id, now)
        for mail in mails:
            redaction_rows.redact_mail(connection, mail.id, now)
        redaction_rows.delete_receipts(connection, before.date())
        audit.append(
            connection, at=now, action="letters:purged", subject="retention", actor="mailbot",
            data={
                "before": before.isoformat(),
                "letters": [letter.reference for letter in expired],
                "mails": len(mails),
            },
        )  # fmt: skip
    store.wipe()
    return len(expired)


def _expired(connection: Connection, before: datetime) -> list[Row[object]]:
    standing = grounds(connection)
    letters = redaction_rows.letters_closed_before(connection, before)
    return [letter for letter in letters if must_stay(connection, letter, standing) is None]
