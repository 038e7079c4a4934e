"""Carries many letters from IMAP to SMTP through the real program, and opens a mailbox that is full of old mail.

One letter in ten is a clear request, one in fifty a doubtful one, the others are none of mailbot's business. They lie
in a Maildir that Dovecot serves; `mailbot run` reads them, decides and answers to an SMTP server of this program.
Printed are, for every tenth of the way, letters a second, the processor time of a letter and the resident memory of
mailbot. Then `mailbot poll` opens, with a fresh database, one small mailbox and one with many letters from two years
ago; what the server says it had to give out must be the same for both.

Exit 1 where a mail is missing, where memory grows or the work slows down beyond the bounds below, or where old mail is
looked at. Slowing down is judged by processor time, which other work on the same machine does not change. The limits on
how much is sent are lifted: a real mailbot would have stopped sending long before.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import cycle, pairwise
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.integration.conftest import (
    FIXTURES,
    PASSWORD,
    Dovecot,
    Site,
    free_port,
    new_authority,
    opt_in_letter,
    running_dovecot,
    wait_for,
)

USER = "load"
STEPS = 10
MOST_GROWTH_MB = 30  # of the resident memory between the second and the last tenth
MOST_SLOWDOWN = 1.25  # the last tenth's processor time over the second's: the first still warms up
MOST_BYTES = 1000  # that the server may give out more because of old letters: longer numbers, no more
TWO_YEARS = 2 * 365 * 86400
ROOMY = "default_vsz_limit = 4G"  # Dovecot's own memory for indexing a million letters at once
UNLIMITED = """\
[limits]
mails_per_address_per_day = 100000000
mails_per_domain_per_day = 100000000
mails_per_hour = 100000000
[schedule]
poll_seconds = 1
deliver_seconds = 1
"""
_PROSE = (
    "Please find below the provisional agenda of our next meeting on the numbering plan. "
    "The rapporteur has asked for contributions on the transmission of voice over packet networks. "
    "Hotel rooms near the conference centre are held until the end of the month. "
    "The minutes of the last session were approved without changes. "
)


@dataclass(frozen=True)
class Sample:
    """How far mailbot was at a moment: letters decided, its processor time in seconds, its resident memory in MB."""

    seconds: float = 0
    letters: int = 0
    processor: float = 0
    memory: float = 0


class Counter:
    """The receiving end: counts mails and keeps none."""

    def __init__(self) -> None:
        self.mails = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        self.mails += 1
        return "250 OK"


def letters(count: int) -> Iterator[bytes]:
    """The letters to carry, in the order of their arrival."""
    with (FIXTURES / "registry" / "members.csv").open(encoding="utf-8", newline="") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file) if row["category"] == "member_state"}
    with (FIXTURES / "registry" / "focal_points.csv").open(encoding="utf-8", newline="") as file:
        points = [
            (row["email"], names[row["member_code"]])
            for row in csv.DictReader(file)
            if (row["sector"], row["role"]) == ("T", "designated")
            and row["member_code"] in names
            and not row["valid_from"] + row["valid_until"]
        ]
    requests = cycle([(*point, wish) for wish in ("opt in", "opt out") for point in points])
    for number in range(count):
        if number % 10 == 0:
            sender, member, wish = next(requests)
            yield opt_in_letter(number, sender, member, wish)
        elif number % 50 == 1:
            sender, member, wish = next(requests)
            yield opt_in_letter(number, sender, member, "opt in or opt out")
        else:
            yield (
                f"From: Friend <friend{number}@home.example>\r\nTo: tsbdir@itu.int\r\nSubject: Meeting {number}\r\n"
                f"Date: Thu, 20 Nov 2025 08:00:00 +0000\r\nMessage-ID: <load-{number}@home.example>\r\n\r\n"
                f"Dear colleague,\r\n\r\n{_PROSE * 4}\r\n\r\nYours, Friend {number}\r\n"
            ).encode()


def fill(dovecot: Dovecot, user: str, raws: Iterator[bytes], age_seconds: int) -> None:
    """Put letters into a user's Maildir as if delivered so long ago, one second apart; far quicker than APPEND."""
    folder = dovecot.root / "m" / user / "cur"
    for part in ("cur", "new", "tmp"):
        (folder.parent / part).mkdir(parents=True)
    start = int(time.time()) - age_seconds
    for number, raw in enumerate(raws):
        # S=, W= are Maildir++'s: the size in bytes, and with CRLF; Dovecot then need not read the file for it
        path = folder / f"{start}.M{number:07}.load,S={len(raw)},W={len(raw)}:2,"
        path.write_bytes(raw)
        os.utime(path, (start, start))
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "nobody", folder.parent], check=True)
    with dovecot.session(user) as client:
        client.select(readonly=True)  # the server makes its index of a Maildir when it first opens it


