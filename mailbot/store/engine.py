"""Opening the database, and its transactions.

Every write transaction is alone: SQLite by `BEGIN IMMEDIATE`, PostgreSQL by one advisory lock. That is what makes
"read the flag, decide, write the flag" safe, and the audit chain a chain.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, create_engine, event, func, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from mailbot.store.rights import FileRights, Rights, SessionRights
from mailbot.store.tables import SCHEMA_VERSION, metadata, schema_version
from mailbot.store.trouble import BusyError, StoreError, short, translated

_WRITE_LOCK = 0x6D61696C  # any number that no other program of this database uses


class Store:
    """One open database. `begin` is a write transaction, `read` one that only looks."""

    def __init__(self, engine: Engine, busy_seconds: float = 30) -> None:
        self.engine = engine
        self._busy_seconds = busy_seconds
        self._writing = threading.Lock()

    @property
    def url(self) -> str:
        """Where the database is, without a password."""
        return self.engine.url.render_as_string(hide_password=True)

    @property
    def is_shared(self) -> bool:
        """Whether several workers may share the work: on one PostgreSQL, not on a file."""
        return self.engine.dialect.name == "postgresql"

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database."""
        path = self.engine.url.database
        return Path(path) if self.engine.dialect.name == "sqlite" and path else None

    @contextmanager
    def begin(self, *, alone: bool = True, migrating: bool = False) -> Iterator[Connection]:
        """A write transaction: committed at the end, rolled back on any error; one at a time in the whole database.

        Where it is not to be `alone` from its beginning, PostgreSQL lets others write until `go_alone` (SQLite never
        does): it may prepare what it is going to write, and hold rows. While `migrating`, SQLite enforces no foreign
        keys: it changes a table by dropping it for a changed copy.
        """
        with (
            self._turn(),
            translated(self.engine),
            self.engine.connect().execution_options(mailbot_migrating=migrating) as connection,
            connection.begin(),
        ):
            if alone:
                self.go_alone(connection)
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Of this process's threads let one write to SQLite: who waits for its lock looks only every tenth of a second.

        Raises StoreError where another thread writes for longer than `busy_seconds`.
        """
        if self.is_shared:
            yield
            return
        if not self._writing.acquire(timeout=self._busy_seconds):
            raise StoreError(
                f"the database {self.url} is busy: something has been writing for {self._busy_seconds:g} s"
            )
        try:
            yield
        finally:
            self._writing.release()

    def go_alone(self, connection: Connection) -> None:
        """From here to its end this transaction is the only one that writes; what others have written, it sees."""
        if self.is_shared:
            connection.execute(select(func.pg_advisory_xact_lock(_WRITE_LOCK)))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database and changes nothing."""
        with (
            translated(self.engine),
            self.engine.connect().execution_options(**_read_options(self.engine)) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def exclusive(
        self, work: str, wait_seconds: float = 60, sleep: Callable[[float], None] = time.sleep
    ) -> Iterator[None]:
        """Hold the right to do `work` (`deliver`); the right ends with the process, however it dies.

        Raises BusyError where another mailbot still holds it after `wait_seconds`.
        """
        with closing(self.rights()) as rights:
            deadline = time.monotonic() + wait_seconds
            while not rights.take(work):
                if time.monotonic() >= deadline:
                    raise BusyError(f"another mailbot is at work here ({work}): wait until it is done, or stop it")
                sleep(0.05)
            yield

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Around reading and sending mail: until its end nobody changes the schema. Raises BusyError where one does."""
        with closing(self.rights()) as rights:
            if not rights.take("schema", jointly=True):
                raise BusyError("the database is being upgraded: start again when that is done")
            yield

    def rights(self) -> Rights:
        """The rights to do some work that this process is going to hold; closed, it holds none."""
        return SessionRights(self.engine) if self.is_shared else FileRights(f"{self.engine.url.database}")

    def schema(self) -> int | None:
        """The number of the schema found, None where the database is empty."""
        with self.read() as connection:
            return version_of(connection)

    def wipe(self) -> None:
        """Overwrite what has been erased: SQLite's write-ahead log still holds the pages as they were before.

        A reader at work for longer than `busy_seconds` postpones that to the next checkpoint.
        """
        if self.engine.dialect.name == "sqlite":
            with translated(self.engine), closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_store(url: str, password: SecretStr | None = None, busy_seconds: float = 30) -> Store:
    """Open the database, create its tables where it is empty, and refuse one of another schema than today's."""
    store = connect_store(url, password, busy_seconds)
    try:
        found = store.schema()
        if found is None:
            create_tables(store)
        else:
            refuse_newer(store, found)
            refuse_older(store, found)
    except BaseException:
        store.close()
        raise
    return store


def connect_store(url: str, password: SecretStr | None = None, busy_seconds: float = 30) -> Store:
    """Connect to the database as it is, whatever its schema."""
    try:
        address = make_url(url)
        sqlite = address.get_backend_name() == "sqlite"
        engine = _sqlite(url, busy_seconds) if sqlite else _postgresql(url, password, busy_seconds)
    except (NoSuchModuleError, ImportError) as error:
        raise StoreError(f"the driver of {url} is not installed: pip install 'mailbot[postgres]'") from error
    except SQLAlchemyError as error:
        raise StoreError(f"{url} is no usable database URL: {short(error)}") from error
    return Store(engine, busy_seconds)


def create_tables(store: Store) -> None:
    """Make the tables of today's schema in an empty database."""
    with store.begin() as connection:
        if version_of(connection) is None:  # another mailbot may have been quicker
            metadata.create_all(connection)
            connection.execute(insert(schema_version).values(version=SCHEMA_VERSION))


def version_of(connection: Connection) -> int | None:
    """The schema version of the database, None where it is empty."""
    if not inspect(connection).has_table(schema_version.name):
        return None
    return connection.execute(select(schema_version.c.version)).scalar_one_or_none()


def refuse_newer(store: Store, found: int) -> None:
    """Raise StoreError for a schema that only a later mailbot knows."""
    if found > SCHEMA_VERSION:
        raise StoreError(
            f"{store.url} was written by a newer mailbot (schema {found}, this one knows {SCHEMA_VERSION}): "
            "install that version; nothing was changed"
        )


def refuse_older(store: Store, found: int) -> None:
    """Raise StoreError for a schema that has to be upgraded first."""
    if found < SCHEMA_VERSION:
        raise StoreError(
            f"{store.url} was made by an older mailbot (schema {found}, this one needs {SCHEMA_VERSION}): stop "
            "mailbot, keep a copy (mailbot db backup FILE), then run mailbot db upgrade; nothing was changed"
        )


def _sqlite(url: str, busy_seconds: float) -> Engine:
    """SQLite with WAL, one writer from the first statement on, foreign keys, and nothing left of what is erased.

    pysqlite's own transaction handling begins too late (at the first write) and so loses updates: it is switched off
    and BEGIN is sent here.
    """
    path = Path(make_url(url).database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path.parent}: the database's folder cannot be created: {error.strerror}") from error
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:  # noqa: ARG001
        connection.isolation_level = None
        # a damaged cell must not end a command: what reads it, `audit verify` above all, sees that it is damaged
        connection.text_factory = lambda cell: cell.decode("utf-8", "replace")
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        reading, migrating = options.get("mailbot_read", False), options.get("mailbot_migrating", False)
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
        connection.exec_driver_sql(f"PRAGMA foreign_keys = {'OFF' if migrating else 'ON'}")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgresql(url: str, password: SecretStr | None, busy_seconds: float) -> Engine:
    """PostgreSQL in UTF-8, whatever the server's own defaults for transactions and waiting.

    READ COMMITTED, so that what a transaction reads once it has the write lock is what the last writer left: in a
    stricter level the snapshot would be taken before the wait for the lock.
    """
    address = make_url(url).set(drivername="postgresql+psycopg")
    if password is not None:
        address = address.set(password=password.get_secret_value())
    engine = create_engine(
        address,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": 10},
        max_overflow=20,  # with the pool's 5: the console's ten requests, and a worker's jobs with the rights they hold
        pool_pre_ping=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:  # noqa: ARG001
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise StoreError(
                f"{url}: the database's encoding is {encoding}, which cannot hold all six languages: make another with "
                "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
            )
        connection.execute("SELECT set_config('lock_timeout', %s, false)", [f"{busy_seconds:.3f}s"])
        connection.commit()

    return engine


def _read_options(engine: Engine) -> dict[str, Any]:
    if engine.dialect.name == "postgresql":
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {"mailbot_read": True}
