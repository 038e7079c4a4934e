"""How long somebody must wait after failed attempts to sign in: longer with each, for an account and an address."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

FREE_ON_ACCOUNT, FREE_FROM_ADDRESS = 5, 30  # attempts without a pause; many people may share an address
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
MEMORY = timedelta(hours=1)  # what is older counts no more


def pause_left(attempts: Sequence[datetime], free: int, now: datetime) -> timedelta:
    """How much longer to wait after `attempts` (oldest first); nothing after fewer than `free`."""
    recent = [at for at in attempts if now - at < MEMORY]
    if len(recent) < free:
        return timedelta()
    doublings = min(len(recent) - free, 10)
    pause = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    return max(recent[-1] + pause - now, timedelta())


def address_counted(address: str | None) -> str:
    """The address that attempts are counted by: of IPv6 the network, for one household has 2^64 addresses."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def too_many(pause: timedelta) -> str:
    """What a person is told who has to wait."""
    return f"Too many attempts. Please wait {in_words(pause)}, then try again."


def in_words(pause: timedelta) -> str:
    """A pause for a person: `30 seconds`, `4 minutes`."""
    seconds = max(1, round(pause.total_seconds()))
    if seconds < 90:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{-(-seconds // 60)} minutes"
