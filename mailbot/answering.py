"""From a decided letter to the mails in the outbox: who gets a confirmation, who a copy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy import Connection

from mailbot import audit
from mailbot.compose import Answer, Letterhead, Mail, confirmation
from mailbot.flags import Flag, FlagState, StudyPeriod
from mailbot.members import Member
from mailbot.register import Register
from mailbot.silence import Course, Limits, Permission, may_write_to
from mailbot.store.outbox_rows import add_mail
from mailbot.store.sending_rows import note_sending, open_breaker, traffic_to


@dataclass(frozen=True, slots=True)
class Writer:
    """Who mailbot writes as."""

    letterhead: Letterhead
    limits: Limits = field(default_factory=Limits)

    @property
    def own_addresses(self) -> frozenset[str]:
        """The addresses that mailbot never writes to."""
        return self.letterhead.own_addresses

    def confirm(
        self,
        *,
        flag: Flag | None,
        member: Member,
        register: Register,
        study_period: StudyPeriod,
        reference: str,
        language: str,
        recipient: str,
        silent: bool,
        recipient_name: str,
        subject: str,
        message_id: str | None,
        references: tuple[str, ...],
        changed: bool,
        by_person: bool,
        now: datetime,
    ) -> tuple[Mail, ...]:
        """The confirmation of how a member's flag stands, and the copies; `silent` leaves only the copies to others.

        A member that never wrote has no flag and stands as opted out.
        """
        points = _others(register, member.code, recipient, now.date())
        answer = Answer(
            state=flag.state if flag else FlagState.OPTED_OUT,
            changed=changed,
            member_name=member.name,
            since=flag.since if flag else now,
            until=flag.until if flag else None,
            duration=flag.duration if flag else None,
            study_period=study_period,
            reference=reference,
            language=language,
            recipient="" if silent else recipient,
            recipient_name=registered_name(register, member.code, recipient, now.date()) or recipient_name,
            copies=points,
            subject=subject,
            in_reply_to=message_id,
            references=references,
            now=now,
            decided_by_person=by_person,
        )
        return confirmation(answer, self.letterhead)


def queue(
    connection: Connection,
    letter: int | None,
    reference: str,
    mails: Iterable[Mail],
    now: datetime,
    silent: str = "",
    limits: Limits | None = None,
) -> None:
    """Put mails in the outbox, each with its audit entry; `silent` says why the sender gets none.

    A mail over the limits is put there too, withheld with the reason, for a person to release or to drop.
    """
    for mail in mails:
        if not mail.recipients:
            continue
        permission = _within_limits(connection, mail, now, limits or Limits())
        add_mail(
            connection, letter=letter, kind=mail.kind, message_id=mail.message_id, reference=reference,
            recipients=mail.recipients, raw=mail.raw, now=now, withheld=permission.why,
        )  # fmt: skip
        data: dict[str, object] = {
            "kind": mail.kind, "message_id": mail.message_id, "recipients": list(mail.recipients),
        }  # fmt: skip
        if permission.why:
            data["why"] = permission.why
        action = "mail:queued" if permission.allowed else "mail:withheld"
        audit.append(connection, at=now, action=action, subject=reference, actor="mailbot", data=data)
    if silent:
        audit.append(
            connection, at=now, action="mail:withheld", subject=reference, actor="mailbot", data={"why": silent}
        )


def _within_limits(connection: Connection, mail: Mail, now: datetime, limits: Limits) -> Permission:
    """Whether a mail may go out to all its recipients; one that would make a storm opens the circuit breaker."""
    for address in mail.recipients:
        permission = may_write_to(address, traffic=traffic_to(connection, address, now), limits=limits)
        if permission.course is Course.STOP:
            open_breaker(connection, permission.why, now)
            audit.append(
                connection, at=now, action="mail:stopped", subject="outbox", actor="mailbot",
                data={"why": permission.why},
            )  # fmt: skip
        if not permission.allowed:
            return permission
    for address in mail.recipients:
        note_sending(connection, address, now)
    return Permission(Course.WRITE)


def head_mail(head: audit.Head, address: str, letterhead: Letterhead, now: datetime) -> Mail:
    """The audit log's head, for whoever keeps it out of mailbot's reach."""
    domain = letterhead.from_address.rpartition("@")[2]
    digest = hashlib.sha256(f"{head.seq} {head.hash} {address} {now.isoformat()}".encode()).hexdigest()[:40]
    message = EmailMessage(policy=SMTP)
    message["From"] = letterhead.from_address
    message["To"] = address
    message["Subject"] = f"mailbot: head of the audit log, entry {head.seq}"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{digest}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 section 5
    line = audit.canonical({"seq": head.seq, "hash": head.hash}).decode()
    message.set_content(
        f"The audit log of mailbot ends, on {now.isoformat()}, at entry {head.seq} with the hash\n\n{head.hash}\n\n"
        f"Keep this mail. mailbot audit verify --head takes a file with the line below.\n\n{line}\n"
    )
    return Mail("audit_head", message["Message-ID"], (address,), message.as_bytes())


def _others(register: Register, code: str, recipient: str, day: date) -> tuple[tuple[str, str], ...]:
    """Every other designated focal point, once."""
    found = {point.email: point.name for point in register.designated(code, day) if point.email != recipient}
    return tuple(found.items())


def registered_name(register: Register, code: str, address: str, day: date) -> str | None:
    """The registry knows better how a person is called than a display name does."""
    return next((point.name for point in register.designated(code, day) if point.email == address), None)
