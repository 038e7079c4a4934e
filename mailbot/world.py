"""What a letter meets: the words, the register, the rules, and what the store knows of earlier letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailbot.answering import Writer
from mailbot.asking import Inquiry
from mailbot.flag_lookup import current_flag
from mailbot.flags import StudyPeriod
from mailbot.judgement import Circumstances, Policy
from mailbot.register import Register
from mailbot.store import letter_rows, question_rows
from mailbot.store.outbox_rows import is_own_message
from mailbot.terms import Duration
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
    programme: str
    default_duration: Duration
    writer: Writer
    folders: Mapping[str, Filers]  # by mailbox; letters of a mailbox without any stay where they are
    rules: str
    inquiry: Inquiry | None = None


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
        flag_of=lambda code: current_flag(connection, code, now),
        content_hashes=lambda message_id: letter_rows.content_hashes(connection, message_id),
        is_own=lambda message_id: is_own_message(connection, message_id),
        proven=lambda code: world.inquiry.proven(connection, code) if world.inquiry else None,
        asked=lambda message_ids: question_rows.question_in(connection, message_ids),
        unanswered=lambda address: question_rows.open_questions_to(connection, address),
        key_records=(keys or {}).get,
    )
