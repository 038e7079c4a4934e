"""The audit log as an auditor uses it: every change of it or behind its back is found; checkpoints; a flag's story."""

from __future__ import annotations

import csv
import io
import json
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from mailbot import audit
from mailbot.audit import entry_of, verify
from mailbot.audit_files import line_of, read_log
from mailbot.checkpoints import append_checkpoint, make_keys, private_key
from mailbot.store.audit_rows import audit_rows
from mailbot.store.engine import open_store

from .conftest import UNRELATED, Site, opt_in_letter, wait_for

ANA = ("--by", "Ana Lopez", "--reason", "confirmed by telephone")
STRANGER = "somebody@elsewhere.example"


def signed_site(folder: Path, source: Path) -> Site:
    """A site that signs its log, with the registry of `source` imported."""
    site = Site(folder)
    for file in source.glob("mailbot.*"):
        if file.suffix != ".toml":
            shutil.copy(file, folder)
    site.configure()
    site.say("audit", "keygen", str(folder / "audit.key"))
    site.configure(more=f'[audit]\nsigning_key = "{folder}/audit.key"')
    return site


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, imported: Path) -> Site:
    """A site with a few dozen entries of every kind: not to be changed by a test."""
    site = signed_site(tmp_path_factory.mktemp("busy"), imported)
    for number, letter in enumerate(
        (
            opt_in_letter(1),
            UNRELATED,
            opt_in_letter(2, sender=STRANGER),
            opt_in_letter(3, "nadia.keller@gov.gb.example", "United Kingdom"),
            opt_in_letter(4, wish="opt out").replace(b"20 Nov 2025", b"21 Nov 2025"),
            opt_in_letter(5, authentication="dmarc=fail"),
        )
    ):
        site.drop(letter, str(number))
        site.say("poll")
    site.say("audit", "checkpoint")
    for item, decision in zip(site.json("review", "list"), ("opt_in", "reject"), strict=True):
        site.say("review", "resolve", item["id"], "--as", decision, *ANA)
    site.say("audit", "export", "--write", str(site.folder / "export.jsonl"))
    return site


@pytest.fixture
def site_copy(busy: Site, tmp_path: Path) -> Site:
    """A copy of that site to tamper with."""
    copied = Site(tmp_path / "copy")
    shutil.copytree(busy.folder, copied.folder)
    copied.configure(more=f'[audit]\nsigning_key = "{copied.folder}/audit.key"')
    return copied


def tamper(site: Site, script: str, *values: object) -> None:
    connection = sqlite3.connect(site.database)
    connection.execute(script, values)
    connection.commit()
    connection.close()


def exported(site: Site) -> bytes:
    return (site.folder / "export.jsonl").read_bytes()


