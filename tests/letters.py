"""Builds raw letters for tests: the parts a test speaks of are arguments, the rest is a plain, authentic letter."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP

MODEL = (
    "On behalf of {member}, I wish to {choice} automatic approval of registration requests for all Active ITU Accounts "
    "with TIES access affiliated with this organization until further notice or for the remainder of the Study Period "
    "(currently until WTSA-28)."
)


def model(member: str = "Kenya", choice: str = '"opt in" to') -> str:
    """The model letter of the circular's annex, filled in."""
    return MODEL.format(member=member, choice=choice)


def raw_letter(
    body: str,
    *,
    subject: str = "Circular 118",
    sender: str = "Ana Juma <ana.juma@gov.ke.example>",
    html: str | None = None,
    attachments: Mapping[str, bytes] | None = None,
    headers: Mapping[str, str] | None = None,
    authenticated: bool = True,
    message_id: str = "<one@gov.ke.example>",
    date: str = "Thu, 03 Sep 2026 10:00:00 +0000",
) -> bytes:
    """The bytes of one letter; `headers` replace or add fields, and come topmost."""
    message = EmailMessage(policy=SMTP.clone(max_line_length=998))
    domain = sender.rpartition("@")[2].rstrip(">")
    fields: dict[str, str] = {}
    if authenticated:
        fields["Authentication-Results"] = f"mx.example; dmarc=pass header.from={domain}"
    fields |= {"Received": f"from x by mx.example; {date}", "From": sender, "To": "tsbdir@itu.int"}
    fields |= {"Subject": subject, "Date": date, "Message-ID": message_id}
    fields |= dict(headers or {})
    for name, value in fields.items():
        message[name] = value
    message.set_content(body)
    if html is not None:
        message.add_alternative(html, subtype="html")
    for name, payload in (attachments or {}).items():
        message.add_attachment(payload, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()
