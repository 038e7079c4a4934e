"""From a decision to the mails it calls for (contract section 6); `silence` says when there is to be none.

Everything that comes from a letter is hostile. It reaches a template only as a value, never as a template; the HTML
environment escapes every value; what goes into a header passes through `headers`.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.charset import BASE64, QP, Charset
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, getaddresses
from functools import cache
from pathlib import Path
from typing import Final, Literal, assert_never
from urllib.parse import quote

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from mailbot.errors import ConfigurationError
from mailbot.flags import FlagState, StudyPeriod, wanted_state
from mailbot.headers import NAME_LENGTH, clean, encoded, is_address, mailbox, reply_subject, threading
from mailbot.question import Question
from mailbot.terms import Duration

LANGUAGES: Final = ("ar", "en", "es", "fr", "ru", "zh")

_Format = Literal["txt", "html"]
_WIRE: Final = compat32.clone(linesep="\r\n", mangle_from_=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to send, complete: `recipients` is the envelope, `raw` all bytes of RFC 5322 with CRLF line ends."""

    kind: str
    message_id: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who mailbot writes as, and the mailbox that letters and replies are sent to."""

    from_name: str
    from_address: str
    mailbox_address: str
    other_mailboxes: frozenset[str] = frozenset()
    templates: Path | None = None  # a folder whose files stand before mailbot's own

    @property
    def own_addresses(self) -> frozenset[str]:
        """The addresses that mailbot never writes to."""
        return frozenset({self.from_address, self.mailbox_address}) | self.other_mailboxes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a confirmation says: the flag as it stands after the decision, and the letter it answers."""

    state: FlagState
    changed: bool
    member_name: str
    since: datetime
    until: datetime | None
    duration: Duration | None
    study_period: StudyPeriod
    reference: str
    language: str
    recipient: str
    recipient_name: str
    copies: tuple[tuple[str, str], ...]
    subject: str
    in_reply_to: str | None
    references: tuple[str, ...]
    now: datetime
    decided_by_person: bool


@dataclass(frozen=True, slots=True)
class _Thread:
    """What a reply takes over from the letter it answers."""

    subject: str
    in_reply_to: str | None
    references: tuple[str, ...]
    reference: str
    language: str
    now: datetime


def confirmation(answer: Answer, letterhead: Letterhead) -> tuple[Mail, ...]:
    """The confirmation to the sender, then one copy to each other focal point (contract section 6).

    No address gets two mails, mailbot's own addresses get none, and neither does one that SMTP could not carry.
    """
    thread = _Thread(
        answer.subject, answer.in_reply_to, answer.references, answer.reference, answer.language, answer.now
    )
    written = {address.casefold() for address in letterhead.own_addresses}
    addressees = []
    for kind, address, name in (
        ("confirmation", answer.recipient, answer.recipient_name),
        *(("copy", address, name) for address, name in answer.copies),
    ):
        if is_address(address) and address.casefold() not in written:
            written.add(address.casefold())
            addressees.append((kind, address, name))
    facts = _facts(answer, others=any(kind == "copy" for kind, _, _ in addressees))
    return tuple(_mail(kind, address, name, thread, facts, letterhead) for kind, address, name in addressees)


def receipt(
    *,
    recipient: str,
    recipient_name: str,
    language: str,
    subject: str,
    in_reply_to: str | None,
    references: tuple[str, ...],
    reference: str,
    now: datetime,
    letterhead: Letterhead,
) -> Mail:
    """The short receipt for a letter that waits for a person; it gives no reason and quotes nothing.

    An address that SMTP could not carry leaves the envelope empty; `may_write_to` refuses it before.
    """
    thread = _Thread(subject, in_reply_to, references, reference, language, now)
    return _mail("receipt", recipient, recipient_name, thread, {}, letterhead)


def clarification(
    text: str,
    *,
    recipient: str,
    recipient_name: str,
    language: str,
    subject: str,
    in_reply_to: str | None,
    references: tuple[str, ...],
    reference: str,
    now: datetime,
    letterhead: Letterhead,
) -> Mail:
    """A person's question about a letter, in their own words (`text`, a paragraph a line).

    It is in the letter's language alone, and unlike any other mail it may be written again about the same letter.
    """
    thread = _Thread(subject, in_reply_to, references, reference, language, now)
    paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
    return _mail("clarification", recipient, recipient_name, thread, {"paragraphs": paragraphs}, letterhead)


