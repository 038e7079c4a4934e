"""When mailbot stays silent: the one decision whether it may write to an address, and why not.

A letter that may not be answered gets no mail at all. A mail that would be one too many is composed and withheld, for a
person to release or to drop.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from mailbot.headers import is_address
from mailbot.terms import Action, Verdict

# Local parts that no person reads: by their letters alone, and the shapes of mailing lists and bounces
# (RFC 3834 section 2, RFC 5230 section 4.6).
_MACHINES: Final = re.compile(
    r"postmaster|nobody|listserv|majordomo|.*(?:mailerdaemon|noreply|notreply|nepasrepondre|noresponder|nocontestar).*"
)
_LISTS: Final = re.compile(r"bounces?|bounces?-.*|owner-.*|.*-(?:owner|request|bounces?)")


class Course(StrEnum):
    """What becomes of a mail."""

    WRITE = "write"
    WITHHOLD = "withhold"  # it waits in the outbox for a person
    STOP = "stop"  # it waits, and nothing more is sent at all until a person says so
    NEVER = "never"  # there is to be no such mail


class Permission(NamedTuple):
    """Whether mailbot may write, and why not; `why` is empty where it may."""

    course: Course
    why: str = ""

    @property
    def allowed(self) -> bool:
        return self.course is Course.WRITE


@dataclass(frozen=True, slots=True)
class Answered:
    """The letter a mail answers; `asks` tells a question that is to prove the letter from an answer to a proven one."""

    action: Action
    authentication: Verdict
    null_return_path: bool
    receipts_today: int = 0
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How many mails are usual: to one address and to one domain in 24 hours, and to all the world in one hour."""

    per_address: int = 100
    per_domain: int = 500
    in_total: int = 1000


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many mails have gone to the address and its domain in 24 hours, and to anybody in one hour.

    `stopped` says why the circuit breaker is open; it is empty where mail may flow.
    """

    to_address: int = 0
    to_domain: int = 0
    in_total: int = 0
    stopped: str = ""


def may_write_to(
    address: str | None,
    *,
    own_addresses: frozenset[str] = frozenset(),
    answers: Answered | None = None,
    traffic: Traffic | None = None,
    limits: Limits | None = None,
) -> Permission:
    """Whether mailbot may write to `address` (contract section 5 rule 1, section 6), and why not.

    `answers` is the letter behind the mail, None for a copy to somebody else; without `traffic` no limit is looked at.
    """
    if address is None or not is_address(address):
        return Permission(Course.NEVER, "the letter has no address that can be written to")
    if address.casefold() in {own.casefold() for own in own_addresses}:
        return Permission(Course.NEVER, "the address is mailbot's own")
    if answers is not None and (why := _unanswerable(address, answers)):
        return Permission(Course.NEVER, why)
    return _within(traffic, limits or Limits(), address) if traffic is not None else Permission(Course.WRITE)


def _unanswerable(address: str, letter: Answered) -> str:
    """Why a letter gets no answer; empty where it may get one.

    An `apply` or `no_change` is confirmed whatever the authentication: the decision, or the person behind it, has
    already weighed that.
    """
    if letter.action is Action.IGNORE:
        return "an ignored letter is never answered"
    if letter.null_return_path:
        return "the letter has a null return path"
    if _is_machine(address):
        return "the address belongs to a machine"
    if letter.action is not Action.REVIEW:
        return ""
    if letter.asks:
        return "the letter is forged" if letter.authentication is Verdict.FAIL else ""
    if letter.authentication is not Verdict.PASS:
        return "the letter does not authenticate as the sender's"
    return "the sender already had a receipt today" if letter.receipts_today > 0 else ""


def _is_machine(address: str) -> bool:
    local = address.rpartition("@")[0].casefold().partition("+")[0]
    return bool(_LISTS.fullmatch(local) or _MACHINES.fullmatch(re.sub(r"[._-]", "", local)))


def _within(traffic: Traffic, limits: Limits, address: str) -> Permission:
    if traffic.stopped:
        return Permission(Course.WITHHOLD, f"all sending is stopped: {traffic.stopped}")
    if traffic.in_total >= limits.in_total:
        return Permission(Course.STOP, f"{traffic.in_total} mails in one hour are a loop or a storm")
    if traffic.to_address >= limits.per_address:
        return Permission(Course.WITHHOLD, f"{traffic.to_address} mails have gone to {address} in 24 hours")
    if traffic.to_domain >= limits.per_domain:
        domain = address.rpartition("@")[2]
        return Permission(Course.WITHHOLD, f"{traffic.to_domain} mails have gone to {domain} in 24 hours")
    return Permission(Course.WRITE)
