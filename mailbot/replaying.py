"""Deciding stored letters again under the present wording, rules and register, to see whose outcome would change.

Nothing is changed. Each letter is judged as of its own day of reception and as if it were the first: what the flags
said, and which letters had come before, is no matter of wording, so the reasons that rest on them are left out on both
sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from mailbot.authenticity import key_records
from mailbot.judgement import Circumstances, Judgement, as_json
from mailbot.judging import judge_headers, judge_letter
from mailbot.polling import is_substitute
from mailbot.store import letter_rows
from mailbot.terms import Action, Intent, Reason

_OF_THE_MOMENT = frozenset({Reason.DUPLICATE, Reason.OUT_OF_ORDER, Reason.AWAITING_CONFIRMATION})
_PERIOD_OVER = "study_period"  # the evidence of a review that only the end of the study period called for
_ANSWERS = "confirmation"  # the evidence of a letter that answers mailbot's question


@dataclass(frozen=True, slots=True)
class Finding:
    """What a letter comes to, whatever the flags say: `apply` stands for `no_change` too."""

    action: Action
    intent: Intent
    member: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """One stored letter, decided then and now; `resolution` is what a person decided, if one did."""

    id: str
    received: datetime
    sender: str | None
    subject: str
    message_id: str | None
    old: Finding
    new: Finding
    resolution: Mapping[str, Any] | None

    @property
    def changed(self) -> bool:
        return self.old != self.new

    @property
    def against_person(self) -> bool:
        """Whether mailbot would now do by itself what a person decided otherwise."""
        if self.resolution is None or self.new.action is not Action.APPLY:
            return False
        return (self.new.intent, self.new.member) != (self.resolution["as"], self.resolution["member"])


@dataclass(slots=True)
class Count:
    """How many letters there were, and what would become of those that change."""

    letters: int = 0
    changed: int = 0
    to_apply: int = 0
    to_review: int = 0
    to_ignore: int = 0
    same_action: int = 0
    against_person: int = 0
    left_out: int = 0

    def add(self, replay: Replay | None) -> None:
        """Count one letter; None is one that cannot be decided again."""
        if replay is None:
            self.left_out += 1
            return
        self.letters += 1
        self.against_person += replay.against_person
        if replay.changed:
            self.changed += 1
            kind = "same_action" if replay.old.action is replay.new.action else f"to_{replay.new.action}"
            setattr(self, kind, getattr(self, kind) + 1)

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass
class Replayer:
    """Decides the kept letters again, one at a time, so that no more than one is held in memory."""

    connection: Connection
    circumstances: Circumstances
    count: Count = field(default_factory=Count)

    def replays(self, since: datetime | None = None) -> Iterator[Replay]:
        """Every kept letter received from `since` on, oldest first."""
        for number in letter_rows.kept_letters(self.connection, since):
            replay = self._replay(letter_rows.letter_row(self.connection, number))
            self.count.add(replay)
            if replay is not None:
                yield replay

    def _replay(self, row: Row[Any]) -> Replay | None:
        """One letter; None where only a substitute of it was ever to be had, or where it answers a question.

        Such an answer is decided by a code that works once.
        """
        answers = any(evidence["field"] == _ANSWERS for evidence in row.decision["evidence"])
        if not row.raw or is_substitute(row.raw) or answers:
            return None
        return Replay(
            id=row.reference,
            received=row.received,
            sender=row.sender,
            subject=row.subject or "",
            message_id=row.message_id,
            old=finding(row.decision),
            new=finding(as_json(self._judge(row))),
            resolution={**row.resolution, "at": row.resolved_at.isoformat()} if row.resolution else None,
        )

    def _judge(self, row: Row[Any]) -> Judgement:
        if Reason.TOO_LARGE in row.reasons:  # only its headers were ever fetched
            return judge_headers(row.raw, row.size, row.received, self.circumstances, row.received)
        keys = key_records(row.decision["evidence"])  # as DNS gave them then
        circumstances = replace(self.circumstances, key_records=keys.get)
        return judge_letter(row.raw, row.received, circumstances, row.received)


def finding(decision: Mapping[str, Any]) -> Finding:
    """What a decision (as contract section 4 writes it) comes to without flags, earlier letters and the calendar."""
    period_over = any(evidence["field"] == _PERIOD_OVER for evidence in decision["evidence"])
    passing = _OF_THE_MOMENT | ({Reason.QUALIFIED_REQUEST} if period_over else frozenset())
    found = {Reason(reason) for reason in decision["reasons"]} - passing
    action = Action(decision["action"])
    if action is Action.NO_CHANGE or (action is Action.REVIEW and not found):
        action = Action.APPLY
    return Finding(
        action=action,
        intent=Intent(decision["intent"]),
        member=decision["member"]["code"] if decision["member"] else None,
        reasons=tuple(reason for reason in Reason if reason in found),
    )
