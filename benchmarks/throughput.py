"""How many letters a second one, two and four workers decide and answer on one PostgreSQL, and what bounds them.

The letters lie in a Maildir that Dovecot serves, in the mix of `benchmarks.load` or, with `--requests`, requests alone;
the answers go to an SMTP server of this program. Measured is the time from the first decision to the last, and the
processor time that mailbot's workers and PostgreSQL take in it for each letter: where their sum times the letters a
second comes near the number of cores, it is the processor that bounds them.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from aiosmtpd.controller import Controller

from benchmarks.load import UNLIMITED, Counter, fill, letters, usage
from tests.integration.conftest import FIXTURES, PASSWORD, Dovecot, Site, free_port, new_authority, running_dovecot
from tests.postgres import Postgres, running_postgres


def requests(count: int) -> Iterator[bytes]:
    """Clear requests alone: every tenth letter of the mix."""
    yield from (raw for number, raw in enumerate(letters(10 * count)) if number % 10 == 0)


def measure(workers: int, raws: Iterator[bytes], dovecot: Dovecot, postgres: Postgres) -> tuple[float, float, float]:
    """Letters a second, and the processor time of a letter in ms: the workers' and PostgreSQL's."""
    user = f"workers{workers}"
    fill(dovecot, user, raws, 3600)
    counter = Counter()
    smtp = Controller(counter, hostname="127.0.0.1", port=free_port())
    smtp.start()
    with tempfile.TemporaryDirectory(prefix="throughput") as folder:
        site = Site(Path(folder), {"MAILBOT_MAILBOX_PASSWORD": PASSWORD}, postgres.create(user))
        site.configure(
            f"imap://{user}@127.0.0.1:{dovecot.port}/INBOX",
            f"smtp://127.0.0.1:{smtp.port}",
            mailbox_keys='starttls = false\nstart = "all"',
            more=UNLIMITED,
        )
        site.run("registry", "import", str(FIXTURES / "registry"))
        begun = server_time(postgres)
        processes = [
            subprocess.Popen(site.command("run"), env=site.process_environ(), cwd=folder, stderr=subprocess.DEVNULL)
            for _ in range(workers)
        ]
        count = len(list((dovecot.root / "m" / user / "cur").iterdir()))
        while done(site) < count:
            time.sleep(0.2)
        spent = sum(usage(process.pid)[0] for process in processes)
        spent_by_server = server_time(postgres) - begun
        for process in processes:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(60) for process in processes]
        ((decided, seconds, sent),) = site.sql(
            "SELECT count(*), extract(epoch FROM max(decided_at) - min(decided_at)), "
            "(SELECT count(*) FROM outbox WHERE status = 'sent') FROM letters"
        )
        if (decided, sent) != (count, counter.mails) or any(codes):
            raise SystemExit(
                f"{decided} of {count} letters decided, {sent} mails noted, {counter.mails} taken, {codes}"
            )
    smtp.stop()
    return count / float(seconds), 1000 * spent / count, 1000 * spent_by_server / count


def done(site: Site) -> int:
    """The letters decided, none while a mail still waits to be sent."""
    ((number,),) = site.sql("SELECT count(*) FROM letters WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE status = 'due')")
    return int(number)


def server_time(postgres: Postgres) -> float:
    """The processor time of PostgreSQL's processes in seconds, with those that have ended (proc(5): cutime, cstime)."""
    assert postgres.process is not None
    children = Path(f"/proc/{postgres.process.pid}/task/{postgres.process.pid}/children").read_text().split()
    ticks = 0
    for pid in (str(postgres.process.pid), *children):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measure one, two and four workers, and print a line each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.throughput", description=__doc__)
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--requests", action="store_true", help="clear requests alone, the dearest letters")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, {options.letters} letters")
    print(f"{'workers':>8} {'letters/s':>10} {'workers ms/letter':>18} {'PostgreSQL ms/letter':>21} {'cores busy':>11}")
    with new_authority() as authority, running_dovecot(authority) as dovecot, running_postgres() as postgres:
        for workers in options.workers:
            raws = requests(options.letters) if options.requests else letters(options.letters)
            rate, own, server = measure(workers, raws, dovecot, postgres)
            busy = rate * (own + server) / 1000
            print(f"{workers:8} {rate:10.1f} {own:18.1f} {server:21.1f} {busy:11.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
