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
from mailbot.logs import fault
from mailbot.pipeline import Outcome
from mailbot.polling import Tally
from mailbot.throttling import BackOff

log = structlog.get_logger("mailbot")


class Worker:
    """The jobs. Each survives a failure: it says so in one line and waits longer before the next try."""

    def __init__(self, app: App, stop: threading.Event) -> None:
        self._app = app
        self._stop = stop
        schedule = app.settings.schedule
        self._polling = BackOff(schedule.poll_seconds)
        self._delivering = BackOff(schedule.deliver_seconds)

    def poll(self) -> None:
        """Read the mailbox, and send at once what that called for."""
        self._polling = self._tried("poll", self._polling, self._poll_once)

    def deliver(self) -> None:
        """Send what is due."""
        self._delivering = self._tried("deliver", self._delivering, self._deliver_once)

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

    def _tried(self, work: str, back_off: BackOff, do: Callable[[], None]) -> BackOff:
        if self._stop.is_set() or not back_off.ready(self._app.clock()):
            return back_off
        try:
            do()
        except MailbotError as error:
            log.warning(f"{work} failed", why=str(error), failures=back_off.failures + 1)
            return back_off.failed(self._app.clock(), error)
        return back_off.succeeded()

    def _poll_once(self) -> None:
        tally = Tally()
        try:
            self._app.poll(report, self._stop.is_set, tally=tally)
        finally:
            if tally.fetched:
                self._app.publish_audit()
                self.deliver()

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
    stop.wait()
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


def _job_broke(event: JobExecutionEvent) -> None:
    """A fault of mailbot itself in a job: said in one line, and the job runs again at its next turn."""
    log.error("job broke", error=fault(event.exception))
