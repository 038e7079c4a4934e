"""What a mail system returns to us: which of our mails it is about, and what it says (RFC 3464, RFC 5337)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LOOKED_AT = 262_144  # bytes; the returned headers stand at the beginning, before what else is returned
_MOST = 20
_REPORT_TYPE = re.compile(rb"report-type\s*=\s*\"?([a-z-]+)", re.IGNORECASE)
_ACTION = re.compile(rb"^action[ \t]*:[ \t]*([a-z]+)", re.IGNORECASE | re.MULTILINE)
_DIAGNOSTIC = re.compile(rb"^(?:diagnostic-code|status)[ \t]*:([^\r\n]{1,300})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A notice that a mail did not arrive: the Message-IDs that may be ours, and the mail system's words."""

    message_ids: tuple[str, ...]
    words: str


def read_bounce(raw: bytes, own_domain: str) -> Bounce | None:
    """The notice in a message; None where it tells of no failure, or of no mail from `own_domain`.

    Mail systems quote the headers of what they return in a part of its own, in the text, or only in References: so the
    bytes are searched for Message-IDs in the shape that mailbot gives them.
    """
    begun = raw[:_LOOKED_AT]
    shape = rb"<[0-9a-f]{40}@" + re.escape(own_domain.encode("ascii", "replace")) + rb">"
    ids = dict.fromkeys(found.decode("ascii") for found in re.findall(shape, begun)[:_MOST])
    report = _REPORT_TYPE.search(begun)
    actions = {action.lower() for action in _ACTION.findall(begun)}
    if not ids or (report and report[1].lower() != b"delivery-status") or (actions and b"failed" not in actions):
        return None  # a receipt, or a report of a delay or of success
    return Bounce(tuple(ids), _words(begun))


def _words(begun: bytes) -> str:
    found = [match.decode("utf-8", "replace") for match in _DIAGNOSTIC.findall(begun)]
    diagnostic = max(found, key=len, default="")
    return " ".join(diagnostic.split()) or "returned without a reason"
