"""What a person decides about a letter in review, and about mails that could not be delivered."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from mailbot import audit
from mailbot.answering import queue
from mailbot.asking import end_question
from mailbot.audit import Entry
from mailbot.errors import MailbotError
from mailbot.flags import Cause, already_stands
from mailbot.members import Member
from mailbot.pipeline import World, change_flag
from mailbot.question import QuestionState
from mailbot.shelf import SHELF_PREFIX, drop, item_id
from mailbot.silence import Answered, may_write_to
from mailbot.standing import flag_of
from mailbot.store import letter_rows, outbox_rows, sending_rows, shelf_rows
from mailbot.store.audit_rows import rows_about
from mailbot.store.count_rows import count_wait
from mailbot.terms import Action, Duration, Intent, Standing, Verdict

MAIL_PREFIX = "mail-"
_WHAT_HAPPENED = {
    "failed": "was not delivered",
    "bounced": "was returned",
    "withheld": "is withheld",
}


class ReviewError(MailbotError):
    """The review cannot be resolved as asked."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """A person's decision: `intent` None rejects the letter."""

    intent: Intent | None
    member: str | None
    by: str
    reason: str

    @property
    def word(self) -> str:
        """The decision as the command line says it."""
        return self.intent.value if self.intent else "reject"


class Step(StrEnum):
    """How far a person's decision carried: done, or waiting for a second person who decides the same."""

    RESOLVED = "resolved"
    PROPOSED = "proposed"


def review_queue(connection: Connection) -> list[dict[str, Any]]:
    """All that waits for a person (contract section 3, `review list`): letters, mails nobody got, and the shelf."""
    letters = [_letter_item(row) for row in letter_rows.open_reviews(connection)]
    mails = [_mail_item(row) for row in outbox_rows.undelivered_mails(connection)]
    return letters + mails + [_shelved_item(row) for row in shelf_rows.shelved_letters(connection)]


def resolve(
    connection: Connection,
    world: World,
    item: str,
    resolution: Resolution,
    now: datetime,
    *,
    four_eyes: bool = False,
) -> Step:
    """Carry a person's decision out, in the caller's transaction; raises ReviewError where it cannot be.

    With `four_eyes` a decision that goes against the sender's standing is only proposed by the first person, and
    carried out when another one decides the same.
    """
    if not resolution.by.strip() or not resolution.reason.strip():
        raise ReviewError("a decision needs the name of who made it and a reason: give --by and --reason")
    if item.startswith(MAIL_PREFIX):
        _close_mail(connection, undelivered_mail(connection, item), resolution, now)
        return Step.RESOLVED
    if item.startswith(SHELF_PREFIX):
        _close_shelved(connection, item, resolution, now)
        return Step.RESOLVED
    row = letter_rows.letter_by_reference(connection, item)
    if row is None or row.review is None:
        raise ReviewError(f"there is no letter {item} in review: see mailbot review list")
    if row.review == "resolved":
        done = row.resolution
        raise ReviewError(f"{item} was already resolved as {done['as']} by {done['by']} on {row.resolved_at:%Y-%m-%d}")
    member = None if resolution.intent is None else _member(world, row, resolution)
    decided = None if member is None else member.code
    against = None if member is None else contradiction(world, row, member)
    seconded = None
    if four_eyes and against is not None:
        if not _is_seconded(row, resolution, decided):
            _propose(connection, row, resolution, decided, against, now)
            return Step.PROPOSED
        seconded = row.proposal
    if member is not None and resolution.intent is not None:
        _set_flag(connection, world, row, member, resolution.intent, resolution, now)
    outcome = {"as": resolution.word, "by": resolution.by, "reason": resolution.reason, "member": decided}
    letter_rows.close_review(connection, row.id, now, outcome)
    count_wait(connection, row.received, now)
    end_question(connection, item, QuestionState.RESOLVED, resolution.by, now)
    _audit_resolution(connection, item, resolution, decided, now, against=against, proposal=seconded)
    return Step.RESOLVED


