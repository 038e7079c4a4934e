"""Where letters come from: one small protocol, and the IMAP side of it (the Maildir side is `maildir`).

Nothing here marks, moves or deletes a letter but `file`, which the poll calls after the commit: letters are fetched
with PEEK, by UID under UIDVALIDITY, never by a flag that people change too.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError
from pydantic import SecretStr

from mailbot.errors import ConfigurationError, MailbotError
from mailbot.judging import HEADER_LIMIT, message_id_of
from mailbot.places import ImapPlace, is_loopback
from mailbot.throttling import ThrottledError, backoff_seconds

_BATCH = 200
# A peer that has vanished is noticed after a minute of silence and four unanswered probes (Linux's names)
_KEEP_ALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
# How long a request to stop may go unnoticed while waiting, in seconds
_SLICE = 0.5


class MailboxError(MailbotError):
    """The mailbox cannot be used; the message says why and what to do."""


class FilingError(MailbotError):
    """A letter could not be filed; it stays where it is and is tried again."""


class UnavailableError(MailbotError):
    """One letter cannot be fetched while the others can; it is tried again with the next polls."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A mailbox as it was found: UIDs mean nothing under another `uidvalidity`; the next letter gets `uid_next`."""

    uidvalidity: int
    uid_next: int


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a letter is known before it is moved: under its UID there may be another by now."""

    uid: int
    arrival_id: str | None
    size: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the mailbox knows of a letter without its body: `size` in bytes, `received` is the server's, in UTC."""

    uid: int
    arrival_id: str | None
    size: int
    received: datetime

    @property
    def identity(self) -> Identity:
        """By what it is known again."""
        return Identity(self.uid, self.arrival_id, self.size)


class Mailbox(Protocol):
    """A place letters arrive in. `name` identifies it in the database and holds no secret."""

    name: str

    def open(self) -> Opened:
        """Connect; raises MailboxError."""

    def uids(self, first: int, below: int | None = None, since: datetime | None = None) -> list[int]:
        """The UIDs from `first` on, below `below`, received on or after the moment `since`; ascending."""

    def describe(self, uids: Sequence[int]) -> dict[int, Arrival]:
        """What is known of letters without their bodies; those that are gone are missing."""

    def fetch(self, uid: int) -> bytes | None:
        """The whole letter as it came, its flags untouched; None where it is gone; may raise UnavailableError."""

    def fetch_header(self, uid: int) -> bytes | None:
        """Only the header block (of at most a mebibyte); None where the letter is gone."""

    def file(self, letters: Sequence[Identity], folder: str) -> None:
        """Move letters to `folder` (parts separated by /), created when missing.

        That a person has moved or deleted one of them is ordinary. Raises FilingError; then some may have been moved.
        """

    def close(self) -> None:
        """Let go; never raises."""


