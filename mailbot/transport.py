"""How mail leaves: SMTP, or a Maildir. One mail at a time; what the server said becomes a value.

A transport raises TransportError only where it is of no use to any mail: unreachable, untrusted, login refused.
"""

from __future__ import annotations

import hashlib
import os
import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from mailbot.errors import ConfigurationError, MailbotError
from mailbot.places import SmtpPlace, is_loopback
from mailbot.store.outbox_rows import QueuedMail


class TransportError(MailbotError):
    """No mail can be sent this way at the moment; all of it waits."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How one mail went: recipients `refused` for good and put off for `later`, with the server's words; else sent."""

    refused: Mapping[str, str] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)


class Transport(Protocol):
    """A way out."""

    def send(self, mail: QueuedMail) -> Delivered:
        """Send one mail to its remaining recipients."""

    def close(self) -> None:
        """Let go; never raises."""


class SmtpTransport:
    """A submission server, connected when the first mail is sent and kept for the others."""

    def __init__(
        self,
        place: SmtpPlace,
        password: SecretStr | None,
        from_address: str,
        *,
        ca_file: Path | None = None,
        timeout_seconds: float = 60,
    ) -> None:
        self._place = place
        self._password = password
        self._from = from_address
        self._ca_file = ca_file
        self._timeout = timeout_seconds
        self._connection: smtplib.SMTP | None = None

    def send(self, mail: QueuedMail) -> Delivered:
        connection = self._connected()
        try:
            answers = connection.sendmail(self._from, list(mail.recipients), mail.raw)
        except smtplib.SMTPRecipientsRefused as error:
            answers = error.recipients
        except smtplib.SMTPResponseException as error:  # the sender or the data, and with it every recipient
            answers = dict.fromkeys(mail.recipients, (error.smtp_code, _bytes(error.smtp_error)))
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Delivered(later=dict.fromkeys(mail.recipients, f"the connection was lost: {_said(error)}"))
        if any(code == 421 for code, _ in answers.values()):  # the server is closing the connection
            self._drop()
        refused = {address: _text(answer) for address, answer in answers.items() if answer[0] >= 500}
        later = {address: _text(answer) for address, answer in answers.items() if answer[0] < 500}
        return Delivered(refused, later)

    def close(self) -> None:
        if self._connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
        self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            try:
                self._connection = self._connect()
            except (smtplib.SMTPException, OSError) as error:
                self._drop()
                raise self._translated(error) from error
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        place, context = self._place, self._tls_context()
        name = self._from.rpartition("@")[2] or socket.getfqdn()
        connection: smtplib.SMTP
        if place.tls:
            connection = smtplib.SMTP_SSL(place.host, place.port, name, timeout=self._timeout, context=context)
        else:
            connection = smtplib.SMTP(place.host, place.port, name, timeout=self._timeout)
        try:
            self._prepare(connection, context)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
        """STARTTLS where it is offered; neither password nor letters in plain text but to this very machine."""
        place = self._place
        connection.ehlo()
        if not place.tls:
            if connection.has_extn("starttls"):
                connection.starttls(context=context)
                connection.ehlo()
            elif not is_loopback(place.host):
                raise TransportError(f"{place.host} does not offer STARTTLS: use smtps:// or another [outgoing] url")
        if place.user is not None and self._password is not None:
            connection.login(place.user, self._password.get_secret_value())

    def _tls_context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._ca_file)
        except OSError as error:
            raise ConfigurationError(
                f"outgoing.ca_file {self._ca_file}: the certificates cannot be read: {error}"
            ) from error

    def _translated(self, error: Exception) -> TransportError:
        server = f"{self._place.host}:{self._place.port}"
        kept = "the mail is kept and tried again"
        match error:
            case ssl.SSLCertVerificationError():
                what = f"the certificate of {server} is not trusted ({error.verify_message}): correct outgoing.ca_file"
            case ssl.SSLError():
                what = f"{server} does not speak TLS as expected ({_said(error)}): check outgoing.url"
            case smtplib.SMTPAuthenticationError():
                what = f"{server} refuses the login of {self._place.user}: check MAILBOT_OUTGOING_PASSWORD"
            case smtplib.SMTPNotSupportedError():
                what = f"{server} offers no login: remove the user from [outgoing]"
            case _:
                what = f"no mail can be sent through {server} ({_said(error)}): check outgoing.url and the network"
        return TransportError(f"{what}; {kept}")


class MaildirTransport:
    """A Maildir that takes the mails in place of a server. The same mail has the same file name, however often sent."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, mail: QueuedMail) -> Delivered:
        digest = hashlib.sha256(mail.message_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        name = f"{int(mail.created_at.timestamp())}.{digest}.mailbot"
        try:
            for part in ("cur", "new", "tmp"):
                (self._path / part).mkdir(parents=True, exist_ok=True)
            if not self._is_there(name):
                scratch = self._path / "tmp" / name
                with scratch.open("wb") as file:
                    file.write(mail.raw)
                    file.flush()
                    os.fsync(file.fileno())
                scratch.replace(self._path / "new" / name)
        except OSError as error:
            raise TransportError(
                f"{self._path}: the mail cannot be written ({error.strerror}): correct outgoing.url; it is tried again"
            ) from error
        return Delivered()

    def close(self) -> None:
        return

    def _is_there(self, name: str) -> bool:
        return (self._path / "new" / name).exists() or any((self._path / "cur").glob(f"{name}*"))


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode("utf-8", "replace")


def _text(answer: tuple[int, bytes]) -> str:
    code, words = answer
    return " ".join(f"{code} {words.decode('utf-8', 'replace')}".split())[:300]


def _said(error: Exception) -> str:
    strerror = getattr(error, "strerror", None)
    return " ".join(str(strerror or error or type(error).__name__).split())[:300]
