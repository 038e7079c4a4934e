"""From a letter to a decision: the contract's section 5 as one readable table."""

from __future__ import annotations

import re
from datetime import datetime

from mailbot.case import Case, case_of
from mailbot.flags import already_stands
from mailbot.judgement import Circumstances, Decision, Judgement, NamedMember, Sender
from mailbot.letter import Letter, read_headers, read_letter
from mailbot.machines import is_returned, machine, null_return_path
from mailbot.question import Question, codes_in
from mailbot.silence import Answered, may_write_to
from mailbot.terms import Action, Evidence, Intent, Reason, Standing, Verdict
from mailbot.zones import OWN_WORDS


def judge(raw: bytes, received: datetime | None, circumstances: Circumstances, now: datetime) -> Judgement:
    """Read and decide one raw message; never raises for what the bytes hold.

    `received` is the server's INTERNALDATE (None: the topmost Received header, else Date, else `now`), in UTC.
    `Judgement.date` is the letter's Date, never later than the day received (contract rule 11).
    """
    if len(raw) > circumstances.policy.max_message_bytes:
        return judge_oversized(raw[:_HEADER_BYTES], len(raw), received, circumstances, now)
    return _judged(read_letter(raw), received, circumstances, now, raw)


_HEADER_BYTES = 262_144


def judge_oversized(
    header_block: bytes, size: int, received: datetime | None, circumstances: Circumstances, now: datetime
) -> Judgement:
    """Decide a message over the size limit by its headers alone (contract rule 10); `sha256` is of the headers."""
    return _judged(read_headers(header_block), received, circumstances, now, oversized=size)


def _judged(
    letter: Letter,
    received: datetime | None,
    circumstances: Circumstances,
    now: datetime,
    raw: bytes | None = None,
    *,
    oversized: int = 0,
) -> Judgement:
    moment = received or letter.received or letter.date or now
    date = min(letter.date or moment, moment)
    case = case_of(letter, raw, moment, date, circumstances, oversized)
    decision = _decision(case)
    return Judgement(
        decision=decision,
        sha256=letter.sha256,
        content_sha256=letter.content_sha256,
        message_id=letter.message_id,
        subject=letter.subject,
        sender_name=case.writer.name,
        date=date,
        references=letter.references,
        own_words=letter.body.only(OWN_WORDS).replace("\x00", ""),
        null_return_path=null_return_path(letter),
        confirms=None if decision.action is Action.IGNORE else _confirmed(case),
    )


def _decision(case: Case) -> Decision:
    """Contract section 5, in its order: machines, repetitions, other mail, doubts, and only then the flag."""
    return _machine(case) or _repeated(case) or _confirmation(case) or _not_ours(case) or _ours(case)


def _machine(case: Case) -> Decision | None:
    """Rule 1: machines are never answered, whatever else the mail says."""
    found = machine(case.letter, case.circumstances.is_own)
    if found is None and null_return_path(case.letter) and not _complete(case):
        found = Reason.BOUNCE, Evidence("machine", "headers", "Return-Path: <>")
    if found is None and is_returned(case.letter) and not case.reading.intent.is_wish and not _known_sender(case):
        found = Reason.BOUNCE, Evidence("machine", "subject", case.letter.subject)
    return None if found is None else _result(case, Action.IGNORE, case.reading.intent, (found[0],), (found[1],))


def _complete(case: Case) -> bool:
    """Whether the letter makes a complete request: a plain wish for a member that is named."""
    return case.reading.intent.is_wish and case.named.code is not None


def _known_sender(case: Case) -> bool:
    return case.sender.standing is not Standing.UNKNOWN


def _repeated(case: Case) -> Decision | None:
    """Rule 2: the same letter twice is one letter."""
    message_id = case.letter.message_id
    if message_id is None or case.letter.content_sha256 not in case.circumstances.content_hashes(message_id):
        return None
    evidence = Evidence("duplicate", "headers", f"Message-ID: {message_id}")
    return _result(case, Action.IGNORE, case.reading.intent, (Reason.DUPLICATE,), (evidence,))


def _confirmed(case: Case) -> Question | None:
    """The question that the letter says yes to, where nothing speaks against it."""
    if case.reply is None or case.reply.objection or _form(case) or _repetition(case):
        return None
    return case.reply.question


