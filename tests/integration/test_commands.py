"""The commands as other programs see them (contract section 3): JSON keys, exit codes, speed."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from .conftest import FIXTURES, UNRELATED, Site, opt_in_letter, wait_for


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "mailbot", "--help"], check=True, capture_output=True)
    assert time.monotonic() - started < 3  # 0.3 s where no other tests run beside it
    script = (
        "import sys; sys.argv = ['mailbot', '--help']\n"
        "from mailbot.__main__ import run\nrun()\n"
        "heavy = {'sqlalchemy', 'imapclient', 'pydantic', 'apscheduler', 'jinja2', 'structlog', 'mailparser'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_check_answers_for_files_folders_and_standard_input_and_changes_nothing(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "letters" / "below"
    folder.mkdir(parents=True)
    (folder / "b.eml").write_bytes(UNRELATED)
    (folder.parent / "a.eml").write_bytes(opt_in_letter())
    (folder / "notes.txt").write_text("not a letter")
    before = site.json("audit", "export")
    found = site.json("check", str(folder.parent))
    assert [Path(item["file"]).name for item in found] == ["a.eml", "b.eml"]
    assert [item["action"] for item in found] == ["apply", "ignore"]
    out, _ = site.say("check", "-", "--json", stdin=opt_in_letter())
    assert json.loads(out)["file"] == "-"
    assert json.loads(out)["member"]["code"] == "IRL"
    assert site.json("flags", "list") == []
    assert site.json("audit", "export") == before


def test_check_of_an_unreadable_file_answers_for_the_others_and_exits_1(site: Site, tmp_path: Path) -> None:
    good = tmp_path / "good.eml"
    good.write_bytes(opt_in_letter())
    out, err = site.say("check", "/nowhere.eml", str(good), "--json", code=1)
    assert [json.loads(line)["action"] for line in out.splitlines()] == ["apply"]
    assert err == "/nowhere.eml: the message cannot be read: No such file or directory\n"


def test_check_reads_no_more_of_a_huge_letter_than_the_limit(site: Site, tmp_path: Path) -> None:
    site.configure(more="[limits]\nmax_message_bytes = 5000")
    huge = tmp_path / "huge.eml"
    huge.write_bytes(opt_in_letter() + b"x" * 10_000)
    (found,) = site.json("check", str(huge))
    assert found["action"] == "review"
    assert "too_large" in found["reasons"]


def test_json_is_utf_8_whatever_the_locale(site: Site, tmp_path: Path) -> None:
    letter = tmp_path / "l.eml"
    letter.write_bytes(opt_in_letter(member="Genf").replace(b"Focal Point <", "Zoë 日 <".encode()))
    environ = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = subprocess.run(site.command("check", "--json", f"{letter}"), env=environ, capture_output=True, check=True)
    json.loads(done.stdout.decode("utf-8"))


@pytest.mark.each_database
def test_flags_list_and_history_have_the_keys_of_the_contract(site: Site) -> None:
    site.drop(opt_in_letter())
    site.json("poll")
    (flag,) = site.json("flags", "list")
    assert {"member", "name", "state", "since", "until", "duration", "reference"} <= flag.keys()
    assert datetime.fromisoformat(flag["since"]).tzinfo is not None
    (change,) = site.json("flags", "history", "IRL")
    assert {"at", "state", "cause", "reference", "message_id", "by", "reason"} <= change.keys()
    assert (change["cause"], change["message_id"]) == ("letter", "<letter-1@gov.ie.example>")
    assert "IRL" in site.say("flags", "list")[0]


@pytest.mark.each_database
def test_flags_list_at_answers_as_was_known_then(site: Site) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    site.drop(opt_in_letter(1))
    site.json("poll")
    between = datetime.now(UTC)
    site.drop(opt_in_letter(2, wish="opt out").replace(b"20 Nov 2025 09", b"20 Nov 2025 10"), "two")
    site.json("poll")
    assert site.json("flags", "list", "--at", before.isoformat()) == []
    naive = between.replace(tzinfo=None).isoformat()  # without a zone it is UTC
    assert [flag["state"] for flag in site.json("flags", "list", "--at", naive)] == ["opted_in"]
    assert [flag["state"] for flag in site.json("flags", "list")] == ["opted_out"]


@pytest.mark.each_database
def test_moving_the_end_of_the_study_period_moves_the_flags_and_the_past_stays_as_it_was_known(site: Site) -> None:
    """Contract section 1: the Assembly can be postponed, so the end is data."""
    site.drop(opt_in_letter())
    site.json("poll")
    known = datetime.now(UTC)
    site.configure(more="[study_period]\nends = 2029-03-15")
    assert [flag["until"] for flag in site.json("flags", "list")] == ["2029-03-16T00:00:00+00:00"]
    then = site.json("flags", "list", "--at", known.isoformat())
    assert [flag["until"] for flag in then] == ["2028-11-01T00:00:00+00:00"]


@pytest.mark.each_database
def test_a_flag_ends_with_its_study_period_and_comes_back_when_the_assembly_was_postponed(site: Site) -> None:
    site.drop(opt_in_letter())
    site.json("poll")
    site.configure(more="[study_period]\nends = 2026-01-01")
    (ended,) = site.json("flags", "list")  # before any upkeep has run
    assert (ended["state"], ended["since"], ended["until"]) == ("opted_out", "2026-01-02T00:00:00+00:00", None)
    site.json("poll")
    assert [change["cause"] for change in site.json("flags", "history", "IRL")] == ["letter", "lapse"]
    site.configure(more="[study_period]\nends = 2029-01-01")
    (back,) = site.json("flags", "list")
    assert (back["state"], back["until"]) == ("opted_in", "2029-01-02T00:00:00+00:00")
    causes = [change["cause"] for change in site.json("flags", "history", "IRL")]
    assert causes == ["letter", "lapse", "study_period_moved"]


def test_an_opt_in_for_a_study_period_that_is_over_goes_to_a_person(site: Site) -> None:
    site.configure(more="[study_period]\nends = 2026-01-01")
    site.drop(opt_in_letter())
    assert site.json("poll")[0]["review"] == 1
    assert site.json("flags", "list") == []


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_exported_flags_hold_no_formula(kind: str, site: Site, tmp_path: Path) -> None:
    """A name may come from anywhere; a spreadsheet must not run it."""
    registry = tmp_path / "registry"
    registry.mkdir()
    (registry / "members.csv").write_text('code,name,category,country,aliases\nEVL,"=HYPERLINK(""x"")",associate,,\n')
    (registry / "focal_points.csv").write_text((FIXTURES / "registry" / "focal_points.csv").read_text().split("\n")[0])
    site.drop(opt_in_letter())
    site.json("poll")
    connection = sqlite3.connect(site.database)
    connection.execute("UPDATE flag_changes SET member_code = 'EVL'")
    connection.commit()
    connection.close()
    site.say("registry", "import", str(registry), "--force")
    target = tmp_path / f"flags.{kind}"
    site.say("flags", "export", str(target))
    if kind == "csv":
        rows = list(csv.DictReader(target.read_text("utf-8-sig").splitlines()))
        assert rows[0]["name"].startswith("'=")
    elif kind == "json":
        assert json.loads(target.read_text())[0]["member"] == "EVL"
    else:
        sheet = openpyxl.load_workbook(target).active
        assert sheet is not None
        assert [cell.data_type for cell in sheet[2]][:2] == ["s", "s"]


@pytest.mark.each_database
def test_a_person_resolves_a_letter_by_naming_the_member(site: Site) -> None:
    """Contract section 6: the decision changes the flag, sends the confirmation, and is logged with name and reason."""
    site.drop(opt_in_letter(member="Atlantis"))
    site.json("poll")
    (item,) = site.json("review", "list")
    keys = {"id", "received", "sender", "subject", "message_id", "intent", "member", "reasons"}
    assert keys <= item.keys()
    person = ("--by", "Ana Lopez", "--reason", "confirmed by telephone")
    assert "add --member CODE" in site.complaint("review", "resolve", item["id"], "--as", "opt_in", *person, code=1)
    unknown = ("--as", "opt_in", "--member", "XYZ")
    assert "XYZ is no member" in site.complaint("review", "resolve", item["id"], *unknown, *person, code=1)
    site.say("review", "resolve", item["id"], "--as", "opt_in", "--member", "IRL", *person)
    assert [flag["state"] for flag in site.json("flags", "list")] == ["opted_in"]
    (change,) = site.json("flags", "history", "IRL")
    assert (change["cause"], change["by"], change["reason"]) == ("review", "Ana Lopez", "confirmed by telephone")
    receipt, confirmation = sorted(site.sent(), key=lambda mail: "Lindt" in mail["To"])
    assert receipt["To"] == '"Focal Point" <karim.lindt@gov.ie.example>'
    assert confirmation["To"] == '"Karim Lindt" <karim.lindt@gov.ie.example>'
    resolved = [entry for entry in site.json("audit", "export") if entry["action"] == "review:resolved"]
    assert [(entry["actor"], entry["data"]["reason"]) for entry in resolved] == [
        ("Ana Lopez", "confirmed by telephone")
    ]
    again = site.complaint("review", "resolve", item["id"], "--as", "reject", *person, code=1)
    assert "was already resolved as opt_in by Ana Lopez" in again
    assert site.json("review", "list") == []


def test_a_rejected_letter_changes_nothing_and_is_not_answered(site: Site) -> None:
    site.drop(opt_in_letter(authentication="dmarc=fail"))
    site.json("poll")
    (item,) = site.json("review", "list")
    site.say("review", "resolve", item["id"], "--as", "reject", "--by", "Ana", "--reason", "forged")
    assert (site.json("flags", "list"), site.json("review", "list"), site.sent()) == ([], [], [])


@pytest.mark.each_database
def test_a_persons_decision_stands_against_letters_written_before_it(site: Site) -> None:
    """Contract rule 11: the moment of the person's decision is what the flag stands on."""
    site.drop(opt_in_letter(1, authentication=None))
    site.json("poll")
    (item,) = site.json("review", "list")
    assert item["reasons"] == ["authentication_missing", "awaiting_confirmation"]
    site.say("review", "resolve", item["id"], "--as", "opt_in", "--by", "Ana", "--reason", "x")
    site.drop(opt_in_letter(2, wish="opt out"), "two")
    site.json("poll")
    assert site.json("review", "list")[0]["reasons"] == ["out_of_order"]
    assert [flag["state"] for flag in site.json("flags", "list")] == ["opted_in"]


