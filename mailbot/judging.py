"""Judging one letter so that no letter, however broken, ends the run.

Here stands the one broad `except` of the program: whatever the reading of a letter raises, the letter goes to a person
with its raw bytes, and the next one is read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError

from mailbot import decide
from mailbot.authenticity import wanted_keys
from mailbot.errors import MailbotError
from mailbot.judgement import Circumstances, Decision, Judgement, Policy, Sender
from mailbot.letter import read_headers
from mailbot.sender import read_from
from mailbot.terms import Action, Evidence, Intent, Reason, Standing, Verdict

T = TypeVar("T")

HEADER_LIMIT = 1_048_576
_MESSAGE_ID = re.compile(rb"^message-id[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


def guarded(work: Callable[[], T], failed: Callable[[Exception], T]) -> T:
    """Do `work` for one letter; where it raises what no one foresaw, do what `failed` says and go on.

    What mailbot itself reports (the mailbox, the store) and a database out of reach are no fault of the letter: they
    pass.
    """
    try:
        return work()
    except (MailbotError, OperationalError, InterfaceError):
        raise
    except Exception as error:  # the one broad except of the program: one bad letter must not end the run
        return failed(error)


def judge_letter(raw: bytes, received: datetime | None, circumstances: Circumstances, now: datetime) -> Judgement:
    """Decide one whole message; `received` is the server's date of arrival (UTC), where there is one."""
    return guarded(
        lambda: decide.judge(raw, received, circumstances, now),
        lambda error: unreadable(raw, received or now, words_of(error)),
    )


def keys_for(raw: bytes, policy: Policy) -> tuple[str, ...]:
    """The DNS names of the DKIM keys that deciding this message takes, to be fetched beforehand; mostly none."""

    def read() -> tuple[str, ...]:
        headers = read_headers(header_block(raw))
        address = read_from(headers.all("from")).address
        return wanted_keys(address, headers.all("authentication-results"), policy.trust, raw)

    return guarded(read, lambda _error: ()) if len(raw) <= policy.max_message_bytes else ()


def judge_headers(
    header: bytes, size: int, received: datetime | None, circumstances: Circumstances, now: datetime
) -> Judgement:
    """Decide a message over the size limit by its header block (contract rule 10); `size` is in bytes."""
    return guarded(
        lambda: decide.judge_oversized(header, size, received, circumstances, now),
        lambda error: unreadable(header, received or now, words_of(error)),
    )


def judge_begun(start: bytes, stream: BinaryIO, circumstances: Circumstances, now: datetime) -> Judgement:
    """Decide a message of which `start` has been read: all of it, or one byte more than the size limit allows."""
    if len(start) <= circumstances.policy.max_message_bytes:
        return judge_letter(start, None, circumstances, now)
    size = len(start)
    while chunk := stream.read(HEADER_LIMIT):
        size += len(chunk)
    return judge_headers(header_block(start), size, None, circumstances, now)


def header_block(raw: bytes) -> bytes:
    """The headers of a message with the blank line that ends them."""
    end = _BLANK_LINE.search(raw, 0, HEADER_LIMIT)
    return raw[: end.end()] if end else raw[:HEADER_LIMIT]


def message_id_of(raw: bytes) -> str | None:
    """The Message-ID as the headers write it, without a mail parser: for letters that break one."""
    found = _MESSAGE_ID.search(header_block(raw))
    return found[1].decode("ascii", "backslashreplace") if found else None


def words_of(error: Exception) -> str:
    """What an error says, for those who may read the letter: it may quote from it."""
    return f"{type(error).__name__}: {error}"[:500]


def unreadable(raw: bytes, date: datetime, why: str) -> Judgement:
    """A letter nobody could read: for review as `malformed_message`, with what went wrong as evidence."""
    digest = hashlib.sha256(raw).hexdigest()
    decision = Decision(
        action=Action.REVIEW,
        intent=Intent.UNCLEAR,
        duration=None,
        language="en",
        member=None,
        sender=Sender(None, Standing.UNKNOWN, ()),
        authentication=Verdict.NONE,
        reasons=(Reason.MALFORMED_MESSAGE,),
        evidence=(Evidence("malformed_message", "error", why),),
    )
    return Judgement(
        decision=decision,
        sha256=digest,
        content_sha256=digest,
        message_id=message_id_of(raw),
        subject="",
        sender_name="",
        date=date,
        references=(),
        own_words="",
    )
