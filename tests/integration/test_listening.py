"""IDLE: a new letter is read at once, a dead connection is noticed and made anew, and polling goes on meanwhile."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import SecretStr

from mailbot.errors import MailbotError
from mailbot.ingest import ImapMailbox, MailboxError
from mailbot.places import ImapPlace
from mailbot.throttling import ThrottledError

from .conftest import PASSWORD, Authority, Dovecot, Site, opt_in_letter, running_dovecot, wait_for


@contextmanager
def running(site: Site) -> Iterator[Callable[[], str]]:
    """`mailbot run`, and what it has logged so far; SIGTERM ends it within seconds."""
    log = site.folder / "run.log"
    with log.open("wb") as file:
        process = subprocess.Popen(site.command("run"), cwd=site.folder, stderr=file, env=site.process_environ())
        try:
            yield log.read_text
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            assert "Traceback" not in log.read_text()


def listening_site(
    site: Site,
    port: int,
    user: str,
    *,
    scheme: str = "imap",
    keys: str = "starttls = false",
    poll_seconds: float = 3600,
) -> None:
    site.environ = {"MAILBOT_MAILBOX_PASSWORD": PASSWORD}
    site.configure(
        mailbox=f"{scheme}://{user}@127.0.0.1:{port}/INBOX",
        mailbox_keys=keys,
        more=f"[schedule]\npoll_seconds = {poll_seconds}",
    )


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_a_letter_is_answered_at_once_though_the_next_poll_is_an_hour_away(
    scheme: str, site: Site, dovecot: Dovecot
) -> None:
    user, port = f"atonce{scheme}", dovecot.tls_port if scheme == "imaps" else dovecot.port
    keys = f'ca_file = "{dovecot.authority.ca_file}"' if scheme == "imaps" else "starttls = false"
    listening_site(site, port, user, scheme=scheme, keys=keys)
    with running(site) as log:
        wait_for(lambda: "event='listening'" in log())
        for number in (1, 2):  # the second one too: listening goes on
            dovecot.append(user, opt_in_letter(number))
            wait_for(lambda number=number: len(site.sent()) == number)


@contextmanager
def frozen(server: Dovecot) -> Iterator[None]:
    """Every session there is at the moment hears and says nothing; new ones do."""
    wait_for(server.serving)
    sessions = server.serving()
    try:
        _signal(sessions, signal.SIGSTOP)
        yield
    finally:
        _signal(sessions, signal.SIGCONT)


def _signal(sessions: Sequence[int], number: int) -> None:
    for session in sessions:
        with suppress(ProcessLookupError):  # a poll's session, which is over
            os.kill(session, number)


def test_a_connection_that_ends_is_made_anew(site: Site, authority: Authority) -> None:
    with running_dovecot(authority) as server:
        listening_site(site, server.port, "box")
        with running(site) as log:
            wait_for(lambda: "event='listening'" in log())
            wait_for(server.serving)
            _signal(server.serving(), signal.SIGKILL)
            wait_for(lambda: "event='listen failed'" in log())
            server.append("box", opt_in_letter())
            wait_for(lambda: len(site.sent()) == 1)  # told at the latest when listening begins anew
            assert log().count("event='listening'") == 2


def test_a_frozen_server_is_noticed_at_the_renewal_and_does_not_hold_up_the_end(
    site: Site, authority: Authority
) -> None:
    with running_dovecot(authority) as server:
        listening_site(
            site, server.port, "box", keys="starttls = false\nidle_renew_seconds = 0.5\ntimeout_seconds = 0.5"
        )
        with running(site) as log:
            wait_for(lambda: "event='listening'" in log())
            with frozen(server):
                wait_for(lambda: re.search("listen failed.*did not answer in time", log()))


def test_polling_answers_while_a_frozen_server_announces_nothing(site: Site, authority: Authority) -> None:
    with running_dovecot(authority) as server:
        # a poll that is frozen too gives up after a second, and the next one goes through
        listening_site(site, server.port, "box", keys="starttls = false\ntimeout_seconds = 1", poll_seconds=0.3)
        with running(site) as log:
            wait_for(lambda: "event='listening'" in log())
            with frozen(server):
                server.append("box", opt_in_letter())
                wait_for(lambda: len(site.sent()) == 1, 30)


def test_without_idle_mailbot_says_so_once_and_polls(site: Site, authority: Authority) -> None:
    with running_dovecot(authority, "imap_capability = IMAP4rev1 UIDPLUS MOVE NAMESPACE") as server:
        listening_site(site, server.port, "box", poll_seconds=0.3)
        with running(site) as log:
            wait_for(lambda: "event='not listening'" in log())
            server.append("box", opt_in_letter())
            wait_for(lambda: len(site.sent()) == 1)


def test_idle_can_be_switched_off(site: Site, dovecot: Dovecot) -> None:
    listening_site(site, dovecot.port, "listenoff", keys="starttls = false\nidle = false", poll_seconds=0.3)
    with running(site) as log:
        dovecot.append("listenoff", opt_in_letter())
        wait_for(lambda: len(site.sent()) == 1)
    assert "listening" not in log()


@dataclass
class Script:
    """What a scripted server says to IDLE (lines that need no tag), and to other commands in place of OK."""

    idling: Sequence[bytes] = ()
    answers: dict[bytes, bytes] = field(default_factory=dict)
    cut: bool = False
    silent_to_done: bool = False


@contextmanager
def scripted_server(script: Script) -> Iterator[int]:
    """A server that does what no Dovecot can be made to do; it ends with the connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as stream:

            def say(*lines: bytes) -> None:
                stream.write(b"".join(line + b"\r\n" for line in lines))
                stream.flush()

            say(b"* OK [CAPABILITY IMAP4rev1 IDLE] ready")
            idle_tag = b""
            while line := stream.readline():
                tag, _, command = line.strip().upper().partition(b" ")
                name = command.split(b" ")[0]
                if name == b"IDLE":
                    idle_tag = line.split()[0]
                    say(b"+ idling", *script.idling)
                    if script.cut:
                        return
                elif tag == b"DONE":
                    if not script.silent_to_done:
                        say(idle_tag + b" OK done")
                elif name == b"CAPABILITY":
                    say(b"* CAPABILITY IMAP4rev1 IDLE", line.split()[0] + b" OK done")
                elif name == b"EXAMINE":
                    say(b"* OK [UIDVALIDITY 7] x", b"* OK [UIDNEXT 1] x", b"* 0 EXISTS")
                    say(line.split()[0] + b" " + script.answers.get(name, b"OK done"))
                else:
                    say(line.split()[0] + b" " + script.answers.get(name, b"OK done"))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        thread.join(10)
        listener.close()


