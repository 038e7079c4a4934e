"""Several workers and several mailboxes: who does what, in which order, and who takes over."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.app import App, opened
from mailbot.deciding import Decider, Tally
from mailbot.pipeline import Outcome
from mailbot.store import inbox_rows
from mailbot.store.engine import Store

from .conftest import Site, opt_in_letter, wait_for

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def put_in(store: Store, uid: int, raw: bytes) -> None:
    """What a poll does with a letter it has fetched."""
    waiting = {
        "mailbox": "maildir:///in", "uidvalidity": 1, "uid": uid, "arrival_id": f"<{uid}>", "size": len(raw),
        "received": NOW, "raw": raw, "whole": True, "unusable": None, "keys": {},
    }  # fmt: skip
    with store.begin() as connection:
        inbox_rows.put_in(connection, waiting)


def decider(app: App, report: Callable[[Outcome], None] = lambda _: None) -> Decider:
    return Decider(app.store, app.world, app.clock, report)


@pytest.fixture
def app(site: Site) -> Iterator[App]:
    with opened(site.config, publish=False) as made:
        yield made


def wishes(site: Site) -> list[str]:
    return [change["state"] for change in site.json("flags", "history", "IRL")]


@pytest.mark.each_database
def test_a_letter_that_a_stopped_worker_had_fetched_is_decided_by_the_next_poll(site: Site, app: App) -> None:
    put_in(app.store, 1, opt_in_letter(1))
    assert site.json("poll")[0]["applied"] == 1
    assert site.json("poll")[0]["fetched"] == 0


@pytest.mark.each_database
def test_a_letter_waits_once_however_often_it_is_fetched(site: Site, app: App) -> None:
    put_in(app.store, 1, opt_in_letter(1))
    put_in(app.store, 1, opt_in_letter(1))
    assert site.json("poll")[0]["fetched"] == 1


@ON_POSTGRESQL
def test_a_letter_in_one_worker_s_hands_is_passed_over_by_the_others(app: App) -> None:
    put_in(app.store, 1, opt_in_letter(1))
    with app.store.begin(alone=False) as other:
        assert inbox_rows.take_first(other) is not None
        tally = Tally()
        decider(app).run(tally)
        assert tally.fetched == 0


@ON_POSTGRESQL
def test_letters_are_recorded_in_the_order_they_came_whoever_is_quicker(site: Site, app: App) -> None:
    """The first worker dies with the first letter in hand, while a second one has judged the second letter."""
    put_in(app.store, 1, opt_in_letter(1, wish="opt in"))
    put_in(app.store, 2, opt_in_letter(2, wish="opt out"))
    with app.store.begin(alone=False) as first:
        assert inbox_rows.take_first(first).uid == 1  # type: ignore[union-attr]
        second = subprocess.Popen(
            site.command("poll"), env=site.process_environ(), cwd=site.folder, stdout=subprocess.DEVNULL
        )
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%inbox%'"
        wait_for(lambda: site.sql(waiting)[0][0])
    assert second.wait(30) == 0
    assert wishes(site) == ["opted_in", "opted_out"]


@pytest.mark.each_database
@pytest.mark.parametrize("ahead", [timedelta(seconds=1), timedelta(days=30)], ids=["a second", "a month"])
def test_a_letter_counts_though_the_clock_of_the_worker_before_ran_ahead(
    site: Site, app: App, ahead: timedelta
) -> None:
    for uid, wish, early in ((1, "opt in", ahead), (2, "opt out", timedelta(0))):
        put_in(app.store, uid, opt_in_letter(uid, wish=wish))
        Decider(app.store, app.world, lambda early=early: NOW + early, lambda _: None).run(Tally())  # type: ignore[misc]
    assert wishes(site) == ["opted_in", "opted_out"]
    assert [flag["state"] for flag in site.json("flags", "list")] == ["opted_out"]


@ON_POSTGRESQL
def test_what_others_wrote_while_a_letter_was_judged_counts(
    site: Site, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person decides while a worker judges an older letter of the same member: it changes nothing any more."""
    site.drop(opt_in_letter(1, sender="stranger@away.example"), "one")
    site.json("poll")
    (waiting,) = site.json("review", "list")
    put_in(app.store, 7, opt_in_letter(2))
    decided: list[Outcome] = []
    real = inbox_rows.wait_for_turn

    def meanwhile(connection: object, number: int) -> bool:
        by = ("--member", "IRL", "--by", "A. Clerk", "--reason", "by phone")
        site.say("review", "resolve", waiting["id"], "--as", "opt_in", *by)
        return real(connection, number)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(inbox_rows, "wait_for_turn", meanwhile)
        decider(app, decided.append).run(Tally())
    assert [(outcome.action, outcome.reasons) for outcome in decided] == [("review", ("out_of_order",))]
    assert wishes(site) == ["opted_in"]


