"""A small sample of `make faults`, and the sentences of docs/guarantees.md one by one."""

from __future__ import annotations

import os
import random
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.integration.conftest import wait_for

from .__main__ import BEGIN, END, PAGE
from .launcher import STEPS
from .proxy import Cut, Proxy, Weather
from .table import FAULTS, Fault, one_round
from .world import Servers, World, running_servers

# a disk of one's own takes root
POSSIBLE = [fault for fault in FAULTS if not fault.disk_bytes or (os.geteuid() == 0 and shutil.which("mount"))]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with running_servers() as running:
        yield running


@pytest.fixture
def world(servers: Servers) -> World:
    return World(servers, random.Random(4))


@pytest.mark.parametrize("fault", POSSIBLE, ids=lambda fault: fault.name)
def test_after_a_fault_everything_is_as_it_must_be(fault: Fault, servers: Servers) -> None:
    """The whole of docs/guarantees.md, in the way of each fault."""
    world = World(servers, random.Random(), disk_bytes=fault.disk_bytes, on_postgresql=fault.on_postgresql)
    result = one_round(fault, world, 1)
    assert result.wrongs == []
    assert result.letters > 0


def test_every_fault_stands_in_the_table_with_nothing_wrong() -> None:
    table = PAGE.read_text().partition(BEGIN)[2].partition(END)[0]
    rows = {cells[1].strip(): cells[-2].strip() for line in table.splitlines() if len(cells := line.split("|")) > 3}
    assert {fault.name: rows.get(fault.name) for fault in FAULTS} == dict.fromkeys((one.name for one in FAULTS), "0")


def test_the_page_names_every_step_that_is_killed() -> None:
    page = PAGE.read_text()
    assert [step for step in STEPS if step not in page] == []


def test_a_letter_lost_from_the_mailbox_s_folders_is_noticed(world: World) -> None:
    """The harness itself: truths that can never fail would prove nothing."""
    _settled(world)
    with world.servers.dovecot.session(world.user) as person:
        person.select("mailbot.done")
        person.store("1", "+FLAGS", r"\Deleted")
        person.expunge()
    assert any("mailbot.done holds" in wrong for wrong in world.wrongs())


def test_a_mail_lost_or_sent_twice_is_noticed(world: World) -> None:
    _settled(world)
    mails = world.servers.smtp.postbox.mails
    mails.append(mails[-1])
    assert any("sent again" in wrong for wrong in world.wrongs())
    del mails[-2:]
    assert any("was lost" in wrong for wrong in world.wrongs())


def test_an_altered_log_is_noticed(world: World) -> None:
    _settled(world)
    with closing(sqlite3.connect(world.site.database)) as database:
        database.execute("UPDATE audit_entries SET actor = 'nobody' WHERE seq = 3")
        database.commit()
    assert any(wrong.startswith("audit verify") for wrong in world.wrongs())


def _settled(world: World) -> None:
    world.post(4)
    world.settle()
    assert world.wrongs() == []


@pytest.mark.parametrize("cut", [Cut.RESET, Cut.TRUNCATE])
def test_the_proxy_cuts_a_connection_after_its_bytes(cut: Cut) -> None:
    with socket.create_server(("127.0.0.1", 0)) as target:
        proxy = Proxy(target.getsockname()[1])
        proxy.weather = Weather(cut, 5)
        with socket.create_connection(("127.0.0.1", proxy.port), 5) as client:
            served, _ = target.accept()
            with served:
                served.sendall(b"0123456789")
                wait_for(lambda: proxy.cuts)
                assert _received(client) in (b"01234", b"")  # a reset may overtake the bytes
        proxy.close()


def _received(client: socket.socket) -> bytes:
    found = b""
    try:
        while piece := client.recv(100):
            found += piece
    except ConnectionError:
        return found
    return found