@contextmanager
def installed(dovecot: Dovecot, user: str, smtp_port: int, start: str) -> Iterator[Site]:
    """A mailbot on that user's mailbox, the fixtures' registry imported."""
    with tempfile.TemporaryDirectory(prefix="load") as folder:
        site = Site(Path(folder), {"MAILBOT_MAILBOX_PASSWORD": PASSWORD})
        site.configure(
            f"imap://{user}@127.0.0.1:{dovecot.port}/INBOX",
            f"smtp://127.0.0.1:{smtp_port}",
            mailbox_keys=f'starttls = false\nstart = "{start}"',
            more=UNLIMITED,
        )
        site.run("registry", "import", str(FIXTURES / "registry"))
        yield site


def carry(site: Site, count: int) -> list[Sample]:
    """Let the scheduler work until all letters are decided and all mails sent; how far it was in between."""
    log = (site.folder / "run.log").open("wb")
    process = subprocess.Popen(site.command("run"), stdout=log, stderr=log, env=site.process_environ(), cwd=site.folder)
    samples: list[Sample] = []
    begun = time.monotonic()
    with log, closing(sqlite3.connect(f"file:{site.database}?mode=ro", uri=True)) as database:
        while process.poll() is None:
            decided = _number(database, "SELECT coalesce(max(id), 0) FROM letters")
            if decided * STEPS >= (len(samples) + 1) * count:
                samples.append(Sample(time.monotonic() - begun, decided, *usage(process.pid)))
            if decided >= count and not _number(database, "SELECT count(*) FROM outbox WHERE status = 'due'"):
                process.send_signal(signal.SIGTERM)
                process.wait(60)
                break
            time.sleep(0.2)
    if process.returncode != 0:
        raise SystemExit(f"mailbot run ended with {process.returncode}: see {log.name}")
    return samples


def _number(database: sqlite3.Connection, query: str) -> int:
    return int(database.execute(query).fetchone()[0])


