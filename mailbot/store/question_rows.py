"""The questions put to senders, and how each stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from mailbot.question import Question, QuestionState
from mailbot.store.tables import questions
from mailbot.terms import Duration, Intent


def add_question(connection: Connection, question: Question, message_id: str) -> None:
    """Record a question; `message_id` is that of the mail it went out with. There is at most one a letter."""
    connection.execute(insert(questions).values(**asdict(question), message_id=message_id))


def question_about(connection: Connection, reference: str) -> Question | None:
    """The question about a letter."""
    row = connection.execute(select(questions).where(questions.c.reference == reference)).one_or_none()
    return None if row is None else _question(row)


def question_in(connection: Connection, message_ids: Iterable[str]) -> Question | None:
    """The newest question that went out with one of these Message-IDs."""
    statement = select(questions).where(questions.c.message_id.in_(list(message_ids)))
    row = connection.execute(statement.order_by(questions.c.expires.desc()).limit(1)).one_or_none()
    return None if row is None else _question(row)


def open_questions_to(connection: Connection, address: str) -> int:
    """How many questions an address has not answered yet."""
    statement = select(func.count()).where(questions.c.address == address, questions.c.state == QuestionState.OPEN)
    return int(connection.execute(statement).scalar_one())


def overdue_questions(connection: Connection, now: datetime) -> list[Question]:
    """The open questions whose time is over."""
    statement = select(questions).where(questions.c.state == QuestionState.OPEN, questions.c.expires < now)
    return [_question(row) for row in connection.execute(statement.order_by(questions.c.reference))]


def close_question(connection: Connection, reference: str, state: QuestionState) -> bool:
    """End an open question; return whether there was one."""
    match = (questions.c.reference == reference) & (questions.c.state == QuestionState.OPEN)
    return connection.execute(update(questions).where(match).values(state=state)).rowcount > 0


def _question(row: Row[Any]) -> Question:
    return Question(
        reference=row.reference,
        address=row.address,
        member=row.member,
        intent=Intent(row.intent),
        duration=Duration(row.duration) if row.duration else None,
        language=row.language,
        written=row.written,
        letter_sha256=row.letter_sha256,
        expires=row.expires,
        state=QuestionState(row.state),
    )
