"""A PostgreSQL server of the tests' own, from Debian's packages: on a Unix socket in a temporary folder, no network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

_BINARIES = Path("/usr/lib/postgresql")
# the role `guarded` needs a password, any other none
_HBA = "local all guarded scram-sha-256\nlocal all all trust\n"


@dataclass
class Postgres:
    """A server. Its databases sort by a language's rules, as they do where people install it."""

    folder: Path
    programs: Path
    as_user: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve, and wait until it does."""
        serve = [self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder, "-F"]
        options = ["-c", "listen_addresses=", "-c", "timezone=Asia/Kathmandu"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([*serve, *options], stderr=log, cwd=self.folder, **self.as_user)
        _wait_until_up(self, self.process)

    def stop(self, number: int = signal.SIGINT) -> None:
        """End it "fast", with the sessions that are left; SIGQUIT ends it as a crash does."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(20)

    def url(self, database: str, user: str = "postgres") -> str:
        """What `database.url` says to use one of its databases."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run SQL as the administrator."""
        with self.connect(database) as connection:
            connection.execute(statement)

    def create(self, database: str, template: str = "template0") -> str:
        """A new database, as a copy of `template`, which nobody may be using; its URL."""
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Away with it, even where a killed process has left a session."""
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A session of the administrator that commits each statement."""
        return psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server, and stop it with all its sessions."""
    found = sorted(_BINARIES.glob("*/bin"), key=lambda path: float(path.parent.name))
    assert found, f"there is no PostgreSQL in {_BINARIES}: sudo apt-get install postgresql"
    with tempfile.TemporaryDirectory(prefix="pg") as name:  # a socket's path has at most 107 characters
        server = Postgres(Path(name), found[-1])
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            server.as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(name, "postgres", "postgres")
        server.folder.chmod(0o755)
        data = server.folder / "data"
        make = [server.programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]
        collation = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": name}
        subprocess.run([*make, *collation], **quiet, **server.as_user)
        (data / "pg_hba.conf").write_text(_HBA)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _wait_until_up(server: Postgres, process: subprocess.Popen[bytes], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            server.connect().close()
            return
        except psycopg.OperationalError:
            said = (server.folder / "log").read_text()
            assert process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.02)
