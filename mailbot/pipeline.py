"""One letter, one transaction: the only place where the core and the store meet.

The letter's outcome, the flag change, the audit entries and the mails to send are written together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailbot import audit
from mailbot.answering import Writer, queue
from mailbot.compose import may_write, receipt
from mailbot.decide import Circumstances, Decision, Judgement, Policy, as_json
from mailbot.flags import Cause, Flag, FlagChange, FlagState, StudyPeriod, flag_at, wanted_state
from mailbot.ingest import Arrival
from mailbot.judging import judge_headers, judge_letter, shelve
from mailbot.members import Member
from mailbot.register import Register
from mailbot.store import letter_rows
from mailbot.store.flag_rows import changes_of, known_periods
from mailbot.store.outbox_rows import is_own_message
from mailbot.study_period import record_change
from mailbot.terms import Action, Duration, Evidence, Intent, Reason
from mailbot.wording import Wording


@dataclass(frozen=True, slots=True)
class Filers:
    """The mailbox folders that handled letters go to."""

    done: str
    review: str


@dataclass(frozen=True, slots=True)
class World:
    """What does not change from one letter to the next."""

    wording: Wording
    register: Register
    policy: Policy
    study_period: StudyPeriod
    default_duration: Duration
    writer: Writer
    folders: Filers | None


@dataclass(frozen=True, slots=True)
class Body:
    """What was fetched of a letter: all of it, its header block alone (`whole` false), or nothing sensible.

    `keys` are the DKIM key records for it by DNS name, fetched before its transaction begins.
    """

    raw: bytes
    whole: bool = True
    unusable: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Case:
    """One letter under its reference number, being answered."""

    letter: int
    reference: str
    judgement: Judgement
    now: datetime

    def may_answer(self, writer: Writer, receipts_today: int = 0) -> tuple[bool, str]:
        """Whether the sender may get a mail, and why not."""
        decision = self.judgement.decision
        return may_write(
            action=decision.action,
            authentication=decision.authentication,
            recipient=decision.sender.address,
            null_return_path=self.judgement.null_return_path,
            own_addresses=writer.own_addresses,
            receipts_today=receipts_today,
        )


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


def handle(
    connection: Connection, mailbox: str, uidvalidity: int, arrival: Arrival, body: Body, world: World, now: datetime
) -> Outcome:
    """Decide one letter and record all that follows from it, in the caller's transaction."""
    circumstances = replace(circumstances_of(connection, world, now), key_records=body.keys.get)
    judgement = _bound_to_running_period(_judge(body, arrival, circumstances, now), world, now)
    decision = judgement.decision
    place = {"mailbox": mailbox, "uidvalidity": uidvalidity, "uid": arrival.uid}
    identity = _identity(judgement, arrival, now)
    if decision.action is Action.IGNORE:
        letter_rows.add_letter(connection, place | identity)
        _audit_decision(connection, judgement, None, now)
        return Outcome(decision.action, decision.reasons, judgement.message_id)
    reference = letter_rows.next_reference(connection, now.year)
    kept = _kept(judgement, body.raw, reference, world.folders)
    letter = letter_rows.add_letter(connection, place | identity | kept)
    _audit_decision(connection, judgement, reference, now)
    case = _Case(letter, reference, judgement, now)
    if decision.action is Action.REVIEW:
        _acknowledge(connection, case, world)
    else:
        _apply(connection, case, world)
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


def circumstances_of(connection: Connection, world: World, now: datetime) -> Circumstances:
    """The world as one letter meets it, read within the transaction that will record its outcome."""
    periods = known_periods(connection)
    return Circumstances(
        wording=world.wording,
        register=world.register,
        policy=world.policy,
        study_period=world.study_period.name,
        flag_of=lambda code: flag_at(changes_of(connection, code), periods, now),
        content_hashes=lambda message_id: letter_rows.content_hashes(connection, message_id),
        is_own=lambda message_id: is_own_message(connection, message_id),
    )


def change_flag(
    connection: Connection,
    member: Member,
    intent: Intent,
    duration: Duration,
    period: StudyPeriod,
    *,
    at: datetime,
    cause: Cause,
    basis: datetime,
    reference: str,
    message_id: str | None,
    by: str | None = None,
    reason: str | None = None,
) -> None:
    """Set a member's flag as wished from `at` on; an opt-out has no duration."""
    state = wanted_state(intent)
    held = duration if state is FlagState.OPTED_IN else None
    record_change(
        connection,
        FlagChange(
            member=member.code,
            member_name=member.name,
            at=at,
            state=state,
            since=at,
            duration=held,
            study_period=period.name if held is Duration.STUDY_PERIOD else None,
            cause=cause,
            basis=basis,
            reference=reference,
            message_id=message_id,
            by=by,
            reason=reason,
        ),
    )


