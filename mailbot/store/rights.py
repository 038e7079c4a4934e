"""The rights that keep two mailbots from doing the same work. A right ends with its process, however that dies."""

from __future__ import annotations

import fcntl
import hashlib
from typing import IO, Protocol

from sqlalchemy import Engine, Function, Select, func, select

from mailbot.store.trouble import StoreError, translated

# A machine that vanishes says no goodbye: the server asks after it, and after ten seconds gives its rights to others
_VANISHED = {"tcp_keepalives_idle": "4", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3"}


class Rights(Protocol):
    """The rights that one part of a process holds."""

    def take(self, work: str, *, jointly: bool = False) -> bool:
        """Whether this part has the right to do `work` now: it had it, or nobody else did.

        A right that is taken `jointly` may be held by several at once, but by nobody who wants it alone.
        """
        ...

    def give_back(self, work: str) -> None:
        """Let others do `work`."""
        ...

    def hold(self) -> bool:
        """Whether what was taken is still held: a database may have ended the session in between."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...


class FileRights:
    """Lock files beside an SQLite database; the kernel drops a lock when its holder dies."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._held: dict[str, IO[str]] = {}

    def take(self, work: str, *, jointly: bool = False) -> bool:
        """Lock the file of that work; raises StoreError where it cannot be made."""
        if work in self._held:
            return True
        kind, _, what = work.partition(" ")
        path = ".".join(
            [self._database, kind, *([hashlib.sha256(what.encode()).hexdigest()[:8]] if what else []), "lock"]
        )
        try:
            handle = open(path, "w")  # noqa: SIM115 - closed where the right is given back
        except OSError as error:
            raise StoreError(f"{path}: the lock file cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if jointly else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return False
        self._held[work] = handle
        return True

    def give_back(self, work: str) -> None:
        """Close the file."""
        if work in self._held:
            self._held.pop(work).close()

    def hold(self) -> bool:
        """Always: nobody else can end a lock of this process."""
        return True

    def close(self) -> None:
        """Close all files."""
        for work in list(self._held):
            self.give_back(work)


class SessionRights:
    """Advisory locks of one PostgreSQL session, gone with its connection.

    They are known by a hash of the work's name. Two works of the same hash exclude each other: that costs a turn.
    """

    def __init__(self, engine: Engine) -> None:
        with translated(engine):
            self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            for name, value in _VANISHED.items():
                self._connection.execute(select(func.set_config(name, value, False)))
        self._engine = engine
        self._held: set[str] = set()

    def take(self, work: str, *, jointly: bool = False) -> bool:
        """Take the lock of that work; raises StoreError where the database is out of reach."""
        if work not in self._held:
            lock = func.pg_try_advisory_lock_shared if jointly else func.pg_try_advisory_lock
            if not self._ask(select(lock(_key(work)))):
                return False
            self._held.add(work)
        return True

    def give_back(self, work: str) -> None:
        """Unlock it."""
        if work in self._held:
            self._held.discard(work)
            self._ask(select(func.pg_advisory_unlock(_key(work))))

    def hold(self) -> bool:
        """Whether the session still lives."""
        try:
            return bool(self._ask(select(func.pg_backend_pid())))
        except StoreError:
            return False

    def close(self) -> None:
        """End the session, and with it all locks."""
        self._connection.invalidate()
        self._connection.close()

    def _ask(self, question: Select[tuple[int]] | Select[tuple[bool]]) -> object:
        with translated(self._engine):
            return self._connection.execute(question).scalar_one()


def _key(work: str) -> Function[int]:
    return func.hashtext(f"mailbot {work}")