def usage(pid: int) -> tuple[float, float]:
    """The processor time of a process in seconds, and its resident memory in MB (proc(5): utime, stime, rss)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks, pages = int(fields[11]) + int(fields[12]), int(fields[21])
    return ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def check_carrying(samples: list[Sample], site: Site, received: int) -> list[str]:
    """Print how it went; what is wrong with it."""
    print(f"{'letters':>9} {'letters/s':>10} {'ms/letter':>10} {'memory MB':>10}")
    took: list[float] = []
    for before, sample in pairwise([Sample(), *samples]):
        count = sample.letters - before.letters
        took.append((sample.processor - before.processor) / count)
        speed = count / (sample.seconds - before.seconds)
        print(f"{sample.letters:9} {speed:10.1f} {1000 * took[-1]:10.1f} {sample.memory:10.1f}")
    with closing(sqlite3.connect(site.database)) as database:
        outcomes = dict(database.execute("SELECT outcome, count(*) FROM letters GROUP BY outcome"))
        sent = _number(database, "SELECT count(*) FROM outbox WHERE status = 'sent'")
        queued = _number(database, "SELECT count(*) FROM outbox")
    print(f"outcomes {outcomes}; mails queued {queued}, sent {sent}, received {received}")
    growth, slowdown = samples[-1].memory - samples[1].memory, took[-1] / took[1]
    print(f"memory grew by {growth:.1f} MB from the second tenth on; the last took {slowdown:.2f} of its time")
    wrong = [] if queued == sent == received else ["mails were lost or doubled"]
    if sum(outcomes.values()) != samples[-1].letters:
        wrong.append("letters were lost or doubled")
    if growth > MOST_GROWTH_MB:
        wrong.append(f"memory grew by more than {MOST_GROWTH_MB} MB")
    if slowdown > MOST_SLOWDOWN:
        wrong.append(f"the last tenth took more than {MOST_SLOWDOWN} times as long as the second")
    return wrong


@dataclass(frozen=True)
class Polled:
    """One `mailbot poll`: its seconds, the bytes the server gave out, the headers and bodies it opened for that."""

    seconds: float
    given: int
    opened: int

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s, {self.given} bytes, {self.opened} opened"


def opening(dovecot: Dovecot, user: str, smtp_port: int, start: str) -> tuple[Polled, Polled]:
    """A first poll and, one new letter later, another; both fetch nothing that is old."""
    with installed(dovecot, user, smtp_port, start) as site:
        first = polled(dovecot, site, user, expected=0)
        dovecot.append(user, opt_in_letter(int(time.time() * 1000)))
        return first, polled(dovecot, site, user, expected=1)


_FIGURES = re.compile(r" out=(\d+) .*hdr_count=(\d+) .*body_count=(\d+) ")


def polled(dovecot: Dovecot, site: Site, user: str, expected: int) -> Polled:
    """Run `mailbot poll`, which must fetch so many letters, and read what the server logged of the session."""
    sessions = len(_sessions(dovecot, user))
    begun = time.monotonic()
    said = site.run("poll", "--json").stdout
    took = time.monotonic() - begun
    if f'"fetched": {expected},' not in said:
        raise SystemExit(f"{expected} letters were to be fetched, but: {said}")
    wait_for(lambda: len(_sessions(dovecot, user)) > sessions)
    out, headers, bodies = _sessions(dovecot, user)[-1]
    return Polled(took, out, headers + bodies)


def _sessions(dovecot: Dovecot, user: str) -> list[tuple[int, int, int]]:
    """Of each finished session of a user: bytes given out, headers and bodies fetched (imap_logout_format)."""
    lines = (dovecot.root / "log").read_text().splitlines()
    found = (_FIGURES.search(line) for line in lines if f"imap({user})<" in line)
    return [(int(match[1]), int(match[2]), int(match[3])) for match in found if match is not None]


def check_opening(dovecot: Dovecot, smtp_port: int, old: int) -> list[str]:
    """Compare opening a mailbox with ten old letters and one with many; what is wrong with it."""
    fill(dovecot, "few", letters(10), TWO_YEARS)
    begun = time.monotonic()
    fill(dovecot, "many", letters(old), TWO_YEARS)
    print(f"{old} old letters laid down and indexed by the server in {time.monotonic() - begun:.0f} s")
    wrong = []
    for start in ("now", "recent"):
        pairs = zip(*(opening(dovecot, user, smtp_port, start) for user in ("few", "many")), strict=True)
        for poll, (few, many) in zip(("first poll", "one new letter"), pairs, strict=True):
            print(f'start = "{start}", {poll}: of 10: {few}; of {old}: {many}')
            if many.given - few.given > MOST_BYTES or many.opened != few.opened:
                wrong.append(f'old letters are looked at with start = "{start}"')
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=100_000, help="how many to carry (0: skip)")
    parser.add_argument("--old", type=int, default=1_000_000, help="how many old letters to open with (0: skip)")
    options = parser.parse_args()
    counter, port = Counter(), free_port()
    controller = Controller(counter, hostname="127.0.0.1", port=port)
    controller.start()
    wrong: list[str] = []
    try:
        with new_authority() as authority, running_dovecot(authority, ROOMY) as dovecot:
            if options.letters:
                fill(dovecot, USER, letters(options.letters), 86400)
                with installed(dovecot, USER, port, "all") as site:
                    samples = carry(site, options.letters)
                    wrong += check_carrying(samples, site, counter.mails)
            if options.old:
                wrong += check_opening(dovecot, port, options.old)
    finally:
        controller.stop()
    for line in wrong:
        print(f"WRONG: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
