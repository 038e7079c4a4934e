"""Whose words are kept, for how long, who can read them, and where they never show."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.app import opened
from mailbot.worker import Worker

from .conftest import UNRELATED, Authority, Dovecot, Site, SmtpServer, opt_in_letter, wait_for

CANARY = "Zilpzalp"
LINDT = "karim.lindt@gov.ie.example"
KELLER = "nadia.keller@gov.gb.example"


def canary_letter(number: int, name: str = "note.txt", **kinds: str) -> bytes:
    """A letter with the canary in its subject, its body, its writer's name, and an attachment's name and text."""
    raw = opt_in_letter(number, **kinds).replace(b"Focal Point <", f"{CANARY} Point <".encode())
    head, _, body = raw.partition(b"\r\n\r\n")
    head = head.replace(b"Subject: Automatic", f"Subject: {CANARY}: Automatic".encode())
    head = head.replace(b"Content-Type: text/plain; charset=utf-8", b'Content-Type: multipart/mixed; boundary="b"')
    attached = base64.b64encode(f"The {CANARY} is a small bird.\n".encode())
    return b"\r\n".join([
        head, b"", b"--b", b"Content-Type: text/plain; charset=utf-8", b"", body, CANARY.encode(),
        b"--b", b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: base64",
        f'Content-Disposition: attachment; filename="{CANARY}-{name}"'.encode(), b"", attached, b"--b--", b"",
    ])  # fmt: skip


def files_of(site: Site) -> bytes:
    """Every byte mailbot keeps, of its database and beside it."""
    return b"".join(file.read_bytes() for file in site.folder.glob("mailbot.*"))


def rows(site: Site, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in site.sql(query)]


def upkeep(site: Site, days: int) -> None:
    """What the scheduler does, so many days from now."""
    with opened(site.config, lambda: datetime.now(UTC) + timedelta(days=days)) as app:
        Worker(app, threading.Event()).upkeep()


RUN_AT_DEBUG = """\
import logging
logging.basicConfig(level=1)
{fault}
from mailbot.__main__ import main
main()
"""
FAULT = """\
import mailbot.decide
def judge(raw, *rest):
    raise ValueError(raw.decode())
