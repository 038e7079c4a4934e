"""One letter, one transaction: judged by the core, recorded in the store.

The letter's outcome, the flag change, the audit entries and the mails to send are written together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from mailbot import audit
from mailbot.consequences import Recorded, acknowledge, apply, ask, close_confirmed, note_bounce
from mailbot.ingest import Arrival
from mailbot.judgement import Circumstances, Judgement, as_json
from mailbot.judging import judge_headers, judge_letter, unreadable
from mailbot.store import letter_rows
from mailbot.store.count_rows import count_letter
from mailbot.terms import Action, Duration, Evidence, Intent, Reason
from mailbot.world import Filers, World

_LOGGED_EVIDENCE = 50


@dataclass(frozen=True, slots=True)
class Body:
    """What was fetched of a letter: all of it, its header block alone (`whole` false), or nothing sensible.

    `keys` are the DKIM key records for it by DNS name, fetched before it waits to be decided.
    """

    raw: bytes
    whole: bool = True
    unusable: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one letter, for whoever watches. An ignored letter is known by its Message-ID alone."""

    action: Action
    reasons: tuple[Reason, ...]
    message_id: str | None
    reference: str | None = None
    intent: Intent = Intent.NONE
    sender: str | None = None
    subject: str = ""
    member: str | None = None


def judge(body: Body, arrival: Arrival, circumstances: Circumstances, now: datetime) -> Judgement:
    """Decide one letter; all that this takes of the world, it asks `circumstances`."""
    if body.unusable is not None:
        return unreadable(body.raw, arrival.received, body.unusable)
    if body.whole:
        return judge_letter(body.raw, arrival.received, circumstances, now)
    return judge_headers(body.raw, arrival.size, arrival.received, circumstances, now)


def record(
    connection: Connection,
    mailbox: str,
    uidvalidity: int,
    arrival: Arrival,
    body: Body,
    judgement: Judgement,
    world: World,
    now: datetime,
) -> Outcome:
    """Record a decision and all that follows from it, in the caller's transaction."""
    judgement = _bound_to_running_period(judgement, world, now)
    decision = judgement.decision
    count_letter(connection, decision, now)
    place = {"mailbox": mailbox, "uidvalidity": uidvalidity, "uid": arrival.uid}
    identity = _identity(judgement, arrival, now)
    if decision.action is Action.IGNORE:
        letter = letter_rows.add_letter(connection, place | identity)
        ignored = Recorded(letter, judgement.message_id or judgement.sha256, judgement, now)
        _audit_letter(connection, ignored, place, arrival, world)
        if Reason.BOUNCE in decision.reasons:
            note_bounce(connection, body.raw, world.writer.letterhead.from_address, now)
        return Outcome(decision.action, decision.reasons, judgement.message_id)
    reference = letter_rows.next_reference(connection, now.year)
    kept = _kept(judgement, body.raw, reference, world.folders.get(mailbox))
    letter = letter_rows.add_letter(connection, place | identity | kept)
    case = Recorded(letter, reference, judgement, now)
    _audit_letter(connection, case, place, arrival, world)
    if judgement.confirms is not None:
        close_confirmed(connection, case, judgement.confirms.reference)
    if Reason.AWAITING_CONFIRMATION in decision.reasons and world.inquiry is not None:
        ask(connection, case, world, world.inquiry)
    elif decision.action is Action.REVIEW:
        acknowledge(connection, case, world)
    else:
        apply(connection, case, world)
    return Outcome(
        decision.action,
        decision.reasons,
        judgement.message_id,
        reference,
        decision.intent,
        decision.sender.address,
        judgement.subject,
        decision.member.name if decision.member else None,
    )


def _bound_to_running_period(judgement: Judgement, world: World, now: datetime) -> Judgement:
    """An opt-in for a study period that is over would end the moment it begins: a person must name the next one."""
    decision = judgement.decision
    held = decision.duration or world.default_duration
    awaiting = Reason.AWAITING_CONFIRMATION
    if (
        not (decision.action in (Action.APPLY, Action.NO_CHANGE) or awaiting in decision.reasons)
        or decision.intent is not Intent.OPT_IN
        or held is not Duration.STUDY_PERIOD
        or world.study_period.ends > now
    ):
        return judgement
    ended = f"study period {world.study_period.name} ended on {world.study_period.ends:%Y-%m-%d}; none follows yet"
    evidence = (*decision.evidence, Evidence("study_period", "configuration", ended))
    reasons = (*(reason for reason in decision.reasons if reason is not awaiting), Reason.QUALIFIED_REQUEST)
    return replace(judgement, decision=replace(decision, action=Action.REVIEW, reasons=reasons, evidence=evidence))


def _identity(judgement: Judgement, arrival: Arrival, now: datetime) -> dict[str, Any]:
    """What is recorded of every mail seen, also of those that are none of mailbot's business."""
    return {
        "message_id": judgement.message_id,
        "arrival_id": arrival.arrival_id,
        "sha256": judgement.sha256,
        "content_sha256": judgement.content_sha256,
        "size": arrival.size,
        "received": arrival.received,
        "decided_at": now,
        "outcome": judgement.decision.action,
        "reasons": list(judgement.decision.reasons),
    }


def _kept(judgement: Judgement, raw: bytes, reference: str, folders: Filers | None) -> dict[str, Any]:
    """What is recorded of a letter that is or may be a request."""
    decision = judgement.decision
    in_review = decision.action is Action.REVIEW
    return {
        "reference": reference,
        "raw": raw,
        "subject": judgement.subject,
        "sender": decision.sender.address,
        "sender_name": judgement.sender_name,
        "decision": as_json(judgement),
        "member_code": decision.member.code if decision.member else None,
        "language": decision.language,
        "references": list(judgement.references),
        "null_return_path": judgement.null_return_path,
        "review": "open" if in_review else None,
        "file_to": None if folders is None else folders.review if in_review else folders.done,
    }


def _audit_letter(
    connection: Connection, case: Recorded, place: Mapping[str, object], arrival: Arrival, world: World
) -> None:
    """The letter and its decision for the log: hashes, never a body; of ignored mail nothing but its identity."""
    judgement, decision = case.judgement, case.judgement.decision
    identity = {
        "letter": case.letter,
        "message_id": judgement.message_id,
        "sha256": judgement.sha256,
        "received": arrival.received.astimezone(UTC).isoformat(),
    }
    arrived = {**place, "size": arrival.size}
    decided: dict[str, object] = {"action": decision.action, "reasons": list(decision.reasons), "rules": world.rules}
    if decision.action is not Action.IGNORE:
        decided |= _findings(judgement)
    if judgement.confirms is not None:
        decided["confirms"] = judgement.confirms.reference
    for action, data in (("letter:received", arrived), ("letter:decided", decided)):
        audit.append(
            connection, at=case.now, action=action, subject=case.reference, actor="mailbot", data=identity | data
        )


def _findings(judgement: Judgement) -> dict[str, object]:
    """What was concluded, and where in the letter it rests on; the words themselves are sealed by the hash."""
    decision = judgement.decision
    return {
        "intent": decision.intent,
        "duration": decision.duration,
        "member": decision.member.code if decision.member else None,
        "sender": decision.sender.address,
        "standing": decision.sender.standing,
        "authentication": decision.authentication,
        "evidence": [
            # a file's name is the letter's words
            {"field": e.field, "part": e.part.partition(":")[0], "start": e.start, "end": e.end}
            for e in decision.evidence[:_LOGGED_EVIDENCE]
        ],
        "decision_sha256": audit.fingerprint(as_json(judgement)),
    }
