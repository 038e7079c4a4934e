"""Starts mailbot as often as one likes: loaded once, forked for each run, so that a thousand kills take minutes.

Reads one JSON order a line, answers with the process number, then with the exit code (-9 where it was killed).
"""

from __future__ import annotations

import fcntl
import functools
import importlib
import json
import os
import signal
import smtplib
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from imaplib import IMAP4
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

import mailbot.app
from mailbot import __main__, audit
from mailbot.deciding import Decider
from mailbot.settings import packaged_wording
from mailbot.store import letter_rows

# Everything that leaves the process, and what the program does in between. A kill before or after any call of these.
STEPS: dict[str, tuple[Any, str]] = {
    "database statement": (DefaultDialect, "do_execute"),
    "database commit": (DefaultDialect, "do_commit"),
    "IMAP command": (IMAP4, "send"),
    "SMTP command": (smtplib.SMTP, "send"),
    "SMTP answer": (smtplib.SMTP, "getreply"),
    "SMTP DATA": (smtplib.SMTP, "data"),
    "flush to disk": (os, "fsync"),
    "rename": (os, "replace"),
    "lock": (fcntl, "flock"),
    "audit entry": (audit, "append"),
    "letter's transaction": (Decider, "_transact"),
    "note of filing": (letter_rows, "mark_filed"),
}
# the commands import these late; loaded once here, they cost nothing in every run
_LOADED = ("cli.audit", "cli.flags", "cli.mail", "cli.review", "cli.run", "schedule")


def main() -> None:
    """Serve orders until the input ends."""
    for name in _LOADED:
        importlib.import_module(f"mailbot.{name}")
    load = functools.cache(mailbot.app.load_wording)
    load(packaged_wording())
    mailbot.app.load_wording = load
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(order)
        _say(pid)
        _, status = os.waitpid(pid, 0)
        _say(os.waitstatus_to_exitcode(status))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _become(order: dict[str, Any]) -> None:
    """Be mailbot: this process never returns to the launcher."""
    code = 70
    try:
        os.chdir(order["folder"])
        os.environ.update(order["environ"])
        for path, flags, numbers in (
            (os.devnull, os.O_RDONLY, (0,)),
            (order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, (1, 2)),
        ):
            handle = os.open(path, flags, 0o600)
            for number in numbers:
                os.dup2(handle, number)
        if order["death"]:
            _arm(*order["death"])
        if order["clock_hours"]:
            _move_clock(order["clock_hours"])
        sys.argv = ["mailbot", *order["arguments"]]
        __main__.main()
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _arm(step: str, call: int, when: str) -> None:
    """Have the process killed before or after the call of that number."""
    owner, name = STEPS[step]
    original: Callable[..., Any] = getattr(owner, name)
    calls = 0

    @functools.wraps(original)
    def deadly(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **named)
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


def _move_clock(hours: float) -> None:
    """Give mailbot a clock that is wrong by so much."""

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Moved:
            return super().now(tz) + timedelta(hours=hours)

    mailbot.app.datetime = Moved  # type: ignore[misc]


if __name__ == "__main__":
    main()