def contradiction(world: World, row: Row[Any], member: Member) -> str | None:
    """Why a decision to set `member`'s flag goes against the standing of the letter's sender; None where it does not.

    The standing is that of the day received in the register as it is now: a focal point registered since has it.
    """
    standing, members = world.register.standing(row.sender, member.code, row.received.date())
    if standing is not Standing.DESIGNATED or member.code not in members:
        held = f"{standing} of {', '.join(members)}" if members else standing.value
        return (
            f"the sender is not a designated focal point of {member.code} for Sector {world.register.sector} ({held})"
        )
    match Verdict((row.decision or {}).get("authentication", Verdict.NONE)):
        case Verdict.FAIL:
            return "the letter does not come from the sender's domain (authentication failed)"
        case Verdict.NONE if world.policy.authentication_required:
            return "nothing proves that the letter comes from the sender"
    return None


def mail_of(connection: Connection, item: str) -> Row[Any]:
    """The mail behind an id such as `mail-12` (or `12`); raises ReviewError where there is none."""
    number = item.removeprefix(MAIL_PREFIX)
    row = outbox_rows.mail_row(connection, int(number)) if number.isdecimal() and len(number) < 10 else None
    if row is None:
        raise ReviewError(f"there is no mail {item}: see mailbot mail list")
    return row


def undelivered_mail(connection: Connection, item: str) -> Row[Any]:
    """The same for a mail that nobody got; raises ReviewError where it is sent or on its way."""
    row = mail_of(connection, item)
    if row.status not in outbox_rows.UNDELIVERED:
        raise ReviewError(f"mail {item} has not failed, it is {row.status}: nothing to do")
    return row


def retry_mail(connection: Connection, item: str, now: datetime, by: str = "mailbot") -> None:
    """Make a mail that failed or came back due again, for those who did not get it; it gets its full time once more."""
    row = undelivered_mail(connection, item)
    if row.status == "withheld":
        raise ReviewError(f"mail {item} is withheld: let it go with mailbot mail release")
    outbox_rows.update_mail(
        connection, row.id, status="due", recipients=[*row.recipients, *row.refused], refused={}, attempts=0,
        next_attempt=now, created_at=now, finished_at=None,
    )  # fmt: skip
    audit.append(
        connection, at=now, action="mail:retried", subject=row.reference, actor=by,
        data={"message_id": row.message_id},
    )  # fmt: skip


def release_mail(connection: Connection, item: str, by: str, now: datetime) -> None:
    """Let a withheld mail go: a person has looked at it. It counts against no limit any more."""
    row = mail_of(connection, item)
    if row.status != "withheld":
        raise ReviewError(f"mail {item} is not withheld, it is {row.status}: nothing to do")
    outbox_rows.update_mail(connection, row.id, status="due", next_attempt=now, created_at=now, last_error=None)
    audit.append(
        connection, at=now, action="mail:released", subject=row.reference, actor=by,
        data={"message_id": row.message_id, "why": row.last_error},
    )  # fmt: skip


def resume_sending(connection: Connection, by: str, now: datetime) -> None:
    """Close the circuit breaker; raises ReviewError where it is not open."""
    row = sending_rows.breaker_row(connection)
    if row is None:
        raise ReviewError("sending is not stopped: nothing to do")
    sending_rows.close_breaker(connection, by, now)
    audit.append(connection, at=now, action="mail:resumed", subject="outbox", actor=by, data={"why": row.why})


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


def _close_mail(connection: Connection, row: Row[Any], resolution: Resolution, now: datetime) -> None:
    if resolution.intent is not None:
        raise ReviewError(
            f"{MAIL_PREFIX}{row.id} is a mail: close it with --as reject, or send it again: mailbot mail retry"
        )
    outbox_rows.update_mail(connection, row.id, status="closed", finished_at=now)
    _audit_resolution(connection, f"{MAIL_PREFIX}{row.id}", resolution, None, now)


def _close_shelved(connection: Connection, item: str, resolution: Resolution, now: datetime) -> None:
    if resolution.intent is not None:
        raise ReviewError(
            f"{item} has not been read: have it tried again with mailbot shelf retry {item} (--unread hands it to a "
            "person as it is), or close it with --as reject"
        )
    drop(connection, item, now)
    _audit_resolution(connection, item, resolution, None, now)


