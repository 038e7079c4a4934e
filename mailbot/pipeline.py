"""One letter, one transaction: the only place where the core and the store meet.

The letter's outcome, the flag change, the audit entries and the mails to send are written together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from mailbot import audit
from mailbot.answering import Writer, queue, registered_name
from mailbot.asking import Inquiry, end_question
from mailbot.bounces import read_bounce
from mailbot.compose import addressees, receipt
from mailbot.compose import question as question_mail
from mailbot.flags import Cause, FlagChange, FlagState, StudyPeriod, wanted_state
from mailbot.ingest import Arrival
from mailbot.judgement import Circumstances, Judgement, Policy, as_json
from mailbot.judging import judge_headers, judge_letter, unreadable
from mailbot.members import Member
from mailbot.question import QuestionState
from mailbot.register import Register
from mailbot.silence import Answered, Permission, may_write_to
from mailbot.standing import flag_of
from mailbot.store import letter_rows, question_rows
from mailbot.store.count_rows import count_letter
from mailbot.store.outbox_rows import is_own_message, sent_mails, update_mail
from mailbot.study_period import record_change
from mailbot.terms import Action, Duration, Evidence, Intent, Reason
from mailbot.wording import Wording

_LOGGED_EVIDENCE = 50


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
    programme: str
    default_duration: Duration
    writer: Writer
    folders: Mapping[str, Filers]  # by mailbox; letters of a mailbox without any stay where they are
    rules: str
    inquiry: Inquiry | None = None


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
class _Case:
    """One letter, known by its reference number (an ignored one by its Message-ID or hash), being answered."""

    letter: int
    reference: str
    judgement: Judgement
    now: datetime

    def may_answer(self, writer: Writer, receipts_today: int = 0, *, asks: bool = False) -> Permission:
        """Whether the sender may get a mail, and why not."""
        decision = self.judgement.decision
        null_return_path = self.judgement.null_return_path
        letter = Answered(decision.action, decision.authentication, null_return_path, receipts_today, asks)
        return may_write_to(decision.sender.address, own_addresses=writer.own_addresses, answers=letter)


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
        _audit_letter(
            connection, _Case(letter, judgement.message_id or judgement.sha256, judgement, now), place, arrival, world
        )
        if Reason.BOUNCE in decision.reasons:
            _note_bounce(connection, body.raw, world.writer.letterhead.from_address, now)
        return Outcome(decision.action, decision.reasons, judgement.message_id)
    reference = letter_rows.next_reference(connection, now.year)
    kept = _kept(judgement, body.raw, reference, world.folders.get(mailbox))
    letter = letter_rows.add_letter(connection, place | identity | kept)
    case = _Case(letter, reference, judgement, now)
    _audit_letter(connection, case, place, arrival, world)
    if judgement.confirms is not None:
        _close_confirmed(connection, case, judgement.confirms.reference)
    if Reason.AWAITING_CONFIRMATION in decision.reasons and world.inquiry is not None:
        _ask(connection, case, world, world.inquiry)
    elif decision.action is Action.REVIEW:
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


def _note_bounce(connection: Connection, raw: bytes, from_address: str, now: datetime) -> None:
    """One of our mails came back: whoever looks after the outbox must know."""
    bounce = read_bounce(raw, from_address.rpartition("@")[2])
    if bounce is None:
        return
    for row in sent_mails(connection, bounce.message_ids):
        refused = {**row.refused, **dict.fromkeys(addressees(row.raw), bounce.words)}
        update_mail(connection, row.id, status="bounced", refused=refused, last_error=bounce.words, finished_at=now)
        audit.append(
            connection, at=now, action="mail:bounced", subject=row.reference, actor="mailbot",
            data={"kind": row.kind, "message_id": row.message_id, "words": bounce.words},
        )  # fmt: skip


def circumstances_of(
    connection: Connection, world: World, now: datetime, keys: Mapping[str, str] | None = None
) -> Circumstances:
    """The world as one letter meets it, read within the transaction that will record its outcome."""
    return Circumstances(
        wording=world.wording,
        register=world.register,
        policy=world.policy,
        study_period=world.study_period.name,
        programme=world.programme,
        flag_of=lambda code: flag_of(connection, code, now),
        content_hashes=lambda message_id: letter_rows.content_hashes(connection, message_id),
        is_own=lambda message_id: is_own_message(connection, message_id),
        proven=lambda code: world.inquiry.proven(connection, code) if world.inquiry else None,
        asked=lambda message_ids: question_rows.question_in(connection, message_ids),
        unanswered=lambda address: question_rows.open_questions_to(connection, address),
        key_records=(keys or {}).get,
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
    connection: Connection, case: _Case, place: Mapping[str, object], arrival: Arrival, world: World
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


@dataclass(frozen=True, slots=True)
class _Source:
    """The letter that a flag stands on: the one in hand, or the one that it confirms."""

    letter: int
    reference: str
    message_id: str | None
    subject: str
    date: datetime
    references: tuple[str, ...]
    reason: str | None


def _source(connection: Connection, case: _Case) -> _Source:
    judgement = case.judgement
    question = judgement.confirms
    if question is None:
        return _Source(
            case.letter, case.reference, judgement.message_id, judgement.subject, judgement.date,
            judgement.references, None,
        )  # fmt: skip
    row = letter_rows.letter_by_reference(connection, question.reference)
    assert row is not None  # nosec B101  # a question is about a letter that is kept
    references = (*(row.references or ()), *((row.message_id,) if row.message_id else ()), *judgement.references)
    reason = f"confirmed by the sender in {case.reference}"
    return _Source(row.id, row.reference, row.message_id, row.subject or "", question.written, references, reason)


def _apply(connection: Connection, case: _Case, world: World) -> None:
    """Change the flag where the letter changes it, and confirm."""
    judgement, decision, now = case.judgement, case.judgement.decision, case.now
    assert decision.member is not None  # nosec B101  # no apply and no no_change without a member
    member = world.register.members[decision.member.code]
    changed = decision.action is Action.APPLY
    source = _source(connection, case)
    if changed:
        change_flag(
            connection, member, decision.intent, decision.duration or world.default_duration, world.study_period,
            at=now, cause=Cause.LETTER, basis=source.date, reference=source.reference,
            message_id=source.message_id, reason=source.reason,
        )  # fmt: skip
    if source.reason is not None:
        resolution = {"as": decision.intent, "by": decision.sender.address, "reason": source.reason}
        letter_rows.close_review(connection, source.letter, now, resolution | {"member": member.code})
    permission = case.may_answer(world.writer)
    mails = world.writer.confirm(
        flag=flag_of(connection, member.code, now), member=member, register=world.register,
        study_period=world.study_period, reference=source.reference, language=decision.language,
        recipient=decision.sender.address or "", silent=not permission.allowed, recipient_name=judgement.sender_name,
        subject=source.subject, message_id=judgement.message_id, references=source.references,
        changed=changed, by_person=False, now=now,
    )  # fmt: skip
    queue(connection, source.letter, source.reference, mails, now, silent=permission.why, limits=world.writer.limits)


def _close_confirmed(connection: Connection, case: _Case, reference: str) -> None:
    """A code works once, whatever the confirmed letter then comes to."""
    actor = case.judgement.decision.sender.address or "mailbot"
    end_question(connection, reference, QuestionState.CONFIRMED, actor, case.now)


def _ask(connection: Connection, case: _Case, world: World, inquiry: Inquiry) -> None:
    """Ask the registered address whether the letter is its own."""
    judgement, now = case.judgement, case.now
    permission = case.may_answer(world.writer, asks=True)
    if not permission.allowed:
        queue(connection, case.letter, case.reference, (), now, silent=permission.why)
        return
    question = inquiry.question(judgement, case.reference, now)
    mail = question_mail(
        question,
        inquiry.code(question),
        member_name=world.register.members[question.member].name,
        recipient_name=registered_name(world.register, question.member, question.address, now.date()) or "",
        in_reply_to=judgement.message_id,
        references=judgement.references,
        now=now,
        letterhead=world.writer.letterhead,
    )
    question_rows.add_question(connection, question, mail.message_id)
    queue(connection, case.letter, case.reference, (mail,), now, limits=world.writer.limits)


def _acknowledge(connection: Connection, case: _Case, world: World) -> None:
    """The receipt for a letter in review, where the sender may get one."""
    judgement, today = case.judgement, case.now.date()
    address = judgement.decision.sender.address
    earlier = letter_rows.receipts_on(connection, address, today) if address else 0
    permission = case.may_answer(world.writer, earlier)
    if not permission.allowed or address is None:
        queue(connection, case.letter, case.reference, (), case.now, silent=permission.why)
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
    queue(connection, case.letter, case.reference, (mail,), case.now, limits=world.writer.limits)
