"""The headers of an answer: text, names and Message-IDs of a hostile letter made fit to stand in a mail of ours.

Values are written by `email.header`, because `EmailMessage` of Python 3.11 decodes an encoded word in an assigned
subject or display name and writes out the line break inside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from email.header import Header
from typing import Final

_SUBJECT_LENGTH: Final = 200
NAME_LENGTH: Final = 200
_REFERENCES: Final = 100
_REFERENCES_LENGTH: Final = 1800

# RFC 5322 lets a Message-ID hold more than this; longer than a line, or not ASCII, it cannot be repeated in a header.
_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]{1,500}>")
_BARE_MESSAGE_ID: Final = re.compile(r"[!-;=?-~]{1,500}")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")

# What clients put before the subject of a reply or a forward: "RE[2]:" is The Bat!'s, the wide colon of Chinese ones.
_REPLY_PREFIXES: Final = re.compile(
    r"^(?:(?:re|res|r[ée]p|aw|antw|sv|vs|odp|ynt|tr|fwd?|wg|rv|enc"
    r"|回复|回覆|答复|答覆|转发|轉寄|轉發|ответ|отв|пересл|رد|الرد|إعادة توجيه|הש)"
    r" ?(?:\[\d{1,3}\]|\(\d{1,3}\))? ?[:：] ?)+",
    re.IGNORECASE,
)

# Embeddings, overrides and isolates: text from a letter must not rearrange the words around it (UAX 9).
_DIRECTION_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def encoded(text: str) -> str:
    """Clean text as RFC 2047 encodes it, unfolded; what looks encoded already is encoded, to be shown as it is."""
    return text if _is_plain(text) else Header(text, "utf-8").encode(linesep="")


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def mailbox(name: str, address: str) -> str:
    """`name <address>` for From and To; an address that no header could hold is left to the envelope."""
    if not is_address(address):
        return "undisclosed-recipients:;"
    name = clean(name, NAME_LENGTH)
    if not name:
        return address
    if _is_plain(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{encoded(name)} <{address}>"


def is_address(address: str) -> bool:
    """Whether `address` is one that any SMTP server carries as it is (no quoted or non-ASCII local part)."""
    return _ADDRESS.fullmatch(address) is not None


def reply_subject(subject: str) -> str:
    """The subject of a reply that stays in the thread, or nothing where the letter has no subject."""
    bare = _REPLY_PREFIXES.sub("", clean(subject, 5 * _SUBJECT_LENGTH), count=1) if subject else ""
    bare = clean(bare, _SUBJECT_LENGTH)
    return f"Re: {bare}" if bare else ""


def threading(in_reply_to: str | None, references: Sequence[str]) -> dict[str, str]:
    """In-Reply-To and References (RFC 5322 section 3.6.4): the oldest Message-ID is kept, then the newest that fit."""
    parent = _known_id(in_reply_to)
    known = (_known_id(reference) for reference in (*references[:1], *references[-_REFERENCES:]))
    chain = [reference for reference in dict.fromkeys(known) if reference and reference != parent]
    chain += [parent] if parent else []
    while sum(map(len, chain)) > _REFERENCES_LENGTH:
        del chain[1]
    headers = {"In-Reply-To": parent or "", "References": " ".join(chain)}
    return {name: value for name, value in headers.items() if value}


def _known_id(text: str | None) -> str | None:
    if found := _MESSAGE_ID.search(text or ""):
        return found[0]
    bare = (text or "").strip()  # some senders leave the angle brackets out, and clients thread by it all the same
    return f"<{bare}>" if _BARE_MESSAGE_ID.fullmatch(bare) else None


def clean(text: str, limit: int) -> str:
    """One line of at most `limit` characters without controls, lone surrogates and direction controls."""
    text = "".join(" " if _is_control(character) else character for character in text[: 20 * limit])
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _is_control(character: str) -> bool:
    return character in _DIRECTION_CONTROLS or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