def offline(*arguments: str, code: int) -> str:
    """What `audit verify` says where there is neither configuration nor database."""
    command = [sys.executable, "-m", "mailbot", "--config", "/nowhere.toml", "audit", "verify", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


# --- the log itself -------------------------------------------------------------------------------------------------


def test_the_log_tells_everything_that_changes_or_could_have_changed_a_flag(busy: Site) -> None:
    entries = busy.json("audit", "export")
    assert len(entries) >= 36
    assert {entry["action"] for entry in entries} >= {
        "settings:in_force", "study_period:set", "registry:imported", "letter:received", "letter:decided",
        "flag:changed", "mail:queued", "mail:sent", "mail:withheld", "review:resolved", "audit:checkpoint",
    }  # fmt: skip


def test_a_decision_is_logged_with_its_rules_and_evidence_but_not_with_the_letter_s_words(busy: Site) -> None:
    decided = [entry["data"] for entry in busy.json("audit", "export") if entry["action"] == "letter:decided"]
    (rules,) = {data["rules"] for data in decided}
    assert rules.startswith("0.1.0+")
    wish = next(one for one in decided[0]["evidence"] if one["field"] == "intent")
    assert wish["part"] == "body"
    assert wish["end"] > wish["start"] >= 0
    log = exported(busy).decode()
    assert "Dear Director" not in log
    assert "Automatic approval for Ireland" not in log
    assert "lunch" not in log.replace("<lunch@home.example>", "")


def test_the_settings_in_force_are_logged_once_and_again_when_they_change(site: Site) -> None:
    site.environ["MAILBOT_OUTGOING_PASSWORD"] = "s3cret-canary"
    site.say("poll")
    site.say("poll")
    before = [entry for entry in site.json("audit", "export") if entry["action"] == "settings:in_force"]
    site.configure(more="[review]\nfour_eyes = true")
    site.say("poll")
    after = [entry for entry in site.json("audit", "export") if entry["action"] == "settings:in_force"]
    assert len(after) == len(before) + 1
    assert after[-1]["data"]["settings"]["review"] == {"four_eyes": True}
    assert after[-1]["data"]["settings"]["authentication"]["trusted_servers"] == ["mx.test"]
    assert "s3cret-canary" not in json.dumps(after)


def test_start_and_stop_are_logged_and_the_end_is_signed(tmp_path: Path, imported: Path) -> None:
    site = signed_site(tmp_path, imported)
    running = subprocess.Popen(site.command("run"), cwd=site.folder, stderr=subprocess.PIPE, text=True)
    try:
        site.drop(opt_in_letter())
        wait_for(lambda: len(site.sent()) == 1)
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=30)
    assert running.returncode == 0
    actions = [entry["action"] for entry in site.json("audit", "export")]
    assert actions.count("mailbot:started") == 1
    assert actions[-2:] == ["mailbot:stopped", "audit:checkpoint"]
    site.say("audit", "verify")


def test_the_log_of_a_busy_site_is_whole_and_agrees(busy: Site) -> None:
    said, _ = busy.say("audit", "verify")
    assert said.startswith("the audit log is whole")
    assert "are vouched for by the key" in said


