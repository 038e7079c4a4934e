"""One mail of the outbox as a person reads it: the headers that matter, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy

HEADERS = ("From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "Auto-Submitted")


@dataclass(frozen=True, slots=True)
class MailText:
    """The headers that a reader looks at, with what they say, and the plain-text part."""

    headers: tuple[tuple[str, str], ...]
    text: str


def mail_text(raw: bytes) -> MailText:
    """What a mail that mailbot wrote says; `raw` are its bytes."""
    message = message_from_bytes(raw, policy=policy.default)
    part = message.get_body(("plain",))
    headers = tuple((name, str(message[name])) for name in HEADERS if message[name])
    return MailText(headers, "" if part is None else part.get_content())