def current_flag(connection: Connection, code: str, now: datetime) -> Flag | None:
    """A member's flag as it stands."""
    return flag_at(changes_of(connection, code), known_periods(connection), now)


def _judge(body: Body, arrival: Arrival, circumstances: Circumstances, now: datetime) -> Judgement:
    if body.unusable is not None:
        return shelve(body.raw, arrival.received, body.unusable)
    if body.whole:
        return judge_letter(body.raw, arrival.received, circumstances, now)
    return judge_headers(body.raw, arrival.size, arrival.received, circumstances, now)


def _bound_to_running_period(judgement: Judgement, world: World, now: datetime) -> Judgement:
    """An opt-in for a study period that is over would end the moment it begins: a person must name the next one."""
    decision = judgement.decision
    held = decision.duration or world.default_duration
    if (
        decision.action not in (Action.APPLY, Action.NO_CHANGE)
        or decision.intent is not Intent.OPT_IN
        or held is not Duration.STUDY_PERIOD
        or world.study_period.ends > now
    ):
        return judgement
    ended = f"study period {world.study_period.name} ended on {world.study_period.ends:%Y-%m-%d}; none follows yet"
    evidence = (*decision.evidence, Evidence("study_period", "configuration", ended))
    reasons = (Reason.QUALIFIED_REQUEST,)
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
        "references": list(judgement.references),
        "null_return_path": judgement.null_return_path,
        "review": "open" if in_review else None,
        "file_to": None if folders is None else folders.review if in_review else folders.done,
    }


def _audit_decision(connection: Connection, judgement: Judgement, reference: str | None, now: datetime) -> None:
    """The decision for the log; of ignored mail nothing but its identity."""
    decision = judgement.decision
    data: dict[str, object] = {
        "action": decision.action,
        "reasons": list(decision.reasons),
        "message_id": judgement.message_id,
        "sha256": judgement.sha256,
    }
    if reference is not None:
        data |= _findings(decision)
    subject = reference or judgement.message_id or judgement.sha256
    audit.append(connection, at=now, action="letter:decided", subject=subject, actor="mailbot", data=data)


def _findings(decision: Decision) -> dict[str, object]:
    return {
        "intent": decision.intent,
        "duration": decision.duration,
        "member": decision.member.code if decision.member else None,
        "sender": decision.sender.address,
        "standing": decision.sender.standing,
        "authentication": decision.authentication,
    }


def _apply(connection: Connection, case: _Case, world: World) -> None:
    """Change the flag where the letter changes it, and confirm."""
    judgement, decision, now = case.judgement, case.judgement.decision, case.now
    assert decision.member is not None  # the contract: no apply and no no_change without a member
    member = world.register.members[decision.member.code]
    changed = decision.action is Action.APPLY
    if changed:
        change_flag(
            connection, member, decision.intent, decision.duration or world.default_duration, world.study_period,
            at=now, cause=Cause.LETTER, basis=judgement.date, reference=case.reference,
            message_id=judgement.message_id,
        )  # fmt: skip
    allowed, why = case.may_answer(world.writer)
    mails = world.writer.confirm(
        flag=current_flag(connection, member.code, now), member=member, register=world.register,
        study_period=world.study_period, reference=case.reference, language=decision.language,
        recipient=decision.sender.address or "", silent=not allowed, recipient_name=judgement.sender_name,
        subject=judgement.subject, message_id=judgement.message_id, references=judgement.references,
        changed=changed, by_person=False, now=now,
    )  # fmt: skip
    queue(connection, case.letter, case.reference, mails, now, silent=why)


def _acknowledge(connection: Connection, case: _Case, world: World) -> None:
    """The receipt for a letter in review, where the sender may get one."""
    judgement, today = case.judgement, case.now.date()
    address = judgement.decision.sender.address
    earlier = letter_rows.receipts_on(connection, address, today) if address else 0
    allowed, why = case.may_answer(world.writer, earlier)
    if not allowed or address is None:
        queue(connection, case.letter, case.reference, (), case.now, silent=why)
        return
    mail = receipt(
        recipient=address,
        recipient_name=judgement.sender_name,
        language=judgement.decision.language,
        subject=judgement.subject,
        in_reply_to=judgement.message_id,
        references=judgement.references,
        reference=case.reference,
        now=case.now,
        letterhead=world.writer.letterhead,
    )
    letter_rows.note_receipt(connection, address, today)
    queue(connection, case.letter, case.reference, (mail,), case.now)
