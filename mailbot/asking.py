"""Asking a sender whether a letter is theirs, and what ends a question: an answer, a person's decision, or its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailbot import audit
from mailbot.decide import member_asked
from mailbot.judgement import Judgement
from mailbot.question import Question, QuestionState, code_of, is_code_of, reference_in
from mailbot.store import letter_rows, question_rows
from mailbot.store.engine import Store
from mailbot.terms import Reason


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What questions are asked with: the key that binds their codes, and how long a code is valid."""

    key: bytes
    valid_for: timedelta

    def code(self, question: Question) -> str:
        """The code that proves the answer to a question."""
        return code_of(question, self.key)

    def proven(self, connection: Connection, code: str) -> Question | None:
        """The question that `code` is the right one of; None where it is nobody's."""
        reference = reference_in(code)
        question = question_rows.question_about(connection, reference) if reference is not None else None
        return question if question is not None and is_code_of(question, self.key, code) else None

    def question(self, judgement: Judgement, reference: str, now: datetime) -> Question:
        """The question about a letter that awaits confirmation."""
        decision = judgement.decision
        member = member_asked(decision.member.code if decision.member else None, decision.sender)
        assert decision.sender.address is not None  # nosec B101  # `decide` asks nobody else
        assert member is not None  # nosec B101
        return Question(
            reference=reference,
            address=decision.sender.address,
            member=member,
            intent=decision.intent,
            duration=decision.duration,
            language=decision.language,
            written=judgement.date,
            letter_sha256=judgement.sha256,
            expires=(now + self.valid_for).replace(microsecond=0),
        )


def end_question(connection: Connection, reference: str, state: QuestionState, actor: str, now: datetime) -> None:
    """Close the question about a letter, where one is open: the letter awaits no confirmation any more."""
    if not question_rows.close_question(connection, reference, state):
        return
    letter_rows.drop_reason(connection, reference, Reason.AWAITING_CONFIRMATION)
    audit.append(
        connection, at=now, action="question:closed", subject=reference, actor=actor, data={"state": state}
    )  # fmt: skip


def expire_questions(store: Store, now: datetime) -> int:
    """Leave to people what nobody has confirmed in time; return how many letters that are."""
    with store.read() as connection:
        if not question_rows.overdue_questions(connection, now):
            return 0
    with store.begin() as connection:
        overdue = question_rows.overdue_questions(connection, now)
        for question in overdue:
            end_question(connection, question.reference, QuestionState.EXPIRED, "mailbot", now)
    return len(overdue)
