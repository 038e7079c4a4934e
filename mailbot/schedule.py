"""APScheduler's wiring and nothing else: what `mailbot run` does when, and how it stops."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime
from typing import Any

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from mailbot.app import App
from mailbot.logs import fault
from mailbot.worker import DECIDE_SECONDS, RECONNECT_SECONDS, STAND_BY_SECONDS, Keeper, Worker

log = structlog.get_logger("mailbot")


def run(app: App, stop: threading.Event) -> None:
    """Work until `stop` is set; a job in hand is finished first."""
    schedule = app.settings.schedule
    worker = Worker(app, stop)
    keepers = [Keeper(app, worker, section, stop) for section in app.settings.all_mailboxes]
    jobs = [
        (worker.decide, DECIDE_SECONDS),
        (worker.deliver, schedule.deliver_seconds),
        (worker.upkeep, schedule.upkeep_seconds),
        (worker.checkpoint, schedule.checkpoint_seconds),
    ]
    for keeper in keepers:
        jobs += [
            (keeper.stand_by, STAND_BY_SECONDS),
            (keeper.poll, schedule.poll_seconds),
            (keeper.listen, RECONNECT_SECONDS),  # one run lasts as long as its connection: meanwhile its turns pass by
        ]
    # each job may be at work at the same time: a mailbox that hangs must keep nothing else waiting
    scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(len(jobs))})
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
    log.info("mailbot runs", mailboxes=len(keepers), every=schedule.poll_seconds)
    wait_for_end(stop)
    scheduler.shutdown(wait=True)
    for keeper in keepers:
        keeper.resign()
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
