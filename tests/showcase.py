"""A mailbot with letters of every kind in it, served on the loopback interface: for browsers and for screenshots."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select

from mailbot.app import App, opened
from mailbot.polling import Tally
from mailbot.registry import import_registry
from mailbot.review_items import review_queue
from mailbot.reviewing import Resolution, resolve
from mailbot.store.tables import letters as letters_table
from mailbot.store.user_rows import add_user, user_called
from mailbot.web.people import proper_name
from mailbot.web.roles import Role
from mailbot.web.server import serving
from mailbot.web.sessions import begin_session, lifetime_of

FIXTURES = Path(__file__).parent / "fixtures"
LETTERS = (
    "en-001-kenya-model", "en-003-ireland-digital-affairs", "en-009-australia-gmail-reply",
    "en-017-iceland-revoke-flowed", "en-018-nordlund-ut-no-longer", "en-023-dprk-docx-out",
    "en-024-template-not-filled", "en-025-subject-against-body", "en-027-only-some-meetings", "en-028-future-start",
    "en-032-please-see-below", "en-033-hidden-text", "en-034-falcon-ambiguous", "en-036-meridian-mismatch",
    "en-037-dmarc-fail", "en-044-out-of-office", "fr-002-senegal-outlook", "fr-018-suisse-individuelle",
    "fr-022-corps-contre-piece", "fr-024-seulement-une-commission", "fr-031-sans-authentification",
    "ar-001-egy-model", "ar-022-qat-template", "ar-024-kwt-negated", "ar-026-egy-future-start",
    "ar-030-qat-forwarded", "es-001-modelo-espana", "es-029-reenvio-viceministro", "es-034-nombramiento-vencido",
)  # fmt: skip

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
HOURS_APART = 5  # how long one letter came after the other

CONFIG = """\
[database]
url = "sqlite:///{folder}/mailbot.db"
[mailbox]
url = "maildir://{folder}/in"
address = "tsbdir@itu.int"
start = "all"
[outgoing]
url = "maildir://{folder}/out"
[authentication]
trusted_servers = ["mx.example"]
[web]
enabled = true
listen = "127.0.0.1:{port}"
"""


@dataclass(frozen=True)
class Showcase:
    """The running site."""

    app: App

    @property
    def address(self) -> str:
        return self.app.settings.web.address

    def session(self, name: str, role: Role = Role.REVIEWER) -> str:
        """The cookie of a person who is signed in."""
        shown, key = proper_name(name)
        now = self.app.clock()
        with self.app.store.begin() as connection:
            row = user_called(connection, key)
            number = row.id if row else add_user(connection, name=shown, key=key, role=role, at=now)
            return begin_session(connection, number, shown, lifetime_of(self.app), now, how="test")


def reference_of(app: App, name: str) -> str:
    """The reference of one of the fixtures' letters."""
    (raw,) = fixture_letters([name])
    with app.store.read() as connection:
        match = letters_table.c.sha256 == sha256(raw).hexdigest()
        return str(connection.execute(select(letters_table.c.reference).where(match)).scalar_one())


def fixture_letters(names: Iterable[str] = LETTERS) -> list[bytes]:
    """The raw letters of the fixtures."""
    return [(FIXTURES / "emails" / f"{name}.eml").read_bytes() for name in names]


class Clock:
    """The real clock, but as far behind as `behind` says."""

    def __init__(self) -> None:
        self.behind = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) - self.behind


@contextmanager
def decided(folder: Path, letters: Iterable[bytes], days: int = 0) -> Iterator[App]:
    """A mailbot in `folder` with the fixtures' registry that has polled these letters.

    With `days` it polled a few letters each day up to now, and a person rejected one in two days.
    """
    for part in ("new", "cur", "tmp"):
        (folder / "in" / part).mkdir(parents=True, exist_ok=True)
    config = folder / "mailbot.toml"
    config.write_text(CONFIG.format(folder=folder, port=free_port()))
    clock, arrived = Clock(), list(letters)
    most = -(-len(arrived) // (days + 1))
    batches = [arrived[first : first + most] for first in range(0, len(arrived), most)]
    with opened(config, clock) as app:
        for day, batch in enumerate(batches):
            clock.behind = timedelta(days=len(batches) - 1 - day)
            if day == 0:
                import_registry(app.store, FIXTURES / "registry", clock(), by="Olga Perator")
            for number, raw in enumerate(batch):
                file = folder / "in" / "new" / f"{day:03}-{number:04}.eml"
                file.write_bytes(raw)
                at = clock().timestamp() - (len(batch) - number) * HOURS_APART * 3600
                os.utime(file, (at, at))
            app.poll(lambda _outcome: None, tally=Tally())
            app.deliver()
            if day % 2:
                _reject_the_oldest(app)
        yield app


def _reject_the_oldest(app: App) -> None:
    with app.store.begin() as connection:
        oldest = review_queue(connection)[0]["id"]
        resolution = Resolution(None, None, "Bo Chen", "answered by telephone, nothing to set")
        resolve(connection, app.world(connection), oldest, resolution, app.clock())


@contextmanager
def showcase(folder: Path, letters: Iterable[bytes], days: int = 0) -> Iterator[Showcase]:
    """The same, with its console served."""
    with decided(folder, letters, days) as app, serving(app):
        yield Showcase(app)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
