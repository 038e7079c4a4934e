"""Real servers on loopback for the integration tests: Dovecot, aiosmtpd, PostgreSQL, and a site that runs mailbot."""

from __future__ import annotations

import contextlib
import getpass
import imaplib
import io
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from sqlalchemy import create_engine, text

from mailbot.__main__ import run as mailbot_command
from tests.postgres import Postgres, running_postgres

FIXTURES = Path(__file__).parent.parent / "fixtures"
ROOT = Path(__file__).parent.parent.parent
PASSWORD = "secret"
EXCHANGE = "IMAP4 IMAP4rev1 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for another process, with a deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.01)


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the test's own, and a server certificate for loopback by it."""

    ca_file: Path
    cert_file: Path
    key_file: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.cert_file, self.key_file)
        return context


@contextmanager
def new_authority() -> Iterator[Authority]:
    """An authority of one's own, its files in a folder that every server may read."""
    with tempfile.TemporaryDirectory(prefix="ca") as folder:
        root = Path(folder)
        root.chmod(0o755)
        ca = trustme.CA()
        made = ca.issue_cert("localhost", "127.0.0.1")
        authority = Authority(root / "ca.pem", root / "cert.pem", root / "key.pem")
        ca.cert_pem.write_to_path(str(authority.ca_file))
        authority.cert_file.write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
        made.private_key_pem.write_to_path(str(authority.key_file))
        yield authority


@pytest.fixture(scope="session")
def authority() -> Iterator[Authority]:
    with new_authority() as made:
        yield made


DOVECOT = """\
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
auth_failure_delay = 0
first_valid_uid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{root}/m/%u
{extra}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={root}/m/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


@dataclass
class Dovecot:
    """A running server; every test uses a user of its own, whose mailbox is empty at first."""

    root: Path
    port: int
    tls_port: int
    authority: Authority
    process: subprocess.Popen[bytes] = field(init=False)

    @contextmanager
    def session(self, user: str) -> Iterator[imaplib.IMAP4]:
        """A person's mail program."""
        client = imaplib.IMAP4("127.0.0.1", self.port)
        try:
            client.login(user, PASSWORD)
            yield client
        finally:
            client.logout()

    def append(self, user: str, raw: bytes, received: datetime | None = None, folder: str = "INBOX") -> None:
        when = imaplib.Time2Internaldate(received or datetime.now(UTC))
        with self.session(user) as client:
            status, said = client.append(folder, None, when, raw)
            assert status == "OK", said

    def subjects(self, user: str, folder: str = "INBOX") -> list[str]:
        """The subjects of the letters in a folder, without marking any as read."""
        return [str(message["Subject"]) for message, _ in self.letters(user, folder)]

    def letters(self, user: str, folder: str = "INBOX") -> list[tuple[Message, frozenset[str]]]:
        """The letters of a folder with their flags."""
        with self.session(user) as client:
            status, _ = client.select(folder, readonly=True)
            if status != "OK":
                return []
            found = []
            for number in client.search(None, "ALL")[1][0].split():
                answer: Any = client.fetch(number, "(FLAGS BODY.PEEK[])")[1]
                flags = frozenset(flag.decode() for flag in imaplib.ParseFlags(answer[0][0]))
                found.append((message_from_bytes(answer[0][1]), flags))
            return found

    def renumber(self, user: str) -> None:
        """Lose the server's index, so that UIDVALIDITY and all UIDs change."""
        for pattern in ("dovecot-uidlist*", "dovecot.index*"):
            for file in (self.root / "m" / user).glob(pattern):
                file.unlink()

    def start(self) -> None:
        """Start the server, again after `stop`, and wait until it greets."""
        self.process = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", self.root / "dovecot.conf"])
        wait_for(lambda: _greets(self.port))

    def stop(self) -> None:
        """Stop the server; the mailboxes stay."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def serving(self) -> list[int]:
        """The processes that serve IMAP sessions."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    command = (entry / "cmdline").read_bytes()
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except (OSError, ValueError):
                    continue
                if command.startswith(b"dovecot/imap\0") and parent == self.process.pid:
                    found.append(int(entry.name))
        return found


@contextmanager
def running_dovecot(authority: Authority, extra: str = "") -> Iterator[Dovecot]:
    """A Dovecot of one's own; `extra` are lines of its configuration."""
    with tempfile.TemporaryDirectory(prefix="dv") as folder:  # long paths break its sockets
        root = Path(folder)
        (root / "m").mkdir()
        user, group = getpass.getuser(), ""
        if os.geteuid() == 0:
            user, group = "nobody", "nogroup"
            root.chmod(0o755)
            subprocess.run(["chown", user, root / "m"], check=True)
        else:
            group = subprocess.run(["id", "-gn"], check=True, capture_output=True, text=True).stdout.strip()
        port, tls_port = free_port(), free_port()
        (root / "dovecot.conf").write_text(
            DOVECOT.format(
                root=root, user=user, group=group, port=port, tls_port=tls_port, password=PASSWORD, extra=extra,
                cert=authority.cert_file, key=authority.key_file,
            )
        )  # fmt: skip
        server = Dovecot(root, port, tls_port, authority)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            return connection.recv(4) == b"* OK"
    except OSError:
        return False