class ImapMailbox:
    """One folder of an IMAP account, read only until a letter is filed."""

    def __init__(
        self,
        place: ImapPlace,
        password: SecretStr,
        *,
        ca_file: Path | None = None,
        starttls: bool | None = None,
        timeout_seconds: float = 60,
    ) -> None:
        self.name = f"imap://{place.user}@{place.host}:{place.port}/{place.folder}"
        self._place = place
        self._password = password
        self._ca_file = ca_file
        self._starttls = starttls
        self._timeout = timeout_seconds
        self._connection: Any = None
        self._uidvalidity = 0
        self._writable = False
        self._folders: dict[str, str] = {}

    def open(self) -> Opened:
        with self._speaking("read"):
            self._connect()
            found = self._select(writable=False)
            self._uidvalidity = int(found[b"UIDVALIDITY"])
            uid_next = found.get(b"UIDNEXT")
            # RFC 9051 demands UIDNEXT, RFC 3501 only recommends it
            return Opened(self._uidvalidity, int(uid_next) if uid_next else max(self._search(["ALL"]), default=0) + 1)

    def uids(self, first: int, below: int | None = None, since: datetime | None = None) -> list[int]:
        criteria: list[Any] = ["UID", f"{first}:{'*' if below is None else max(first, below - 1)}"]
        if since is not None:
            # SINCE knows days only, in the server's zone: a day early here, and the poll looks at the moment itself
            criteria += ["SINCE", since.date() - timedelta(days=1)]
        with self._speaking("read"):
            # `n:*` gives the last letter even where its UID is below n
            return sorted(uid for uid in self._search(criteria) if uid >= first and (below is None or uid < below))

    def describe(self, uids: Sequence[int]) -> dict[int, Arrival]:
        found: dict[int, Arrival] = {}
        wanted = ["RFC822.SIZE", "INTERNALDATE", "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]
        with self._speaking("read"):
            for start in range(0, len(uids), _BATCH):
                answer = self._connection.fetch(list(uids[start : start + _BATCH]), wanted)
                for uid, items in answer.items():
                    if b"RFC822.SIZE" in items and b"INTERNALDATE" in items:
                        found[uid] = _arrival(uid, items)
        return found

    def fetch(self, uid: int) -> bytes | None:
        return self._fetch_one(uid, "BODY.PEEK[]")

    def fetch_header(self, uid: int) -> bytes | None:
        return self._fetch_one(uid, f"BODY.PEEK[HEADER]<0.{HEADER_LIMIT}>")

    def file(self, letters: Sequence[Identity], folder: str) -> None:
        with self._speaking("file letters in"):
            if not self._writable:
                found = self._select(writable=True)
                if int(found[b"UIDVALIDITY"]) != self._uidvalidity:
                    raise MailboxError(f"{self.name} was renumbered while it was read: the next poll reads it anew")
            described = self.describe([letter.uid for letter in letters]).values()
            known = {arrival.identity for arrival in described}
            there = [letter.uid for letter in letters if letter in known]
            try:
                if there:
                    self._move(there, self._folder(folder))
            except IMAPClientError as error:
                if isinstance(error, IMAPClient.AbortError):
                    raise
                raise FilingError(
                    f"letters of {self.name} cannot be filed in {folder}: {_said(error)}: give "
                    f"{self._place.user} the right to create and fill that folder, or set filing = false"
                ) from error

    @property
    def can_idle(self) -> bool:
        """Whether the opened server tells of new letters by itself (RFC 2177)."""
        with self._speaking("watch"):
            return bool(self._connection.has_capability("IDLE"))

    def watch(self, seconds: float, stopping: Callable[[], bool]) -> bool:
        """Wait until the server announces a letter (True), or for `seconds` at most, or until `stopping` (False).

        The server must answer before and after the wait, so a dead connection is noticed with the next call at the
        latest: MailboxError. A connection that is waiting while mailbot stops is dropped, answer or not.
        """
        with self._speaking("watch"):
            heard = self._connection.noop()[1]
            if not _announces(heard):
                heard = self._idle(seconds, stopping)
            return _announces(heard)

    def _idle(self, seconds: float, stopping: Callable[[], bool]) -> list[Any]:
        """What the server says while idling: its first word ends the wait."""
        connection, deadline = self._connection, time.monotonic() + seconds
        connection.idle()
        heard: list[Any] = []
        while not heard and (left := deadline - time.monotonic()) > 0:
            if stopping():
                self._connection = None
                _drop(connection)
                return []
            began = time.monotonic()
            heard = connection.idle_check(min(left, _SLICE))
            if not heard and time.monotonic() - began < min(left, _SLICE) / 2:
                break  # nothing, and sooner than asked: mostly the end of the connection, which DONE will tell
        for one in heard:
            if one[0] == b"BYE":
                raise IMAPClient.AbortError(b" ".join(part for part in one[1:] if isinstance(part, bytes)))
        return heard + list(connection.idle_done()[1])

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.logout()
            except (IMAPClientError, OSError):
                _drop(connection)

    def _connect(self) -> None:
        place = self._place
        context = _tls_context(self._ca_file)
        timeout: Any = SocketTimeout(min(self._timeout, 30), self._timeout)
        connection: Any = IMAPClient(place.host, place.port, ssl=place.tls, ssl_context=context, timeout=timeout)
        self._connection = connection
        connection.normalise_times = False
        _keep_alive(connection.socket())
        if not place.tls:
            self._secure(connection, context)
        connection.login(place.user, self._password.get_secret_value())

    def _secure(self, connection: Any, context: ssl.SSLContext) -> None:
        """STARTTLS where it is offered; no password in plain text but to this very machine."""
        offered = connection.has_capability("STARTTLS")
        if offered and self._starttls is not False:
            connection.starttls(context)
            return
        if self._starttls:
            raise MailboxError(
                f"{self._place.host} does not offer STARTTLS: use imaps:// or correct [mailbox] starttls"
            )
        if not is_loopback(self._place.host):
            raise MailboxError(
                f"{self._place.host} would get the password in plain text: use imaps://, or a server with STARTTLS"
            )

    def _select(self, *, writable: bool) -> dict[bytes, Any]:
        found: dict[bytes, Any] = self._connection.select_folder(self._place.folder, readonly=not writable)
        self._writable = writable
        return found

    def _search(self, criteria: list[Any]) -> list[int]:
        return list(self._connection.search(criteria))

    def _fetch_one(self, uid: int, item: str) -> bytes | None:
        with self._speaking("read"):
            items = self._connection.fetch([uid], [item]).get(uid, {})
        bodies = [value for key, value in items.items() if key.startswith(b"BODY[")]
        return bodies[0] if bodies and isinstance(bodies[0], bytes) else None

    def _folder(self, folder: str) -> str:
        """The server's name of a folder of ours, with the folder created when missing."""
        if folder not in self._folders:
            prefix, delimiter = self._personal_namespace()
            name = prefix + delimiter.join(part for part in folder.split("/") if part)
            if not self._connection.folder_exists(name):
                self._connection.create_folder(name)
                self._connection.subscribe_folder(name)
            self._folders[folder] = name
        return self._folders[folder]

    def _personal_namespace(self) -> tuple[str, str]:
        if self._connection.has_capability("NAMESPACE"):
            personal = self._connection.namespace().personal
            if personal and personal[0][1]:
                return str(personal[0][0]), str(personal[0][1])
        listed = self._connection.list_folders("", "")
        delimiter = listed[0][1] if listed else b"/"
        return "", (delimiter or b"/").decode("ascii")

    def _move(self, uids: list[int], name: str) -> None:
        if self._connection.has_capability("MOVE"):
            self._connection.move(uids, name)
            return
        self._connection.copy(uids, name)
        self._connection.add_flags(uids, [rb"\Deleted"], silent=True)
        if self._connection.has_capability("UIDPLUS"):
            # never a bare EXPUNGE: it would also remove what people have only marked
            self._connection.uid_expunge(uids)

    @contextmanager
    def _speaking(self, purpose: str) -> Iterator[None]:
        """The library's errors as one line for a person; a connection that failed is dropped without a word."""
        try:
            yield
        except FilingError:
            raise
        except (IMAPClientError, OSError, MailbotError) as error:
            connection, self._connection = self._connection, None
            if connection is not None:
                _drop(connection)
            if isinstance(error, MailbotError):
                raise
            raise self._translated(error, purpose) from error

    def _translated(self, error: Exception, purpose: str) -> MailbotError:
        # a server may repeat the command it refuses, LOGIN and all
        place, said = self._place, _said(error).replace(self._password.get_secret_value(), "***")
        server = f"{place.host}:{place.port}"
        if (seconds := backoff_seconds(said)) is not None:
            return ThrottledError(f"{server} asks mailbot to wait {seconds:.0f} seconds: it will", seconds)
        match error:
            case ssl.SSLCertVerificationError():
                return MailboxError(
                    f"the certificate of {server} is not trusted ({error.verify_message}): "
                    "correct [mailbox] url, or name the authority's certificate in [mailbox] ca_file"
                )
            case ssl.SSLError():
                return MailboxError(f"{server} does not speak TLS as expected ({said}): check [mailbox] url")
            case LoginError():
                return MailboxError(
                    f"{server} refuses the login of {place.user} ({said}): check MAILBOT_MAILBOX_PASSWORD"
                )
            case TimeoutError():
                return MailboxError(f"{server} did not answer in time: mailbot tries again with the next poll")
            case OSError() if purpose in ("read", "watch"):
                return MailboxError(f"{server} cannot be reached ({said}): check [mailbox] url and the network")
        if "authenticated but not connected" in said.casefold():
            return MailboxError(
                f"{server} knows {place.user} but does not open the mailbox: give the account full access to it"
            )
        return MailboxError(f"mailbot cannot {purpose} {place.folder} at {server}: {said}")


def _arrival(uid: int, items: dict[bytes, Any]) -> Arrival:
    header = next((value for key, value in items.items() if key.startswith(b"BODY[HEADER.FIELDS")), b"")
    # imapclient gives None for a date it cannot read: such a letter counts as received now, rather than never
    received: datetime = items[b"INTERNALDATE"] or datetime.now(UTC)
    return Arrival(uid, message_id_of(header or b""), int(items[b"RFC822.SIZE"]), received.astimezone(UTC))


def _announces(heard: Sequence[Any]) -> bool:
    """Whether the server has told of a new letter (RFC 9051, 7.3.1)."""
    return any(len(one) > 1 and one[1] == b"EXISTS" for one in heard)


def _keep_alive(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE.items():
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _tls_context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise ConfigurationError(f"mailbox.ca_file {ca_file}: the certificates cannot be read: {error}") from error


def _drop(connection: Any) -> None:
    """Close the socket; a LOGOUT on a broken connection would only wait."""
    try:
        connection.shutdown()
    except (IMAPClientError, OSError):
        return


def _said(error: Exception) -> str:
    """What the server or the system said, on one line, without Python's wrapping."""
    text = (
        " ".join(part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part) for part in error.args)
        or type(error).__name__
    )
    return " ".join(text.removeprefix("b'").removesuffix("'").split())[:300]