def mutated(content: bytes, data: st.DataObject) -> bytes:
    """`content` with one byte changed, added or taken away."""
    place = data.draw(st.integers(0, len(content) - 1))
    byte = bytes([data.draw(st.integers(0, 255).filter(lambda value: value != content[place]))])
    kind = data.draw(st.sampled_from(["change", "insert", "delete"]))
    match kind:
        case "change":
            return content[:place] + byte + content[place + 1 :]
        case "insert":
            return content[:place] + byte + content[place:]
        case _:
            return content[:place] + content[place + 1 :]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_single_byte_change_of_the_exported_log_is_found(busy: Site, tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "export.jsonl"
    path.write_bytes(mutated(exported(busy), data))
    assert verify(read_log(path)) is not None


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_removed_or_swapped_line_of_the_exported_log_is_found(
    busy: Site, tmp_path: Path, data: st.DataObject
) -> None:
    lines = exported(busy).splitlines(keepends=True)
    places = st.integers(0, len(lines) - 2)
    first = data.draw(places)
    if data.draw(st.booleans()):
        named = f"entry {first + 1} was removed"
        del lines[first]
    else:
        second = data.draw(places.filter(lambda place: place != first))
        named = f"entry {min(first, second) + 1} was reordered"
        lines[first], lines[second] = lines[second], lines[first]
    path = tmp_path / "export.jsonl"
    path.write_bytes(b"".join(lines))
    fault = verify(read_log(path))
    assert fault is not None
    assert f"entry {fault.seq} {fault.what}".startswith(named)


class UndoneError(Exception):
    """Ends a transaction that must leave nothing behind."""


@contextmanager
def undone(site: Site) -> Iterator[Connection]:
    """A write transaction that is rolled back."""
    store = open_store(f"sqlite:///{site.database}")
    try:
        with store.begin() as connection:
            yield connection
            raise UndoneError
    except UndoneError:
        pass
    finally:
        store.close()


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_every_single_byte_change_of_a_row_is_found(busy: Site, data: st.DataObject) -> None:
    with undone(busy) as connection:
        entries = [entry_of(row) for row in audit_rows(connection)]
        seq = data.draw(st.integers(1, len(entries)))
        column = data.draw(st.sampled_from(["at", "action", "subject", "actor", "data", "previous", "hash"]))
        read = f"SELECT CAST({column} AS BLOB) FROM audit_entries WHERE seq = ?"
        before = connection.exec_driver_sql(read, (seq,)).scalar_one()
        changed = mutated(before, data)
        write = f"UPDATE audit_entries SET {column} = CAST(? AS TEXT) WHERE seq = ?"
        connection.exec_driver_sql(write, (changed, seq))
        fault = verify(map(entry_of, audit_rows(connection)))
        assert fault is not None
        assert fault.seq == seq


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_every_removed_or_swapped_row_is_found(busy: Site, data: st.DataObject) -> None:
    with undone(busy) as connection:
        count = sum(1 for _ in audit_rows(connection))
        places = st.integers(1, count - 1)
        first = data.draw(places)
        if data.draw(st.booleans()):
            connection.exec_driver_sql("DELETE FROM audit_entries WHERE seq = ?", (first,))
            expected = first
        else:
            second = data.draw(places.filter(lambda place: place != first))
            for old, new in ((first, -1), (second, first), (-1, second)):
                connection.exec_driver_sql("UPDATE audit_entries SET seq = ? WHERE seq = ?", (new, old))
            expected = min(first, second)
        fault = verify(map(entry_of, audit_rows(connection)))
        assert fault is not None
        assert fault.seq == expected


def test_data_spelt_otherwise_is_an_altered_entry(site_copy: Site) -> None:
    """The same JSON value in other characters is not what was written."""
    tamper(site_copy, "UPDATE audit_entries SET data = replace(data, ',', ', ') WHERE seq = 3")
    assert "entry 3 was altered" in site_copy.complaint("audit", "verify", code=1)


# --- behind the log's back ------------------------------------------------------------------------------------------

CHANGES = {
    "flag": ("UPDATE flag_changes SET state = 'opted_out' WHERE id = 1", "flag_changes row 1 (IRL) was changed"),
    "flag's duration": (
        "UPDATE flag_changes SET duration = 'until_further_notice', study_period = NULL WHERE id = 1",
        "duration is until_further_notice, the log says study_period",
    ),
    "flag's state made nonsense": (
        "UPDATE flag_changes SET state = 'opted_on' WHERE id = 1",
        "flag_changes row 1 (IRL) was changed behind the log's back: it cannot be read any more",
    ),
    "flag's moment made nonsense": (
        "UPDATE flag_changes SET since = 'yesterday' WHERE id = 1",
        "flag_changes row 1 (IRL) was changed behind the log's back: it cannot be read any more",
    ),
    "flag removed": ("DELETE FROM flag_changes WHERE id = 2", "flag_changes row 2 (GBR) was removed"),
    "flag added": (
        "INSERT INTO flag_changes (member_code, member_name, at, state, since, cause, basis, reference) "
        "SELECT 'FRA', 'France', at, state, since, cause, basis, reference FROM flag_changes WHERE id = 1",
        "was added behind the log's back: no entry tells of it",
    ),
    "study period": (
        "UPDATE study_periods SET ends = '2040-01-01 00:00:00.000000'", "study_periods row 1 (2025-2028) was changed",
    ),
    "letter": (
        "UPDATE letters SET raw = CAST(replace(CAST(raw AS TEXT), 'Ireland', 'Iceland') AS BLOB) "
        "WHERE reference = '2026-00001'",
        "letter 2026-00001 was changed: its bytes do not have their hash any more",
    ),
    "letter's bytes made text": (
        "UPDATE letters SET raw = replace(raw, 'Ireland', 'Iceland') WHERE reference = '2026-00001'",
        "letter 2026-00001 was changed: it cannot be read any more",
    ),
    "letter's bytes gone": (
        "UPDATE letters SET raw = NULL WHERE reference = '2026-00001'",
        "letter 2026-00001 was changed: its bytes do not have their hash any more",
    ),
    "letter's hash": (
        "UPDATE letters SET sha256 = '00' WHERE reference = '2026-00001'",
        "letter 2026-00001 was given another identity",
    ),
    "letter's decision": (
        "UPDATE letters SET decision = replace(decision, 'opt_in', 'opt_out') WHERE reference = '2026-00001'",
        "letter 2026-00001 was given another decision",
    ),
    "letter's decision made nonsense": (
        "UPDATE letters SET decision = '{' WHERE reference = '2026-00001'",
        "letter 2026-00001 was changed: it cannot be read any more",
    ),
    "letter's sender": (
        "UPDATE letters SET sender = 'x@y.example' WHERE reference = '2026-00001'",
        "letter 2026-00001 was given another sender",
    ),
    "letter removed": (
        "DELETE FROM letters WHERE outcome = 'ignore'", "letter <lunch@home.example> was removed behind the log's back",
    ),
    "review reopened": (
        "UPDATE letters SET review = 'open' WHERE review = 'resolved'",
        "was given another resolution than that of entry",
    ),
    "letter put into review": (
        "UPDATE letters SET review = 'open' WHERE reference = '2026-00001'", "letter 2026-00001 was put into review",
    ),
    "focal point": (
        "UPDATE focal_points SET email = 'x@y.example' WHERE id = 1", "the registry was changed behind the log's back",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_behind_the_log_s_back_is_found(what: str, site_copy: Site) -> None:
    script, said = CHANGES[what]
    connection = sqlite3.connect(site_copy.database)
    connection.execute("PRAGMA foreign_keys = OFF")
    assert connection.execute(script).rowcount > 0
    connection.commit()
    connection.close()
    assert said in site_copy.complaint("audit", "verify", code=1)


def test_a_letter_closed_without_a_decision_is_found(site: Site) -> None:
    """Hidden from the reviewers, it would be lost."""
    site.drop(opt_in_letter(sender=STRANGER))
    site.say("poll")
    tamper(site, "UPDATE letters SET review = 'resolved', resolution = '{}'")
    assert "letter 2026-00001 was closed without a decision" in site.complaint("audit", "verify", code=1)


def test_a_letter_erased_by_an_entry_is_no_fault(site_copy: Site) -> None:
    """What the log itself says is gone may be gone; its identity stays."""
    store = open_store(f"sqlite:///{site_copy.database}")
    with store.begin() as connection:
        audit.append(
            connection, at=datetime.now(UTC), action="letters:purged", subject="retention", actor="mailbot",
            data={"letters": ["2026-00001"]},
        )  # fmt: skip
    store.close()
    tamper(site_copy, "UPDATE letters SET raw = NULL, sender = NULL, decision = NULL WHERE reference = '2026-00001'")
    site_copy.say("audit", "verify")


def test_entries_made_up_with_nonsense_in_them_are_a_finding_not_a_failure(site: Site) -> None:
    store = open_store(f"sqlite:///{site.database}")
    with store.begin() as connection:
        for nonsense in ({}, {"row": 2**70, "letter": [], "letters": 7}, {"row": "x", "letter": "x", "letters": [[]]}):
            for action in ("flag:changed", "letter:decided", "review:resolved", "letters:purged", "registry:imported"):
                audit.append(connection, at=datetime.now(UTC), action=action, subject="x", actor="x", data=nonsense)
    store.close()
    assert "was removed behind the log's back" in site.complaint("audit", "verify", code=1)


def test_a_log_file_made_anew_is_found(site_copy: Site) -> None:
    """A chain that is whole in itself, but not that of the database."""
    path = site_copy.folder / "mailbot.audit.jsonl"
    path.write_bytes(rechained(path.read_bytes(), lambda entry: entry | {"actor": "nobody"}))
    assert "is not that of the database's log" in site_copy.complaint("audit", "verify", code=1)


# --- checkpoints ----------------------------------------------------------------------------------------------------


def rechained(log: bytes, change: Callable[[dict[str, Any]], dict[str, Any]]) -> bytes:
    """A forged log: every entry changed, numbered and sealed anew."""
    previous, lines = audit.FIRST_PREVIOUS, []
    for seq, line in enumerate(log.splitlines(), start=1):
        entry = change(json.loads(line)) | {"seq": seq, "previous": previous}
        entry["hash"] = previous = audit.seal(entry)
        lines.append(line_of(entry))
    return b"".join(lines)


@pytest.fixture
def auditor(busy: Site, tmp_path: Path) -> tuple[Path, Path]:
    """What an auditor has: an export and the public key."""
    shutil.copy(busy.folder / "export.jsonl", tmp_path / "theirs.jsonl")
    return tmp_path / "theirs.jsonl", busy.folder / "audit.key.pub"


def test_an_export_is_verified_offline_with_the_public_key(auditor: tuple[Path, Path]) -> None:
    export, key = auditor
    said = offline("--export", str(export), "--key", str(key), code=0)
    assert said.startswith("the audit log is whole, up to entry")
    assert "vouched for by the key" in said


def test_a_forged_export_is_found_by_its_checkpoints(auditor: tuple[Path, Path]) -> None:
    """Whoever can write the log can make every hash anew, but no signature."""
    export, key = auditor
    export.write_bytes(rechained(export.read_bytes(), lambda entry: entry | {"actor": "nobody"}))
    assert "whole" in offline("--export", str(export), code=0)
    said = offline("--export", str(export), "--key", str(key), code=1)
    assert "is a checkpoint that does not vouch for the entry before it" in said


def test_an_export_forged_with_its_checkpoints_adapted_is_found(auditor: tuple[Path, Path]) -> None:
    export, key = auditor
    previous, lines = audit.FIRST_PREVIOUS, []
    for line in export.read_bytes().splitlines():
        entry = json.loads(line) | {"actor": "nobody", "previous": previous}
        if entry["action"] == "audit:checkpoint":
            entry["data"]["hash"] = previous
        entry["hash"] = previous = audit.seal(entry)
        lines.append(line_of(entry))
    export.write_bytes(b"".join(lines))
    assert "did not sign" in offline("--export", str(export), "--key", str(key), code=1)


def test_a_wrong_key_is_found(auditor: tuple[Path, Path], tmp_path: Path) -> None:
    export, _ = auditor
    other = tmp_path / "other.pub"
    other.write_bytes(make_keys()[1])
    said = offline("--export", str(export), "--key", str(other), code=1)
    assert "which was not given: add its public key with --key" in said


@pytest.mark.parametrize("content", [b"", b"no key", make_keys()[0]], ids=["empty", "text", "private"])
def test_what_is_no_public_key_is_named(content: bytes, auditor: tuple[Path, Path], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pub"
    wrong.write_bytes(content)
    said = offline("--export", str(auditor[0]), "--key", str(wrong), code=2)
    assert f"{wrong}: this is no public key in PEM form" in said


def test_a_truncated_export_is_found(auditor: tuple[Path, Path]) -> None:
    export, key = auditor
    lines = export.read_bytes().splitlines(keepends=True)
    checkpoints = [number for number, line in enumerate(lines) if b'"action":"audit:checkpoint"' in line]
    assert len(checkpoints) == 2
    for count, said in (
        (0, "there is no entry in it"),
        (3, "there is no checkpoint in it"),
        (checkpoints[0] + 3, "it does not end with a checkpoint: nothing vouches for the 2 entries after entry"),
        (len(lines) - 1, "it does not end with a checkpoint"),
    ):
        export.write_bytes(b"".join(lines[:count]))
        assert said in offline("--export", str(export), "--key", str(key), code=1)


def test_an_export_cut_off_right_after_a_checkpoint_is_found_by_a_later_one_kept_elsewhere(
    auditor: tuple[Path, Path], busy: Site, tmp_path: Path
) -> None:
    export, key = auditor
    kept = tmp_path / "kept.json"
    busy.say("audit", "checkpoint", "--write", str(kept))
    arguments = ("--export", str(export), "--key", str(key), "--checkpoint", str(kept))
    offline(*arguments, code=0)
    lines = export.read_bytes().splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if b'"action":"audit:checkpoint"' in line)
    export.write_bytes(b"".join(lines[: first + 1]))
    assert f"entry {first + 2} was removed" in offline(*arguments, code=1)


def test_a_forged_checkpoint_kept_elsewhere_is_found(auditor: tuple[Path, Path], busy: Site, tmp_path: Path) -> None:
    export, key = auditor
    kept = tmp_path / "kept.json"
    said, _ = busy.say("audit", "checkpoint", "--write", str(kept))
    kept.write_text(json.dumps(json.loads(said) | {"at": "2020-01-01T00:00:00+00:00"}))
    found = offline("--export", str(export), "--key", str(key), "--checkpoint", str(kept), code=1)
    assert "did not sign" in found
    assert "add --key FILE" in offline("--export", str(export), "--checkpoint", str(kept), code=2)


def test_a_tail_cut_off_the_database_is_found_by_the_checkpoint(site_copy: Site) -> None:
    """Even where head file and log file were cut off with it."""
    kept = site_copy.folder / "kept.json"
    site_copy.say("audit", "checkpoint", "--write", str(kept))
    seq = json.loads(kept.read_text())["seq"]
    tamper(site_copy, "DELETE FROM audit_entries WHERE seq >= ?", seq)
    tamper(site_copy, "DELETE FROM flag_changes WHERE id > 3")
    tamper(site_copy, "UPDATE letters SET review = 'open', resolution = NULL WHERE review = 'resolved'")
    for name in ("mailbot.audit.jsonl", "mailbot.audit-head.json"):
        (site_copy.folder / name).unlink()
    assert f"entry {seq} was removed" in site_copy.complaint("audit", "verify", "--checkpoint", str(kept), code=1)


def test_the_checkpoints_of_the_scheduler_go_to_a_file_that_verify_reads(site_copy: Site) -> None:
    kept = site_copy.folder / "elsewhere" / "checkpoints.jsonl"
    site_copy.configure(more=f'[audit]\nsigning_key = "{site_copy.folder}/audit.key"\ncheckpoint_file = "{kept}"')
    site_copy.say("audit", "checkpoint")
    site_copy.say("audit", "checkpoint")
    assert len(kept.read_text().splitlines()) == 1  # nothing came in between
    site_copy.say("audit", "verify")
    tamper(site_copy, "DELETE FROM audit_entries WHERE seq >= ?", json.loads(kept.read_text())["seq"])
    (site_copy.folder / "mailbot.audit-head.json").unlink()
    assert "was removed: the log ends at entry" in site_copy.complaint("audit", "verify", code=1)


def test_checkpoints_of_a_former_key_need_its_public_key(site_copy: Site) -> None:
    site_copy.say("audit", "keygen", str(site_copy.folder / "new.key"))
    site_copy.configure(more=f'[audit]\nsigning_key = "{site_copy.folder}/new.key"')
    site_copy.say("audit", "checkpoint")
    assert "add its public key with --key" in site_copy.complaint("audit", "verify", code=1)
    site_copy.say("audit", "verify", "--key", str(site_copy.folder / "audit.key.pub"))


def test_a_log_that_has_not_changed_is_not_signed_again(site_copy: Site) -> None:
    store = open_store(f"sqlite:///{site_copy.database}")
    key = private_key((site_copy.folder / "audit.key").read_bytes())
    with store.begin() as connection:
        append_checkpoint(connection, key, datetime.now(UTC))
        assert append_checkpoint(connection, key, datetime.now(UTC)) is None
    store.close()


def test_openssl_accepts_a_checkpoint(busy: Site, tmp_path: Path) -> None:
    """The signature is plain Ed25519: an auditor needs no mailbot."""
    found = json.loads(busy.say("audit", "checkpoint")[0])
    said = f'{{"at":"{found["at"]}","hash":"{found["hash"]}","seq":{found["seq"]}}}'
    (tmp_path / "said").write_bytes(b"mailbot audit checkpoint v1\n" + said.encode())
    (tmp_path / "signature").write_bytes(bytes.fromhex(found["signature"]))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", busy.folder / "audit.key.pub", "-rawin"]
    done = subprocess.run([*command, "-in", tmp_path / "said", "-sigfile", tmp_path / "signature"], capture_output=True)
    assert done.returncode == 0, done


def test_keygen_makes_a_private_file_and_overwrites_nothing(site: Site) -> None:
    path = site.folder / "audit.key"
    said, _ = site.say("audit", "keygen", str(path))
    assert "signing_key in [audit]" in said
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    assert "no key is overwritten" in site.complaint("audit", "keygen", str(path), code=1)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "make one with mailbot audit keygen"),
        (b"x", "no private key in PEM form"),
        (make_keys()[1], "no private"),
    ],
)
def test_a_signing_key_that_cannot_be_used_is_named(content: bytes | None, said: str, site: Site) -> None:
    path = site.folder / "some.key"
    if content is not None:
        path.write_bytes(content)
    site.configure(more=f'[audit]\nsigning_key = "{path}"')
    assert said in site.complaint("run", code=2)


