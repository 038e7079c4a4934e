"""The faults: what each is called, and how it is inflicted once on a world that has work to do."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

from tests.integration.conftest import wait_for

from .launcher import STEPS
from .proxy import Cut, Proxy, Weather
from .world import After, World

_IMPATIENT_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Fault:
    """`inflict` does it once and returns how often it took hold; a round is a world that suffers it `times`."""

    name: str
    inflict: Callable[[World], int]
    times: int = 10  # in one round
    total: int = 40  # in a full run
    disk_bytes: int = 0
    on_postgresql: bool = False


def kill_poll(world: World) -> int:
    """Letters arrive, and `mailbot poll` is killed while it is at work on them."""
    world.post(world.rng.randint(1, 2))
    return _killed_within(world, "poll", _pace(world))


def kill_run(world: World) -> int:
    """The same for `mailbot run`."""
    world.post(world.rng.randint(1, 3))
    return _killed_within(world, "run", 1.5 * _pace(world))


def _pace(world: World) -> float:
    """How many seconds a poll takes here and now, so that the kills fall on all of it."""
    if world.pace_seconds is None:
        begun = time.monotonic()
        world.run()
        world.pace_seconds = time.monotonic() - begun
        world.post(2)
    return world.pace_seconds


def _killed_within(world: World, command: str, seconds: float) -> int:
    mailbot = world.start(command)
    # the moment of the kill is the fault: nothing is waited for
    time.sleep(world.rng.uniform(0, seconds))
    mailbot.kill()
    return _count_kill(world, mailbot.wait())


def _count_kill(world: World, code: int) -> int:
    killed = int(code == -signal.SIGKILL)
    world.disturbed += killed
    return killed


class EveryCall:
    """Kills before and after every call of every step of `launcher.STEPS`, one after the other, each in a new run."""

    def __init__(self, stride: int = 1) -> None:
        self._left = [(step, when) for step in STEPS for when in ("before", "after")]
        self._stride = stride
        self._call = 1

    def inflict(self, world: World) -> int:
        """One kill; 0 where the run had no such call any more, and the next step is turned to."""
        if not self._left:
            return 0
        step, when = self._left[0]
        world.post(1)
        killed = _count_kill(world, world.run(death=(step, self._call, when)))
        if killed:
            self._call += self._stride
        else:
            self._left.pop(0)
            self._call = 1
        return killed

    def rounds(self, fault: Fault, new_world: Callable[[Fault], World]) -> Iterator[Result]:
        """Worlds that suffer the kills until there are no calls left."""
        each = replace(fault, inflict=self.inflict)
        while self._left:
            yield one_round(each, new_world(fault), fault.times)


def kill_at_some_call(world: World) -> int:
    """One kill out of `EveryCall`, drawn: its number is taken back until the run gets there."""
    step, when = world.rng.choice([(step, when) for step in STEPS for when in ("before", "after")])
    world.post(1)
    call = world.rng.randint(1, 40)
    while not (killed := _count_kill(world, world.run(death=(step, call, when)))) and call > 1:
        call //= 4
        world.post(1)
    return killed


def _bad_line(pick: Callable[[World], Proxy], cut: Cut, most_bytes: int) -> Callable[[World], int]:
    def inflict(world: World) -> int:
        line = pick(world)
        world.post(2)
        world.configure(_IMPATIENT_SECONDS)
        line.weather = Weather(cut, world.rng.randint(0, most_bytes))
        world.run()
        cuts = line.calm()
        if line is world.servers.smtp_line:
            world.disturbed += cuts
        world.configure()
        return cuts

    return inflict


def slow_lines(world: World) -> int:
    """Pieces of a few hundred bytes, two milliseconds apart, in both directions."""
    world.post(1)
    lines = (world.servers.imap_line, world.servers.smtp_line)
    for line in lines:
        line.weather = Weather(piece=world.rng.choice([200, 500, 1500]), pause_seconds=0.002)
    world.run()
    for line in lines:
        line.calm()
    return 1


def _imap(world: World) -> Proxy:
    return world.servers.imap_line


def _smtp(world: World) -> Proxy:
    return world.servers.smtp_line


def restart_imap(world: World) -> int:
    """Stopped and started again while mailbot runs."""
    world.post(3)
    with _running(world):
        world.servers.dovecot.stop()
        world.servers.dovecot.start()
        world.post(1)
        _until_decided(world)
    return 1


def restart_smtp(world: World) -> int:
    """Stopped while mailbot runs, started again when it has decided everything."""
    world.post(3)
    with _running(world):
        world.servers.smtp.stop()
        _until_decided(world)
        world.servers.smtp.start()
    world.disturbed += 1
    return 1


@contextmanager
def _running(world: World) -> Iterator[None]:
    """`mailbot run` at work; it is asked to end, and must end well."""
    mailbot = world.start("run")
    try:
        yield
    finally:
        mailbot.kill(signal.SIGTERM)
        code = mailbot.wait()
    assert code == 0, (code, world.log()[-500:])


def _until_decided(world: World) -> None:
    wait_for(lambda: world.decided() >= len(world.posted), 30)


def freeze_imap(world: World) -> int:
    """The server's processes stop in the middle of a session, and go on when mailbot has given up."""
    world.post(2)
    world.configure(_IMPATIENT_SECONDS)
    mailbot = world.start()
    frozen: list[int] = []
    wait_for(lambda: frozen.extend(world.servers.dovecot.serving()) or frozen or not mailbot.alive())
    for process in frozen:
        _signal(process, signal.SIGSTOP)
    mailbot.wait()
    for process in frozen:
        _signal(process, signal.SIGCONT)
    world.configure()
    return int(bool(frozen))


