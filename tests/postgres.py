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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

_BINARIES = Path("/usr/lib/postgresql")
# the role `guarded` needs a password, any other none
_HBA = "local all guarded scram-sha-256\nlocal all all trust\n"


@dataclass(frozen=True)
class Postgres:
    """A running server. Its databases sort by a language's rules, as they do where people install it."""

    folder: Path

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
    as_user: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="pg") as name:  # a socket's path has at most 107 characters
        folder = Path(name)
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(folder, "postgres", "postgres")
        folder.chmod(0o755)
        make = [found[-1] / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]
        collation = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]
        subprocess.run([*make, *collation], check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user)
        (folder / "data" / "pg_hba.conf").write_text(_HBA)
        serve = [found[-1] / "postgres", "-D", folder / "data", "-k", folder, "-F", "-c", "listen_addresses="]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([*serve, "-c", "timezone=Asia/Kathmandu"], stderr=log, cwd=folder, **as_user)
        try:
            server = Postgres(folder)
            _wait_until_up(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # "fast": ends the sessions that are left
            process.wait(20)


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