def test_a_checkpoint_without_a_key_is_refused(site: Site) -> None:
    assert "audit.signing_key: no key is configured" in site.complaint("audit", "checkpoint", code=2)


# --- exports and stories --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_an_exported_audit_table_holds_no_formula(start: str, site: Site) -> None:
    """A reviewer's name, a Message-ID: both come from outside."""
    site.drop(opt_in_letter(sender=STRANGER))
    site.say("poll")
    name = f'{start}HYPERLINK("x")'
    site.say("review", "resolve", "2026-00001", "--as", "reject", "--by", name, "--reason", name)
    target = site.folder / "audit.csv"
    site.say("audit", "export", "--write", str(target))
    rows = list(csv.DictReader(io.StringIO(target.read_bytes().decode("utf-8-sig"), newline="")))
    assert rows[-1]["action"] == "review:resolved"
    assert rows[-1]["actor"] == f"'{name}"
    assert json.loads(rows[-1]["data"])["reason"] == name
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())


def test_the_printed_log_is_the_exported_one_to_the_byte(busy: Site, tmp_path: Path) -> None:
    printed = tmp_path / "printed.jsonl"
    printed.write_text(busy.say("audit", "export", "--json")[0], "utf-8")
    assert printed.read_bytes() == exported(busy)
    assert (busy.folder / "mailbot.audit.jsonl").read_bytes() == exported(busy)