@pytest.fixture(scope="session")
def dovecot(authority: Authority) -> Iterator[Dovecot]:
    with running_dovecot(authority) as server:
        yield server


@dataclass
class Received:
    """One mail as the server took it."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    over_tls: bool
    user: str | None

    @property
    def message(self) -> Message:
        return message_from_bytes(self.raw)


@dataclass
class Postbox:
    """aiosmtpd's handler: keeps every mail, and answers recipients and data as a test wishes."""

    mails: list[Received] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    data_answers: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data_answers:
            return self.data_answers.pop(0)
        assert isinstance(envelope.content, bytes)
        user = session.auth_data.decode() if isinstance(session.auth_data, bytes) else None
        self.mails.append(
            Received(str(envelope.mail_from), tuple(envelope.rcpt_tos), envelope.content, session.ssl is not None, user)
        )
        return "250 OK"


@dataclass
class SmtpServer:
    """A running server and what it received."""

    port: int
    postbox: Postbox

    @property
    def mails(self) -> list[Received]:
        return self.postbox.mails


def _authenticated(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = bool(data.password == PASSWORD.encode())
    return AuthResult(success=good, handled=False, auth_data=data.login)


@pytest.fixture
def start_smtp(authority: Authority) -> Iterator[Callable[..., SmtpServer]]:
    """Start a server: `tls` None, "starttls" (with AUTH demanded) or "smtps"."""
    with ExitStack() as stack:

        def start(tls: str | None = None, port: int | None = None) -> SmtpServer:
            postbox, port = Postbox(), port or free_port()
            options: dict[str, Any] = {}
            if tls == "starttls":
                options = {
                    "tls_context": authority.server_context(),
                    "require_starttls": True,
                    "authenticator": _authenticated,
                    "auth_required": True,
                }
            elif tls == "smtps":
                options = {"ssl_context": authority.server_context()}
            controller = Controller(postbox, hostname="127.0.0.1", port=port, **options)
            controller.start()
            stack.callback(controller.stop)
            return SmtpServer(port, postbox)

        yield start


@pytest.fixture
def smtp(start_smtp: Callable[..., SmtpServer]) -> SmtpServer:
    return start_smtp()


CONFIG = """\
[database]
url = "{database}"
[mailbox]
url = "{mailbox}"
address = "tsbdir@itu.int"
{mailbox_keys}
[outgoing]
url = "{outgoing}"
{outgoing_keys}
[authentication]
trusted_servers = ["mx.test"]
{more}
"""

# what mailbot keeps beside an SQLite file has to be named with PostgreSQL
AUDIT_FILES = """\
[audit]
log_file = "{folder}/mailbot.audit.jsonl"
head_file = "{folder}/mailbot.audit-head.json"
"""
CONFIRMATION_KEY = {"MAILBOT_CONFIRMATION_KEY": "the key of the tests on PostgreSQL"}


@dataclass
class Site:
    """A place where mailbot is installed: its configuration, and its commands as processes of their own."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    postgres_url: str | None = None

    @property
    def database_url(self) -> str:
        return self.postgres_url or f"sqlite:///{self.database}"

    @property
    def config(self) -> Path:
        return self.folder / "mailbot.toml"

    @property
    def database(self) -> Path:
        return self.folder / "mailbot.db"

    def configure(
        self,
        mailbox: str | None = None,
        outgoing: str | None = None,
        *,
        mailbox_keys: str = "",
        outgoing_keys: str = "",
        more: str = "",
    ) -> None:
        for part in ("new", "cur", "tmp"):
            (self.folder / "in" / part).mkdir(parents=True, exist_ok=True)
        if self.postgres_url and "[audit]" not in more:
            more += "\n" + AUDIT_FILES.format(folder=self.folder)
        self.config.write_text(
            CONFIG.format(
                database=self.database_url,
                mailbox=mailbox or f"maildir://{self.folder}/in",
                outgoing=outgoing or f"maildir://{self.folder}/out",
                mailbox_keys=mailbox_keys,
                outgoing_keys=outgoing_keys,
                more=more,
            )
        )

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "mailbot", "--config", str(self.config), *arguments]

    def process_environ(self) -> dict[str, str]:
        return {**os.environ, **self.own_environ()}

    def own_environ(self) -> dict[str, str]:
        return {**(CONFIRMATION_KEY if self.postgres_url else {}), **self.environ}

    def run(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command and check its exit code; an error is exactly one line and never a traceback."""
        done = subprocess.run(
            self.command(*arguments), capture_output=True, text=True, env=self.process_environ(), cwd=self.folder
        )
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done

    def say(self, *arguments: str, code: int = 0, stdin: bytes = b"") -> tuple[str, str]:
        """Run a command within this process (quicker than one of its own); what it prints, and what it complains."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "ascii") for _ in range(2))
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            patch.setattr("sys.argv", ["mailbot", "--config", str(self.config), *arguments])
            patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            for name, value in self.own_environ().items():
                patch.setenv(name, value)
            done = mailbot_command()
        said, complained = (stream.buffer.getvalue().decode() for stream in (out, err))
        assert done == code, (done, said, complained)
        return said, complained

    def json(self, *arguments: str) -> list[dict[str, Any]]:
        """The objects a command prints with --json."""
        return [json.loads(line) for line in self.say(*arguments, "--json")[0].splitlines()]

    def complaint(self, *arguments: str, code: int) -> str:
        """The one line a failing command says."""
        lines = self.say(*arguments, code=code)[1].splitlines()
        assert len(lines) == 1, lines
        return lines[0]

    def sql(self, statement: str, **values: object) -> list[Any]:
        """What an administrator does in the database behind mailbot's back; the rows, if any."""
        engine = create_engine(self.database_url)
        with engine.begin() as connection:
            result = connection.execute(text(statement), values)
            rows: list[Any] = list(result) if result.returns_rows else []
        engine.dispose()
        return rows

    def drop(self, raw: bytes, name: str = "letter.eml") -> Path:
        """Put a letter into the Maildir by hand."""
        path = self.folder / "in" / "new" / name
        path.write_bytes(raw)
        return path

    def sent(self) -> list[Message]:
        """The mails in the outgoing Maildir."""
        return [message_from_bytes(path.read_bytes()) for path in sorted((self.folder / "out" / "new").glob("*"))]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `each_database`, but for those marked `once`, run on SQLite and PostgreSQL, all others on SQLite."""
    marked = metafunc.definition.get_closest_marker
    if "database" in metafunc.fixturenames and marked("each_database") and not marked("once"):
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which kind of database the test runs on."""
    return getattr(request, "param", "sqlite")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def database_url(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of the test's own."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path}/mailbot.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    yield server.create("empty")
    server.drop("empty")


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that holds the fixtures' registry, for each site to copy."""
    made = Site(tmp_path_factory.mktemp("imported"))
    made.configure()
    made.say("registry", "import", str(FIXTURES / "registry"))
    return made.folder


@pytest.fixture(scope="session")
def imported_postgres(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The same in PostgreSQL."""
    made = Site(tmp_path_factory.mktemp("imported"), postgres_url=postgres.create("imported"))
    made.configure()
    made.say("registry", "import", str(FIXTURES / "registry"))
    return made


@pytest.fixture
def site(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A fresh site on two Maildirs, its registry imported."""
    if database == "sqlite":
        made, source = Site(tmp_path), request.getfixturevalue("imported")
    else:
        source = request.getfixturevalue("imported_postgres").folder
        server: Postgres = request.getfixturevalue("postgres")
        made = Site(tmp_path, postgres_url=server.create("site", template="imported"))
    made.configure()
    for file in source.glob("mailbot.*"):
        if file.suffix != ".toml":
            shutil.copy(file, tmp_path)
    yield made
    if made.postgres_url:
        server.drop("site")


def opt_in_letter(
    number: int = 1,
    sender: str = "karim.lindt@gov.ie.example",
    member: str = "Ireland",
    wish: str = "opt in",
    authentication: str | None = "dmarc=pass",
) -> bytes:
    """A letter in the circular's words; `number` makes its Message-ID."""
    domain = sender.rpartition("@")[2]
    headers = [f"Authentication-Results: mx.test; {authentication} header.from={domain}"] if authentication else []
    headers += [
        f"From: Focal Point <{sender}>",
        "To: tsbdir@itu.int",
        f"Subject: Automatic approval for {member}",
        "Date: Thu, 20 Nov 2025 09:00:00 +0000",
        f"Message-ID: <letter-{number}@{domain}>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Dear Director,",
        "",
        f'On behalf of {member}, I wish to "{wish}" {"to" if wish == "opt in" else "of"} automatic approval of',
        "registration requests for all Active ITU Accounts with TIES access affiliated",
        "with this organization for the remainder of the Study Period.",
        "",
        "Focal Point",
        "Designated focal point",
        member,
        "",
    ]
    return "\r\n".join(headers).encode()


UNRELATED = (
    b"From: Friend <friend@home.example>\r\nTo: tsbdir@itu.int\r\nSubject: Lunch on Thursday\r\n"
    b"Date: Thu, 20 Nov 2025 08:00:00 +0000\r\nMessage-ID: <lunch@home.example>\r\n\r\n"
    b"Shall we have lunch on Thursday? The usual place.\r\n"
)