def _confirmation(case: Case) -> Decision | None:
    """A yes to mailbot's question decides the letter that was asked about, as of the day it was written (rule 11)."""
    question = _confirmed(case)
    if question is None:
        return None
    circumstances = case.circumstances
    member = circumstances.register.members[question.member]
    flag = circumstances.flag_of(member.code)
    late = flag is not None and question.written < flag.basis
    stands = already_stands(flag, question.intent, question.duration, circumstances.study_period)
    return Decision(
        action=Action.REVIEW if late else Action.NO_CHANGE if stands else Action.APPLY,
        intent=question.intent,
        duration=question.duration,
        language=question.language,
        member=NamedMember(member.code, member.name, 100.0),
        sender=Sender(question.address, Standing.DESIGNATED, case.sender.members),
        authentication=case.authentication.verdict,
        reasons=(Reason.OUT_OF_ORDER,) if late else (),
        evidence=(Evidence("confirmation", "question", question.reference), *case.authentication.evidence),
    )


def _not_ours(case: Case) -> Decision | None:
    """Rule 5: mail about anything else is left alone, unless its form hides what it is about.

    A reply to mailbot's question is never left alone, whatever it says: somebody waits for it.
    """
    if case.reading.about or _form(case):
        return None
    if case.reply is not None:
        reasons = (Reason.UNCLEAR_INTENT, *_sender(case), *_authenticity(case))
        return _result(case, Action.REVIEW, Intent.UNCLEAR, reasons, ())
    return _result(case, Action.IGNORE, Intent.NONE, (Reason.NOT_A_REQUEST,), ())


def _ours(case: Case) -> Decision:
    """Rules 2 to 12 for a letter about this procedure: every doubt is gathered, and any one of them means review."""
    intent = _stated_intent(case)
    reasons = tuple(
        dict.fromkeys(
            (
                *_repetition(case),
                *_words(case),
                *_period(case),
                *_within_a_reply(case),
                *_member(case),
                *_sender(case),
                *_authenticity(case),
                *_form(case),
                *_order(case),
            )
        )
    )
    if reasons:
        if _asked_for(case, reasons) is not None:
            reasons = (*reasons, Reason.AWAITING_CONFIRMATION)
        return _result(case, Action.REVIEW, intent, reasons, case.reading.evidence)
    assert case.named.code is not None  # nosec B101  # without a reason left there is a member
    flag = case.circumstances.flag_of(case.named.code)
    stands = already_stands(flag, intent, case.reading.duration, case.circumstances.study_period)
    return _result(case, Action.NO_CHANGE if stands else Action.APPLY, intent, (), case.reading.evidence)


# What a confirmation by the sender makes good; any other doubt is for people alone.
_CONFIRMABLE = frozenset({Reason.AUTHENTICATION_MISSING, Reason.MEMBER_NOT_NAMED})
_MOST_UNANSWERED = 3  # questions to one address: whoever forges letters must not fill a focal point's mailbox


def _asked_for(case: Case, reasons: tuple[Reason, ...]) -> str | None:
    """The member that the sender is asked to confirm the letter for; None where it is not to be asked."""
    policy, sender = case.circumstances.policy, case.sender
    if not policy.asks or not case.reading.intent.is_wish or not _CONFIRMABLE.issuperset(reasons):
        return None
    if sender.address is None:
        return None
    letter = Answered(Action.REVIEW, case.authentication.verdict, null_return_path(case.letter), asks=True)
    if not may_write_to(sender.address, own_addresses=policy.own_addresses, answers=letter).allowed:
        return None
    if case.circumstances.unanswered(sender.address) >= _MOST_UNANSWERED:
        return None
    return member_asked(case.named.code, sender)


def member_asked(named: str | None, sender: Sender) -> str | None:
    """The member a question is about: the one named, else the only one the sender is designated for."""
    return named or (sender.members[0] if len(sender.members) == 1 else None)


def _stated_intent(case: Case) -> Intent:
    """The wish as far as it stands; a letter whose form cannot be read states none, nor one that answers a question."""
    if _within_a_reply(case) or (_form(case) and not case.reading.intent.is_wish):
        return Intent.UNCLEAR
    return case.reading.intent


def _repetition(case: Case) -> tuple[Reason, ...]:
    """Rule 2: a Message-ID seen before with other content."""
    message_id = case.letter.message_id
    seen = bool(message_id and case.circumstances.content_hashes(message_id))
    return (Reason.DUPLICATE,) if seen else ()


