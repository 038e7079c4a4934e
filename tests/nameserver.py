"""DNS for tests: a small real server on loopback, and a fake that passes the same contract tests."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from mailbot.places import NameServer


@dataclass(frozen=True)
class FixedKeys:
    """The key records of a test, without any network."""

    records: Mapping[str, str]

    def fetch(self, names: Collection[str]) -> Mapping[str, str]:
        return {name: self.records[name] for name in names if name in self.records}


@dataclass
class Zone:
    """What the server answers, and what it was asked."""

    server: NameServer
    records: dict[str, list[str]] = field(default_factory=dict)
    ttl: int = 300
    failing: bool = False  # answers SERVFAIL
    silent: bool = False  # answers nothing
    asked: list[str] = field(default_factory=list)

    def publish(self, records: Mapping[str, str]) -> None:
        self.records |= {name: [text] for name, text in records.items()}

    def answer(self, wire: bytes) -> bytes | None:
        query = dns.message.from_wire(wire)
        name = query.question[0].name.to_text(omit_final_dot=True)
        self.asked.append(name)
        if self.silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if self.failing:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif name in self.records:
            texts = [_quoted(text) for text in self.records[name]]
            response.answer.append(dns.rrset.from_text(query.question[0].name, self.ttl, "IN", "TXT", *texts))
        else:
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()


def _quoted(text: str) -> str:
    """A TXT record holds strings of at most 255 bytes, which are read as one (RFC 6376 section 3.6.2.2)."""
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))


@contextmanager
def running_nameserver() -> Iterator[Zone]:
    """A DNS server over UDP on a port of its own."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, socket = self.request
            answer = zone.answer(wire)
            if answer is not None:
                socket.sendto(answer, self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as server:
        address: Any = server.server_address
        zone = Zone(NameServer(*address))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield zone
        finally:
            server.shutdown()
            thread.join()
