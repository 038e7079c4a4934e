"""The world mailbot lives in: a mailbox, a way out, a database, the letters that arrive; and what must be true of it.

The truths are checked from outside: the IMAP folders, the mails the SMTP server took, and what mailbot's own commands
say in a process that nobody disturbs.
"""

from __future__ import annotations

import asyncio
import csv
import imaplib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.integration.conftest import (
    FIXTURES,
    PASSWORD,
    ROOT,
    Dovecot,
    Postbox,
    Site,
    free_port,
    new_authority,
    opt_in_letter,
    running_dovecot,
    wait_for,
)
from tests.postgres import Postgres, running_postgres

from .proxy import Proxy

_FIRST_DATE = datetime(2025, 11, 20, 9, tzinfo=UTC)
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<\S+>)", re.IGNORECASE | re.MULTILINE)


class After(StrEnum):
    """What the SMTP server does once it has taken a mail, other than saying so."""

    LOSE_ANSWER = "lose the answer"
    SILENCE = "fall silent"


@dataclass
class MoodyPostbox(Postbox):
    """A postbox that also refuses senders, and that can take a mail and never say so."""

    mail_answers: list[str] = field(default_factory=list)
    after: list[After] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        if self.mail_answers:
            return self.mail_answers.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if self.after and answer.startswith("250"):
            if self.after.pop(0) is After.SILENCE:
                await asyncio.Event().wait()  # ends with the connection
            transport: Any = server.transport
            transport.abort()
        return answer


