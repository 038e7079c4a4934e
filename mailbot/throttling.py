"""When a server asks for patience, and how long to wait before trying again."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.errors import MailbotError

# Exchange Online: "NO [UNAVAILABLE] Request is throttled. Suggested Backoff Time: 299961 milliseconds"
_SUGGESTED = re.compile(r"Suggested Backoff Time:? (\d+)", re.IGNORECASE)
# RFC 5530 (UNAVAILABLE: a part of the server is down; LIMIT), and Gmail's word for it; none of them says how long
_LATER = re.compile(r"\[(?:THROTTLED|UNAVAILABLE|LIMIT)\]", re.IGNORECASE)
_UNSTATED_SECONDS = 60.0


class ThrottledError(MailbotError):
    """The server asks mailbot to come back later."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


def backoff_seconds(said: str) -> float | None:
    """The wait a server's answer asks for, in seconds (Exchange says milliseconds); None where it asks for none."""
    if found := _SUGGESTED.search(said):
        return int(found[1]) / 1000
    return _UNSTATED_SECONDS if _LATER.search(said) else None


def growing_wait(base_seconds: float, attempts: int, cap_seconds: float) -> timedelta:
    """The wait after the given number of failures: doubled each time, up to a cap."""
    return timedelta(seconds=min(cap_seconds, base_seconds * 2.0 ** min(attempts - 1, 60)))


@dataclass(frozen=True, slots=True)
class BackOff:
    """When work that keeps failing may be tried again; a value, replaced after every try."""

    base_seconds: float
    cap_seconds: float = 900
    failures: int = 0
    not_before: datetime | None = None

    def ready(self, now: datetime) -> bool:
        """Whether it is time to try."""
        return self.not_before is None or now >= self.not_before

    def succeeded(self) -> BackOff:
        """After a success: no waiting."""
        return replace(self, failures=0, not_before=None)

    def failed(self, now: datetime, error: MailbotError) -> BackOff:
        """After a failure: wait as long as the server asked, else twice as long as the last time."""
        wait = growing_wait(self.base_seconds, self.failures + 1, self.cap_seconds)
        if isinstance(error, ThrottledError):
            wait = max(wait, timedelta(seconds=error.seconds))
        return replace(self, failures=self.failures + 1, not_before=now + wait)
