"""Fetching DKIM keys from DNS: within a few seconds a letter, cached for as long as their owners allow."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import structlog
from dns.exception import DNSException, Timeout
from dns.name import from_text
from dns.nameserver import Do53Nameserver
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

from mailbot.places import NameServer

_LONGEST_KEPT = 3600  # seconds; a revoked key must not live on for as long as its record once said
_MOST_KEPT = 1000  # records
_TEXT = re.compile(rb"[\t -~]{1,4096}")  # what a key record may hold (RFC 6376 section 3.6.1), in a sensible length
_UDP_PAYLOAD = 1232  # bytes; more may not pass in one piece (DNS Flag Day 2020)

log = structlog.get_logger("mailbot")


class KeySource(Protocol):
    """Where DKIM key records come from."""

    def fetch(self, names: Collection[str]) -> Mapping[str, str]:
        """The TXT records at these DNS names, those that are there and can be had in time. Never raises."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A record and the moment until which it may be used (on the monotonic clock)."""

    record: str
    until: float


class DnsKeys:
    """Keys from DNS: from `servers`, or without any from those this machine is set up with.

    `timeout_seconds` bounds one `fetch`. An answer that there is no key is not kept: a new one must be seen at once.
    """

    def __init__(
        self, servers: Sequence[NameServer], timeout_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._servers = servers
        self._timeout = timeout_seconds
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def fetch(self, names: Collection[str]) -> Mapping[str, str]:
        """One name after the other, those left over when time is up not at all. What goes wrong is logged."""
        deadline = self._clock() + self._timeout
        found = {}
        for name in names:
            try:
                record = self._known(name) or self._asked(name, deadline - self._clock())
            except (DNSException, OSError, ValueError) as error:
                log.warning("no DKIM key", name=name, why=" ".join(str(error).split())[:300])
                continue
            if record is not None:
                found[name] = record
        return found

    def _known(self, name: str) -> str | None:
        kept = self._kept.get(name)
        return kept.record if kept and self._clock() < kept.until else None

    def _asked(self, name: str, seconds: float) -> str | None:
        """Ask DNS; None where it says that there is no key. Raises where it does not answer."""
        if seconds <= 0:
            raise Timeout
        try:
            answer = self._resolver.resolve(from_text(name), "TXT", lifetime=seconds, search=False)
        except (NXDOMAIN, NoAnswer):
            return None
        records = [b"".join(one.strings) for one in answer]
        # Of several nobody can tell which is meant (RFC 6376 section 3.6.2.2); and one is kept as evidence, for people
        if len(records) != 1 or not _TEXT.fullmatch(records[0]):
            return None
        record = records[0].decode("ascii")
        self._keep(name, _Kept(record, self._clock() + min(answer.chaining_result.minimum_ttl, _LONGEST_KEPT)))
        return record

    def _keep(self, name: str, kept: _Kept) -> None:
        self._kept[name] = kept
        self._kept.move_to_end(name)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    @cached_property
    def _resolver(self) -> Resolver:
        """Only set up when first needed: most letters need no key, and this machine may know no DNS server."""
        resolver = Resolver(configure=not self._servers)
        if self._servers:
            resolver.nameservers = [Do53Nameserver(server.address, server.port) for server in self._servers]
        resolver.use_edns(0, 0, _UDP_PAYLOAD)
        return resolver