def test_a_changed_entry_of_the_audit_log_is_named(site: Site) -> None:
    site.drop(opt_in_letter())
    site.json("poll")
    tamper(site, "UPDATE audit_entries SET actor = 'nobody' WHERE seq = 3")
    assert "entry 3 was altered" in site.complaint("audit", "verify", code=1)


def test_a_removed_entry_of_the_audit_log_is_named(site: Site) -> None:
    site.drop(opt_in_letter())
    site.json("poll")
    tamper(site, "DELETE FROM audit_entries WHERE seq = 3")
    assert "entry 3 was removed" in site.complaint("audit", "verify", code=1)


def test_swapped_entries_of_the_audit_log_are_named(site: Site) -> None:
    site.drop(opt_in_letter())
    site.json("poll")
    swap = "UPDATE audit_entries SET seq = CASE seq WHEN 3 THEN -4 WHEN 4 THEN -3 ELSE seq END"
    tamper(site, f"{swap}; UPDATE audit_entries SET seq = -seq WHERE seq < 0")
    assert "entry 3 was" in site.complaint("audit", "verify", code=1)


def test_a_cut_off_tail_of_the_audit_log_is_found_by_the_head(site: Site) -> None:
    site.drop(opt_in_letter())
    site.json("poll")
    last = site.json("audit", "export")[-1]["seq"]
    tamper(site, f"DELETE FROM audit_entries WHERE seq = {last}")
    said = site.complaint("audit", "verify", code=1)
    assert f"entry {last} was removed: the log ends at entry {last - 1}" in said
    assert "audit log not published" in site.say("flags", "list")[1]  # nor is it covered up by the next command
    assert site.complaint("audit", "verify", code=1) == said


