"""Who has what in hand, so that two people do not decide the same letter.

Looking is noted for a minute or two and hinders nobody. A claim holds for half an hour: as long as it does, nobody else
can decide what is claimed. Both are found by the item's id, as `mailbot review list` shows it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailbot import audit
from mailbot.errors import MailbotError
from mailbot.store import claim_rows

CLAIM = timedelta(minutes=30)
LOOK = timedelta(seconds=90)


class ClaimedError(MailbotError):
    """Somebody else has this in hand."""


@dataclass(frozen=True, slots=True)
class InHand:
    """Who has claimed an item and until when (None where nobody has), and who else looks at it."""

    by: str | None = None
    expires: datetime | None = None
    lookers: tuple[str, ...] = ()

    def is_free_for(self, name: str) -> bool:
        """Whether a person may decide it."""
        return self.by is None or self.by == name


def in_hand(connection: Connection, items: Collection[str], now: datetime) -> dict[str, InHand]:
    """Each of the items that somebody has in hand or looks at."""
    found: dict[str, InHand] = {}
    for row in claim_rows.claims_on(connection, items, now):
        known = found.get(row.item, InHand())
        if row.taken:
            found[row.item] = InHand(row.by, row.expires, known.lookers)
        else:
            found[row.item] = InHand(known.by, known.expires, (*known.lookers, row.by))
    return found


def look(connection: Connection, item: str, by: str, now: datetime) -> None:
    """Note that a person looks at an item; a claim of theirs stays."""
    if in_hand(connection, [item], now).get(item, InHand()).by != by:
        claim_rows.put_claim(connection, item, by, taken=False, at=now, expires=now + LOOK)


def claim(connection: Connection, item: str, by: str, now: datetime) -> None:
    """Take an item for half an hour from now; raises ClaimedError where somebody else has it."""
    claim_rows.drop_expired_claims(connection, now)
    before = require_free(connection, item, by, now)
    claim_rows.put_claim(connection, item, by, taken=True, at=now, expires=now + CLAIM)
    if before.by is None:
        audit.append(connection, at=now, action="review:claimed", subject=item, actor=by, data={})


def release(connection: Connection, item: str, by: str, now: datetime, *, whose: str | None = None) -> None:
    """Give an item back; `whose` releases another person's claim (for administrators)."""
    holder = whose or by
    if in_hand(connection, [item], now).get(item, InHand()).by != holder:
        return
    claim_rows.drop_claims(connection, item, holder)
    audit.append(connection, at=now, action="review:released", subject=item, actor=by, data={"claimed_by": holder})


def require_free(connection: Connection, item: str, by: str, now: datetime) -> InHand:
    """Who has it in hand, if that leaves the decision to `by`; raises ClaimedError where it does not."""
    found = in_hand(connection, [item], now).get(item, InHand())
    if not found.is_free_for(by):
        raise ClaimedError(f"{found.by} has claimed {item}: ask them to release it, or wait until their claim is over")
    return found


def settled(connection: Connection, item: str) -> None:
    """The item is decided: nobody has it in hand any more."""
    claim_rows.drop_claims(connection, item)
