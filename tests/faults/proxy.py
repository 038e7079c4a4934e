"""A TCP proxy that treats connections badly: delays, throttles, cuts in the middle of a line, falls silent."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from enum import Enum


class Cut(Enum):
    """How a connection ends once its bytes are used up."""

    RESET = "reset"
    TRUNCATE = "truncate"
    BLACKHOLE = "blackhole"  # stays open and carries nothing more


@dataclass(frozen=True, slots=True)
class Weather:
    """How a connection fares: `cut` after so many `bytes` in both directions together, pieces and pauses before."""

    cut: Cut | None = None
    bytes: int = 0
    piece: int = 65536
    pause_seconds: float = 0


FAIR = Weather()


class Proxy:
    """Forwards connections to a port of this machine, in the weather that holds when each of them begins."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.weather = FAIR
        self.cuts = 0
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def calm(self) -> int:
        """Fair weather again, nothing left of what the bad one has cut; how many connections that were."""
        self.weather = FAIR
        self.hang_up()
        cuts, self.cuts = self.cuts, 0
        return cuts

    def hang_up(self) -> None:
        """Reset every connection that is open now."""
        for one in list(self._open):
            _reset(one)

    def close(self) -> None:
        """Stop, and cut what is open."""
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target), 5)
                server.settimeout(None)
            except OSError:  # the server is down: so is this connection
                _reset(client)
                continue
            self._open |= {client, server}
            _Line(self, client, server).start()

    def note_cut(self) -> None:
        """One connection has used up its bytes."""
        self.cuts += 1

    def forget(self, one: socket.socket) -> None:
        """This end is closed."""
        self._open.discard(one)

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        self._closing.wait(seconds)


class _Line:
    """One connection: two threads that share what is left of its bytes."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._ends = (client, server)
        self._weather = proxy.weather
        self._left = self._weather.bytes
        self._is_cut = False
        self._lock = threading.Lock()

    def start(self) -> None:
        client, server = self._ends
        for source, sink in ((client, server), (server, client)):
            threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while piece := source.recv(self._weather.piece):
                if self._weather.pause_seconds:
                    self._proxy.pause(self._weather.pause_seconds)
                allowed = self._allowed(len(piece))
                sink.sendall(piece[:allowed])
                if allowed < len(piece):
                    self._cut()
                    return
        except OSError:
            pass
        self._end()

    def _allowed(self, wanted: int) -> int:
        if self._weather.cut is None:
            return wanted
        with self._lock:
            allowed = min(wanted, self._left)
            self._left -= allowed
            return allowed

    def _cut(self) -> None:
        with self._lock:
            if not self._is_cut:
                self._is_cut = True
                self._proxy.note_cut()
        match self._weather.cut:
            case Cut.RESET:
                for one in self._ends:
                    _reset(one)
            case Cut.BLACKHOLE:
                return  # both ends stay open and unread, until somebody gives up or the proxy hangs up
            case _:
                self._end()

    def _end(self) -> None:
        for one in self._ends:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            self._proxy.forget(one)
            one.close()


def _reset(one: socket.socket) -> None:
    """Close with RST instead of FIN."""
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.shutdown(socket.SHUT_RD)
    with contextlib.suppress(OSError):
        one.close()