def clarification_text(language: str, needs: Iterable[str], templates: Path | None) -> str:
    """What a person who asks for clarification may begin with; `needs` are of `wish member terms sender readable`."""
    known = language if language in LANGUAGES else "en"
    values = {"kind": "clarification", "needs": tuple(needs)}
    return _render("clarifying", "txt", known, values, templates)


def question(
    asked: Question,
    code: str,
    *,
    member_name: str,
    recipient_name: str,
    in_reply_to: str | None,
    references: tuple[str, ...],
    now: datetime,
    letterhead: Letterhead,
) -> Mail:
    """The question "did you write this?", to the registered address, with the code that proves the answer.

    The letter may be forged: nothing of its words, not even its subject, reaches the person who is asked.
    """
    thread = _Thread("", in_reply_to, references, asked.reference, asked.language, now)
    facts: dict[str, object] = {
        "state": wanted_state(asked.intent).value,
        "member": clean(member_name, NAME_LENGTH),
        "code": code,
        "written": asked.written.astimezone(UTC),
        "expires": asked.expires.astimezone(UTC),
    }
    return _mail("question", asked.address, recipient_name, thread, facts, letterhead)


def addressees(raw: bytes) -> tuple[str, ...]:
    """The addresses in the To of a mail that this module wrote."""
    header = str(message_from_bytes(raw).get("To", ""))
    return tuple(address for _, address in getaddresses([header]) if is_address(address))


def _facts(answer: Answer, *, others: bool) -> dict[str, object]:
    """What the templates of a confirmation may say."""
    name, address = clean(answer.recipient_name, NAME_LENGTH), clean(answer.recipient, NAME_LENGTH)
    ends = answer.until or (answer.study_period.ends if answer.duration is Duration.STUDY_PERIOD else None)
    return {
        "state": answer.state.value,
        "changed": answer.changed,
        "member": clean(answer.member_name, NAME_LENGTH),
        "since": answer.since.astimezone(UTC) if answer.changed or answer.since < answer.now else None,
        "last_day": _last_day(ends) if ends else None,
        "period": clean(answer.study_period.name, NAME_LENGTH),
        "assembly": clean(answer.study_period.assembly, NAME_LENGTH),
        "requested_by": f"{name} ({address})" if name else address,
        "others": others,
        "by_person": answer.decided_by_person,
    }


def _last_day(ends: datetime) -> date:
    """The last day of a period whose `ends` is the first instant no longer in it."""
    return (ends.astimezone(UTC) - timedelta(microseconds=1)).date()


def _mail(
    kind: str, address: str, name: str, thread: _Thread, facts: Mapping[str, object], letterhead: Letterhead
) -> Mail:
    values: dict[str, object] = {
        **facts,
        "kind": kind,
        "reference": clean(thread.reference, NAME_LENGTH),
        "received": thread.now.astimezone(UTC),
        "mailbox": letterhead.mailbox_address,
    }
    language = thread.language if thread.language in LANGUAGES else "en"
    by_person = kind == "clarification"  # and so in one language, of one moment, and no automatic answer
    languages = (language,) if by_person else tuple(dict.fromkeys((language, "en")))
    about = f"{thread.reference} {thread.now.isoformat()}" if by_person else thread.reference
    message_id = _message_id(about, kind, address, letterhead)
    boundary = "=_" + _digest(message_id)
    message = MIMEMultipart("alternative", boundary, policy=_WIRE)
    message["From"] = mailbox(letterhead.from_name, letterhead.from_address)
    message["To"] = mailbox(name, address)
    if letterhead.mailbox_address.casefold() != letterhead.from_address.casefold():
        message["Reply-To"] = letterhead.mailbox_address
    message["Subject"] = encoded(
        reply_subject(thread.subject) or _render("subject", "txt", language, values, letterhead.templates)
    )
    message["Date"] = format_datetime(thread.now)
    message["Message-ID"] = message_id
    for header, value in threading(thread.in_reply_to, thread.references).items():
        message[header] = value
    if not by_person:
        message["Auto-Submitted"] = "auto-replied"  # RFC 3834 section 5
    message["X-Auto-Response-Suppress"] = "All"  # Exchange's word for it
    message["Content-Language"] = ", ".join(languages)
    message.attach(_part(_body("txt", languages, values, letterhead.templates), "plain"))
    message.attach(_part(_body("html", languages, values, letterhead.templates), "html"))
    return Mail(kind, message_id, (address,) if is_address(address) else (), message.as_bytes(policy=_WIRE))


