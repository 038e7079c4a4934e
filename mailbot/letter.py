"""One raw message as a Letter: its header fields, its readable texts with their zones, its attachments and defects."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value, parsedate_to_datetime
from itertools import islice

import mailparser
from mailparser.exceptions import MailParserError

from mailbot.charsets import decode, is_noise
from mailbot.html import read_html
from mailbot.quoting import mark
from mailbot.zones import OWN_WORDS, Text, Zone

logging.getLogger("mailparser").setLevel(logging.CRITICAL)  # it reports each odd part; we keep defects ourselves

_MAX_DEPTH = 30
_MAX_PARTS = 500
_MAX_TEXT = 250_000  # characters of one part; letters are a few thousand, floods are not read to the end
_MAX_TAGS = 30_000
_MAX_HEADER = 10_000
_OWN = tuple(bytes([zone]) for zone in (*OWN_WORDS, Zone.HIDDEN))


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the letter's body: its name as shown, its declared type and its bytes."""

    name: str
    content_type: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What one raw message says (RFC 5322 and MIME), before anyone asks what it means."""

    headers: tuple[tuple[str, str], ...]
    body: Text
    alternative: Text | None
    embedded: tuple[Text, ...]
    attachments: tuple[Attachment, ...]
    content_type: str
    sha256: str
    content_sha256: str
    malformed: bool = False
    encrypted: bool = False
    unreadable: tuple[str, ...] = ()
    report: bool = False
    date: datetime | None = None
    received: datetime | None = None

    def all(self, name: str) -> list[str]:
        """The values of every header field of that name, topmost first, unfolded."""
        return [value for field_name, value in self.headers if field_name == name.lower()]

    def first(self, name: str) -> str | None:
        """The topmost header field of that name, unfolded; None where there is none."""
        return next(iter(self.all(name)), None)

    @property
    def subject(self) -> str:
        return readable(self.first("subject") or "")

    @property
    def message_id(self) -> str | None:
        """The Message-ID with its angle brackets; None where there is none to tell the letter by."""
        return next(iter(_message_ids(self.first("message-id") or "", 1)), None)

    @property
    def references(self) -> tuple[str, ...]:
        """The Message-IDs of References and In-Reply-To, oldest first (RFC 5322 section 3.6.4)."""
        listed = " ".join([*self.all("references"), *self.all("in-reply-to")])
        return tuple(dict.fromkeys(_message_ids(listed, 100)))


@dataclass(slots=True)
class _Found:
    """What the walk over the MIME tree gathers."""

    plain: list[Text] = field(default_factory=list)
    html: list[Text] = field(default_factory=list)
    embedded: list[Text] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    malformed: bool = False
    encrypted: bool = False
    report: bool = False
    parts: int = 0


def read_letter(raw: bytes) -> Letter:
    """Read one raw message. Never raises: what cannot be read is said in `malformed`, `encrypted`, `unreadable`."""
    found = _Found()
    try:
        message = mailparser.parse_from_bytes(raw).message
        headers = _headers(message)
        content_type = message.get_content_type()
        _walk(message, found, 0)
    except (
        MailParserError,
        MessageError,
        RecursionError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        AssertionError,
    ):
        # The standard library's parser gives up on a few hostile shapes; the header block is still readable.
        headers, content_type = _bare_headers(raw), "application/octet-stream"
        found = _Found(malformed=True)
    body, alternative = _views(found)
    return Letter(
        headers=headers,
        body=body,
        alternative=alternative,
        embedded=tuple(found.embedded),
        attachments=tuple(found.attachments),
        content_type=content_type,
        sha256=hashlib.sha256(raw).hexdigest(),
        content_sha256=_content_hash(raw, headers),
        malformed=found.malformed or not headers,
        encrypted=found.encrypted or "-----BEGIN PGP MESSAGE-----" in body.content,
        unreadable=tuple(found.unreadable),
        report=found.report,
        date=_date(_field(headers, "date")),
        received=_date(_field(headers, "received").rpartition(";")[2]),
    )


def read_headers(header_block: bytes) -> Letter:
    """A Letter of which only the header block is known (contract rule 10); its texts are empty."""
    headers = _bare_headers(header_block)
    nothing = Text.all_in("body", "", Zone.OWN)
    kind = _field(headers, "content-type").split(";")[0].strip().lower()
    return Letter(
        headers=headers,
        body=nothing,
        alternative=None,
        embedded=(),
        attachments=(),
        content_type=kind,
        sha256=hashlib.sha256(header_block).hexdigest(),
        content_sha256=_content_hash(header_block, headers),
        report=kind == "multipart/report",
        date=_date(_field(headers, "date")),
        received=_date(_field(headers, "received").rpartition(";")[2]),
    )


def _field(headers: Sequence[tuple[str, str]], name: str) -> str:
    """The topmost field of that name; empty where there is none."""
    return next((value for field_name, value in headers if field_name == name), "")


def readable(value: str) -> str:
    """A header value with RFC 2047 encoded words decoded, on one line, without control characters."""
    pieces: list[str] = []
    try:
        decoded = decode_header(value)
    except (ValueError, LookupError, TypeError, MessageError):
        decoded = [(value, None)]
    for piece, charset in decoded:
        text = piece if isinstance(piece, str) else decode(piece, charset or "utf-8")
        pieces.append(text if text is not None else "\ufffd")
    line = re.sub(r"\s+", " ", "".join(pieces)).strip()
    return "".join(c for c in line.encode("utf-8", "replace").decode("utf-8") if c >= " " and c != "\x7f")


def _headers(message: Message) -> tuple[tuple[str, str], ...]:
    return tuple((str(name).lower(), _unfolded(value)) for name, value in message.raw_items())


def _unfolded(value: object) -> str:
    """A raw header value on one line, its bytes read as UTF-8 or else Latin-1 (senders write both unannounced)."""
    data = str(value)[:_MAX_HEADER].encode("utf-8", "surrogateescape")
    text = decode(data, "utf-8") or data.decode("latin-1")
    return re.sub(r"[\r\n\t ]+", " ", text).strip()


def _bare_headers(raw: bytes) -> tuple[tuple[str, str], ...]:
    """Header fields read by the letter of RFC 5322 alone, for messages a MIME parser cannot take."""
    block = re.split(rb"\r?\n\r?\n", raw[:200_000], maxsplit=1)[0]
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", block).decode("utf-8", "surrogateescape")
    fields = (line.partition(":") for line in re.split(r"\r?\n", unfolded))
    named = ((name.strip(), value) for name, colon, value in fields if colon)
    return tuple((name.lower(), _unfolded(value)) for name, value in named if re.match(r"^[!-9;-~]+$", name))


def _message_ids(value: str, limit: int) -> list[str]:
    return re.findall(r"<[^<>\s]{1,990}>", value)[:limit]


def _date(value: str) -> datetime | None:
    """An RFC 5322 date in UTC; None where it is none. A date without zone is read as UTC."""
    try:
        moment = parsedate_to_datetime(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


_CONTENT_FIELDS = ("from", "to", "cc", "subject", "date", "message-id")


def _content_hash(raw: bytes, headers: Sequence[tuple[str, str]]) -> str:
    """A hash of what the writer wrote, whatever trace fields the way added and however line ends were changed."""
    body = re.sub(rb"\r+\n|\r", b"\n", raw).partition(b"\n\n")[2]
    written = [f"{name}:{value}" for name, value in headers if name in _CONTENT_FIELDS]
    digest = hashlib.sha256("\n".join(written).encode("utf-8", "surrogateescape"))
    digest.update(b"\n\n" + body.rstrip())
    return digest.hexdigest()


def _walk(part: Message, found: _Found, depth: int) -> None:
    """Sort one MIME part, and what is inside it, into `found`."""
    found.parts += 1
    if depth > _MAX_DEPTH or found.parts > _MAX_PARTS:
        found.malformed = True
        return
    kind = part.get_content_type()
    if kind == "multipart/report":
        found.report = True
    if kind == "multipart/encrypted":
        found.encrypted = True
        return
    if kind.startswith("message/"):
        _embed(part, kind, found, depth)
    elif kind == "multipart/alternative" and part.is_multipart():
        _alternatives(part, found, depth)
    elif part.is_multipart():
        for child in _children(part):
            _walk(child, found, depth + 1)
    else:
        _leaf(part, kind, found)


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _alternatives(part: Message, found: _Found, depth: int) -> None:
    """The plain and HTML versions of one text: each goes to its own view, and fills in where the other is missing."""
    inner = _Found(parts=found.parts)
    for child in _children(part):
        _walk(child, inner, depth + 1)
    found.plain.extend(inner.plain or inner.html)
    found.html.extend(inner.html or inner.plain)
    for name in ("embedded", "attachments", "unreadable"):
        getattr(found, name).extend(getattr(inner, name))
    found.parts = inner.parts
    found.malformed |= inner.malformed
    found.encrypted |= inner.encrypted


def _embed(part: Message, kind: str, found: _Found, depth: int) -> None:
    """An attached message is somebody's earlier words, never the sender's newest (contract rule 3)."""
    if kind != "message/rfc822":
        return
    inner = _Found(parts=found.parts)
    for child in _children(part):
        _walk(child, inner, depth + 1)
        subject = readable(_unfolded(child.get("subject", "") or ""))
        found.embedded.append(Text.all_in("embedded", subject, Zone.FORWARDED))
    found.parts = inner.parts
    for text in (*inner.html, *inner.plain, *inner.embedded):
        found.embedded.append(Text.all_in("embedded", text.content, Zone.FORWARDED))


def _leaf(part: Message, kind: str, found: _Found) -> None:
    name = _file_name(part)
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        found.encrypted = True
    elif kind in ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"):
        return
    elif kind in ("text/plain", "text/html") and not name and part.get_content_disposition() != "attachment":
        _body_part(part, kind, data, found)
    elif kind.startswith("text/") and not name:
        return
    elif kind.startswith("multipart/"):
        # A multipart that holds no parts: its boundary is missing, so what it says cannot be told.
        _broken_multipart(data, found)
    else:
        found.attachments.append(Attachment(name, kind, data))


def _broken_multipart(data: bytes, found: _Found) -> None:
    found.malformed = True
    text = decode(data, "utf-8")
    if text:
        found.plain.append(Text.all_in("body", text[:_MAX_TEXT], Zone.OWN))


def _body_part(part: Message, kind: str, data: bytes, found: _Found) -> None:
    text = decode(data, _charset(part))
    if text is None or is_noise(text):
        found.malformed = True
        return
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    length, text = len(text), _bounded(text)
    is_cut = len(text) < length
    texts = found.html if kind == "text/html" else found.plain
    if kind == "text/html":
        texts.append(mark(read_html(text, "body")))
    else:
        if str(part.get_param("format", "")).lower() == "flowed":
            text = _reflowed(text, str(part.get_param("delsp", "")).lower() == "yes")
        texts.append(mark(Text.all_in("body", _without_armour(text), Zone.OWN)))
    if is_cut and texts[-1].marks[-1:] in _OWN:
        found.malformed = True  # what was cut off may be the sender's own words


def _bounded(text: str) -> str:
    """The beginning of a text as far as it is read at all: so many characters, so many tags."""
    text = text[:_MAX_TEXT]
    if text.count("<") <= _MAX_TAGS:
        return text
    return text[: next(islice(re.finditer("<", text), _MAX_TAGS, None)).start()]


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (LookupError, ValueError, AttributeError):
        return None


def _file_name(part: Message) -> str:
    """The name a part is shown under (RFC 2231, or RFC 2047 as many clients write it), without any folder."""
    value = part.get_param("filename", None, "content-disposition") or part.get_param("name", None)
    if value is None:
        return ""
    name = readable(str(collapse_rfc2231_value(value, errors="replace")))
    return re.split(r"[/\\]", name)[-1][:200]


def _reflowed(text: str, delete_space: bool) -> str:
    """format=flowed text with its soft line breaks joined (RFC 3676 section 4.1)."""
    lines: list[str] = []
    soft = False
    for line in text.split("\n"):
        quoted = line.startswith(">")
        if soft and lines and not quoted and line != "-- ":
            lines[-1] += line.removeprefix(" ") if line.startswith(" ") else line
        else:
            lines.append(line)
        soft = line.endswith(" ") and line != "-- " and not quoted
        if soft and delete_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _without_armour(text: str) -> str:
    """The signed text of an OpenPGP clear-signed message (RFC 9580 section 7); other text unchanged."""
    match = re.search(
        r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:[^\n]+\n){0,10}\n(.*?)\n-----BEGIN PGP SIGNATURE-----", text, re.S
    )
    return text if match is None else text[: match.start()] + re.sub(r"^- ", "", match[1], flags=re.M)


def _views(found: _Found) -> tuple[Text, Text | None]:
    """The text a reader sees first, and the other version of it where the letter has two."""
    plain, html = Text.joined("body", found.plain), Text.joined("body", found.html)
    if not found.html:
        return plain, None
    if not found.plain or _same(found.plain, found.html):
        return html if found.html else plain, None
    return html, Text("alternative", plain.content, plain.marks)


def _same(one: Sequence[Text], other: Sequence[Text]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