def _signal(process: int, number: int) -> None:
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return


def renumber(world: World) -> int:
    """UIDVALIDITY and all UIDs change between two polls, with letters decided, letters new, and letters not filed."""
    world.post(2)
    world.run(death=("IMAP command", world.rng.randint(8, 30), "before"))
    world.disturbed += 1
    world.post(1)
    world.servers.dovecot.renumber(world.user)
    return 1


def kill_one_of_four(world: World) -> int:
    """Four workers share one PostgreSQL; letters arrive, and one of the four is killed and replaced."""
    world.employ(4)
    world.post(world.rng.randint(1, 4))
    # the moment of the kill is the fault: nothing is waited for
    time.sleep(world.rng.uniform(0, 0.6))
    unlucky = world.rng.randrange(4)
    world.workers[unlucky].kill()
    killed = _count_kill(world, world.workers[unlucky].wait())
    world.workers[unlucky] = world.start("run", launcher=unlucky)
    return killed


def end_a_session(world: World) -> int:
    """Two workers share one PostgreSQL, which ends a session of one of them."""
    world.employ(2)
    world.await_work()
    world.post(2)
    time.sleep(world.rng.uniform(0, 0.4))
    ended = world.site.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
    )
    world.disturbed += len(ended)
    return len(ended)


def crash_postgresql(world: World) -> int:
    """It ends as a crash would end it, while two workers are at work, and comes back."""
    world.employ(2)
    world.await_work()
    world.post(2)
    time.sleep(world.rng.uniform(0, 0.4))
    world.servers.postgres.stop(signal.SIGQUIT)
    world.servers.postgres.start()
    world.disturbed += 2  # each worker may have had a mail in hand
    return 1


def smtp_says(*answers: str, at: str) -> Callable[[World], int]:
    """These answers to the next commands of this kind; then the server is well again."""

    def inflict(world: World) -> int:
        world.post(2)
        postbox = world.servers.smtp.postbox
        waiting = {"MAIL": postbox.mail_answers, "DATA": postbox.data_answers}[at]
        waiting.extend(answers)
        world.run()
        used = len(answers) - len(waiting)
        waiting.clear()
        return used

    return inflict


def refuse_some_recipients(world: World) -> int:
    """For now (4xx): the others of the same mail are served, and these later."""
    world.post(3)
    answers = world.servers.smtp.postbox.answers
    unlucky = [address for letter in world.posted[-3:] if letter.member for address in letter.member.addresses[:1]]
    answers.update(dict.fromkeys(unlucky, "450 mailbox busy"))
    world.run()
    answers.clear()
    return len(unlucky)


def refuse_recipients_for_good(world: World) -> int:
    """For good (5xx): the mail is shown as failed, and nothing else suffers."""
    world.post(2)
    answers = world.servers.smtp.postbox.answers
    unlucky = {address for letter in world.posted[-2:] if letter.member for address in letter.member.addresses[:1]}
    answers.update(dict.fromkeys(unlucky, "550 no such user"))
    world.refused |= unlucky
    world.run()
    return len(unlucky)


def _after_data(mood: After) -> Callable[[World], int]:
    def inflict(world: World) -> int:
        world.post(1)
        world.configure(_IMPATIENT_SECONDS)
        after = world.servers.smtp.postbox.after
        after.append(mood)
        world.run()
        lost = 1 - len(after)
        after.clear()
        world.disturbed += lost
        world.configure()
        return lost

    return inflict