def test_an_export_of_an_unknown_kind_is_refused(site: Site) -> None:
    said = site.complaint("audit", "export", "--write", str(site.folder / "audit.pdf"), code=2)
    assert "name it .jsonl or .csv" in said


def test_a_flag_s_story_is_told_from_the_letter_to_the_confirmation(busy: Site) -> None:
    said = " ".join(busy.say("audit", "explain", "2026-00001")[0].split())
    for part in (
        "Letter 2026-00001",
        "from karim.lindt@gov.ie.example",
        "Message-ID <letter-1@gov.ie.example>",
        'the wish “opt in" to automatic approval” (body)',
        "sender a designated focal point",
        "origin it comes from the domain in From",
        "The flag of Ireland (IRL) was never set, so opted out; it became opted in for the study period 2025-2028, "
        "as the letter wishes.",
        "was written to karim.lindt@gov.ie.example.",
        "The mail server took the confirmation",
    ):
        assert part in said


def test_a_reviewed_flag_s_story_names_the_person(busy: Site) -> None:
    said = " ".join(busy.say("audit", "explain", "2026-00002")[0].split())
    assert "because sender unknown" in said
    assert "Ana Lopez decided opt in for IRL: confirmed by telephone." in said
    assert "The flag of Ireland (IRL) was opted out; it became opted in" in said
    entries = busy.json("audit", "explain", "2026-00002")
    assert [entry["action"] for entry in entries][:2] == ["letter:received", "letter:decided"]


def test_the_story_of_a_letter_that_was_changed_says_so(site_copy: Site) -> None:
    assert "Do not trust" not in site_copy.say("audit", "explain", "2026-00001")[0]
    tamper(site_copy, "UPDATE letters SET decision = replace(decision, 'opt_in', 'opt_out') WHERE raw IS NOT NULL")
    said = " ".join(site_copy.say("audit", "explain", "2026-00001")[0].split())
    assert said.startswith("Do not trust this page: letter 2026-00001 was given another decision behind the log's back")


def test_the_story_of_an_unknown_reference_is_refused(busy: Site) -> None:
    assert "there is no letter 1999-00001" in busy.complaint("audit", "explain", "1999-00001", code=1)
