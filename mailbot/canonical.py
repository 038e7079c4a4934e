"""The bytes of a message that a DKIM or ARC signature covers (RFC 6376 sections 3.4 and 3.7).

A message on which two readers could disagree where a field or the body begins is not taken apart at all: one of them
would check the signature of what the other never reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LONGEST_HEADER = 262_144  # bytes; real letters stay far below, and only floods do not
_FIELD = re.compile(rb"([!-9;-~]+):(.*)", re.DOTALL)
_BARE_CR = re.compile(rb"\r(?!\n)")
_BLANKS = re.compile(rb"[ \t]+")


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: its name in lower case, and its name and value as they were written, lines ending in LF."""

    name: str
    written: bytes
    value: bytes

    def simple(self) -> bytes:
        """The field in the canonical form `simple`, without its last line break."""
        return (self.written + b":" + self.value).replace(b"\n", b"\r\n")

    def relaxed(self) -> bytes:
        """The field in the canonical form `relaxed`, without its last line break."""
        return self.name.encode() + b":" + _BLANKS.sub(b" ", self.value.replace(b"\n", b"")).strip(b" ")

    def canonical(self, *, relaxed: bool) -> bytes:
        return self.relaxed() if relaxed else self.simple()

    def without_signature(self) -> Field:
        """The field as its own signature covers it: with nothing in its `b=` tag."""
        tags = self.value.split(b";")
        emptied = (tag.partition(b"=")[0] + b"=" if tag.partition(b"=")[0].strip() == b"b" else tag for tag in tags)
        return Field(self.name, self.written, b";".join(emptied))


@dataclass(frozen=True, slots=True)
class Signable:
    """A whole message taken apart: its header fields, topmost first, and its body with lines ending in LF."""

    fields: tuple[Field, ...]
    body: bytes

    def all(self, name: str) -> list[Field]:
        """The fields of that (lower-case) name, topmost first."""
        return [field for field in self.fields if field.name == name]

    def canonical_body(self, *, relaxed: bool) -> bytes:
        """The body in its canonical form, lines ending in CRLF (RFC 6376 sections 3.4.3 and 3.4.4)."""
        body = _BLANKS.sub(b" ", self.body).replace(b" \n", b"\n").rstrip(b" ") if relaxed else self.body
        lines = body.rstrip(b"\n")
        return lines.replace(b"\n", b"\r\n") + b"\r\n" if lines or not relaxed else b""

    def signed_fields(self, names: Iterable[str]) -> list[Field]:
        """The fields that `h=` means: each mention of a name takes the lowest one left, or none (section 5.4.2)."""
        left: dict[str, list[Field]] = {}
        for field in self.fields:
            left.setdefault(field.name, []).append(field)
        return [left[name].pop() for name in names if left.get(name)]


def signable(raw: bytes) -> Signable | None:
    """Take a whole raw message apart; None where its form leaves room for two readings, or its header is a flood.

    LF alone ends a line like CRLF, since mailboxes store letters either way. A CR alone ends a line for some readers
    and not for others, and a line that is no field ends the header for some.
    """
    if _BARE_CR.search(raw):
        return None
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    if len(head) > _LONGEST_HEADER:
        return None
    fields: list[Field] = []
    for lines in re.split(rb"\n(?![ \t])", head.rstrip(b"\n")):
        found = _FIELD.fullmatch(lines)
        if found is None:
            return None
        fields.append(Field(found[1].decode("ascii").lower(), found[1], found[2]))
    return Signable(tuple(fields), body)


def signed_data(fields: Sequence[bytes], own: bytes) -> bytes:
    """What a signature is of: the canonical fields, a CRLF behind each, and last its own field without one."""
    return b"".join(field + b"\r\n" for field in fields) + own
