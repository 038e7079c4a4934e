"""What waits for a person, and what is kept of a letter or a mail: found by the ids that people use."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from mailbot import audit
from mailbot.audit import Entry
from mailbot.errors import ReviewError
from mailbot.shelf import SHELF_PREFIX, item_id
from mailbot.store import letter_rows, outbox_rows, shelf_rows
from mailbot.store.audit_rows import rows_about
from mailbot.undelivered import MAIL_PREFIX, mail_of

_WHAT_HAPPENED = {
    "failed": "was not delivered",
    "bounced": "was returned",
    "withheld": "is withheld",
}


def review_queue(connection: Connection) -> list[dict[str, Any]]:
    """All that waits for a person (contract section 3, `review list`): letters, mails nobody got, and the shelf."""
    letters = [_letter_item(row) for row in letter_rows.open_reviews(connection)]
    mails = [_mail_item(row) for row in outbox_rows.undelivered_mails(connection)]
    return letters + mails + [_shelved_item(row) for row in shelf_rows.shelved_letters(connection)]


def letter_of(connection: Connection, item: str) -> Row[Any]:
    """The letter behind an id of the queue (a mail's is the letter it answers); raises ReviewError."""
    if item.startswith(SHELF_PREFIX):
        raise ReviewError(f"{item} has not been read: see mailbot shelf list, or mailbot shelf export {item} FILE")
    reference = item
    if item.startswith(MAIL_PREFIX):
        reference = mail_of(connection, item).reference
    row = letter_rows.letter_by_reference(connection, reference)
    if row is None:
        raise ReviewError(f"there is no letter {item}: see mailbot review list")
    return row


def entries_about(connection: Connection, reference: str) -> list[Entry]:
    """The audit entries of a letter and of the flag changes that stand on it, oldest first."""
    entries = map(audit.entry_of, rows_about(connection, reference))
    return [one for one in entries if reference in (one["subject"], audit.facts_of(one).get("reference"))]


def raw_of(row: Row[Any], item: str) -> bytes:
    """The bytes of a letter or a mail; raises ReviewError where they were erased."""
    if row.redacted_at is not None:
        raise ReviewError(f"the words of {item} were erased on {row.redacted_at:%Y-%m-%d}: only its record is left")
    raw: bytes = row.raw
    return raw


def letter_details(row: Row[Any]) -> dict[str, Any]:
    """All that is known of one kept letter but its bytes."""
    read = row.decision or {}
    return _letter_item(row) | {
        "review": row.review,
        "action": row.outcome,
        "decided_at": row.decided_at.isoformat(),
        "resolved_at": row.resolved_at.isoformat() if row.resolved_at else None,
        "resolution": row.resolution,
        "redacted_at": row.redacted_at.isoformat() if row.redacted_at else None,
        "duration": read.get("duration"),
        "standing": (read.get("sender") or {}).get("standing"),
        "authentication": read.get("authentication"),
        "sha256": row.sha256,
        "evidence": read.get("evidence", []),
    }


def mail_item(row: Row[Any]) -> dict[str, Any]:
    """One mail of the outbox for a list."""
    return {
        "id": f"{MAIL_PREFIX}{row.id}",
        "kind": row.kind,
        "reference": row.reference,
        "message_id": row.message_id,
        "status": row.status,
        "attempts": row.attempts,
        "recipients": list(row.recipients),
        "refused": row.refused,
        "created_at": row.created_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
        "last_error": row.last_error,
    }


def _letter_item(row: Row[Any]) -> dict[str, Any]:
    read = row.decision or {}
    return {
        "id": row.reference,
        "received": row.received.isoformat(),
        "sender": row.sender,
        "subject": row.subject,
        "message_id": row.message_id,
        "intent": read.get("intent"),
        "member": (read.get("member") or {}).get("code"),
        "reasons": list(row.reasons),
        "reference": row.reference,
        "proposed": row.proposal,
    }


def _mail_item(row: Row[Any]) -> dict[str, Any]:
    read = row.decision or {}
    return {
        "id": f"{MAIL_PREFIX}{row.id}",
        "received": row.created_at.isoformat(),
        "sender": ", ".join([*row.refused, *row.recipients]),
        "subject": f"{row.kind} of {row.reference} {_WHAT_HAPPENED[row.status]}: {row.last_error}",
        "message_id": row.message_id,
        "intent": read.get("intent"),
        "member": (read.get("member") or {}).get("code"),
        "reasons": [f"mail_{row.status}"],
        "reference": row.reference,
        "proposed": None,
    }


def _shelved_item(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": item_id(row),
        "received": row.received.isoformat(),
        "sender": None,
        "subject": f"letter {row.uid} could not be handled: {row.error}",
        "message_id": row.arrival_id,
        "intent": None,
        "member": None,
        "reasons": ["shelved"],
        "reference": None,
        "proposed": None,
    }
