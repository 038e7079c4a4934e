"""The question "did you write this?": what it is about, the code that proves its answer, and which reply is an answer.

The code goes to the registered address alone and is bound by HMAC (RFC 2104) to the letter, the address, what is asked
and the day it expires, so that it can be neither guessed nor carried over to another letter. Having the code is not
enough: a reply must say yes in its own words, because programs quote codes too.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice

from mailbot.terms import Duration, Intent, Reason, Verdict

_LETTERS = 20  # of base32: 100 bits of the HMAC
_MOST = 20  # codes looked at in one letter

# Blanks, quote marks and emphasis that clients put inside a code when they wrap or quote it
_BETWEEN = re.compile(r"[\s>＞|*_`]+")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_CODE = re.compile(r"MB-(\d{4}-\d{5,9})-([A-Z2-7]{5}(?:-[A-Z2-7]{5}){3})")
_LOOSE = re.compile(r"\[?\bMB[\s-]+\d{4}[\s-]+\d{5,9}(?:[\s-]*[A-Z2-7]){20}\]?", re.IGNORECASE)


class QuestionState(StrEnum):
    """How a question stands: `open` until it is answered, a person decides the letter, or its time is over."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    RESOLVED = "resolved"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Question:
    """One question about the letter `reference`, put to `address`; `written` is that letter's Date (UTC)."""

    reference: str
    address: str
    member: str
    intent: Intent
    duration: Duration | None
    language: str
    written: datetime
    letter_sha256: str
    expires: datetime
    state: QuestionState = QuestionState.OPEN

    @property
    def is_unanswered(self) -> bool:
        """Whether people still wait for what its reader says, in time or not."""
        return self.state in (QuestionState.OPEN, QuestionState.EXPIRED)


def code_of(question: Question, key: bytes) -> str:
    """The code that proves the answer to a question, such as `MB-2026-00031-ABCDE-FGHIJ-KLMNO-PQRST`."""
    bound = [
        "mailbot question 1", question.reference, question.address, question.member, question.intent.value,
        question.duration.value if question.duration else None, question.written.astimezone(UTC).isoformat(),
        question.letter_sha256, question.expires.astimezone(UTC).isoformat(),
    ]  # fmt: skip
    digest = hmac.new(key, json.dumps(bound).encode(), hashlib.sha256).digest()
    letters = base64.b32encode(digest).decode("ascii")[:_LETTERS]
    groups = "-".join(letters[start : start + 5] for start in range(0, _LETTERS, 5))
    return f"MB-{question.reference}-{groups}"


def is_code_of(question: Question, key: bytes, code: str) -> bool:
    """Whether `code` is the question's, in constant time."""
    return hmac.compare_digest(code_of(question, key).encode(), code.encode())


def codes_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The codes in the texts of a letter, wherever they stand and however they were wrapped, quoted or typed anew."""
    found: dict[str, None] = {}
    for text in texts:
        folded = unicodedata.normalize("NFKC", _DASHES.sub("-", text)).upper()
        visible = "".join(c for c in folded if unicodedata.category(c) != "Cf")
        found.update(dict.fromkeys(match[0] for match in islice(_CODE.finditer(_BETWEEN.sub("", visible)), _MOST)))
    return tuple(islice(found, _MOST))


def reference_in(code: str) -> str | None:
    """The reference of the letter that a code is about; None where it is no code."""
    found = _CODE.fullmatch(code)
    return found[1] if found else None


def without_codes(text: str) -> str:
    """The text without what looks like a code."""
    return _LOOSE.sub(" ", text)


# What a reply may not hold beside its yes: then it says something of its own, which a person must read.
_DOUBTS = frozenset(
    {
        Reason.HIDDEN_TEXT,
        Reason.CONFLICTING_INTENT,
        Reason.NEGATED_INTENT,
        Reason.QUALIFIED_REQUEST,
        Reason.OTHER_CIRCULAR,
        Reason.TEMPLATE_NOT_FILLED,
    }
)


def objection(
    question: Question,
    *,
    address: str | None,
    designated: bool,
    authentication: Verdict,
    received: datetime,
    says_yes: bool,
    intent: Intent,
    reasons: Iterable[Reason],
) -> str:
    """Why a reply with the question's code does not confirm the letter; empty where it does.

    `address`, `authentication`, `received`, `intent` and `reasons` are the reply's; `designated` tells whether the
    address is the member's designated focal point on that day.
    """
    if question.state is not QuestionState.OPEN:
        return f"the question about {question.reference} is no longer open: {question.state}"
    if received > question.expires:
        return f"the code expired on {question.expires:%Y-%m-%d %H:%M} UTC"
    if address != question.address:
        return "the reply does not come from the address that was asked"
    if authentication is Verdict.FAIL:
        return "the reply does not authenticate as the sender's"
    if not designated:
        return "the sender is no longer a designated focal point of the member"
    if intent.is_wish and intent is not question.intent:
        return "the reply itself asks for something else"
    if _DOUBTS & set(reasons):
        return "the reply's own words leave a doubt"
    return "" if says_yes else "the reply does not plainly say yes in its own words"
