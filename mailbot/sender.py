"""Who the From header says wrote the letter: exactly one header with one address, and nothing else proves anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.address import normalise_address

_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class From:
    """The address of the From header, normalised (None where it is malformed, contract rule 8), and the name shown."""

    address: str | None
    name: str


@dataclass(slots=True)
class _Mailbox:
    display: str = ""
    angle: str | None = None
    quoted: bool = False


def read_from(values: Sequence[str]) -> From:
    """Read the From header fields of a letter (RFC 5322 section 3.4, without groups)."""
    if len(values) != 1 or len(values[0]) > _LONGEST:
        return From(None, values[0][:200] if values else "")
    mailboxes = _mailboxes(values[0])
    if mailboxes is None:
        return From(None, values[0])
    addressed = [mailbox for mailbox in mailboxes if mailbox.angle is not None or "@" in mailbox.display]
    if len(addressed) != 1:
        return From(None, values[0])
    only = addressed[0]
    if only.angle is None:
        return From(normalise_address(only.display), "")
    if "@" in only.display and not only.quoted:
        return From(None, values[0])
    name = ", ".join(m.display.strip() for m in mailboxes if m.display.strip())
    return From(normalise_address(only.angle), name)


def _mailboxes(value: str) -> list[_Mailbox] | None:
    """The comma-separated mailboxes; None for a group, an unclosed bracket or a second address in one of them."""
    found = [_Mailbox()]
    depth = 0
    quoted = in_angle = escaped = False
    for character in value:
        current = found[-1]
        if escaped:
            escaped = False
        elif character == "\\" and (quoted or depth):
            escaped = True
            continue
        elif quoted:
            if character == '"':
                quoted = False
                continue
        elif character == "(":
            depth += 1
            continue
        elif character == ")" and depth:
            depth -= 1
            continue
        elif depth:
            continue
        elif character == '"':
            quoted = current.quoted = True
            continue
        elif character == "<":
            if in_angle or current.angle is not None:
                return None
            in_angle, current.angle = True, ""
            continue
        elif character == ">":
            if not in_angle:
                return None
            in_angle = False
            continue
        elif character in ":;" and not in_angle:
            return None
        elif character == "," and not in_angle:
            found.append(_Mailbox())
            continue
        if depth:
            continue
        if in_angle:
            current.angle = (current.angle or "") + character
        else:
            current.display += character
    return None if quoted or in_angle or depth else found