mailbot.decide.judge = judge
"""


@pytest.mark.parametrize("fault", ["", FAULT], ids=["as it is", "where reading every letter fails"])
def test_no_word_of_a_letter_reaches_the_log_at_any_level(
    site: Site, dovecot: Dovecot, start_smtp: Callable[..., SmtpServer], authority: Authority, fault: str
) -> None:
    """The whole way, with letters applied, reviewed and ignored, a filing, a sending and a server that refuses."""
    user = "canary-fault" if fault else "canary"
    server = start_smtp()
    server.postbox.data_answers = [f"450 4.7.1 {CANARY} is not welcome today"]
    dovecot.append(user, canary_letter(1))
    dovecot.append(user, canary_letter(2, sender="stranger@home.example"))
    dovecot.append(user, UNRELATED.replace(b"Lunch", CANARY.encode()).replace(b"Friend", CANARY.encode()))
    dovecot.append(user, b"\x00\xff" + CANARY.encode() * 3)
    site.configure(
        mailbox=f"imap://{user}@127.0.0.1:{dovecot.port}/INBOX",
        mailbox_keys=f'ca_file = "{authority.ca_file}"',
        outgoing=f"smtp://127.0.0.1:{server.port}",
        more="[schedule]\npoll_seconds = 0.2\ndeliver_seconds = 0.2",
    )
    environ = {**site.process_environ(), "MAILBOT_MAILBOX_PASSWORD": "secret"}
    running = subprocess.Popen(
        [sys.executable, "-c", RUN_AT_DEBUG.format(fault=fault), "--config", str(site.config), "run"],
        cwd=site.folder, env=environ, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        wait_for(lambda: len(rows(site, "SELECT id FROM letters")) == 4)
        if not fault:
            wait_for(lambda: server.mails)
    finally:
        running.send_signal(signal.SIGTERM)
        _, err = running.communicate(timeout=30)
    assert running.returncode == 0
    assert err.count("event='letter'") == 4
    assert ("action='apply'" in err) is not bool(fault)
    assert CANARY.casefold() not in err.casefold()
    assert CANARY.casefold() not in (site.folder / "mailbot.audit.jsonl").read_text().casefold()


def test_a_fault_of_mailbot_is_reported_without_its_message(site: Site) -> None:
    script = (
        "import mailbot.app\n"
        f"def opened(*_, **__):\n    raise KeyError('{CANARY}')\n"
        "mailbot.app.opened = opened\n"
        "from mailbot.__main__ import main\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", script, "flags", "list"], capture_output=True, text=True)
    assert done.stderr.startswith("mailbot: this is a fault of mailbot, please report it: KeyError at ")
    assert CANARY not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.each_database
def test_of_ignored_mail_nothing_is_kept_but_its_identity(site: Site) -> None:
    """The mailbox is no archive of ours: hashes, Message-ID, size and dates."""
    raw = UNRELATED.replace(b"Lunch on", CANARY.encode()).replace(b"lunch?", b"supper?")
    site.drop(raw)
    assert site.json("poll")[0]["ignored"] == 1
    words = 'raw, subject, sender, sender_name, decision, "references", reference, file_to'
    assert rows(site, f"SELECT {words} FROM letters") == [(None,) * 8]
    assert rows(site, "SELECT sha256 FROM letters") == [(hashlib.sha256(raw).hexdigest(),)]
    for word in (CANARY, "Friend", "friend@", "supper"):
        assert word.encode() not in files_of(site)


@pytest.mark.each_database
def test_letters_kept_long_enough_are_purged_and_the_log_stays_whole(site: Site) -> None:
    """What a flag stands on and what waits for a person is kept; a purge is an entry of the log itself."""
    site.configure(more="[retention]\nletter_months = 3")
    site.drop(opt_in_letter(1), "1")
    site.json("poll")
    site.drop(canary_letter(2, sender=KELLER, member="United Kingdom"), "2")
    site.json("poll")
    site.drop(opt_in_letter(3, KELLER, "United Kingdom", "opt out"), "3")
    site.drop(opt_in_letter(4, "stranger@home.example"), "4")
    site.drop(canary_letter(5, sender="strange@home.example"), "5")
    site.json("poll")
    numbers = {str(row[1]): str(row[0]) for row in rows(site, "SELECT reference, message_id FROM letters")}
    of = {number: numbers[key] for key in numbers for number in range(1, 6) if f"letter-{number}@" in key}
    site.say("review", "resolve", of[5], "--as", "reject", "--by", "Ada", "--reason", "nobody we know")

    upkeep(site, 80)
    assert rows(site, "SELECT count(*) FROM letters WHERE redacted_at IS NOT NULL") == [(0,)]
    upkeep(site, 100)
    kept = rows(site, "SELECT reference FROM letters WHERE raw IS NOT NULL ORDER BY reference")
    assert kept == sorted((of[number],) for number in (1, 3, 4))
    assert CANARY.encode() not in files_of(site)
    assert KELLER not in str(rows(site, "SELECT * FROM letters WHERE redacted_at IS NOT NULL"))

    (purge,) = [entry for entry in site.json("audit", "export") if entry["action"] == "letters:purged"]
    assert sorted(purge["data"]["letters"]) == sorted([of[2], of[5]])
    assert purge["actor"] == "mailbot"
    assert rows(site, "SELECT count(*) FROM outbox WHERE raw IS NULL") == [(purge["data"]["mails"],)]
    site.say("audit", "verify")
    assert "were erased on" in site.complaint("review", "show", of[2], "--raw", code=1)
    assert site.json("review", "show", of[2])[0]["member"] == "GBR"
    assert "were erased on" in site.complaint("mail", "show", "mail-2", code=1)
    assert [item["id"] for item in site.json("review", "list")] == [of[4]]
    site.json("mail", "list")
    site.json("replay")

    upkeep(site, 100)
    assert sum(entry["action"] == "letters:purged" for entry in site.json("audit", "export")) == 1


@pytest.mark.each_database
def test_a_purged_letter_that_comes_again_is_still_known(site: Site) -> None:
    site.configure(more="[retention]\nletter_months = 1")
    letters = [canary_letter(1), opt_in_letter(2, wish="opt out")]
    for number, raw in enumerate(letters):
        site.drop(raw, str(number))
        site.json("poll")
    upkeep(site, 40)
    site.drop(letters[0], "again")
    assert site.json("poll")[0]["ignored"] == 1
    assert site.json("flags", "list")[0]["state"] == "opted_out"


@pytest.mark.each_database
def test_zero_months_keeps_letters_for_ever(site: Site) -> None:
    site.configure(more="[retention]\nletter_months = 0")
    site.drop(opt_in_letter(1, "stranger@home.example"))
    site.json("poll")
    (item,) = site.json("review", "list")
    site.say("review", "resolve", item["id"], "--as", "reject", "--by", "Ada", "--reason", "unknown")
    upkeep(site, 10_000)
    assert rows(site, "SELECT count(*) FROM letters WHERE raw IS NULL") == [(0,)]


@pytest.fixture
def written(site: Site) -> Site:
    """A site where one focal point opted in, out and in again, and a colleague's letter names it."""
    for number, wish in enumerate(("opt in", "opt out", "opt in"), 1):
        site.drop(canary_letter(number, sender=KELLER, member="United Kingdom", wish=wish), str(number))
        site.json("poll")
    other = opt_in_letter(4).replace(b"To: tsbdir@itu.int", f"To: tsbdir@itu.int\r\nCc: {KELLER}".encode())
    site.drop(other, "4")
    site.json("poll")
    return site


