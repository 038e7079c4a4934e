"""What follows from a recorded decision: the flag, the mails, and the end of what the letter answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailbot import audit
from mailbot.answering import Writer, queue, registered_name
from mailbot.asking import Inquiry, end_question
from mailbot.bounces import read_bounce
from mailbot.compose import addressees, receipt
from mailbot.compose import question as question_mail
from mailbot.flag_changes import change_flag
from mailbot.flag_lookup import current_flag
from mailbot.flags import Cause
from mailbot.judgement import Judgement
from mailbot.question import QuestionState
from mailbot.silence import Answered, Permission, may_write_to
from mailbot.store import letter_rows, question_rows
from mailbot.store.outbox_rows import sent_mails, update_mail
from mailbot.terms import Action
from mailbot.world import World


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded letter, known by its reference number (an ignored one by its Message-ID or hash)."""

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
class _Source:
    """The letter that a flag stands on: the one in hand, or the one that it confirms."""

    letter: int
    reference: str
    message_id: str | None
    subject: str
    date: datetime
    references: tuple[str, ...]
    reason: str | None


def _source(connection: Connection, case: Recorded) -> _Source:
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


def apply(connection: Connection, case: Recorded, world: World) -> None:
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
        flag=current_flag(connection, member.code, now), member=member, register=world.register,
        study_period=world.study_period, reference=source.reference, language=decision.language,
        recipient=decision.sender.address or "", silent=not permission.allowed, recipient_name=judgement.sender_name,
        subject=source.subject, message_id=judgement.message_id, references=source.references,
        changed=changed, by_person=False, now=now,
    )  # fmt: skip
    queue(connection, source.letter, source.reference, mails, now, silent=permission.why, limits=world.writer.limits)


def close_confirmed(connection: Connection, case: Recorded, reference: str) -> None:
    """A code works once, whatever the confirmed letter then comes to."""
    actor = case.judgement.decision.sender.address or "mailbot"
    end_question(connection, reference, QuestionState.CONFIRMED, actor, case.now)


def ask(connection: Connection, case: Recorded, world: World, inquiry: Inquiry) -> None:
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


def acknowledge(connection: Connection, case: Recorded, world: World) -> None:
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


def note_bounce(connection: Connection, raw: bytes, from_address: str, now: datetime) -> None:
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
