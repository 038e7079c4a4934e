"""What the API answers with: the shapes its OpenAPI document promises, each with an example."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from mailbot.flags import Cause, FlagState
from mailbot.terms import Action, Duration, Intent, Reason, Standing, Verdict

_FLAG = {
    "member": "FRA",
    "name": "France",
    "state": "opted_in",
    "since": "2026-03-02T09:14:07Z",
    "until": "2028-11-01T00:00:00Z",
    "duration": "study_period",
    "study_period": "2025-2028",
    "reference": "2026-00031",
}
_CHANGE = {
    "cursor": 17,
    "member": "FRA",
    "name": "France",
    "state": "opted_in",
    "at": "2026-03-02T09:14:07Z",
    "since": "2026-03-02T09:14:07Z",
    "duration": "study_period",
    "study_period": "2025-2028",
    "cause": "letter",
    "reference": "2026-00031",
    "message_id": "<20260302091200.1@arcep.example>",
    "by": None,
    "reason": None,
}
_MEMBER = {
    "code": "FRA",
    "name": "France",
    "category": "member_state",
    "country": "FRA",
    "aliases": ["République française"],
}
_POINT = {
    "sector": "T",
    "role": "designated",
    "name": "Jeanne Martin",
    "email": "jeanne.martin@arcep.example",
    "language": "fr",
    "valid_from": None,
    "valid_until": None,
}
_RESOLUTION = {
    "as": "opt_in",
    "member": "FRA",
    "by": "Ana Juma",
    "reason": "Confirmed by telephone",
    "at": "2026-03-02T10:00:00Z",
}
_EVIDENCE = {"field": "intent", "part": "body", "text": "souhaite accepter expressément", "start": 57, "end": 87}
_LETTER = {
    "id": 31,
    "reference": "2026-00031",
    "received": "2026-03-02T09:12:41Z",
    "decided_at": "2026-03-02T09:14:07Z",
    "message_id": "<20260302091200.1@arcep.example>",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size": 2894,
    "sender": "jeanne.martin@arcep.example",
    "sender_name": "Jeanne Martin",
    "subject": "Circulaire TSB 118",
    "outcome": "review",
    "reasons": ["sender_unknown"],
    "intent": "opt_in",
    "duration": "study_period",
    "language": "fr",
    "member": "FRA",
    "authentication": "pass",
    "state": "resolved",
    "proposal": None,
    "resolution": _RESOLUTION,
    "erased_at": None,
}
_SENDER = {"address": "jeanne.martin@arcep.example", "standing": "designated", "members": ["FRA"]}
_ANSWER = {
    "id": "mail-12",
    "kind": "confirmation",
    "status": "sent",
    "created_at": "2026-03-02T10:00:00Z",
    "finished_at": "2026-03-02T10:00:04Z",
}


def _example(value: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [value]})


class Flag(BaseModel):
    """How a member stands; `until` null is without an end."""

    model_config = _example(_FLAG)
    member: str
    name: str
    state: FlagState
    since: datetime
    until: datetime | None
    duration: Duration | None
    study_period: str | None
    reference: str = Field(description="The letter it stands on.")


class Flags(BaseModel):
    """A page of flags by member code. A member that is missing from all pages never wrote: it stands as opted out."""

    model_config = _example({"flags": [_FLAG], "next": None, "changes": 17})
    flags: list[Flag]
    next: str | None = Field(description="Give it as `after` for the next page; null on the last.")
    changes: int = Field(description="Follow the changes from here: the cursor for /v1/flags/changes.")


class MemberFlag(BaseModel):
    """One member's flag; null where it never wrote, which stands as opted out."""

    model_config = _example({"flag": _FLAG, "changes": 17})
    flag: Flag | None
    changes: int = Field(description="Follow the changes from here: the cursor for /v1/flags/changes.")


class Change(BaseModel):
    """One change of one member's flag. `at` is when it was recorded, `since` from when on it holds."""

    model_config = _example(_CHANGE)
    cursor: int
    member: str
    name: str
    state: FlagState
    at: datetime
    since: datetime
    duration: Duration | None
    study_period: str | None
    cause: Cause
    reference: str
    message_id: str | None
    by: str | None = Field(description="The person who decided, where it was a person.")
    reason: str | None


class Changes(BaseModel):
    """Changes in the order they were committed."""

    model_config = _example({"changes": [_CHANGE], "next": 17, "more": False})
    changes: list[Change]
    next: int = Field(description="Give it as `after` the next time, also where there was nothing new.")
    more: bool = Field(description="Whether there is more at once.")


class Member(BaseModel):
    """A member of the registry."""

    model_config = _example(_MEMBER)
    code: str
    name: str
    category: str
    country: str
    aliases: list[str]


class Members(BaseModel):
    """A page of members by code."""

    model_config = _example({"members": [_MEMBER], "next": None})
    members: list[Member]
    next: str | None = Field(description="Give it as `after` for the next page; null on the last.")