def test_a_changed_line_of_the_audit_file_is_named(site: Site) -> None:
    site.drop(opt_in_letter())
    site.json("poll")
    path = site.folder / "mailbot.audit.jsonl"
    path.write_text(path.read_text().replace('"actor":"mailbot"', '"actor":"somebody"', 1))
    assert f"{path}: entry 1 was altered" in site.complaint("audit", "verify", code=1)
    assert "entry 1 was altered" in site.complaint("audit", "verify", "--file", str(path), code=1)


def test_the_audit_file_is_caught_up_and_a_torn_line_repaired(site: Site) -> None:
    """A crash between the commit and the file loses nothing."""
    site.drop(opt_in_letter())
    site.json("poll")
    path = site.folder / "mailbot.audit.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    site.say("flags", "list")
    assert path.read_bytes() == whole


def test_an_audit_file_of_another_database_is_left_alone_and_named(site: Site) -> None:
    site.drop(opt_in_letter())
    site.json("poll")
    path = site.folder / "mailbot.audit.jsonl"
    before = path.read_bytes()
    for file in site.folder.glob("mailbot.db*"):
        file.unlink()
    assert "move it away" in site.say("flags", "list")[1]
    assert path.read_bytes() == before


def test_the_head_can_be_written_and_mailed_and_is_verified(site: Site, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    site.say("audit", "head", "--write", str(kept), "--mail", "auditor@itu.int")
    (mail,) = site.sent()
    assert (mail["To"], mail["Auto-Submitted"]) == ("auditor@itu.int", "auto-generated")
    assert json.loads(kept.read_text())["hash"] in str(mail.get_payload())
    site.say("audit", "verify", "--head", str(kept))
    kept.write_text(json.dumps({"seq": 1, "hash": "0" * 64}))
    assert "entry 1 was replaced" in site.complaint("audit", "verify", "--head", str(kept), code=1)


def tamper(site: Site, script: str) -> None:
    connection = sqlite3.connect(site.database)
    connection.executescript(script)
    connection.close()


@pytest.mark.each_database
def test_run_answers_what_comes_and_ends_at_sigterm(site: Site) -> None:
    """Contract section 3: polls until stopped; SIGTERM finishes the letter in hand and exits 0."""
    site.configure(more="[schedule]\npoll_seconds = 0.2\ndeliver_seconds = 0.2")
    running = subprocess.Popen(site.command("run"), cwd=site.folder, stderr=subprocess.PIPE, text=True)
    try:
        site.drop(opt_in_letter(1))
        wait_for(lambda: len(site.sent()) == 1)
        site.drop(opt_in_letter(2, "nadia.keller@gov.gb.example", "United Kingdom"), "two")
        wait_for(lambda: len(site.sent()) == 3)
    finally:
        running.send_signal(signal.SIGTERM)
        _, err = running.communicate(timeout=30)
    assert running.returncode == 0
    assert "Traceback" not in err
    assert "event='letter'" in err
    assert "member='Ireland'" in err
    assert {flag["member"] for flag in site.json("flags", "list")} == {"IRL", "GBR"}


def test_run_goes_on_when_the_mailbox_fails_and_comes_back(site: Site) -> None:
    """n8n's trap: a watcher that died silently."""
    site.configure(mailbox=f"maildir://{site.folder}/later", more="[schedule]\npoll_seconds = 0.1")
    running = subprocess.Popen(site.command("run"), cwd=site.folder, stderr=subprocess.PIPE, text=True)
    try:
        assert running.stderr is not None
        line = next(line for line in running.stderr if "poll failed" in line)
        assert "there is no such Maildir" in line
        (site.folder / "later" / "new").mkdir(parents=True)
        (site.folder / "later" / "new" / "one").write_bytes(opt_in_letter())
        wait_for(lambda: len(site.sent()) == 1)
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=30)
    assert running.returncode == 0


def test_a_reader_that_goes_away_is_no_traceback(site: Site) -> None:
    command = f"{' '.join(site.command('audit', 'export', '--json'))} | head -c 1 > /dev/null"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=site.folder)
    assert done.stderr == ""
