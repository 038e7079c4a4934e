"""One letter as a person needs it to decide: what it says, why it waits, who wrote it, what there was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from mailbot import clarifying
from mailbot.app import App
from mailbot.audit import Entry, entry_of
from mailbot.compose import addressees
from mailbot.desk.candidates import Candidate, candidates
from mailbot.desk.claims import InHand, in_hand
from mailbot.desk.reading import (
    Attached,
    Texts,
    attachments_of,
    html_of,
    judgement_of,
    letter_of_bytes,
    texts_of,
)
from mailbot.explain import Check, Setting, checks
from mailbot.facts import Facts
from mailbot.flag_lookup import current_flag
from mailbot.flags import Flag, FlagChange
from mailbot.judgement import Judgement
from mailbot.letter import Letter
from mailbot.members import Member
from mailbot.reviewing import contradiction
from mailbot.silence import Permission
from mailbot.store import letter_rows, outbox_rows
from mailbot.store.flag_rows import changes_before
from mailbot.store.tables import audit_entries, letters
from mailbot.terms import Standing
from mailbot.world import World

_EARLIER = 8  # letters and flag changes of a member that are shown
_EVENTS = 50


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason a letter waits for: why, and what it would have needed."""

    code: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class History:
    """What there was before of one member: its flag, the last changes, the last letters about it (newest first)."""

    member: Member
    flag: Flag | None
    changes: tuple[FlagChange, ...]
    letters: tuple[Row[Any], ...]


@dataclass(frozen=True, slots=True)
class LetterView:
    """All that the page of a letter shows; `texts` is None where its words were erased."""

    row: Row[Any]
    judgement: Judgement
    grounds: tuple[Ground, ...]
    checks: tuple[Check, ...]
    texts: Texts | None
    attachments: tuple[Attached, ...]
    has_html: bool
    candidates: tuple[Candidate, ...]
    standing: Standing
    held: tuple[Member, ...]
    history: History | None
    against: str | None
    may_ask: Permission
    mails: tuple[tuple[Row[Any], tuple[str, ...]], ...]  # with whom each is to
    events: tuple[Entry, ...]
    hand: InHand

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person."""
        return bool(self.row.review == "open")


def letter_view(connection: Connection, app: App, reference: str, now: datetime) -> LetterView | None:
    """The letter with a reference; None where there is none."""
    row = letter_rows.letter_by_reference(connection, reference)
    if row is None:
        return None
    world = app.world(connection)
    letter = None if row.raw is None else letter_of_bytes(row.raw, world.policy.max_message_bytes)
    judgement = judgement_of(row, letter)
    facts = Facts(judgement, app.standing_circumstances(connection, now), row.received)
    setting = Setting(facts.circumstances, world.study_period, world.default_duration, row.received, now)
    texts = None if letter is None else texts_of(letter, judgement)
    standing, held = world.register.standing(row.sender, row.member_code, row.received.date())
    member = world.register.members.get(row.member_code) if row.member_code else None
    return LetterView(
        row=row,
        judgement=judgement,
        grounds=tuple(Ground(one.value, facts.why(one), facts.remedy(one)) for one in judgement.decision.reasons),
        checks=checks(facts, setting),
        texts=texts,
        attachments=() if letter is None else attachments_of(letter),
        has_html=row.raw is not None and html_of(row.raw) is not None,
        candidates=_candidates(world, judgement, letter, held),
        standing=standing,
        held=tuple(world.register.members[code] for code in held if code in world.register.members),
        history=None if member is None else history_of(connection, member, now, but=row.id),
        against=None if member is None else contradiction(world, row, member),
        may_ask=clarifying.may_ask(row, world),
        mails=tuple((mail, _readers(mail)) for mail in outbox_rows.mails_about(connection, row.id)),
        events=_events(connection, reference),
        hand=in_hand(connection, [reference], now).get(reference, InHand()),
    )


def history_of(connection: Connection, member: Member, now: datetime, *, but: int) -> History:
    """A member's flag and its last letters, but for the letter with number `but`."""
    changes = changes_before(connection, member.code, None, _EARLIER)
    columns = (
        letters.c.reference, letters.c.received, letters.c.subject, letters.c.outcome, letters.c.review,
        letters.c.resolution, letters.c.sender, letters.c.decision,
    )  # fmt: skip
    statement = select(*columns).where(letters.c.member_code == member.code, letters.c.id != but)
    newest = statement.order_by(letters.c.received.desc(), letters.c.id.desc()).limit(_EARLIER)
    return History(
        member,
        current_flag(connection, member.code, now),
        tuple(change for _, change in changes),
        tuple(connection.execute(newest)),
    )


def _candidates(
    world: World, judgement: Judgement, letter: Letter | None, held: tuple[str, ...]
) -> tuple[Candidate, ...]:
    named = judgement.decision.member
    quoted = [one.text for one in judgement.decision.evidence if one.field == "member"]
    texts = [] if letter is None else [letter.subject, letter.body.content]
    return candidates(
        world.register, texts, quoted, read=(named.code, named.score) if named else None, held=held
    )  # fmt: skip


def _events(connection: Connection, reference: str) -> tuple[Entry, ...]:
    """What happened to the letter, oldest first."""
    statement = select(audit_entries).where(audit_entries.c.subject == reference).order_by(audit_entries.c.seq)
    return tuple(entry_of(row._asdict()) for row in connection.execute(statement.limit(_EVENTS)))


def _readers(mail: Row[Any]) -> tuple[str, ...]:
    """Whom a mail is to; once its words are erased only those it still waits for are known."""
    return tuple(mail.recipients) if mail.raw is None else addressees(mail.raw)