class FocalPoint(BaseModel):
    """A focal point of a member."""

    model_config = _example(_POINT)
    sector: str
    role: str
    name: str
    email: str
    language: str
    valid_from: date | None
    valid_until: date | None


class MemberDetails(Member):
    """A member with its flag, its focal points and its accounts."""

    model_config = _example({**_MEMBER, "flag": _FLAG, "focal_points": [_POINT], "accounts": 12, "accounts_covered": 9})
    flag: Flag | None
    focal_points: list[FocalPoint]
    accounts: int
    accounts_covered: int = Field(description="Active accounts with TIES access: those the flag is about.")


class ReviewState(StrEnum):
    """Whether a letter waits for a person."""

    OPEN = "open"
    RESOLVED = "resolved"


class ResolveAs(StrEnum):
    """What a person makes of a letter."""

    OPT_IN = "opt_in"
    OPT_OUT = "opt_out"
    REJECT = "reject"


class Resolution(BaseModel):
    """What a person decided, or proposed to a second one; `reason` is null once the letter's words are erased."""

    model_config = _example(_RESOLUTION)
    decided: ResolveAs = Field(alias="as")
    member: str | None
    by: str
    reason: str | None
    at: datetime


class Letter(BaseModel):
    """A letter and what was decided. Of an ignored one little is kept; of an erased one not its words and sender."""

    model_config = _example(_LETTER)
    id: int
    reference: str | None = Field(description="Null where the letter was ignored.")
    received: datetime
    decided_at: datetime
    message_id: str | None
    sha256: str
    size: int
    sender: str | None
    sender_name: str | None
    subject: str | None
    outcome: Action
    reasons: list[Reason]
    intent: Intent | None
    duration: Duration | None
    language: str | None
    member: str | None = Field(description="Whom it is about: as read, then as a person decided.")
    authentication: Verdict | None
    state: ReviewState | None = Field(description="Null where no person had to decide.")
    proposal: Resolution | None = Field(description="The first of two people's decision, where it takes two.")
    resolution: Resolution | None
    erased_at: datetime | None


class Letters(BaseModel):
    """A page of letters, the newest first."""

    model_config = _example({"letters": [_LETTER], "next": 31})
    letters: list[Letter]
    next: int | None = Field(description="Give it as `after` for the next page; null on the last.")


class Evidence(BaseModel):
    """The letter's own characters that a conclusion rests on; offsets are -1 where it is no stretch of text."""

    model_config = _example(_EVIDENCE)
    field: str
    part: str
    text: str
    start: int = -1
    end: int = -1


class Sender(BaseModel):
    """Who wrote, and what they may do."""

    model_config = _example(_SENDER)
    address: str | None
    standing: Standing
    members: list[str]


class Answer(BaseModel):
    """A mail that answers the letter: due, withheld, sent, failed, bounced or closed."""

    model_config = _example(_ANSWER)
    id: str
    kind: str
    status: str
    created_at: datetime
    finished_at: datetime | None


class LetterDetails(Letter):
    """A letter with the grounds of its decision, and the mails that answer it."""

    model_config = _example({**_LETTER, "sender_standing": _SENDER, "evidence": [_EVIDENCE], "answers": [_ANSWER]})
    sender_standing: Sender | None
    evidence: list[Evidence]
    answers: list[Answer]


class Step(BaseModel):
    """How far a decision carried: `resolved`, or `proposed` where a second person must decide the same."""

    model_config = _example({"step": "resolved", "letter": _LETTER})
    step: str
    letter: Letter


class NamedMember(BaseModel):
    """The member a letter names."""

    model_config = _example({"code": "FRA", "name": "France", "score": 98.2})
    code: str
    name: str
    score: float


class Judged(BaseModel):
    """What mailbot would make of a message: the object of `mailbot check --json`."""

    model_config = _example(
        {
            "file": "-",
            "message_id": _LETTER["message_id"],
            "sha256": _LETTER["sha256"],
            "language": "fr",
            "intent": "opt_in",
            "duration": "study_period",
            "member": {"code": "FRA", "name": "France", "score": 98.2},
            "sender": _SENDER,
            "authentication": "pass",
            "action": "apply",
            "reasons": [],
            "evidence": [_EVIDENCE],
        }
    )
    file: str = Field(description="Always `-`: as where the command reads standard input.")
    message_id: str | None
    sha256: str
    language: str
    intent: Intent
    duration: Duration | None
    member: NamedMember | None
    sender: Sender
    authentication: Verdict
    action: Action
    reasons: list[Reason]
    evidence: list[Evidence]


class Live(BaseModel):
    """The process answers."""

    model_config = _example({"status": "live"})
    status: str


class Ready(BaseModel):
    """The database is there and of the right schema. `last_poll`: when the mailbox was last read without a fault."""

    model_config = _example(
        {"status": "ready", "schema": 4, "last_poll": "2026-11-22T09:59:40Z", "last_poll_age_seconds": 20}
    )
    status: str
    database_schema: int = Field(alias="schema")
    last_poll: datetime | None
    last_poll_age_seconds: int | None