@pytest.mark.each_database
def test_forget_lists_what_is_held_and_why_some_of_it_must_stay(written: Site) -> None:
    before = files_of(written)
    held = written.json("forget", KELLER.upper())
    assert files_of(written) == before
    fates = {(item["kind"], item["id"]): item["kept"] for item in held}
    references = [f"{reference}" for (reference,) in rows(written, "SELECT reference FROM letters ORDER BY id")]
    assert fates["letter", references[0]] is None
    assert fates["letter", references[1]] is None
    assert fates["letter", references[2]] == "the flag of GBR stands on it"
    assert "somebody else" in fates["letter", references[3]]
    assert "registry" in fates["registry", "focal_points GBR"]
    assert any(kind == "audit" and "chain" in kept for (kind, _), kept in fates.items() if kept)
    assert {kept for (kind, _), kept in fates.items() if kind == "mail"} == {None}
    out, _ = written.say("forget", KELLER)
    assert "nothing was changed: add --yes --by NAME to erase" in out


@pytest.mark.each_database
def test_forget_erases_in_one_go_and_the_log_says_so_by_hash(written: Site) -> None:
    held = written.json("forget", KELLER)
    out, _ = written.say("forget", KELLER, "--yes", "--by", "Ada")
    assert "erased" in out
    entry = written.json("audit", "export")[-1]
    assert (entry["action"], entry["actor"]) == ("address:forgotten", "Ada")
    assert entry["subject"] == f"sha256:{hashlib.sha256(KELLER.encode()).hexdigest()}"
    mails = sum(item["kind"] == "mail" for item in held)
    assert mails >= 3
    assert entry["data"] == {
        "erased": {"letter": 2, "mail": mails, "receipt": 0},
        "kept": sum(not item["erase"] for item in held),
        "letters": [item["id"] for item in held if item["kind"] == "letter" and item["erase"]],
    }
    written.say("audit", "verify")
    assert not any(item["erase"] for item in written.json("forget", KELLER))
    assert rows(written, "SELECT count(*) FROM letters WHERE raw IS NOT NULL AND sender LIKE 'nadia%'") == [(1,)]
    assert [flag["state"] for flag in written.json("flags", "list")] == ["opted_in", "opted_in"]


