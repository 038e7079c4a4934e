"""APScheduler's wiring and nothing else: what `mailbot run` does when, and how it stops."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler

from mailbot.app import App
from mailbot.errors import MailbotError
from mailbot.ingest import ImapMailbox
from mailbot.logs import fault
from mailbot.pipeline import Outcome
from mailbot.polling import Tally
from mailbot.throttling import BackOff

# How soon a connection that ended is made anew at first; then twice as long, and so on
RECONNECT_SECONDS = 5.0

log = structlog.get_logger("mailbot")


class Worker:
    """The jobs. Each survives a failure: it says so in one line and waits longer before the next try."""

    def __init__(self, app: App, stop: threading.Event) -> None:
        self._app = app
        self._stop = stop
        schedule = app.settings.schedule
        self._back_offs = {
            "poll": BackOff(schedule.poll_seconds),
            "deliver": BackOff(schedule.deliver_seconds),
            "listen": BackOff(RECONNECT_SECONDS),
        }
        self._one_poll = threading.Lock()
        self._listens = True

    def poll(self) -> None:
        """Read the mailbox, and send at once what that called for."""
        with self._one_poll:
            self._try("poll", self._poll_once)

    def deliver(self) -> None:
        """Send what is due."""
        self._try("deliver", self._deliver_once)

    def listen(self) -> None:
        """Poll whenever the server announces a letter, until the connection ends; the next turn makes another."""
        if self._listens:
            self._try("listen", self._listen_once)

    def upkeep(self) -> None:
        """End the flags whose study period is over, and erase what has been kept long enough."""
        lapsed, purged = self._app.upkeep()
        if lapsed:
            log.info("flags lapsed", count=lapsed)
        if purged:
            log.info("letters purged", count=purged)
        if lapsed or purged:
            self._app.publish_audit()

    def checkpoint(self) -> None:
        """Sign what came into the audit log, where there is a key."""
        try:
            made = self._app.checkpoint()
        except MailbotError as error:
            log.warning("no checkpoint", why=str(error))
            return
        if made is not None:
            log.info("checkpoint", seq=made.seq, key=made.key)
            self._app.publish_audit()

    def _try(self, work: str, do: Callable[[], None]) -> None:
        if self._stop.is_set() or not self._back_offs[work].ready(self._app.clock()):
            return
        try:
            do()
        except MailbotError as error:
            back_off = self._back_offs[work]  # listening forgives itself on its way
            log.warning(f"{work} failed", why=str(error), failures=back_off.failures + 1)
            self._back_offs[work] = back_off.failed(self._app.clock(), error)
            return
        self._back_offs[work] = self._back_offs[work].succeeded()

    def _poll_once(self) -> None:
        tally = Tally()
        try:
            self._app.poll(report, self._stop.is_set, tally=tally)
        finally:
            if tally.fetched or tally.shelved:
                self._app.publish_audit()
                self.deliver()

    def _listen_once(self) -> None:
        """Hold one connection for as long as it lasts; raises MailboxError where it ends."""
        listener = self._app.listener()
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
        while not self._stop.is_set():
            if announced:
                self.poll()
            announced = listener.watch(self._app.settings.mailbox.idle_renew_seconds, self._stop.is_set)
            self._back_offs["listen"] = self._back_offs["listen"].succeeded()

    def _deliver_once(self) -> None:
        dispatch = self._app.deliver(self._stop.is_set)
        if dispatch.sent or dispatch.failed:
            log.info("mail", sent=dispatch.sent, failed=dispatch.failed)
            self._app.publish_audit()
        if dispatch.trouble is not None:
            raise dispatch.trouble


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


def run(app: App, stop: threading.Event) -> None:
    """Work until `stop` is set; a job in hand is finished first."""
    worker, schedule = Worker(app, stop), app.settings.schedule
    scheduler = BackgroundScheduler(timezone=UTC)
    jobs = (
        (worker.poll, schedule.poll_seconds),
        (worker.deliver, schedule.deliver_seconds),
        (worker.upkeep, schedule.upkeep_seconds),
        (worker.checkpoint, schedule.checkpoint_seconds),
        (worker.listen, RECONNECT_SECONDS),  # one run lasts as long as its connection: meanwhile its turns pass by
    )
    for job, seconds in jobs:
        scheduler.add_job(
            job,
            "interval",
            seconds=seconds,
            next_run_time=datetime.now(UTC),  # the first run of an interval would otherwise wait for one
            misfire_grace_time=None,  # the default drops a run that is a second late
            coalesce=True,
            max_instances=1,
        )
    scheduler.add_listener(_job_broke, EVENT_JOB_ERROR)
    app.note_run("started")
    scheduler.start()
    log.info("mailbot runs", mailbox=app.settings.mailbox.url, every=schedule.poll_seconds)
    wait_for_end(stop)
    scheduler.shutdown(wait=True)
    app.note_run("stopped")
    worker.checkpoint()
    log.info("mailbot stopped")


def stop_on_signals(stop: threading.Event) -> None:
    """SIGTERM and Ctrl-C ask for the end; the scheduler is stopped by the main thread, never within a job."""

    def ask(number: int, frame: Any) -> None:  # noqa: ARG001 - the signature is the signal module's
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)


def wait_for_end(stop: threading.Event) -> None:
    """Wait until `stop` is set.

    A signal that another thread takes, or that comes just before the wait begins, does not end it: Python runs its
    handlers in the main thread, between two steps of it. So there is a step every second.
    """
    while not stop.wait(1):
        pass


def _job_broke(event: JobExecutionEvent) -> None:
    """A fault of mailbot itself in a job: said in one line, and the job runs again at its next turn."""
    log.error("job broke", error=fault(event.exception))
