"""One stored letter read again to be shown: its texts, its attachments, and the judgement that was made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any

from sqlalchemy import Row

from mailbot.case import attached_documents
from mailbot.charsets import decode
from mailbot.desk.marked import MarkedText, marked
from mailbot.documents import Document, Kind, kind_of
from mailbot.excerpt import readable_texts
from mailbot.judgement import Decision, Judgement, NamedMember, Sender
from mailbot.judging import guarded, header_block, words_of
from mailbot.letter import Attachment, Letter, read_headers, read_letter
from mailbot.terms import Action, Duration, Evidence, Intent, Reason, Standing, Verdict
from mailbot.zones import OTHERS_WORDS, Text, Zone

_REVEALED = {
    Reason.HIDDEN_TEXT: frozenset({Zone.HIDDEN}),
    Reason.FORWARDED_REQUEST: OTHERS_WORDS,
}
_LONGEST_HTML = 1_000_000  # characters of a letter's HTML that are shown


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment for a list; `readable` says whether its text may be shown."""

    number: int
    name: str
    content_type: str
    size: int
    readable: bool


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a letter with what was decisive in them marked; `trouble` says why they could not be read."""

    subject: MarkedText
    body: MarkedText
    others: tuple[MarkedText, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """An attachment's text, or why there is none."""

    name: str
    text: MarkedText | None
    problem: str = ""
    trusted: bool = True


def judgement_of(row: Row[Any], letter: Letter | None) -> Judgement:
    """The judgement that was recorded of a letter; without the letter its date is the day received."""
    read: Mapping[str, Any] = row.decision or {}
    named, sender = read.get("member"), read.get("sender") or {}
    decision = Decision(
        action=Action(row.outcome),
        intent=Intent(read.get("intent") or Intent.UNCLEAR),
        duration=Duration(read["duration"]) if read.get("duration") else None,
        language=read.get("language") or "en",
        member=NamedMember(named["code"], named["name"], named["score"]) if named else None,
        sender=Sender(
            sender.get("address"),
            Standing(sender.get("standing") or Standing.UNKNOWN),
            tuple(sender.get("members", ())),
        ),
        authentication=Verdict(read.get("authentication") or Verdict.NONE),
        reasons=tuple(Reason(reason) for reason in row.reasons),
        evidence=evidence_of(read),
    )
    return Judgement(
        decision=decision,
        sha256=row.sha256,
        content_sha256=row.content_sha256,
        message_id=row.message_id,
        subject=row.subject or "",
        sender_name=row.sender_name or "",
        date=(letter.date if letter else None) or row.received,
        references=tuple(row.references or ()),
        own_words="",
    )


def evidence_of(decision: Mapping[str, Any]) -> tuple[Evidence, ...]:
    """The evidence as it was recorded; one whose words were erased is left out."""
    return tuple(Evidence(**one) for one in decision.get("evidence", ()) if isinstance(one.get("text"), str))


def letter_of_bytes(raw: bytes, limit: int) -> Letter | None:
    """The letter, its header block alone where it is over the `limit`; None where reading it fails."""
    return guarded(
        lambda: read_letter(raw) if len(raw) <= limit else read_headers(header_block(raw)), lambda _error: None
    )


def texts_of(letter: Letter, judgement: Judgement) -> Texts:
    """The letter's own texts, marked; attachments are `opened` apart, for that takes time."""

    def read() -> Texts:
        readable = readable_texts(letter, ())
        decision = judgement.decision
        reveal = frozenset(zone for reason in decision.reasons for zone in _REVEALED.get(reason, ()))
        subject = marked(readable.subject, decision.evidence, reveal=reveal)
        body = marked(readable.body, decision.evidence, first=1 + len(subject.marks), reveal=reveal)
        others: list[MarkedText] = []
        number = 1 + len(subject.marks) + len(body.marks)
        for text in (*readable.others, *readable.embedded):
            others.append(marked(text, decision.evidence, first=number, reveal=reveal))
            number += len(others[-1].marks)
        return Texts(subject, body, tuple(others))

    def failed(error: Exception) -> Texts:
        nothing = marked(Text.all_in("body", ""), ())
        return Texts(nothing, nothing, trouble=words_of(error))

    return guarded(read, failed)


def attachments_of(letter: Letter) -> tuple[Attached, ...]:
    """The letter's attachments, in its order."""
    return tuple(
        Attached(number, one.name, one.content_type, len(one.payload), _is_readable(one))
        for number, one in enumerate(letter.attachments, 1)
    )


def _is_readable(one: Attachment) -> bool:
    return kind_of(one.name, one.content_type, one.payload) not in (Kind.OTHER, Kind.OPAQUE)


def opened(letter: Letter, evidence: Sequence[Evidence]) -> tuple[Opened, ...]:
    """The text of each attachment that may hold words, read in a limited process."""

    def read() -> tuple[Opened, ...]:
        found = [one for one in attached_documents(letter) if one.text or one.kind is not Kind.OTHER]
        return tuple(_opened(one, evidence, 1000 * number) for number, one in enumerate(found, 1))

    return guarded(read, lambda error: (Opened("", None, words_of(error)),))


def _opened(document: Document, evidence: Sequence[Evidence], first: int) -> Opened:
    if not document.text:
        return Opened(document.name, None, document.problem or "it was not read")
    (text,) = (one for one in readable_texts(_NO_LETTER, [document]).others)
    return Opened(document.name, marked(text, evidence, first=first), trusted=document.trusted)


_NO_LETTER = read_headers(b"")


def html_of(raw: bytes) -> str | None:
    """The HTML of a letter as its sender wrote it: hostile, to be cleaned. None where it has none."""

    def read() -> str | None:
        parts = [part for part in message_from_bytes(raw).walk() if _is_html_body(part)]
        texts = [
            decode(payload, _charset(part))
            for part in parts
            if isinstance(payload := part.get_payload(decode=True), bytes)
        ]
        return "\n<hr>\n".join(text for text in texts if text)[:_LONGEST_HTML] or None

    return guarded(read, lambda _error: None)


def _is_html_body(part: Message) -> bool:
    attached = part.get_content_disposition() == "attachment" or part.get_filename()
    return part.get_content_type() == "text/html" and not attached


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (LookupError, ValueError, AttributeError):
        return None
