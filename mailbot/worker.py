"""The jobs of `mailbot run`. Each survives a failure: it says so in one line and waits longer before the next try.

Any number of workers may run on one PostgreSQL. Each mailbox has one that leads it, which polls and listens; the others
stand by, and one of them takes over where the leader is gone. All of them decide and deliver.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import structlog

from mailbot.app import App
from mailbot.connections import listener_of, mailbox_of
from mailbot.deciding import Tally
from mailbot.errors import MailbotError
from mailbot.ingest import ImapMailbox
from mailbot.pipeline import Outcome
from mailbot.store.rights import Rights
from mailbot.throttling import BackOff

# How soon a connection that ended is made anew at first; then twice as long, and so on
RECONNECT_SECONDS = 5.0
# How soon another worker takes over a mailbox whose leader is gone
STAND_BY_SECONDS = 2.0
# How soon a worker sees what another one has fetched: it takes a leader longer to fetch the next letters
DECIDE_SECONDS = 0.25

log = structlog.get_logger("mailbot")


class Job:
    """One kind of work, tried again after growing waits."""

    def __init__(self, name: str, seconds: float, clock: Callable[[], datetime], stop: threading.Event) -> None:
        self._name = name
        self._back_off = BackOff(seconds)
        self._clock = clock
        self._stop = stop

    def attempt(self, work: Callable[[], None]) -> None:
        """Do it, unless it is not its time yet; a failure that mailbot foresaw is logged."""
        if self._stop.is_set() or not self._back_off.ready(self._clock()):
            return
        try:
            work()
        except MailbotError as error:
            # a job that goes on for long forgives itself on its way: count what failed since
            log.warning(f"{self._name} failed", why=str(error), failures=self._back_off.failures + 1)
            self._back_off = self._back_off.failed(self._clock(), error)
            return
        self.forgive()

    def forgive(self) -> None:
        """It goes well: the next failure is the first one again."""
        self._back_off = self._back_off.succeeded()


class Worker:
    """What every worker does: decide, deliver, and keep the flags, the letters and the log as they should be."""

    def __init__(self, app: App, stop: threading.Event) -> None:
        self._app = app
        self._stop = stop
        self._decide = Job("decide", DECIDE_SECONDS, app.clock, stop)
        self._deliver = Job("deliver", app.settings.schedule.deliver_seconds, app.clock, stop)

    def decide(self) -> None:
        """Decide what waits in the inbox, and send at once what that called for."""
        self._decide.attempt(self._decide_once)

    def deliver(self) -> None:
        """Send what is due."""
        self._deliver.attempt(self._deliver_once)

    def upkeep(self) -> None:
        """End the flags whose study period is over, and erase what has been kept long enough."""
        lapsed, purged = self._app.upkeep()
        if lapsed:
            log.info("flags lapsed", count=lapsed)
        if purged:
            log.info("letters purged", count=purged)
        if lapsed or purged:
            self._app.published_log.catch_up()

    def checkpoint(self) -> None:
        """Sign what came into the audit log, where there is a key."""
        try:
            made = self._app.checkpoint()
        except MailbotError as error:
            log.warning("no checkpoint", why=str(error))
            return
        if made is not None:
            log.info("checkpoint", seq=made.seq, key=made.key)
            self._app.published_log.catch_up()

    def follow_up(self, tally: Tally) -> None:
        """After letters were handled: publish the log's new entries, and send what they called for."""
        if tally.fetched or tally.shelved:
            self._app.published_log.catch_up()
            self.deliver()

    def _decide_once(self) -> None:
        tally = Tally()
        try:
            self._app.decide(report, self._stop.is_set, tally=tally)
        finally:
            self.follow_up(tally)

    def _deliver_once(self) -> None:
        dispatch = self._app.deliver(self._stop.is_set)
        if dispatch.sent or dispatch.failed:
            log.info("mail", sent=dispatch.sent, failed=dispatch.failed)
            self._app.published_log.catch_up()
        if dispatch.trouble is not None:
            raise dispatch.trouble


class Keeper:
    """Looks after one mailbox while this worker leads it."""

    def __init__(self, app: App, worker: Worker, section: str, stop: threading.Event) -> None:
        self._app = app
        self._worker = worker
        self._section = section
        self._settings = app.settings.all_mailboxes[section]
        self._name = mailbox_of(section, self._settings).name
        self._stop = stop
        self._rights: Rights | None = None
        self._leading = threading.Lock()
        self._one_poll = threading.Lock()
        self._listens = True
        self._stand_by = Job("stand by", STAND_BY_SECONDS, app.clock, stop)
        self._poll = Job("poll", app.settings.schedule.poll_seconds, app.clock, stop)
        self._listen = Job("listen", RECONNECT_SECONDS, app.clock, stop)

    def stand_by(self) -> None:
        """Take the mailbox over where nobody leads it, and poll it at once."""
        self._stand_by.attempt(self._stand_by_once)

    def poll(self) -> None:
        """Read the mailbox, and send at once what that called for."""
        self._poll.attempt(self._poll_once)

    def listen(self) -> None:
        """Poll whenever the server announces a letter, until the connection ends; the next turn makes another."""
        if self._listens:
            self._listen.attempt(self._listen_once)

    def resign(self) -> None:
        """Leave the mailbox to another worker."""
        with self._leading:
            if self._rights is not None:
                self._rights.close()
                self._rights = None

    def _leads(self) -> bool:
        """Whether this worker leads the mailbox, taking it over where nobody does."""
        with self._leading:
            if self._rights is None:
                rights = self._app.store.rights()
                if rights.take(f"lead {self._name}"):
                    self._rights = rights
                    log.info("leading", mailbox=self._name)
                else:
                    rights.close()
            return self._rights is not None

    def _stand_by_once(self) -> None:
        if self._rights is not None:
            if not self._rights.hold():
                log.warning("lead lost", mailbox=self._name)
                self.resign()
        elif self._leads():
            self.poll()

    def _poll_once(self) -> None:
        with self._one_poll:
            if not self._leads():
                return
            tally = Tally()
            try:
                self._app.poll_mailbox(self._section, report, self._stop.is_set, tally=tally)
            finally:
                self._worker.follow_up(tally)

    def _listen_once(self) -> None:
        """Hold one connection for as long as it lasts; raises MailboxError where it ends."""
        if not self._leads():
            return
        listener = listener_of(self._section, self._settings)
        self._listens = listener is not None
        if listener is None:
            return
        try:
            listener.open()
            self._listens = listener.can_idle
            if not self._listens:
                log.info("not listening", why="the server has no IDLE: mailbot polls in its interval")
                return
            log.info("listening", mailbox=listener.name)
            self._answer_announcements(listener)
        finally:
            listener.close()

    def _answer_announcements(self, listener: ImapMailbox) -> None:
        announced = True  # what came while nobody listened
        while not self._stop.is_set() and self._rights is not None:
            if announced:
                self.poll()
            announced = listener.watch(self._settings.idle_renew_seconds, self._stop.is_set)
            self._listen.forgive()


def report(outcome: Outcome) -> None:
    """One line a letter, without its words and names; of an ignored one nothing but its Message-ID."""
    facts = {
        "action": outcome.action.value,
        "reasons": [reason.value for reason in outcome.reasons] or None,
        "reference": outcome.reference,
        "intent": outcome.intent.value if outcome.reference else None,
        "member": outcome.member,
        "message_id": None if outcome.reference else outcome.message_id,
    }
    log.info("letter", **{key: value for key, value in facts.items() if value is not None})