def _member(world: World, row: Row[Any], resolution: Resolution) -> Member:
    """The member the decision is for: the one given, else the letter's."""
    named = (row.decision or {}).get("member")
    code = resolution.member or (named["code"] if named else None)
    if code is None:
        raise ReviewError(f"letter {row.reference} names no member: add --member CODE")
    member = world.register.members.get(code)
    if member is None:
        raise ReviewError(f"{code} is no member of the registry: give a code of members.csv with --member")
    return member


def _set_flag(
    connection: Connection,
    world: World,
    row: Row[Any],
    member: Member,
    intent: Intent,
    resolution: Resolution,
    now: datetime,
) -> None:
    """Change the flag where it does not stand so already, and confirm as for any letter."""
    read = row.decision or {}
    stated = Duration(read["duration"]) if read.get("duration") else None
    duration = stated or world.default_duration
    if intent is Intent.OPT_IN and duration is Duration.STUDY_PERIOD and world.study_period.ends <= now:
        raise ReviewError(f"study period {world.study_period.name} is over: set the next one in [study_period] first")
    before = flag_of(connection, member.code, now)
    changed = not already_stands(before, intent, stated, world.study_period.name)
    if changed:
        change_flag(
            connection, member, intent, duration, world.study_period,
            at=now, cause=Cause.REVIEW, basis=now, reference=row.reference, message_id=row.message_id,
            by=resolution.by, reason=resolution.reason,
        )  # fmt: skip
    verdict = Verdict(read.get("authentication", Verdict.NONE))
    letter = Answered(Action.APPLY, verdict, bool(row.null_return_path))
    permission = may_write_to(row.sender, own_addresses=world.writer.own_addresses, answers=letter)
    mails = world.writer.confirm(
        flag=flag_of(connection, member.code, now), member=member, register=world.register,
        study_period=world.study_period, reference=row.reference, language=read.get("language") or "en",
        recipient=row.sender or "", silent=not permission.allowed, recipient_name=row.sender_name or "",
        subject=row.subject or "", message_id=row.message_id, references=tuple(row.references or ()), changed=changed,
        by_person=True, now=now,
    )  # fmt: skip
    queue(connection, row.id, row.reference, mails, now, silent=permission.why, limits=world.writer.limits)


def _is_seconded(row: Row[Any], resolution: Resolution, member: str | None) -> bool:
    """Whether another person has proposed the same; raises ReviewError where it was the same person."""
    proposal = row.proposal
    if proposal is None or (proposal["as"], proposal["member"]) != (resolution.word, member):
        return False
    if _same_person(proposal["by"], resolution.by):
        raise ReviewError(
            f"{row.reference}: {resolution.by} has proposed this already: another person must decide the same"
        )
    return True


def _same_person(one: str, other: str) -> bool:
    """Names as people type them: case, spacing and compatibility forms make nobody a second person."""
    first, second = (" ".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in (one, other))
    return first == second


def _propose(
    connection: Connection, row: Row[Any], resolution: Resolution, member: str | None, against: str, now: datetime
) -> None:
    proposal = {"as": resolution.word, "member": member, "by": resolution.by, "reason": resolution.reason}
    letter_rows.propose(connection, row.id, proposal | {"at": now.isoformat(), "against": against})
    audit.append(
        connection, at=now, action="review:proposed", subject=row.reference, actor=resolution.by,
        data={"as": resolution.word, "member": member, "reason": resolution.reason, "against": against},
    )  # fmt: skip


def _audit_resolution(
    connection: Connection,
    item: str,
    resolution: Resolution,
    member: str | None,
    now: datetime,
    *,
    against: str | None = None,
    proposal: dict[str, Any] | None = None,
) -> None:
    audit.append(
        connection, at=now, action="review:resolved", subject=item, actor=resolution.by,
        data={
            "as": resolution.word,
            "member": member,
            "reason": resolution.reason,
            "against": against,
            "proposed_by": proposal["by"] if proposal else None,
        },
    )  # fmt: skip


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