def watch(script: Script, seconds: float = 1, stopping: Callable[[], bool] = lambda: False) -> bool:
    with scripted_server(script) as port:
        place = ImapPlace("127.0.0.1", port, "bot", "INBOX", tls=False)
        mailbox = ImapMailbox(place, SecretStr(PASSWORD), timeout_seconds=0.5)
        try:
            mailbox.open()
            assert mailbox.can_idle
            return mailbox.watch(seconds, stopping)
        finally:
            mailbox.close()


def test_only_a_new_letter_is_an_announcement() -> None:
    assert watch(Script([b"* 3 EXISTS", b"* 1 RECENT"])) is True
    assert watch(Script([b"* OK Still here"])) is False
    assert watch(Script([b"* 2 EXPUNGE"])) is False
    assert watch(Script([b"* 2 FETCH (FLAGS (\\Seen))"])) is False


def test_a_wait_without_news_ends_with_its_time_and_the_connection_is_proved_alive() -> None:
    assert watch(Script(), seconds=0.1) is False


def test_a_request_to_stop_does_not_wait_for_a_frozen_server() -> None:
    began = time.monotonic()
    assert watch(Script(silent_to_done=True), seconds=3600, stopping=lambda: True) is False
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("script", "kind", "meaning"),
    [
        (Script(cut=True), MailboxError, "cannot (be reached|watch)"),
        (Script([b"* BYE Server shutting down"], cut=True), MailboxError, "Server shutting down"),
        (Script([b"* BYE [UNAVAILABLE] Maintenance"], cut=True), ThrottledError, "wait 60 seconds"),
        (Script(silent_to_done=True), MailboxError, "did not answer in time"),
        (Script(answers={b"NOOP": b"NO [THROTTLED] Account exceeded limits"}), ThrottledError, "wait 60 seconds"),
        (Script(answers={b"EXAMINE": b"NO [UNAVAILABLE] Try later"}), ThrottledError, "wait 60 seconds"),
        (
            Script(answers={b"EXAMINE": b"NO Request is throttled. Suggested Backoff Time: 299961 milliseconds"}),
            ThrottledError,
            "wait 300 seconds",
        ),
        (Script(answers={b"LOGIN": b"NO [UNAVAILABLE] Temporary failure"}), ThrottledError, "wait 60 seconds"),
        (Script(answers={b"EXAMINE": b"BAD User is authenticated but not connected."}), MailboxError, "full access"),
    ],
    ids=["cut", "bye", "bye for now", "frozen", "throttled", "unavailable", "exchange", "login", "not connected"],
)
def test_whatever_ends_a_connection_is_one_line(script: Script, kind: type[MailbotError], meaning: str) -> None:
    with pytest.raises(kind, match=meaning) as caught:
        watch(script, seconds=0.2)
    assert "\n" not in str(caught.value)


def test_the_connection_is_probed_by_the_system_too(dovecot: Dovecot, tmp_path: Path) -> None:
    mailbox = ImapMailbox(
        ImapPlace("127.0.0.1", dovecot.port, "probed", "INBOX", tls=False), SecretStr(PASSWORD), starttls=False
    )
    mailbox.open()
    connection = mailbox._connection.socket()
    assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
    mailbox.close()
