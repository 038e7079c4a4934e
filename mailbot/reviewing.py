"""What a person decides about what waits: a letter in review, a mail that nobody got, a letter on the shelf."""

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
from mailbot.errors import ReviewError
from mailbot.flag_changes import change_flag
from mailbot.flag_lookup import current_flag
from mailbot.flags import Cause, already_stands
from mailbot.members import Member
from mailbot.question import QuestionState
from mailbot.shelf import SHELF_PREFIX, drop
from mailbot.silence import Answered, may_write_to
from mailbot.store import letter_rows, outbox_rows
from mailbot.store.count_rows import count_wait
from mailbot.terms import Action, Duration, Intent, Standing, Verdict
from mailbot.undelivered import MAIL_PREFIX, undelivered_mail
from mailbot.world import World


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
    before = current_flag(connection, member.code, now)
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
        flag=current_flag(connection, member.code, now), member=member, register=world.register,
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
