"""What is concluded of one letter, and the world and the settings it is concluded in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from mailbot.authenticity import KeyRecords, Trust
from mailbot.flags import Flag
from mailbot.question import Question
from mailbot.register import Register
from mailbot.terms import Action, Duration, Evidence, Intent, Reason, Standing, Verdict
from mailbot.wording import Wording


@dataclass(frozen=True, slots=True)
class NamedMember:
    """The registry's member that a letter names, and how well the name fits (0 to 100)."""

    code: str
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Sender:
    """The From address, normalised (None where there is not exactly one), and what it may do for whom."""

    address: str | None
    standing: Standing
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What mailbot concludes of one letter (contract section 4), with the evidence for it."""

    action: Action
    intent: Intent
    duration: Duration | None
    language: str
    member: NamedMember | None
    sender: Sender
    authentication: Verdict
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings a decision depends on; `asks` tells whether senders are asked to confirm what nothing proves."""

    trust: Trust = field(default_factory=Trust)
    authentication_required: bool = True
    max_message_bytes: int = 26_214_400
    asks: bool = True
    own_addresses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The world a letter meets: the register and the flags as they stand, and what mailbot itself has seen and sent.

    `content_hashes` gives the content hashes of earlier letters that carry a Message-ID (contract rule 2); `is_own`
    tells whether mailbot issued a Message-ID (rule 1). `proven` gives the question that a code is the right one of,
    `asked` the one that went out with one of some Message-IDs, `unanswered` how many an address has not answered.
    `key_records` gives the DKIM keys that were fetched for the letter (`authenticity.wanted_keys` names them).
    """

    wording: Wording
    register: Register
    policy: Policy
    study_period: str
    programme: str = "TSB Circular 118"
    flag_of: Callable[[str], Flag | None] = field(default=lambda _code: None)
    content_hashes: Callable[[str], frozenset[str]] = field(default=lambda _id: frozenset())
    is_own: Callable[[str], bool] = field(default=lambda _id: False)
    proven: Callable[[str], Question | None] = field(default=lambda _code: None)
    asked: Callable[[tuple[str, ...]], Question | None] = field(default=lambda _ids: None)
    unanswered: Callable[[str], int] = field(default=lambda _address: 0)
    key_records: KeyRecords = field(default=lambda _name: None)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision together with the facts of the letter that the shell records and answers.

    `confirms` is the question that the letter answers with a yes: the decision is then on the letter it asked about.
    """

    decision: Decision
    sha256: str
    content_sha256: str
    message_id: str | None
    subject: str
    sender_name: str
    date: datetime
    references: tuple[str, ...]
    own_words: str
    null_return_path: bool = False
    confirms: Question | None = None


def as_json(judgement: Judgement) -> dict[str, object]:
    """The object of contract section 4 but for `file`, keys in the contract's order."""
    decision = judgement.decision
    member, sender = decision.member, decision.sender
    return {
        "message_id": judgement.message_id,
        "sha256": judgement.sha256,
        "language": decision.language,
        "intent": decision.intent.value,
        "duration": decision.duration.value if decision.duration else None,
        "member": {"code": member.code, "name": member.name, "score": member.score} if member else None,
        "sender": {"address": sender.address, "standing": sender.standing.value, "members": list(sender.members)},
        "authentication": decision.authentication.value,
        "action": decision.action.value,
        "reasons": [reason.value for reason in decision.reasons],
        "evidence": [
            {"field": e.field, "part": e.part, "text": e.text, "start": e.start, "end": e.end}
            for e in decision.evidence
        ],
    }
