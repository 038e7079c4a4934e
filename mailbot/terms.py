"""The contract's words: the closed vocabularies every other module speaks in, and the evidence behind a conclusion.

The values are the exact strings of the contract (sections 4 and 5); they appear in JSON, in the database and in the
audit log, so a value once released is never renamed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """What a letter asks for (contract section 4)."""

    OPT_IN = "opt_in"
    OPT_OUT = "opt_out"
    UNCLEAR = "unclear"
    NONE = "none"

    @property
    def is_wish(self) -> bool:
        """True for the two intents that can set a flag."""
        return self in (Intent.OPT_IN, Intent.OPT_OUT)


class Duration(StrEnum):
    """How long an opt-in holds."""

    STUDY_PERIOD = "study_period"
    UNTIL_FURTHER_NOTICE = "until_further_notice"


class Action(StrEnum):
    """What mailbot does with a letter."""

    APPLY = "apply"
    NO_CHANGE = "no_change"
    REVIEW = "review"
    IGNORE = "ignore"


class Standing(StrEnum):
    """What a From address may do for a member, the strongest first (contract section 4, `sender.standing`)."""

    DESIGNATED = "designated"
    EXPIRED = "expired"
    OTHER_SECTOR = "other_sector"
    TIES = "ties"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """Whether the letter provably comes from the domain in its From header."""

    PASS = "pass"  # nosec B105  # a verdict, no password
    FAIL = "fail"
    NONE = "none"


class Reason(StrEnum):
    """Why a letter was ignored or needs a person (contract section 5)."""

    # rule 1 and 2: machines and repetitions
    AUTOMATIC_REPLY = "automatic_reply"
    BOUNCE = "bounce"
    BULK_MAIL = "bulk_mail"
    OWN_MESSAGE = "own_message"
    DUPLICATE = "duplicate"
    # rules 3 and 4: whose words, and where they stand
    FORWARDED_REQUEST = "forwarded_request"
    HIDDEN_TEXT = "hidden_text"
    ATTACHMENT_UNREADABLE = "attachment_unreadable"
    # rules 5 and 6: what is asked
    NOT_A_REQUEST = "not_a_request"
    TEMPLATE_NOT_FILLED = "template_not_filled"
    CONFLICTING_INTENT = "conflicting_intent"
    NEGATED_INTENT = "negated_intent"
    QUALIFIED_REQUEST = "qualified_request"
    OTHER_CIRCULAR = "other_circular"
    UNCLEAR_INTENT = "unclear_intent"
    # rule 7: for whom
    MEMBER_NOT_NAMED = "member_not_named"
    MEMBER_UNKNOWN = "member_unknown"
    MEMBER_AMBIGUOUS = "member_ambiguous"
    SEVERAL_MEMBERS = "several_members"
    MEMBER_MISMATCH = "member_mismatch"
    # rules 8 and 9: by whom
    MALFORMED_SENDER = "malformed_sender"
    SENDER_UNKNOWN = "sender_unknown"
    SENDER_NOT_DESIGNATED = "sender_not_designated"
    SENDER_OTHER_SECTOR = "sender_other_sector"
    SENDER_EXPIRED = "sender_expired"
    AUTHENTICATION_FAILED = "authentication_failed"
    AUTHENTICATION_MISSING = "authentication_missing"
    # rules 10 and 11: form and order
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    MALFORMED_MESSAGE = "malformed_message"
    OUT_OF_ORDER = "out_of_order"
    # beside another reason: the sender has been asked to confirm the letter
    AWAITING_CONFIRMATION = "awaiting_confirmation"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of what a conclusion rests on.

    `field` is what it speaks for (`intent`, `member`, `duration`, `authentication`, a reason code …), `part` where it
    stands (`body`, `html`, `subject`, `attachment:NAME`, `headers`), `text` the letter's own characters, and
    `start`/`end` their offsets in that part's text (characters, -1 where it is no stretch of text).
    """

    field: str
    part: str
    text: str
    start: int = -1
    end: int = -1
