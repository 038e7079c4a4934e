"""The composition root: builds what the commands work with. Nothing happens at import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import structlog
from sqlalchemy import Connection

from mailbot.answering import Writer
from mailbot.audit import entry_of, head_of
from mailbot.audit_files import ForeignLogError, catch_up, read_head, write_head
from mailbot.authenticity import Trust
from mailbot.compose import Letterhead
from mailbot.decide import Circumstances, Policy
from mailbot.delivery import Dispatch, Patience, deliver
from mailbot.errors import ConfigurationError, MailbotError
from mailbot.flags import flag_at
from mailbot.ingest import ImapMailbox, Mailbox
from mailbot.judging import keys_for
from mailbot.keys import DnsKeys, KeySource
from mailbot.logs import configure_logs
from mailbot.maildir import MaildirMailbox
from mailbot.pipeline import Filers, Outcome, World
from mailbot.places import ImapPlace, MaildirPlace, SmtpPlace
from mailbot.polling import Poll, Tally
from mailbot.register import Register
from mailbot.settings import Settings, load_settings, packaged_wording, secret
from mailbot.store.audit_rows import audit_row, audit_rows
from mailbot.store.engine import Store, open_store
from mailbot.store.flag_rows import changes_of, known_periods
from mailbot.store.registry_rows import latest_import, load_focal_points, load_members
from mailbot.study_period import lapse_flags, note_study_period
from mailbot.transport import MaildirTransport, SmtpTransport, Transport
from mailbot.wording import Wording, load_wording

log = structlog.get_logger("mailbot")


def utc_now() -> datetime:
    """The clock of the real program."""
    return datetime.now(UTC)


@dataclass
class App:
    """Settings, store and clock, and what is loaded from them when first needed."""

    settings: Settings
    store: Store
    clock: Callable[[], datetime] = utc_now
    _register: tuple[int, Register] | None = field(default=None, init=False)

    @cached_property
    def wording(self) -> Wording:
        """The phrases of all languages."""
        return load_wording(self.settings.wording.folder or packaged_wording())

    @cached_property
    def policy(self) -> Policy:
        """The settings a decision depends on."""
        authentication = self.settings.authentication
        trust = Trust(
            frozenset(authentication.trusted_servers),
            authentication.exchange_online,
            authentication.verify_dkim,
            frozenset(authentication.arc_sealers),
        )
        return Policy(trust, authentication.required, self.settings.limits.max_message_bytes)

    @cached_property
    def keys(self) -> KeySource:
        """Where DKIM keys come from: DNS, which nobody asks unless the configuration has mailbot verify signatures."""
        authentication = self.settings.authentication
        return DnsKeys(authentication.name_servers, authentication.dns_timeout_seconds)

    def with_keys(self, circumstances: Circumstances, raw: bytes) -> Circumstances:
        """The circumstances of one letter, with the DKIM keys fetched that deciding it takes."""
        return replace(circumstances, key_records=self.keys.fetch(keys_for(raw, circumstances.policy)).get)

    def register(self, connection: Connection) -> Register:
        """The register, loaded again only after an import."""
        number = latest_import(connection)
        if self._register is None or self._register[0] != number:
            self._register = number, Register.of(load_members(connection), load_focal_points(connection))
        return self._register[1]

    def standing_circumstances(self, connection: Connection, now: datetime) -> Circumstances:
        """The register and the flags as they stand, for `check`: each letter as if it were the first."""
        periods = known_periods(connection)
        return replace(
            self.bare_circumstances(connection),
            flag_of=lambda code: flag_at(changes_of(connection, code), periods, now),
        )

    def bare_circumstances(self, connection: Connection) -> Circumstances:
        """The register as it stands and no flags, for `replay`: each letter as if nobody had ever written."""
        return Circumstances(
            wording=self.wording,
            register=self.register(connection),
            policy=self.policy,
            study_period=self.settings.study_period.name,
        )

    @cached_property
    def writer(self) -> Writer:
        """Who mailbot writes as."""
        outgoing, address = self.settings.outgoing, self.settings.mailbox.address
        return Writer(Letterhead(outgoing.from_name, outgoing.from_address or address, address))

    def world(self, connection: Connection) -> World:
        """What letters are decided and answered with."""
        mailbox = self.settings.mailbox
        return World(
            wording=self.wording,
            register=self.register(connection),
            policy=self.policy,
            study_period=self.settings.study_period.value,
            default_duration=self.settings.flags.default_duration,
            writer=self.writer,
            folders=Filers(mailbox.done_folder, mailbox.review_folder) if mailbox.filing else None,
        )

    def mailbox(self) -> Mailbox:
        """The configured mailbox, not yet opened."""
        settings = self.settings.mailbox
        match settings.place:
            case MaildirPlace(path):
                return MaildirMailbox(path)
            case ImapPlace() as place:
                password = secret("MAILBOX", settings.password_file)
                return ImapMailbox(
                    place,
                    _given(password, place, "mailbox"),
                    ca_file=settings.ca_file,
                    starttls=settings.starttls,
                    timeout_seconds=settings.timeout_seconds,
                )

    def transport(self) -> Transport:
        """The configured way out, not yet connected."""
        settings = self.settings.outgoing
        match settings.place:
            case MaildirPlace(path):
                return MaildirTransport(path)
            case SmtpPlace() as place:
                password = secret("OUTGOING", settings.password_file)
                return SmtpTransport(
                    place,
                    _given(password, place, "outgoing") if place.user else None,
                    self.writer.letterhead.from_address,
                    ca_file=settings.ca_file,
                    timeout_seconds=settings.timeout_seconds,
                )

    def check(self) -> None:
        """Raise ConfigurationError for what would otherwise show only in the middle of the work."""
        self.mailbox()
        self.transport()
        _ = self.wording

    def poll(
        self, report: Callable[[Outcome], None], stopping: Callable[[], bool] = lambda: False, *, tally: Tally
    ) -> None:
        """Handle all that is new in the mailbox, counting in `tally`, and end the flags whose study period is over."""
        with self.store.exclusive("poll"):
            lapse_flags(self.store, self.clock())
            start = self.settings.mailbox.start
            Poll(self.store, self.mailbox(), start, self.world, self.clock, report, self.keys, stopping).run(tally)

    def deliver(self, stopping: Callable[[], bool] = lambda: False) -> Dispatch:
        """Send the mails whose turn it is."""
        outgoing = self.settings.outgoing
        patience = Patience(outgoing.retry_seconds, outgoing.retry_cap_seconds, timedelta(hours=outgoing.give_up_hours))
        return deliver(self.store, self.transport(), self.clock, patience, stopping)

    def deliver_now(self) -> str | None:
        """Send what a person's command has just queued; what cannot be sent now is due, and the reason is returned."""
        try:
            trouble: MailbotError | None = self.deliver().trouble
        except MailbotError as error:
            trouble = error
        return None if trouble is None else str(trouble)

    @property
    def audit_log_file(self) -> Path | None:
        """Where the log goes as JSON lines: as configured, else beside the SQLite file."""
        return self.settings.audit.log_file or self._beside_database(".audit.jsonl")

    @property
    def audit_head_file(self) -> Path | None:
        """Where the log's head goes: as configured, else beside the SQLite file."""
        return self.settings.audit.head_file or self._beside_database(".audit-head.json")

    def publish_audit(self) -> None:
        """Bring the audit log's files up to the database; to be called after commits.

        Files that say otherwise than the database are evidence and stay as they are: a cut-off tail must not be
        covered up by the next command.
        """
        with self.store.read() as connection:
            try:
                if self.audit_log_file:
                    catch_up(self.audit_log_file, lambda last: map(entry_of, audit_rows(connection, last)))
                if self.audit_head_file:
                    self._publish_head(connection, self.audit_head_file)
            except ForeignLogError as error:  # the work itself is done: this is for a person
                log.warning("audit log not published", why=str(error))

    def _publish_head(self, connection: Connection, path: Path) -> None:
        kept, head = read_head(path), head_of(connection)
        row = audit_row(connection, kept.seq) if kept else None
        if kept and (row is None or row["hash"] != kept.hash):
            raise ForeignLogError(f"{path}: this head is not of this database's log: see mailbot audit verify")
        if head and head != kept:
            write_head(path, head)

    def _beside_database(self, suffix: str) -> Path | None:
        file = self.store.engine.url.database
        return Path(file).with_suffix(suffix) if self.store.engine.dialect.name == "sqlite" and file else None


def _given(password: str | None, place: ImapPlace | SmtpPlace, section: str) -> str:
    if password is None:
        raise ConfigurationError(
            f"{section}.url: there is no password for {place.user} at {place.host}: "
            f"set MAILBOT_{section.upper()}_PASSWORD or {section}.password_file"
        )
    return password


@contextmanager
def opened(config: Path | None, clock: Callable[[], datetime] = utc_now, *, publish: bool = True) -> Iterator[App]:
    """The application for one command; the audit log's files are brought up to date at the end.

    Without `publish` nothing is written, neither to the database nor to those files: what is to be verified stays.
    """
    configure_logs()
    settings = load_settings(config)
    password = secret("DATABASE", settings.database.password_file)
    store = open_store(settings.database.url, password, settings.database.busy_seconds)
    try:
        app = App(settings, store, clock)
        if publish:
            note_study_period(store, settings.study_period.value, clock())
        yield app
        if publish:
            app.publish_audit()
    finally:
        store.close()
