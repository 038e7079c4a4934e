"""The mailboxes and the way out that the configuration names, not yet opened."""

from __future__ import annotations

from pydantic import SecretStr

from mailbot.errors import ConfigurationError
from mailbot.ingest import ImapMailbox, Mailbox
from mailbot.maildir import MaildirMailbox
from mailbot.places import ImapPlace, MaildirPlace, SmtpPlace
from mailbot.secret import secret
from mailbot.sections import MailboxSettings, OutgoingSettings
from mailbot.transport import MaildirTransport, SmtpTransport, Transport


def mailbox_of(section: str, settings: MailboxSettings) -> Mailbox:
    """The mailbox of a section; raises ConfigurationError where its password is missing."""
    match settings.place:
        case MaildirPlace(path):
            return MaildirMailbox(path)
        case ImapPlace() as place:
            return _imap(section, settings, place)


def listener_of(section: str, settings: MailboxSettings) -> ImapMailbox | None:
    """A connection of its own to hear of new letters with; None where the mailbox cannot tell, or should not."""
    place = settings.place
    return _imap(section, settings, place) if isinstance(place, ImapPlace) and settings.idle else None


def transport_of(settings: OutgoingSettings, from_address: str) -> Transport:
    """The way out; raises ConfigurationError where its password is missing."""
    match settings.place:
        case MaildirPlace(path):
            return MaildirTransport(path)
        case SmtpPlace() as place:
            password = secret("OUTGOING", settings.password_file)
            return SmtpTransport(
                place,
                _given(password, place, "outgoing", "OUTGOING") if place.user else None,
                from_address,
                ca_file=settings.ca_file,
                timeout_seconds=settings.timeout_seconds,
            )


def _imap(section: str, settings: MailboxSettings, place: ImapPlace) -> ImapMailbox:
    name = secret_name(section)
    return ImapMailbox(
        place,
        _given(secret(name, settings.password_file), place, section, name),
        ca_file=settings.ca_file,
        starttls=settings.starttls,
        timeout_seconds=settings.timeout_seconds,
    )


def secret_name(section: str) -> str:
    """How the environment calls the password of a mailbox's section: `mailboxes.geneva` is MAILBOX_GENEVA."""
    return section.replace("mailboxes.", "mailbox_").upper()


def _given(password: SecretStr | None, place: ImapPlace | SmtpPlace, section: str, name: str) -> SecretStr:
    if password is None:
        raise ConfigurationError(
            f"{section}.url: there is no password for {place.user} at {place.host}: "
            f"set MAILBOT_{name}_PASSWORD or {section}.password_file"
        )
    if not password.get_secret_value().isascii():
        # IMAP's LOGIN (RFC 3501) and the libraries' SMTP AUTH carry nothing else, and their errors quote the password
        raise ConfigurationError(f"{section}.url: the password of {place.user} is not all ASCII: choose another")
    return password