def _words(case: Case) -> tuple[Reason, ...]:
    """Rules 3 to 6, as the reading found them."""
    return tuple(reason for reason in case.reading.reasons if reason is not Reason.NOT_A_REQUEST)


_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def _period(case: Case) -> tuple[Reason, ...]:
    """Rule 6: a wish for another study period than the running one is no wish of today."""
    years = [int(year) for year in _YEAR.findall(case.circumstances.study_period)]
    if not years or not case.reading.intent.is_wish:
        return ()
    running = range(min(years), max(years) + 1)
    return (Reason.QUALIFIED_REQUEST,) if any(year not in running for year in case.reading.period_years) else ()


def _within_a_reply(case: Case) -> tuple[Reason, ...]:
    """What a reply to mailbot's question wishes is for a person: a client may quote the question without any mark."""
    unmarked = bool(codes_in((case.letter.body.only(OWN_WORDS),)))
    waited_for = case.reply is not None and case.reply.question.is_unanswered
    return (Reason.UNCLEAR_INTENT,) if unmarked or waited_for else ()


def _member(case: Case) -> tuple[Reason, ...]:
    """Rule 7: asked of letters with a wish; one that asks nothing plainly need not name anybody."""
    if not case.reading.intent.is_wish:
        return ()
    if case.named.code is None:
        return case.named.reasons
    known = _known_sender(case)
    return (Reason.MEMBER_MISMATCH,) if known and case.named.code not in case.sender.members else ()


_STANDING_REASONS = {
    Standing.DESIGNATED: (),
    Standing.EXPIRED: (Reason.SENDER_EXPIRED,),
    Standing.OTHER_SECTOR: (Reason.SENDER_OTHER_SECTOR,),
    Standing.TIES: (Reason.SENDER_NOT_DESIGNATED,),
    Standing.UNKNOWN: (Reason.SENDER_UNKNOWN,),
}


def _sender(case: Case) -> tuple[Reason, ...]:
    """Rule 8: the address in From, alone."""
    if case.writer.address is None:
        return (Reason.MALFORMED_SENDER,)
    return _STANDING_REASONS[case.sender.standing]


def _authenticity(case: Case) -> tuple[Reason, ...]:
    """Rule 9: a forged letter is never acted on, an unproven one only where that is allowed."""
    match case.authentication.verdict:
        case Verdict.PASS:
            return ()
        case Verdict.FAIL:
            return (Reason.AUTHENTICATION_FAILED,)
        case Verdict.NONE:
            return (Reason.AUTHENTICATION_MISSING,) if case.circumstances.policy.authentication_required else ()


def _form(case: Case) -> tuple[Reason, ...]:
    """Rule 10: what cannot be read as it stands."""
    reasons: list[Reason] = []
    if case.letter.encrypted:
        reasons.append(Reason.ENCRYPTED)
    if case.oversized:
        reasons.append(Reason.TOO_LARGE)
    if case.letter.malformed:
        reasons.append(Reason.MALFORMED_MESSAGE)
    return tuple(reasons)


def _order(case: Case) -> tuple[Reason, ...]:
    """Rule 11: a letter written before what the flag already stands on."""
    flag = case.circumstances.flag_of(case.named.code) if case.named.code is not None else None
    late = flag is not None and case.reading.intent.is_wish and case.date < flag.basis
    return (Reason.OUT_OF_ORDER,) if late else ()


def _result(
    case: Case, action: Action, intent: Intent, reasons: tuple[Reason, ...], evidence: tuple[Evidence, ...]
) -> Decision:
    code = case.named.code
    member = case.circumstances.register.members.get(code) if code is not None else None
    ignored = action is Action.IGNORE
    return Decision(
        action=action,
        intent=intent,
        duration=case.reading.duration if intent.is_wish else None,
        language=case.reading.language or case.circumstances.register.language_of(case.writer.address) or "en",
        member=NamedMember(member.code, member.name, round(case.named.score, 1)) if member else None,
        sender=case.sender,
        authentication=case.authentication.verdict,
        reasons=reasons,
        evidence=evidence if ignored else (*evidence, *_other_evidence(case)),
    )


def _other_evidence(case: Case) -> tuple[Evidence, ...]:
    size = (Evidence("too_large", "message", f"{case.oversized} bytes"),) if case.oversized else ()
    reply = (Evidence("confirmation", "question", case.reply.objection),) if case.reply else ()
    return (*case.named.evidence, *case.authentication.evidence, *size, *reply)
