"""The composition root: builds what the commands work with. Nothing happens at import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr
from sqlalchemy import Connection

from mailbot import audit
from mailbot.answering import Writer
from mailbot.asking import Inquiry, expire_questions
from mailbot.audit_files import append_checkpoint_line
from mailbot.authenticity import Trust
from mailbot.checkpoints import Checkpoint, append_checkpoint, private_key
from mailbot.compose import Letterhead, check_templates
from mailbot.confirmation_key import kept_key, key_of
from mailbot.connections import mailbox_of, transport_of
from mailbot.deciding import Decider, Tally
from mailbot.delivery import Dispatch, Patience, deliver
from mailbot.errors import ConfigurationError, MailbotError
from mailbot.flag_lookup import current_flag
from mailbot.ingest import MailboxError
from mailbot.judgement import Circumstances, Policy
from mailbot.judging import keys_for
from mailbot.keys import DnsKeys, KeySource
from mailbot.logs import configure_logs
from mailbot.pipeline import Outcome
from mailbot.polling import Poll
from mailbot.published_log import PublishedLog
from mailbot.register import Register
from mailbot.retention import purge
from mailbot.rules import note_settings, rules_version
from mailbot.secret import secret
from mailbot.settings import Settings, load_settings, packaged_wording
from mailbot.silence import Limits
from mailbot.store.contact_rows import DELIVER, POLL, note_contact
from mailbot.store.engine import Store, connect_store, open_store
from mailbot.store.registry_rows import latest_import, load_focal_points, load_members
from mailbot.store.trouble import StoreError
from mailbot.study_period import lapse_flags, note_study_period
from mailbot.wording import Wording
from mailbot.wording_files import load_wording
from mailbot.world import Filers, World

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
    # made at once, not when it is first asked for: that may be by two threads
    published_log: PublishedLog = field(init=False)

    def __post_init__(self) -> None:
        asked = self.settings.audit
        self.published_log = PublishedLog(
            self.store,
            asked.log_file or self._beside_database(".audit.jsonl"),
            asked.head_file or self._beside_database(".audit-head.json"),
        )

    @cached_property
    def wording(self) -> Wording:
        """The phrases of all languages."""
        return load_wording(self.settings.wording.folder or packaged_wording())

    @cached_property
    def rules(self) -> str:
        """Which rules decide."""
        return rules_version(self.settings.wording.folder or packaged_wording())

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
        return Policy(
            trust,
            authentication.required,
            self.settings.limits.max_message_bytes,
            asks=self._asks,
            own_addresses=self.writer.own_addresses,
        )

    @cached_property
    def keys(self) -> KeySource:
        """Where DKIM keys come from: DNS, which nobody asks unless the configuration has mailbot verify signatures."""
        authentication = self.settings.authentication
        return DnsKeys(authentication.name_servers, authentication.dns_timeout_seconds)

    def with_keys(self, circumstances: Circumstances, raw: bytes) -> Circumstances:
        """The circumstances of one letter, with the DKIM keys fetched that deciding it takes."""
        return replace(circumstances, key_records=self.keys.fetch(keys_for(raw, circumstances.policy)).get)

    @property
    def _asks(self) -> bool:
        """Whether senders are asked to confirm: only with a key, given or kept beside the data."""
        return self.settings.confirmation.ask and (self._given_key is not None or self._kept_key_file is not None)

    @property
    def _given_key(self) -> str | None:
        given = secret("CONFIRMATION", self.settings.confirmation.key_file, kind="KEY")
        return None if given is None else given.get_secret_value()

    @property
    def _kept_key_file(self) -> Path | None:
        return self._beside_database(".confirmation.key")

    @cached_property
    def inquiry(self) -> Inquiry | None:
        """What senders are asked with; None where they are not to be asked. The key is made at the first need."""
        if not self._asks:
            return None
        given, kept = self._given_key, self._kept_key_file
        key = kept_key(kept) if given is None and kept is not None else key_of(given or "")
        return Inquiry(key, timedelta(hours=self.settings.confirmation.valid_hours))

    def register(self, connection: Connection) -> Register:
        """The register, loaded again only after an import."""
        number = latest_import(connection)
        if self._register is None or self._register[0] != number:
            sector = self.settings.programme.sector
            self._register = number, Register.of(load_members(connection), load_focal_points(connection), sector)
        return self._register[1]

    def standing_circumstances(self, connection: Connection, now: datetime) -> Circumstances:
        """The register and the flags as they stand, for `check`: each letter as if it were the first."""
        return replace(self.bare_circumstances(connection), flag_of=lambda code: current_flag(connection, code, now))

    def bare_circumstances(self, connection: Connection) -> Circumstances:
        """The register as it stands and no flags, for `replay`: each letter as if nobody had ever written."""
        return Circumstances(
            wording=self.wording,
            register=self.register(connection),
            policy=self.policy,
            study_period=self.settings.study_period.name,
            programme=self.settings.programme.name,
        )

    @cached_property
    def writer(self) -> Writer:
        """Who mailbot writes as."""
        outgoing, address = self.settings.outgoing, self.settings.mailbox.address
        limits = self.settings.limits
        others = frozenset(mailbox.address for mailbox in self.settings.mailboxes.values())
        return Writer(
            Letterhead(
                outgoing.from_name,
                outgoing.from_address or address,
                address,
                others,
                self.settings.programme.templates,
            ),
            Limits(limits.mails_per_address_per_day, limits.mails_per_domain_per_day, limits.mails_per_hour),
        )

    @cached_property
    def _folders(self) -> dict[str, Filers]:
        """Where the letters of each mailbox are filed."""
        return {
            mailbox_of(section, settings).name: Filers(settings.done_folder, settings.review_folder)
            for section, settings in self.settings.all_mailboxes.items()
            if settings.filing
        }

    def world(self, connection: Connection) -> World:
        """What letters are decided and answered with."""
        return World(
            wording=self.wording,
            register=self.register(connection),
            policy=self.policy,
            study_period=self.settings.study_period.value,
            programme=self.settings.programme.name,
            default_duration=self.settings.flags.default_duration,
            writer=self.writer,
            folders=self._folders,
            rules=self.rules,
            inquiry=self.inquiry,
        )

    def check(self) -> None:
        """Raise ConfigurationError for what would otherwise show only in the middle of the work."""
        for section, settings in self.settings.all_mailboxes.items():
            mailbox_of(section, settings)
        transport_of(self.settings.outgoing, self.writer.letterhead.from_address)
        _ = self.wording, self.signing_key
        if self.settings.programme.templates is not None:
            check_templates(self.settings.programme.templates)
        if self.inquiry is None and self.settings.confirmation.ask:
            log.warning(
                "nobody is asked to confirm", why="no key: set MAILBOT_CONFIRMATION_KEY or confirmation.key_file"
            )

    def poll(
        self, report: Callable[[Outcome], None], stopping: Callable[[], bool] = lambda: False, *, tally: Tally
    ) -> None:
        """Handle all that is new in every mailbox, counting in `tally`.

        A mailbox that fails does not keep the others waiting: the first MailbotError is raised when all are done.
        """
        trouble: MailbotError | None = None
        for section in self.settings.all_mailboxes:
            try:
                self.poll_mailbox(section, report, stopping, tally=tally)
            except MailbotError as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble

    def poll_mailbox(
        self,
        section: str,
        report: Callable[[Outcome], None],
        stopping: Callable[[], bool] = lambda: False,
        *,
        tally: Tally,
    ) -> None:
        """Handle all that is new in one mailbox, and end the flags whose study period is over."""
        settings = self.settings.all_mailboxes[section]
        mailbox = mailbox_of(section, settings)
        with self.store.exclusive(f"poll {mailbox.name}"):
            lapse_flags(self.store, self.clock())
            poll = Poll(
                self.store,
                mailbox,
                settings.start,
                settings.filing,
                self.policy,
                self.clock,
                self.keys,
                lambda: self.decide(report, stopping, tally=tally),
                stopping,
            )
            with self._noting_contact(POLL, settings.url):
                poll.run(tally)
            # only now: an answer that came in time counts, however long mailbot stood still
            expire_questions(self.store, self.clock())

    def decide(
        self, report: Callable[[Outcome], None], stopping: Callable[[], bool] = lambda: False, *, tally: Tally
    ) -> None:
        """Decide the letters that wait in the inbox, whoever fetched them."""
        Decider(self.store, self.world, self.clock, report).run(tally, stopping)

    def deliver(self, stopping: Callable[[], bool] = lambda: False) -> Dispatch:
        """Send the mails whose turn it is."""
        outgoing = self.settings.outgoing
        patience = Patience(outgoing.retry_seconds, outgoing.retry_cap_seconds, timedelta(hours=outgoing.give_up_hours))
        transport = transport_of(outgoing, self.writer.letterhead.from_address)
        dispatch = deliver(self.store, transport, self.clock, patience, stopping)
        if dispatch.sent or dispatch.trouble is not None:  # otherwise nobody spoke with the server
            trouble = None if dispatch.trouble is None else str(dispatch.trouble)
            self._note_contact(DELIVER, outgoing.url, trouble)
        return dispatch

    @contextmanager
    def _noting_contact(self, work: str, place: str) -> Iterator[None]:
        """Note for the console's health that the work was done, or why it was not."""
        try:
            yield
        except MailboxError as error:
            self._note_contact(work, place, str(error))
            raise
        self._note_contact(work, place)

    def _note_contact(self, work: str, place: str, trouble: str | None = None) -> None:
        """What cannot be noted must not hide how the work itself went."""
        with suppress(StoreError), self.store.begin() as connection:
            note_contact(connection, work, place, self.clock(), trouble)

    def deliver_now(self) -> str | None:
        """Send what a person's command has just queued; what cannot be sent now is due, and the reason is returned."""
        try:
            trouble: MailbotError | None = self.deliver().trouble
        except MailbotError as error:
            trouble = error
        return None if trouble is None else str(trouble)

    def note_run(self, done: str) -> None:
        """Record in the audit log that the scheduler was `started` or `stopped`."""
        with self.store.begin() as connection:
            audit.append(
                connection, at=self.clock(), action=f"mailbot:{done}", subject=self.settings.mailbox.url,
                actor="mailbot", data={"rules": self.rules},
            )  # fmt: skip

    @cached_property
    def signing_key(self) -> Ed25519PrivateKey | None:
        """The key that signs checkpoints, where one is configured."""
        path = self.settings.audit.signing_key
        if path is None:
            return None
        try:
            return private_key(path.read_bytes())
        except FileNotFoundError as error:
            raise ConfigurationError(
                f"audit.signing_key: {path}: there is no such file: make one with mailbot audit keygen {path}"
            ) from error
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"audit.signing_key: {path}: {error}") from error

    def checkpoint(self) -> Checkpoint | None:
        """Sign the end of the audit log, where there is a key and anything new since the last checkpoint."""
        if self.signing_key is None:
            return None
        with self.store.begin() as connection:
            made = append_checkpoint(connection, self.signing_key, self.clock())
        if made is not None and self.settings.audit.checkpoint_file is not None:
            append_checkpoint_line(self.settings.audit.checkpoint_file, made)
        return made

    def upkeep(self) -> tuple[int, int]:
        """End the flags whose study period is over, erase what has been kept long enough; how many of each."""
        now = self.clock()
        return lapse_flags(self.store, now), purge(self.store, self.settings.retention.letter_months, now)

    def _beside_database(self, suffix: str) -> Path | None:
        file = self.store.file
        return None if file is None else file.with_suffix(suffix)


@contextmanager
def connected(config: Path | None) -> Iterator[Store]:
    """The database alone, as it is, for the commands that look after it."""
    configure_logs()
    store = connect_store(*_database(load_settings(config)))
    try:
        yield store
    finally:
        store.close()


def _database(settings: Settings) -> tuple[str, SecretStr | None, float]:
    """Where the database is, the password for it, and how many seconds to wait for another writer."""
    database = settings.database
    return database.url, secret("DATABASE", database.password_file), database.busy_seconds


@contextmanager
def opened(config: Path | None, clock: Callable[[], datetime] = utc_now, *, publish: bool = True) -> Iterator[App]:
    """The application for one command; the audit log's files are brought up to date at the end.

    Without `publish` nothing is written, neither to the database nor to those files: what is to be verified stays.
    """
    configure_logs()
    settings = load_settings(config)
    store = open_store(*_database(settings))
    try:
        app = App(settings, store, clock)
        if publish:
            note_settings(store, settings, app.rules, clock())
            note_study_period(store, settings.study_period.value, clock())
        yield app
        if publish:
            app.published_log.catch_up()
    finally:
        store.close()
