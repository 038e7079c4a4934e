"""`mailbot db check` and `mailbot db backup`, and what only PostgreSQL asks for."""

from __future__ import annotations

import json
import shlex
import shutil
import sqlite3
import stat
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mailbot.store.engine import connect_store, open_store
from mailbot.store.trouble import StoreError
from tests.postgres import Postgres

from .conftest import Site, opt_in_letter


@pytest.mark.each_database
def test_a_sound_database_is_said_to_be_sound(site: Site) -> None:
    site.drop(opt_in_letter())
    site.json("poll")
    (health,) = site.json("db", "check")
    assert health["engine"].startswith("PostgreSQL" if site.postgres_url else "SQLite")
    assert health["audit_entries"] == len(site.json("audit", "export"))
    assert site.say("db", "check")[0].startswith(
        f"the database is sound: schema {health['schema']}, {health['engine']}"
    )


@pytest.mark.each_database
def test_a_broken_chain_in_the_log_is_found(site: Site) -> None:
    site.sql("UPDATE audit_entries SET actor = 'nobody' WHERE seq = 2")
    said = site.complaint("db", "check", code=1)
    assert said == "mailbot: audit log: entry 2 was altered: its hash does not fit what it says"


def test_a_damaged_file_is_found(site: Site) -> None:
    site.sql("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(site.database.read_bytes())
    content[4096 * 3 : 4096 * 6] = b"\xa5" * 4096 * 3
    site.database.write_bytes(content)
    said = site.complaint("db", "check", code=1)
    assert "damaged" in said or "malformed" in said


def test_a_row_without_its_parent_is_found(site: Site) -> None:
    connection = sqlite3.connect(site.database)  # sqlite3 enforces no foreign keys unless asked
    connection.execute("DELETE FROM members WHERE code = 'IRL'")
    connection.commit()
    connection.close()
    assert "belongs to none of members" in site.complaint("db", "check", code=1)


@pytest.mark.parametrize("command", [("check",), ("backup", "copy.db")])
def test_looking_makes_no_database(command: tuple[str, ...], site: Site) -> None:
    for file in site.folder.glob("mailbot.db*"):
        file.unlink()
    assert "there is no database yet" in site.complaint("db", *command, code=1)
    assert not site.database.exists()


def test_a_backup_is_one_whole_file_that_can_take_the_database_s_place(site: Site) -> None:
    site.drop(opt_in_letter())
    site.json("poll")
    copy = site.folder / "backup" / "copy.db"
    copy.parent.mkdir()
    site.say("db", "backup", str(copy))
    assert [path.name for path in copy.parent.iterdir()] == ["copy.db"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600

    for file in site.folder.glob("mailbot.db*"):
        file.unlink()
    shutil.copy(copy, site.database)

    assert [flag["member"] for flag in site.json("flags", "list")] == ["IRL"]
    assert site.say("audit", "verify")[0].startswith("the audit log is whole")


def test_a_backup_made_while_mailbot_writes_holds_whole_transactions(site: Site, tmp_path: Path) -> None:
    store = open_store(site.database_url)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with store.begin() as connection:
                for year in (3000, 3001):
                    connection.exec_driver_sql("REPLACE INTO reference_numbers VALUES (?, ?)", (year, number))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            site.say("db", "backup", str(tmp_path / f"copy{number}"))
    finally:
        stop.set()
        writer.join()
        store.close()
    for number in range(5):
        copy = sqlite3.connect(tmp_path / f"copy{number}")
        found = copy.execute("SELECT DISTINCT last FROM reference_numbers WHERE year >= 3000").fetchall()
        copy.close()
        assert len(found) <= 1


def test_a_backup_overwrites_nothing_and_says_where_it_cannot_write(site: Site) -> None:
    there = site.folder / "there"
    there.write_text("something else")
    assert "no backup is overwritten: name another" in site.complaint("db", "backup", str(there), code=1)
    assert there.read_text() == "something else"
    said = site.complaint("db", "backup", str(site.folder / "nowhere" / "copy.db"), code=1)
    assert "the backup cannot be written: No such file or directory" in said


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_backup_command_named_for_postgresql_works(site: Site, postgres: Postgres) -> None:
    file = site.folder / "copy of it.dump"
    said = site.complaint("db", "backup", str(file), code=2)
    command = shlex.split(said.rpartition(": run ")[2].partition(" See ")[0])
    assert command[0] == "pg_dump"
    subprocess.run(command, check=True)
    postgres.create("restored")
    subprocess.run(["pg_restore", f"--host={postgres.folder}", "-Upostgres", "-drestored", file], check=True)
    store = open_store(postgres.url("restored"))
    store.close()
    postgres.drop("restored")


def test_a_server_s_stricter_defaults_lose_no_update(postgres: Postgres) -> None:
    """Under SERIALIZABLE the snapshot is taken before the wait for the write lock, and the update fails or is lost."""
    url = postgres.create("strict")
    postgres.execute("ALTER DATABASE strict SET default_transaction_isolation = 'serializable'")
    store = open_store(url)

    def count() -> None:
        for _ in range(25):
            with store.begin() as connection:
                found = connection.exec_driver_sql("SELECT coalesce(max(last), 0) FROM reference_numbers").scalar_one()
                connection.exec_driver_sql("DELETE FROM reference_numbers")
                connection.exec_driver_sql("INSERT INTO reference_numbers VALUES (2026, %s)", (found + 1,))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT last FROM reference_numbers").scalar_one() == 100
    store.close()
    postgres.drop("strict")


def test_a_writer_that_never_ends_is_waited_for_only_as_long_as_configured(postgres: Postgres) -> None:
    url = postgres.create("busy")
    store, other = open_store(url), connect_store(url, busy_seconds=0.05)
    with store.begin(), pytest.raises(StoreError, match="lock timeout"), other.begin():
        pass
    with other.begin():
        pass
    store.close()
    other.close()
    postgres.drop("busy")


def test_a_database_that_cannot_hold_six_languages_is_refused(postgres: Postgres) -> None:
    postgres.execute(
        "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0",
    )
    with pytest.raises(StoreError, match=r"encoding is LATIN1.*ENCODING 'UTF8' TEMPLATE template0"):
        open_store(postgres.url("latin"))
    postgres.drop("latin")


def test_postgresql_is_used_with_its_password_and_refused_in_one_line_without(site: Site, postgres: Postgres) -> None:
    postgres.execute("CREATE ROLE guarded LOGIN PASSWORD 'the right one'")
    url = postgres.create("locked")
    postgres.execute("GRANT ALL ON SCHEMA public TO guarded", "locked")
    url = postgres.url("locked", "guarded")
    site.config.write_text(site.config.read_text().replace(site.database_url, url))
    site.environ = {"MAILBOT_DATABASE_PASSWORD": "the right one"}
    assert site.json("flags", "list") == []
    for wrong in ({}, {"MAILBOT_DATABASE_PASSWORD": "a wrong one"}):
        site.environ = wrong
        said = site.complaint("flags", "list", code=1)
        assert "cannot be used" in said
        assert "a wrong one" not in said
    postgres.drop("locked")
    postgres.execute("DROP ROLE guarded")


def test_a_postgresql_server_that_is_not_there_is_named(site: Site, tmp_path: Path) -> None:
    url = f"postgresql+psycopg://mailbot@/mail?host={tmp_path}"
    site.config.write_text(site.config.read_text().replace(site.database_url, url))
    assert f"the database {url} cannot be used" in site.complaint("flags", "list", code=1).replace("%2F", "/")


@pytest.mark.each_database
def test_what_no_database_can_store_in_a_letter_is_kept_in_its_bytes(site: Site) -> None:
    """PostgreSQL's text holds no NUL, UTF-8 no lone surrogate; a letter may bring both."""
    raw = opt_in_letter(member="Atlantis").replace(
        b"Subject: Automatic", b"Subject: =?utf-8?b?AO2ggA==?= \x00 \xed\xa0\x80 Automatic"
    )
    site.drop(raw.replace(b"Focal Point <", b"=?utf-8?q?F=00cal=ED=A0=80?= <").replace(b"<letter-1", b"<le\x00tter-1"))
    assert site.json("poll")[0]["review"] == 1
    (item,) = site.json("review", "list")
    (kept,) = site.sql("SELECT raw FROM letters WHERE reference = :reference", reference=item["id"])
    assert b"<le\x00tter-1" in bytes(kept[0])
    json.dumps(site.json("review", "show", item["id"]))
    assert site.say("audit", "verify")[0].startswith("the audit log is whole")


@pytest.mark.each_database
@pytest.mark.parametrize("code", ["x" * 10_000, "'; DROP TABLE members; --"])
def test_a_code_that_no_member_can_have_is_unknown(code: str, site: Site) -> None:
    assert len(site.complaint("flags", "history", code, code=1)) < 20_000


@pytest.mark.each_database
def test_members_are_listed_alike_whatever_the_database_sorts_by(site: Site) -> None:
    """The tests' PostgreSQL sorts as English does, SQLite by code points; an export must not depend on that."""
    head = "code,name,category,country,aliases\n"
    codes = ["IRL", "IRL-2", "IRLA", "irl", "FRA"]
    rows = "".join(f"{code},Name of {code},sector_member,,\n" for code in codes)
    folder = site.folder / "registry"
    folder.mkdir()
    (folder / "members.csv").write_text(head + rows)
    (folder / "focal_points.csv").write_text("member_code,sector,role,name,email,language,valid_from,valid_until\n")
    site.say("registry", "import", str(folder), "--force")
    store = open_store(site.database_url)
    with store.read() as connection:
        from mailbot.store.registry_rows import load_members

        assert [member.code for member in load_members(connection)] == sorted(codes)
    store.close()


def test_a_thread_that_waits_too_long_for_another_says_so(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/mailbot.db", busy_seconds=0.05)
    try:
        with store.begin(), ThreadPoolExecutor(1) as pool, pytest.raises(StoreError, match=r"is busy.*0\.05 s"):
            pool.submit(lambda: store.begin().__enter__()).result()
        with store.begin():
            pass  # the next one gets its turn
    finally:
        store.close()