def lock_database(world: World) -> int:
    """Another program writes for longer than mailbot waits, while letters arrive and while mails are due."""
    _leave_mails_due(world)
    world.configure(_IMPATIENT_SECONDS)
    with closing(sqlite3.connect(world.site.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            assert world.run() == 1
        other.execute("ROLLBACK")
    world.configure()
    return 1


def _leave_mails_due(world: World) -> None:
    """Letters are decided while no mail gets out, and one more arrives."""
    world.servers.smtp.stop()
    world.post(2)
    world.run()
    world.servers.smtp.start()
    world.post(1)


def read_only_disk(world: World) -> int:
    """The disk takes nothing while letters arrive and while mails are due."""
    _leave_mails_due(world)
    disk = str(world.site.folder)
    _remount(disk, "ro")
    for _ in range(2):
        assert world.run() == 1
    _remount(disk, "rw")
    return 1


def _remount(disk: str, mode: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{mode}", disk], check=True)


def full_disk(world: World) -> int:
    """All but a few bytes are taken, twice, while letters arrive and while mails are due."""
    _leave_mails_due(world)
    filler = world.site.folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            left = world.rng.choice([0, 1, 2, 4, 8, 16, 32]) * 4096
            file.truncate(max(0, file.tell() - left))
    codes = [world.run() for _ in range(2)]
    filler.unlink()
    world.disturbed += codes.count(1)  # the success of a try could be the first thing that found no room
    return int(1 in codes)


def clock(*hours: float) -> Callable[[World], int]:
    def inflict(world: World) -> int:
        if not world.posted:
            world.run()  # where the first poll begins is counted back from the clock: that one was right
        world.post(2)
        world.run(clock_hours=world.rng.choice(hours))
        return 1

    return inflict


EVERY_CALL = "killed before and after every call that leaves the process"

FAULTS: tuple[Fault, ...] = (
    Fault("killed at a random moment of `mailbot poll`", kill_poll, 20, 500),
    Fault("killed at a random moment of `mailbot run`", kill_run, 20, 200),
    Fault(EVERY_CALL, kill_at_some_call, 20, 0),
    Fault("IMAP connection reset", _bad_line(_imap, Cut.RESET, 9000)),
    Fault("IMAP connection ends in the middle of a line", _bad_line(_imap, Cut.TRUNCATE, 9000)),
    Fault("IMAP connection carries nothing more", _bad_line(_imap, Cut.BLACKHOLE, 9000)),
    Fault("IMAP server frozen", freeze_imap),
    Fault("IMAP server restarted", restart_imap, 4, 20),
    Fault("UIDVALIDITY changed, after a kill", renumber),
    Fault("SMTP connection reset", _bad_line(_smtp, Cut.RESET, 12000)),
    Fault("SMTP connection ends in the middle of a line", _bad_line(_smtp, Cut.TRUNCATE, 12000)),
    Fault("SMTP connection carries nothing more", _bad_line(_smtp, Cut.BLACKHOLE, 12000)),
    Fault("SMTP server down, then up again", restart_smtp, 4, 20),
    Fault("SMTP says 4xx to MAIL", smtp_says("451 later", "421 closing", at="MAIL")),
    Fault("SMTP says 4xx to DATA", smtp_says("452 full", "451 later", at="DATA")),
    Fault("SMTP puts off some recipients of a mail", refuse_some_recipients),
    Fault("SMTP refuses some recipients of a mail", refuse_recipients_for_good),
    Fault("SMTP takes a mail and closes without an answer", _after_data(After.LOSE_ANSWER)),
    Fault("SMTP takes a mail and falls silent", _after_data(After.SILENCE)),
    Fault("all lines slow, in small pieces", slow_lines, 5, 20),
    Fault("database locked by another program", lock_database),
    Fault("one of four workers on one PostgreSQL killed", kill_one_of_four, 20, 300, on_postgresql=True),
    Fault("PostgreSQL ends a worker's session", end_a_session, on_postgresql=True),
    Fault("PostgreSQL crashes and comes back", crash_postgresql, 5, 20, on_postgresql=True),
    Fault("disk read-only", read_only_disk, disk_bytes=16 << 20),
    Fault("disk full", full_disk, disk_bytes=16 << 20),
    Fault("clock behind by an hour, a day, a month", clock(-720, -25, -1)),
    Fault("clock ahead by an hour, a day, a month, then right again", clock(1, 25, 720)),
)


@dataclass(slots=True)
class Result:
    """What a fault did: how often it took hold, in how many letters' way, and everything that went wrong."""

    name: str
    inflicted: int
    letters: int
    mails: int
    repeated: int
    wrongs: list[str]


def rounds(fault: Fault, new_world: Callable[[Fault], World], total: int) -> Iterator[Result]:
    """Worlds that suffer the fault until it has taken hold `total` times; one result each."""
    inflicted = 0
    while inflicted < total:
        result = one_round(fault, new_world(fault), min(fault.times, total - inflicted))
        inflicted += max(1, result.inflicted)
        yield result


def one_round(fault: Fault, world: World, times: int) -> Result:
    """One world suffers the fault so many times and is then looked at."""
    try:
        inflicted = sum(fault.inflict(world) for _ in range(times))
        world.settle()
        wrongs = [f"world {world.user}: {wrong}" for wrong in world.wrongs()]
        return Result(fault.name, inflicted, len(world.posted), len(world.mails), world.repeated(), wrongs)
    finally:
        world.servers.smtp.postbox.answers.clear()
        world.close()
