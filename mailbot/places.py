"""The URLs of the configuration, taken apart: where mail comes from and where it goes.

The functions raise ValueError with a message for a person; `settings` adds the file and the key.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

_NOT_IN_A_URL = "the URL holds a password: remove it and set MAILBOT_{}_PASSWORD or the key password_file"


@dataclass(frozen=True, slots=True)
class MaildirPlace:
    """A Maildir on this machine; a relative path is relative to the current directory."""

    path: Path


@dataclass(frozen=True, slots=True)
class ImapPlace:
    """One folder of one account on an IMAP server; `tls` is TLS from the first byte (imaps)."""

    host: str
    port: int
    user: str
    folder: str
    tls: bool


@dataclass(frozen=True, slots=True)
class SmtpPlace:
    """A submission server; `tls` is TLS from the first byte (smtps). Without a user there is no login."""

    host: str
    port: int
    user: str | None
    tls: bool

    def as_user(self, user: str) -> SmtpPlace:
        """The same server with another login."""
        return replace(self, user=user)


@dataclass(frozen=True, slots=True)
class NameServer:
    """A DNS server by its IP address."""

    address: str
    port: int


def parse_name_server(text: str) -> NameServer:
    """`ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`; a name would have to be looked up first."""
    host, port = text, "53"
    if text.startswith("[") or text.count(":") == 1:
        host, _, port = text.rpartition(":")
    try:
        address = str(ipaddress.ip_address(host.removeprefix("[").removesuffix("]")))
    except ValueError:
        raise ValueError(
            f"{text!r} is no DNS server: write its IP address, such as 192.0.2.53 or [2001:db8::53]:5353"
        ) from None
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} has no valid port")
    return NameServer(address, int(port))


@dataclass(frozen=True, slots=True)
class ListenPlace:
    """Where the console is served: an address of this machine and a port."""

    address: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether nobody but this machine can reach it."""
        return is_loopback(self.address)

    def __str__(self) -> str:
        """As it stands in a URL."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def parse_listen(text: str) -> ListenPlace:
    """`ADDRESS:PORT` or `[ADDRESS]:PORT`, with an IP address; `localhost` is 127.0.0.1."""
    host, _, port = text.rpartition(":")
    host = "127.0.0.1" if host.casefold() == "localhost" else host.removeprefix("[").removesuffix("]")
    try:
        address = str(ipaddress.ip_address(host))
    except ValueError:
        raise ValueError(f"{text!r} is no address to listen on: write 127.0.0.1:8118 or [::1]:8118") from None
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} has no valid port")
    return ListenPlace(address, int(port))


def check_site_url(url: str) -> str:
    """Return `http(s)://host[:port]` of a site, without a slash at the end; mailbot's console has a host of its own."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise ValueError(f"{url!r} is no address of a site: write https://mailbot.example.org")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"{url!r} has a path: the console needs a host name of its own")
    _port(parts)
    return f"{parts.scheme}://{parts.netloc}".lower()


def check_network(text: str) -> str:
    """Return an IP address or a network (192.0.2.0/24) of a proxy."""
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        raise ValueError(f"{text!r} is no IP address and no network: write 127.0.0.1 or 192.0.2.0/24") from None
    if network.prefixlen == 0:
        raise ValueError(f"{text!r} would trust everybody: name the proxies' own addresses")
    return text


def is_loopback(host: str) -> bool:
    """Whether a connection to `host` never leaves this machine, so that a password may go in plain text."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_mailbox(url: str) -> ImapPlace | MaildirPlace:
    """Take `maildir://PATH`, `imaps://user@host[:993]/FOLDER` or `imap://…` apart."""
    match url.partition("://")[0]:
        case "maildir":
            return _maildir(url)
        case "imap" | "imaps" as scheme:
            parts = _split(url)
            if not parts.username:
                raise ValueError(f"{url!r} names no user: write {scheme}://user@host/INBOX")
            tls = scheme == "imaps"
            folder = unquote(parts.path.strip("/")) or "INBOX"
            return ImapPlace(_host(parts), _port(parts) or (993 if tls else 143), unquote(parts.username), folder, tls)
        case _:
            raise ValueError("this is no mailbox URL: write maildir:///PATH or imaps://user@host:993/INBOX")


def parse_outgoing(url: str) -> SmtpPlace | MaildirPlace:
    """Take `maildir://PATH`, `smtp://[user@]host[:587]` or `smtps://[user@]host[:465]` apart."""
    match url.partition("://")[0]:
        case "maildir":
            return _maildir(url)
        case "smtp" | "smtps" as scheme:
            parts = _split(url)
            if parts.path.strip("/"):
                raise ValueError(f"{url!r} has a path: write {scheme}://host:port")
            tls = scheme == "smtps"
            user = unquote(parts.username) if parts.username else None
            return SmtpPlace(_host(parts), _port(parts) or (465 if tls else 587), user, tls)
        case _:
            raise ValueError("this is no outgoing URL: write maildir:///PATH, smtp://host:587 or smtps://host:465")


def check_database_url(url: str) -> str:
    """Return `url` where mailbot can use it: a file of SQLite, or PostgreSQL through psycopg."""
    scheme = url.partition("://")[0]
    if scheme == "sqlite":
        if not url.startswith("sqlite:///") or len(url) == len("sqlite:///"):
            raise ValueError(f"{url!r} names no file: write sqlite:///var/mailbot.db, or sqlite:////absolute/path.db")
        return url
    if scheme in ("postgresql", "postgresql+psycopg"):
        parts = urlsplit(url)
        _refuse_password(parts, "DATABASE")
        if "password" in parse_qs(parts.query):
            raise ValueError(_NOT_IN_A_URL.format("DATABASE"))
        return url
    raise ValueError("this is no database mailbot knows: write sqlite:///FILE or postgresql+psycopg://user@host/db")


def _maildir(url: str) -> MaildirPlace:
    path = url.partition("://")[2]
    if not path:
        raise ValueError(f"{url!r} names no folder: write maildir:///PATH")
    return MaildirPlace(Path(path))


def _split(url: str) -> SplitResult:
    parts = urlsplit(url)
    _refuse_password(parts, "OUTGOING" if parts.scheme.startswith("smtp") else "MAILBOX")
    if parts.query or parts.fragment:
        raise ValueError(f"{url!r} has a part after ? or #: remove it")
    return parts


def _refuse_password(parts: SplitResult, name: str) -> None:
    """A configuration is copied and shown around; a password in it is no secret. The message does not repeat it."""
    if parts.password is not None:
        raise ValueError(_NOT_IN_A_URL.format(name))


def _host(parts: SplitResult) -> str:
    if not parts.hostname:
        raise ValueError(f"{parts.geturl()!r} names no host: write {parts.scheme}://host:port")
    return parts.hostname


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise ValueError(f"{parts.geturl()!r} has a port that is not a number from 1 to 65535") from error