@pytest.mark.each_database
def test_of_two_workers_one_leads_the_mailbox_and_the_other_takes_over_within_seconds(site: Site) -> None:
    site.config.write_text(site.config.read_text() + "\n[schedule]\npoll_seconds = 3600\ndeliver_seconds = 3600\n")
    logs = [site.folder / f"run{number}.log" for number in (1, 2)]
    workers = []
    for log in logs:
        with log.open("wb") as file:
            command = site.command("run")
            workers.append(subprocess.Popen(command, cwd=site.folder, stderr=file, env=site.process_environ()))
        wait_for(lambda log=log: "mailbot runs" in log.read_text())
    wait_for(lambda: "leading" in logs[0].read_text())
    assert "leading" not in logs[1].read_text()
    site.drop(opt_in_letter(1), "late")
    workers[0].kill()
    wait_for(lambda: "leading" in logs[1].read_text(), 10)
    wait_for(lambda: "action='apply'" in logs[1].read_text(), 10)
    workers[1].send_signal(signal.SIGTERM)
    assert [worker.wait(20) for worker in workers] == [-signal.SIGKILL, 0]
    assert wishes(site) == ["opted_in"]


SECOND = """
[mailboxes.geneva]
url = "maildir://{folder}"
address = "geneva@itu.int"
start = "all"
done_folder = "handled"
"""


@pytest.mark.each_database
def test_every_mailbox_is_read_and_filed_in_its_own_folders(site: Site, tmp_path: Path) -> None:
    second = tmp_path / "geneva"
    for part in ("new", "cur", "tmp"):
        (second / part).mkdir(parents=True)
    site.config.write_text(site.config.read_text() + SECOND.format(folder=second))
    site.drop(opt_in_letter(1), "first")
    (second / "new" / "second").write_bytes(opt_in_letter(2, "nadia.keller@gov.gb.example", "United Kingdom"))
    (counts,) = site.json("poll")
    assert (counts["applied"], counts["sent"]) == (2, 3)  # the second member has two focal points
    assert {flag["member"] for flag in site.json("flags", "list")} == {"GBR", "IRL"}
    assert (second / ".handled" / "new" / "second").exists()
    assert (site.folder / "in" / ".mailbot.done" / "new" / "first").exists()


def test_a_mailbox_that_fails_keeps_no_other_waiting(site: Site, tmp_path: Path) -> None:
    (tmp_path / "geneva").write_text("no folder")
    site.configure(more=SECOND.format(folder=tmp_path / "geneva"))
    site.drop(opt_in_letter(1), "first")
    assert "geneva" in site.complaint("poll", code=1)
    assert {flag["member"] for flag in site.json("flags", "list")} == {"IRL"}


def test_mailbot_writes_to_none_of_its_own_mailboxes(site: Site) -> None:
    shutil.copytree(site.folder / "in", site.folder / "geneva")
    site.configure(more=SECOND.format(folder=site.folder / "geneva"))
    site.drop(opt_in_letter(1, sender="geneva@itu.int"), "first")
    site.json("poll")
    assert site.sent() == []


def test_one_mailbox_named_twice_is_refused_in_one_line(site: Site) -> None:
    site.configure(more=SECOND.format(folder=site.folder / "in"))
    assert "two mailboxes have the same url" in site.complaint("flags", "list", code=2)