def _part(text: str, subtype: str) -> MIMENonMultipart:
    """A text part in the encoding that suits its script; base64 holds CRLF itself (RFC 2046 section 4.1.1)."""
    latin = sum(character.isascii() for character in text) > len(text) * 0.75
    charset = Charset("utf-8")
    charset.body_encoding = QP if latin else BASE64
    part = MIMENonMultipart("text", subtype, policy=_WIRE)
    part.set_payload(text if latin else text.replace("\n", "\r\n"), charset)
    return part


def _message_id(reference: str, kind: str, recipient: str, letterhead: Letterhead) -> str:
    """The same mail has the same Message-ID however often it is made, so that a repeat is recognisable."""
    domain = letterhead.from_address.rpartition("@")[2]
    return f"<{_digest(reference, kind, recipient.casefold())}@{domain}>"


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode(errors="surrogatepass")).hexdigest()[:40]


def _body(form: _Format, languages: tuple[str, ...], values: Mapping[str, object], templates: Path | None) -> str:
    """The mail in each language, the letter's first, within the common layout."""
    sections = []
    for language in languages:
        text = _render(str(values["kind"]), form, language, values, templates)
        if form == "html":
            text = Markup(text)  # nosec B704  # rendered with autoescape
        sections.append((language, text))
    return _render("layout", form, languages[0], {**values, "sections": sections}, templates) + "\n"


def _render(name: str, form: _Format, language: str, values: Mapping[str, object], templates: Path | None) -> str:
    suffix = f".{form}" if name == "layout" else ""
    template = _environment(form, templates).get_template(f"{name}{suffix}.j2")
    text = template.render(**values, language=language, form=form)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


@cache
def _environment(form: _Format, templates: Path | None = None) -> SandboxedEnvironment:
    """One environment a format: the environment alone, never a file's name, decides whether values are escaped.

    A file in the folder `templates` stands in place of mailbot's own of that name.
    """
    match form:
        case "txt":
            escape = False
        case "html":
            escape = True
        case _:
            assert_never(form)
    own = PackageLoader("mailbot", "templates/mail")
    environment = SandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(templates), own]) if templates else own,
        undefined=StrictUndefined,
        autoescape=escape,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["fill"] = _fill
    environment.globals["mailto"] = _mailto
    return environment


def check_templates(folder: Path) -> None:
    """Raise ConfigurationError for a folder of templates that is not there, or holds one that cannot be read."""
    if not folder.is_dir():
        raise ConfigurationError(f"programme.templates: {folder}: there is no such folder")
    environment = _environment("txt", folder)
    for name in environment.list_templates(extensions=["j2"]):
        try:
            environment.get_template(name)
        except (TemplateError, OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"programme.templates: {folder}: {name}: {error}") from error


def _fill(text: str, width: int, indent: str = "", hanging: str = "") -> str:
    """`text` in lines of at most `width` characters, 0 for no limit; no-break spaces hold."""
    text = re.sub(r"[ \t\n]+", " ", text).strip(" ")
    wide = width or len(text) + len(indent) + 1
    return textwrap.fill(
        text, wide, initial_indent=indent, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )


def _mailto(address: str, subject: str, body: str) -> str:
    """A link that opens a mail ready to send (RFC 6068); values that a template has escaped are taken back first."""
    subject, body = (text.unescape() if isinstance(text, Markup) else text for text in (subject, body))
    lines = body.strip().replace("\n", "\r\n")
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject.strip(), safe='')}&body={quote(lines, safe='')}"