class SmtpHost:
    """An SMTP server that can be stopped and started; what it took stays."""

    def __init__(self) -> None:
        self.port = free_port()
        self.postbox = MoodyPostbox()
        self.start()

    def start(self) -> None:
        self._controller = Controller(self.postbox, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


@dataclass(frozen=True, slots=True)
class Focal:
    """A member, and the addresses that may write for it."""

    code: str
    name: str
    addresses: tuple[str, ...]


def focal_points() -> list[Focal]:
    """The members of the fixtures whose designated focal points for Sector T are the same at any time."""
    with (FIXTURES / "registry" / "members.csv").open(encoding="utf-8") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file) if row["category"] == "member_state"}
    found: dict[str, list[str]] = {}
    passing = set()
    with (FIXTURES / "registry" / "focal_points.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if (row["sector"], row["role"]) == ("T", "designated"):
                found.setdefault(row["member_code"], []).append(row["email"])
                if row["valid_from"] or row["valid_until"]:
                    passing.add(row["member_code"])
    return [
        Focal(code, names[code], tuple(addresses))
        for code, addresses in found.items()
        if code in names and code not in passing and names[code].isascii() and names[code].isalpha()
    ]


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter as it was posted: the action it calls for, and for `apply` the member and the state it asks for."""

    message_id: str
    action: str
    sender: str
    member: Focal | None = None
    state: str | None = None


class Launcher:
    """The process that starts mailbots."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.launcher"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def start(
        self, site: Site, *arguments: str, death: tuple[str, int, str] | None = None, clock_hours: float = 0
    ) -> Running:
        """Start a command; `death` names a step, the number of its call and before or after, for a kill there."""
        assert self._process.stdin is not None
        order = {
            "folder": str(site.folder), "environ": site.own_environ(), "log": f"{site.folder}.log", "death": death,
            "arguments": ["--config", str(site.config), *arguments], "clock_hours": clock_hours,
        }  # fmt: skip
        print(json.dumps(order), file=self._process.stdin, flush=True)
        return Running(int(self._line()), self)

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the launcher died"
        return line

    def close(self) -> None:
        self._process.communicate()


@dataclass
class Running:
    """A mailbot at work."""

    pid: int
    launcher: Launcher

    def wait(self) -> int:
        """Its exit code once it has ended; -9 where it was killed."""
        return int(self.launcher._line())

    def alive(self) -> bool:
        """Whether it is still at work (false, too, where it has ended and nobody asked for its exit code)."""
        try:
            return "(zombie)" not in Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return False

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send it a signal, unless it has ended: its number is not given to another process so soon."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)


class Servers:
    """What all rounds share: Dovecot and an SMTP server, each behind a proxy, a launcher, an imported registry."""

    def __init__(self, dovecot: Dovecot, postgres: Postgres, folder: Path) -> None:
        self.dovecot = dovecot
        self.postgres = postgres
        self.folder = folder
        self.smtp = SmtpHost()
        self.imap_line = Proxy(dovecot.port)
        self.smtp_line = Proxy(self.smtp.port)
        self.launchers = [Launcher()]
        self.numbers = count(1)
        self.imported = self._imported("sqlite", None)
        self.imported_postgres = self._imported("postgresql", postgres.create("imported"))

    def _imported(self, name: str, postgres_url: str | None) -> Site:
        site = Site(self.folder / name, postgres_url=postgres_url)
        site.folder.mkdir()
        site.configure()
        site.say("registry", "import", str(FIXTURES / "registry"))
        return site

    def launcher(self, number: int = 0) -> Launcher:
        """One of as many launchers as are asked for; each starts one mailbot after the other."""
        while len(self.launchers) <= number:
            self.launchers.append(Launcher())
        return self.launchers[number]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.imap_line.close()
        self.smtp_line.close()
        for launcher in self.launchers:
            launcher.close()
        self.smtp.stop()


@contextmanager
def running_servers() -> Iterator[Servers]:
    """All servers, on loopback, for as long as the block lasts."""
    with (
        new_authority() as authority,
        running_dovecot(authority) as dovecot,
        running_postgres() as postgres,
        tempfile.TemporaryDirectory(prefix="faults") as folder,
        Servers(dovecot, postgres, Path(folder)) as servers,
    ):
        yield servers


MORE = """\
[schedule]
poll_seconds = 0.05
deliver_seconds = 0.05
[limits]
mails_per_address_per_day = 100000
mails_per_domain_per_day = 100000
mails_per_hour = 100000
"""


class World:
    """One round: a fresh account, a fresh database, and the letters posted so far."""

    def __init__(
        self, servers: Servers, rng: random.Random, *, disk_bytes: int = 0, on_postgresql: bool = False
    ) -> None:
        """`disk_bytes` gives the database a disk of its own, of that size (root only)."""
        self.servers = servers
        self.rng = rng
        self.number = next(servers.numbers)
        self.user = f"user{self.number}"
        self.posted: list[Posted] = []
        self.disturbed = 0  # how often an answer of the SMTP server may have been lost
        self.refused: set[str] = set()  # addresses that the SMTP server refuses for good
        self.pace_seconds: float | None = None
        self._members = focal_points()
        rng.shuffle(self._members)
        self._wishes: Counter[str] = Counter()
        self._taken = len(servers.smtp.postbox.mails)
        folder = servers.folder / self.user
        folder.mkdir()
        self._mounted = bool(disk_bytes)
        if self._mounted:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={disk_bytes}", "tmpfs", folder], check=True)
        self.workers: list[Running] = []
        environ = {"MAILBOT_MAILBOX_PASSWORD": PASSWORD}
        database = servers.postgres.create(self.user, template="imported") if on_postgresql else None
        self.site = Site(folder, environ, database)
        self._tls = rng.random() < 0.5
        self.configure()
        imported = servers.imported_postgres if on_postgresql else servers.imported
        for file in imported.folder.glob("mailbot.*"):
            if file.suffix != ".toml":
                shutil.copy(file, folder)

    def close(self) -> None:
        """Give the disk back, and the database."""
        if self._mounted:
            subprocess.run(["umount", self.site.folder], check=True)
        if self.site.postgres_url is not None:
            self.servers.postgres.drop(self.user)

    def configure(self, patience_seconds: float = 5) -> None:
        """Write the configuration; mailbot waits so long for a server or for another writer of the database."""
        servers = self.servers
        self.site.configure(
            mailbox=f"imap://{self.user}@127.0.0.1:{servers.imap_line.port}/INBOX",
            outgoing=f"smtp://127.0.0.1:{servers.smtp_line.port}",
            mailbox_keys=f'ca_file = "{servers.dovecot.authority.ca_file}"\n'
            f"starttls = {'true' if self._tls else 'false'}\ntimeout_seconds = {patience_seconds}",
            outgoing_keys=f"timeout_seconds = {patience_seconds}\nretry_seconds = 0.02\nretry_cap_seconds = 0.2",
            more=MORE,
        )
        config = self.site.config.read_text()
        self.site.config.write_text(config.replace("[mailbox]", f"busy_seconds = {patience_seconds}\n[mailbox]", 1))

    @property
    def mails(self) -> list[Any]:
        """What the SMTP server has taken in this round."""
        return self.servers.smtp.postbox.mails[self._taken :]

    def post(self, number: int) -> None:
        """So many letters arrive: wishes of members in turn, letters for a person, mail that is nobody's business."""
        with self.servers.dovecot.session(self.user) as client:
            for _ in range(number):
                letter, raw = self._letter()
                when = imaplib.Time2Internaldate(datetime.now(UTC))
                status, said = client.append("INBOX", None, when, raw)
                assert status == "OK", said
                self.posted.append(letter)

    def _letter(self) -> tuple[Posted, bytes]:
        number = len(self.posted) + 1
        kind = number % 8
        if kind == 0:
            sender = f"friend{number}@home.example"
            raw = (
                opt_in_letter(number, sender, "Utopia").partition(b"\r\n\r\n")[0].replace(b"Automatic approval", b"Tea")
            )
            letter = Posted(f"<letter-{number}@home.example>", "ignore", sender)
            return letter, raw + b"\r\n\r\nShall we have lunch on Thursday? The usual place.\r\n"
        if kind == 4:
            sender = f"stranger{number}@away.example"
            return Posted(f"<letter-{number}@away.example>", "review", sender), opt_in_letter(number, sender)
        member = self._members[number % len(self._members)]
        sender = self.rng.choice(member.addresses)
        wish = ("opt in", "opt out")[self._wishes[member.code] % 2]
        self._wishes[member.code] += 1
        raw = opt_in_letter(number, sender, member.name, wish)
        date = (_FIRST_DATE + timedelta(seconds=number)).strftime("%a, %d %b %Y %H:%M:%S")
        raw = raw.replace(b"Thu, 20 Nov 2025 09:00:00", date.encode())
        state = "opted_in" if wish == "opt in" else "opted_out"
        return Posted(f"<letter-{number}@{sender.partition('@')[2]}>", "apply", sender, member, state), raw

    def start(self, command: str = "poll", *, launcher: int = 0, **more: Any) -> Running:
        """Start mailbot; a launcher starts one after the other."""
        return self.servers.launcher(launcher).start(self.site, command, **more)

    def employ(self, number: int) -> None:
        """Have so many `mailbot run` at work, until the world settles."""
        while len(self.workers) < number:
            self.workers.append(self.start("run", launcher=len(self.workers)))

    def await_work(self) -> None:
        """Wait until those employed have begun: a session that ends before ends the command, in one line."""
        begun = "event='mailbot runs'"
        wait_for(lambda: self.log().count(begun) >= len(self.workers))

    def dismiss(self) -> None:
        """Ask them to end, which they must do well."""
        for worker in self.workers:
            worker.kill(signal.SIGTERM)
        codes = [worker.wait() for worker in self.workers]
        self.workers.clear()
        # one that has not quite begun dies of it
        assert {*codes} <= {0, -signal.SIGTERM}, (codes, self.log()[-600:])

    def run(self, command: str = "poll", **more: Any) -> int:
        """Run mailbot to its end; its exit code."""
        return self.start(command, **more).wait()

    def settle(self, seconds: float = 60) -> None:
        """Take all troubles away and let mailbot work until nothing is left to do."""
        self.dismiss()
        postbox = self.servers.smtp.postbox
        for answers in (postbox.mail_answers, postbox.data_answers, postbox.after):
            answers.clear()
        for line in (self.servers.imap_line, self.servers.smtp_line):
            line.calm()
        self.configure()
        deadline = time.monotonic() + seconds
        while self.run() != 0 or self._in_hand():
            assert time.monotonic() < deadline, f"mailbot does not come to rest: {self.log()[-600:]}"

    def _in_hand(self) -> bool:
        """Whether letters or mails still wait to be dealt with."""
        waiting = any(mail["status"] == "due" for mail in self.site.json("mail", "list"))
        return waiting or self.decided() < len(self.posted)

    def decided(self) -> int:
        """How many decisions the audit log holds."""
        return sum(entry["action"] == "letter:decided" for entry in self.site.json("audit", "export"))

    def log(self) -> str:
        """What mailbot said on its way."""
        path = Path(f"{self.site.folder}.log")
        return path.read_text() if path.exists() else ""

    def wrongs(self) -> list[str]:
        """Everything that is not as it must be, one line each; to be asked once the world has settled."""
        entries = self.site.json("audit", "export")
        return [
            *self._wrong_decisions(entries),
            *self._wrong_flags(),
            *self._wrong_folders(),
            *self._wrong_mails(entries),
            *self._wrong_log(entries),
        ]

    def _wrong_decisions(self, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """Every letter has been decided exactly once, and as its words ask."""
        decided: dict[str, list[str]] = {}
        for entry in entries:
            if entry["action"] == "letter:decided":
                decided.setdefault(entry["data"]["message_id"], []).append(entry["data"]["action"])
        for letter in self.posted:
            found = decided.pop(letter.message_id, [])
            if found != [letter.action]:
                yield f"letter {letter.message_id} was decided {found}, not [{letter.action}]"
        yield from (f"letter {one} was never posted" for one in decided)

    def _wrong_flags(self) -> Iterator[str]:
        """Every flag is what its member's last letter asked, after one change a letter."""
        wanted: dict[str, list[str]] = {}
        for letter in self.posted:
            if letter.member is not None and letter.state is not None:
                wanted.setdefault(letter.member.code, []).append(letter.state)
        self.site.say("flags", "export", str(self.site.folder / "flags.json"))
        flags = json.loads((self.site.folder / "flags.json").read_text())
        if {flag["member"]: flag["state"] for flag in flags} != {code: states[-1] for code, states in wanted.items()}:
            yield f"the flags are {flags}"
        for code, states in wanted.items():
            history = [change["state"] for change in self.site.json("flags", "history", code)]
            if history != states:
                yield f"the history of {code} is {history}, not {states}"

    def _wrong_folders(self) -> Iterator[str]:
        """Every letter lies once, in the folder for what became of it; what is ignored is still unread."""
        folders = {"apply": "mailbot.done", "review": "mailbot.review", "ignore": "INBOX"}
        found: dict[str, Counter[str]] = {}
        with self.servers.dovecot.session(self.user) as client:
            for action, folder in folders.items():
                if client.select(folder, readonly=True)[0] == "OK" and client.search(None, "ALL")[1][0]:
                    answer: Any = client.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
                    parts = [part for part in answer if isinstance(part, tuple)]
                    found[action] = Counter(
                        match[1].decode() for _, header in parts if (match := _MESSAGE_ID.search(header))
                    )
                    if action == "ignore" and any(b"Seen" in flags for flags, _ in parts):
                        yield "mail that is nobody's business was marked as read"
        for action in folders:
            wanted = Counter(letter.message_id for letter in self.posted if letter.action == action)
            if found.get(action, Counter()) != wanted:
                yield f"{folders[action]} holds {sorted(found.get(action, []))}, not {sorted(wanted)}"

    def _wrong_mails(self, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """Every mail was sent, and again only where an answer may have been lost, byte for byte the same."""
        taken: Counter[tuple[str, str]] = Counter()
        bodies: dict[str, set[bytes]] = {}
        answered: dict[str, set[str]] = {}
        for mail in self.mails:
            message = mail.message
            bodies.setdefault(message["Message-ID"], set()).add(mail.raw)
            answered.setdefault(message["In-Reply-To"], set()).update(mail.recipients)
            taken.update((message["Message-ID"], recipient) for recipient in mail.recipients)
        queued = {
            (entry["data"]["message_id"], recipient)
            for entry in entries
            if entry["action"] == "mail:queued"
            for recipient in entry["data"]["recipients"]
        }
        wanted = {(one, recipient) for one, recipient in queued if recipient not in self.refused}
        yield from (f"mail {one} was lost" for one in wanted - taken.keys())
        yield from (f"mail {one} was sent, but never decided on" for one in taken.keys() - wanted)
        yield from (f"mail {one} was sent in two versions" for one, texts in bodies.items() if len(texts) > 1)
        if (again := self.repeated()) > self.disturbed:
            yield f"{again} mails were sent again, but only {self.disturbed} answers can have been lost"
        for letter in self.posted:
            addresses = set(letter.member.addresses if letter.member else (letter.sender,))
            due = set() if letter.action == "ignore" else addresses - self.refused
            if answered.get(letter.message_id, set()) != due:
                yield f"letter {letter.message_id} was answered to {answered.get(letter.message_id)}, not to {due}"

    def _wrong_log(self, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """The audit chain is whole, and its file outside the database says the same."""
        try:
            said, _ = self.site.say("audit", "verify")
        except AssertionError as error:
            yield f"audit verify: {error}"
        else:
            if not said.startswith("the audit log is whole"):
                yield f"audit verify: {said}"
        written = [json.loads(line) for line in (self.site.folder / "mailbot.audit.jsonl").read_bytes().splitlines()]
        if written != list(entries):
            yield "the audit log's file is not the audit log"
        if "Traceback" in self.log() or "fault of mailbot" in self.log():
            yield f"mailbot broke: {self.log()[-600:]}"

    def repeated(self) -> int:
        """How many mails the SMTP server has taken again."""
        taken = Counter((mail.message["Message-ID"], mail.recipients) for mail in self.mails)
        return sum(times - 1 for times in taken.values())
