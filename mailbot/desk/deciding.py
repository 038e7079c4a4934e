"""Deciding a letter in two steps: what would happen and the very mails it sends, then doing it.

The preview runs the same functions as the decision, in a transaction that is rolled back. `seen` is a mark of what they
wrote: deciding runs them once more under the moment of the preview and refuses where they would now write something
else. So nobody confirms one mail and sends another; only the hour of the decision is that of the confirmation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message

from sqlalchemy import Connection, Row, func, select

from mailbot import clarifying
from mailbot.app import App
from mailbot.desk import claims
from mailbot.errors import MailbotError, ReviewError
from mailbot.flag_lookup import current_flag
from mailbot.flags import Flag
from mailbot.letter import readable
from mailbot.reviewing import Resolution, Step, contradiction, resolve
from mailbot.store import letter_rows, outbox_rows
from mailbot.store.tables import audit_entries, outbox
from mailbot.terms import Intent

ASK = "ask"
CHOICES = (Intent.OPT_IN.value, Intent.OPT_OUT.value, "reject", ASK)


class ChangedError(MailbotError):
    """What the decision would do has changed since it was shown."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person wants done with a letter; `text` is the question where they ask its sender."""

    reference: str
    decision: str
    member: str | None
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ShownMail:
    """A mail as its reader will meet it; `withheld` says why it waits in the outbox instead."""

    kind: str
    to: str
    subject: str
    text: str
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a choice would do; `silent` says why the sender gets no mail, `seen` marks what was shown."""

    step: Step
    mails: tuple[ShownMail, ...]
    silent: str
    against: str | None
    member_name: str | None
    before: Flag | None
    after: Flag | None
    at: datetime
    seen: str


def preview(connection: Connection, app: App, choice: Choice, by: str, now: datetime) -> Preview:
    """What `choice` would do, claiming the letter for `by`; changes nothing else. Raises MailbotError."""
    _require_open(connection, choice.reference)
    claims.claim(connection, choice.reference, by, now)
    return _tried(connection, app, choice, by, now)


def decide(
    connection: Connection, app: App, choice: Choice, by: str, now: datetime, *, at: datetime, seen: str
) -> Step:
    """Do what was previewed at the moment `at` and marked `seen`, in the caller's transaction.

    Raises ClaimedError where somebody else has the letter in hand, ReviewError where it was decided meanwhile, and
    ChangedError where something else would happen than was shown.
    """
    _require_open(connection, choice.reference)
    claims.require_free(connection, choice.reference, by, now)
    if _tried(connection, app, choice, by, at).seen != seen:
        raise ChangedError("what this decision does has changed since you saw it: look at it once more")
    step = _carry_out(connection, app, choice, by, now)
    if choice.decision != ASK and step is Step.RESOLVED:
        claims.settled(connection, choice.reference)
    else:
        claims.release(connection, choice.reference, by, now)
    return step


def _tried(connection: Connection, app: App, choice: Choice, by: str, now: datetime) -> Preview:
    world = app.world(connection)
    row = letter_rows.letter_by_reference(connection, choice.reference)
    assert row is not None  # nosec B101  # `_require_open` has seen it
    named = (row.decision or {}).get("member")
    code = choice.member or (named["code"] if named else None)
    if choice.decision in ("reject", ASK):
        code = None
    member = world.register.members.get(code) if code else None
    last = connection.execute(select(func.max(outbox.c.id))).scalar_one() or 0
    logged = connection.execute(select(func.max(audit_entries.c.seq))).scalar_one() or 0
    before = current_flag(connection, member.code, now) if member else None
    with connection.begin_nested() as attempt:
        step = _carry_out(connection, app, choice, by, now)
        mails = tuple(shown_mail(mail) for mail in outbox_rows.mails_about(connection, row.id, last))
        silent = _silence(connection, choice.reference, logged)
        after = current_flag(connection, member.code, now) if member else None
        attempt.rollback()
    against = None if member is None else contradiction(world, row, member)
    name = member.name if member else None
    seen = _mark([choice.decision, step.value, code or "", silent, against or ""], mails, choice, by)
    return Preview(step, mails, silent, against, name, before, after, now, seen)


def _carry_out(connection: Connection, app: App, choice: Choice, by: str, now: datetime) -> Step:
    world = app.world(connection)
    if choice.decision == ASK:
        clarifying.ask(connection, world, choice.reference, choice.text, by, now)
        return Step.RESOLVED
    if choice.decision not in CHOICES:
        raise ReviewError("choose what to do with the letter")
    intent = None if choice.decision == "reject" else Intent(choice.decision)
    resolution = Resolution(intent, choice.member, by, choice.reason)
    return resolve(
        connection, world, choice.reference, resolution, now, four_eyes=app.settings.review.four_eyes
    )  # fmt: skip


def _require_open(connection: Connection, reference: str) -> None:
    row = letter_rows.letter_by_reference(connection, reference)
    if row is None or row.review is None:
        raise ReviewError(f"there is no letter {reference} in review")
    if row.review != "open":
        done = row.resolution or {}
        raise ReviewError(f"{reference} was decided meanwhile: {done.get('as')} by {done.get('by')}")


def _silence(connection: Connection, reference: str, logged: int) -> str:
    """Why the sender gets no mail, as the log would say it."""
    match = (audit_entries.c.seq > logged) & (audit_entries.c.subject == reference)
    statement = select(audit_entries).where(match, audit_entries.c.action == "mail:withheld")
    for entry in connection.execute(statement.order_by(audit_entries.c.seq)):
        facts = _facts(entry)
        if "kind" not in facts:  # a mail that was written and is withheld says its kind
            return str(facts.get("why", ""))
    return ""


def _facts(row: Row[tuple[object, ...]]) -> dict[str, object]:
    found = json.loads(row.data)
    return found if isinstance(found, dict) else {}


def shown_mail(row: Row[tuple[object, ...]]) -> ShownMail:
    """A mail of the outbox as its reader will meet it."""
    message = message_from_bytes(row.raw)
    return ShownMail(
        kind=row.kind,
        to=readable(str(message.get("To", ""))),
        subject=readable(str(message.get("Subject", ""))),
        text=_plain_text(message),
        withheld=(row.last_error or "") if row.status == "withheld" else "",
    )


def _plain_text(message: Message) -> str:
    """The plain version of a mail that mailbot wrote."""
    for part in message.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() == "text/plain" and isinstance(payload, bytes):
            return payload.decode("utf-8", "replace").replace("\r\n", "\n")
    return ""


def _mark(facts: Sequence[str], mails: Sequence[ShownMail], choice: Choice, by: str) -> str:
    """A hash of what is shown and for whom: it need not be secret, for it only protects its own viewer."""
    words = [*facts, choice.reference, choice.reason, by]
    words += [word for mail in mails for word in (mail.kind, mail.to, mail.subject, mail.text, mail.withheld)]
    return hashlib.sha256("\0".join(words).encode(errors="surrogatepass")).hexdigest()