def test_forget_leaves_no_byte_of_an_erased_letter_in_the_database_file(site: Site) -> None:
    site.drop(canary_letter(1, sender="stranger@home.example"))
    site.json("poll")
    (item,) = site.json("review", "list")
    assert site.json("forget", "stranger@home.example")[0]["kept"] == "it waits for a person: see mailbot review list"
    site.say("review", "resolve", item["id"], "--as", "reject", "--by", "Ada", "--reason", f"{CANARY}!")
    assert CANARY.encode() in files_of(site)
    site.say("forget", "stranger@home.example", "--yes", "--by", "Ada")
    kept = files_of(site).replace(f'"reason":"{CANARY}!"'.encode(), b"")  # the audit entry of the decision
    assert CANARY.encode() not in kept


def test_a_purge_leaves_no_byte_of_a_letter_while_mailbot_runs_on(site: Site) -> None:
    """The write-ahead log of an open database holds pages as they were."""
    site.configure(more="[retention]\nletter_months = 1")
    with opened(site.config) as running:
        with running.store.read() as connection:
            running.register(connection)
        for number, raw in enumerate((canary_letter(1), opt_in_letter(2, wish="opt out"))):
            site.drop(raw, str(number))
            site.json("poll")
        assert CANARY.encode() in files_of(site)
        upkeep(site, 40)
        assert CANARY.encode() not in files_of(site)


@pytest.mark.each_database
def test_a_mail_not_yet_delivered_keeps_itself_and_its_letter(
    site: Site, start_smtp: Callable[..., SmtpServer]
) -> None:
    server = start_smtp()
    server.postbox.answers = {LINDT: "450 later"}
    site.configure(outgoing=f"smtp://127.0.0.1:{server.port}", outgoing_keys="retry_seconds = 3600")
    for number, wish in enumerate(("opt in", "opt out"), 1):
        site.drop(opt_in_letter(number, wish=wish), str(number))
        site.json("poll")
    held = [item for item in site.json("forget", LINDT) if item["kind"] in ("letter", "mail")]
    assert len(held) == 4
    assert not any(item["erase"] for item in held)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody",), "is not an e-mail address"),
        ((LINDT, "--yes"), "add --by NAME"),
        ((LINDT, "--yes", "--by", " "), "add --by NAME"),
    ],
)
def test_forget_refuses_what_is_incomplete(site: Site, arguments: tuple[str, ...], said: str) -> None:
    assert said in site.complaint("forget", *arguments, code=2)
    assert site.json("forget", "nobody@home.example") == []


def test_what_mailbot_creates_belongs_to_its_user_alone(tmp_path: Path) -> None:
    """Whatever the shell's umask: database, lock files, Maildirs, audit files and exports."""
    site = Site(tmp_path)
    site.configure()
    site.config.write_text(site.config.read_text().replace("/mailbot.db", "/state/mailbot.db"))
    site.drop(opt_in_letter())
    known = set(tmp_path.rglob("*"))
    script = '"$@" poll && "$@" flags export flags.csv && "$@" audit head --write head.json'
    before = os.umask(0o022)
    try:
        subprocess.run(["sh", "-ec", script, "sh", *site.command()], cwd=tmp_path, check=True, capture_output=True)
    finally:
        os.umask(before)
    made = set(tmp_path.rglob("*")) - known
    assert {"mailbot.db", "mailbot.audit.jsonl", "mailbot.audit-head.json", "flags.csv", "head.json"} <= {
        path.name for path in made
    }
    ours = [path for path in made if path.name != "letter.eml"]
    assert [path for path in ours if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
