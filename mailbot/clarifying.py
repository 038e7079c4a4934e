"""A person asks the sender of a letter in review what it means; the letter stays open until somebody decides it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row

from mailbot import audit
from mailbot.answering import queue, registered_name
from mailbot.compose import clarification, clarification_text
from mailbot.errors import MailbotError
from mailbot.silence import Answered, Permission, may_write_to
from mailbot.store import letter_rows
from mailbot.terms import Action, Reason, Standing, Verdict
from mailbot.world import World

KIND = "clarification"
LONGEST = 5000  # characters of a question
_NEEDS: Mapping[str, frozenset[Reason]] = {
    "wish": frozenset(
        {
            Reason.TEMPLATE_NOT_FILLED, Reason.CONFLICTING_INTENT, Reason.NEGATED_INTENT, Reason.UNCLEAR_INTENT,
            Reason.FORWARDED_REQUEST, Reason.HIDDEN_TEXT, Reason.OTHER_CIRCULAR,
        }
    ),
    "member": frozenset(
        {Reason.MEMBER_NOT_NAMED, Reason.MEMBER_UNKNOWN, Reason.MEMBER_AMBIGUOUS, Reason.SEVERAL_MEMBERS}
    ),
    "terms": frozenset({Reason.QUALIFIED_REQUEST}),
    "sender": frozenset(
        {
            Reason.MEMBER_MISMATCH, Reason.SENDER_UNKNOWN, Reason.SENDER_NOT_DESIGNATED, Reason.SENDER_OTHER_SECTOR,
            Reason.SENDER_EXPIRED,
        }
    ),
    "readable": frozenset(
        {Reason.ATTACHMENT_UNREADABLE, Reason.ENCRYPTED, Reason.TOO_LARGE, Reason.MALFORMED_MESSAGE}
    ),
}  # fmt: skip


class ClarifyingError(MailbotError):
    """The sender cannot be asked."""


def draft(language: str | None, reasons: Iterable[str], templates: Path | None) -> str:
    """The text to begin with: in the letter's language, asking for what its reasons say is missing.

    `templates` is the programme's folder of templates, where it has one.
    """
    given = set(reasons)
    needs = [need for need, known in _NEEDS.items() if given & known]
    return clarification_text(language or "en", needs or ["wish"], templates)


def may_ask(row: Row[Any], world: World) -> Permission:
    """Whether the sender of a letter may be asked, and why not.

    An address that the registry knows is asked unless the letter is forged, any other only if the letter is its own:
    nobody shall get mail from mailbot because somebody else used their name.
    """
    read = row.decision or {}
    verdict = Verdict(read.get("authentication", Verdict.NONE))
    standing, _ = world.register.standing(row.sender, row.member_code, row.received.date())
    letter = Answered(
        Action.REVIEW, verdict, bool(row.null_return_path), asks=standing is not Standing.UNKNOWN
    )  # fmt: skip
    return may_write_to(row.sender, own_addresses=world.writer.own_addresses, answers=letter)


def ask(connection: Connection, world: World, reference: str, text: str, by: str, now: datetime) -> None:
    """Queue a person's question to the sender, in the caller's transaction; raises ClarifyingError."""
    row = letter_rows.letter_by_reference(connection, reference)
    if row is None or row.review != "open":
        raise ClarifyingError(f"there is no letter {reference} in review any more")
    if not text.strip() or len(text) > LONGEST:
        raise ClarifyingError(f"write what you want to ask, in at most {LONGEST} characters")
    permission = may_ask(row, world)
    if not permission.allowed:
        raise ClarifyingError(f"the sender of {reference} cannot be asked: {permission.why}")
    read = row.decision or {}
    known = registered_name(world.register, row.member_code, row.sender, now.date()) if row.member_code else None
    mail = clarification(
        text,
        recipient=row.sender,
        recipient_name=known or row.sender_name or "",
        language=read.get("language") or "en",
        subject=row.subject or "",
        in_reply_to=row.message_id,
        references=tuple(row.references or ()),
        reference=reference,
        now=now,
        letterhead=world.writer.letterhead,
    )
    queue(connection, row.id, reference, (mail,), now, limits=world.writer.limits)
    audit.append(
        connection, at=now, action="review:asked", subject=reference, actor=by, data={"message_id": mail.message_id}
    )  # fmt: skip
