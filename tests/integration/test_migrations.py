"""Databases of every released schema are brought up to today's, on both engines, with all they hold."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect

from mailbot.store import migrations
from mailbot.store.engine import Store, StoreError, connect_store, open_store
from mailbot.store.tables import SCHEMA_VERSION, metadata
from tests.postgres import Postgres

from .conftest import Site

pytestmark = pytest.mark.each_database

SCHEMAS = Path(__file__).parent / "schemas"
OLDER = range(1, SCHEMA_VERSION)
FILLED = {"letters": {"member_code", "language"}}  # new columns that a step fills from what older ones say


@pytest.fixture
def old_site(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A site whose database a released mailbot has filled: a dump by it, of the schema that the test names."""
    dump = (SCHEMAS / f"{request.param}.{database}.sql").read_text("utf-8")
    if database == "sqlite":
        made = Site(tmp_path)
        connection = sqlite3.connect(made.database)
        connection.executescript(dump)
        connection.execute("PRAGMA journal_mode = WAL")  # as mailbot leaves it
        connection.close()
        made.configure()
        yield made
        return
    server: Postgres = request.getfixturevalue("postgres")
    made = Site(tmp_path, postgres_url=server.create("old"))
    server.execute(dump, "old")
    made.configure()
    yield made
    server.drop("old")


def shape(connection: Connection) -> dict[str, Any]:
    """All that makes a schema, but for the order of columns and the names a database gives by itself."""
    inspector = inspect(connection)
    return {
        table: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(table)},
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted(
                (f["constrained_columns"], f["referred_table"], f["referred_columns"], f["options"])
                for f in inspector.get_foreign_keys(table)
            ),
            "unique": sorted(u["column_names"] for u in inspector.get_unique_constraints(table)),
            "indexes": sorted(
                (str(i["name"]), i["column_names"])
                for i in inspector.get_indexes(table)
                if "duplicates_constraint" not in i
            ),
        }
        for table in inspector.get_table_names()
    }


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, without the columns that are empty throughout or new (an older schema has fewer)."""
    with store.read() as connection:
        found = {}
        for table in inspect(connection).get_table_names():
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').mappings().all()  # nosec B608
            old = set(rows[0] if rows else ()) - FILLED.get(table, set())
            used = sorted(name for name in old if any(row[name] is not None for row in rows))
            found[table] = sorted((tuple(row[name] for name in used) for row in rows), key=repr)
    return found


def test_there_is_a_dump_and_a_step_for_every_released_schema(database: str) -> None:
    assert (SCHEMAS / f"{SCHEMA_VERSION}.{database}.sql").exists()
    assert list(migrations.STEPS) == list(range(2, SCHEMA_VERSION + 1))


@pytest.mark.parametrize("old_site", range(1, SCHEMA_VERSION + 1), indirect=True)
def test_an_upgraded_database_has_the_tables_of_a_new_one(old_site: Site, database_url: str, tmp_path: Path) -> None:
    """Column by column, as each engine reflects them: new databases are not made by the migrations."""
    old_site.say("db", "upgrade")
    new = open_store(database_url if old_site.postgres_url else f"sqlite:///{tmp_path}/new.db")
    upgraded = open_store(old_site.database_url)
    with new.read() as ours, upgraded.read() as theirs:
        assert shape(theirs) == shape(ours)
        assert set(shape(ours)) == set(metadata.tables)
    new.close()
    upgraded.close()


@pytest.mark.parametrize("old_site", OLDER, indirect=True)
def test_an_upgrade_keeps_every_row_and_notes_itself_in_the_log(old_site: Site) -> None:
    store = connect_store(old_site.database_url)
    before = contents(store)
    found = before.pop("schema_version")[0][0]

    said, _ = old_site.say("db", "upgrade")

    assert said == f"the database was brought from schema {found} to {SCHEMA_VERSION}\n"
    after = contents(store)
    store.close()
    assert after.pop("schema_version") == [(SCHEMA_VERSION,)]
    (entry,) = set(after.pop("audit_entries")) - set(before.pop("audit_entries"))
    assert "database:upgraded" in entry
    assert {table: rows for table, rows in after.items() if table in before} == before
    assert {table for table in set(after) - set(before) if after[table]} == {"daily_counts", "waiting_reasons"}


@pytest.mark.parametrize("old_site", OLDER, indirect=True)
def test_an_upgrade_notes_why_each_open_letter_waits(old_site: Site) -> None:
    old_site.say("db", "upgrade")
    waiting = old_site.sql("SELECT reason, letter_id FROM waiting_reasons")
    letters = old_site.sql("SELECT id, reasons, language FROM letters WHERE review = 'open'")
    assert letters
    assert sorted(waiting) == sorted((reason, row.id) for row in letters for reason in json.loads(row.reasons))
    assert all(row.language for row in letters)


@pytest.mark.parametrize("old_site", OLDER, indirect=True)
def test_what_an_older_mailbot_has_recorded_is_worked_on_with(old_site: Site) -> None:
    old_site.say("db", "upgrade")
    assert old_site.say("audit", "verify")[0].startswith("the audit log is whole")
    flags = {flag["member"]: flag["state"] for flag in old_site.json("flags", "list")}
    assert flags == {"FRA": "opted_in", "IRL": "opted_out"}
    assert "opted in" in old_site.say("audit", "explain", "2026-00001")[0]
    (waiting,) = old_site.json("review", "list")
    assert waiting["reasons"] == ["authentication_failed"]
    old_site.say("review", "resolve", waiting["id"], "--as", "opt_in", "--by", "Bo Chen", "--reason", "they called")
    assert [change["cause"] for change in old_site.json("flags", "history", "IRL")] == ["letter", "review", "review"]
    old_site.say("forget", "ana.weber@gov.fr.example", "--yes", "--by", "Bo Chen")
    assert old_site.say("audit", "verify")[0].startswith("the audit log is whole")
    assert "the database is sound" in old_site.say("db", "check")[0]


@pytest.mark.parametrize(
    ("change", "table"),
    [
        ("UPDATE flag_changes SET state = 'opted_in' WHERE id = 3", "flag_changes rows up to 3"),
        ("DELETE FROM flag_changes WHERE id = 3", "flag_changes rows up to 3"),
        ("UPDATE letters SET outcome = 'ignore' WHERE id = 4", "letters rows up to 5"),
        ("UPDATE study_periods SET ends = '2040-01-01 00:00:00+00:00'", "study_periods rows up to 1"),
        ("UPDATE focal_points SET email = 'thief@evil.example'", "the registry"),
    ],
)
@pytest.mark.parametrize("old_site", [1], indirect=True)
def test_what_an_older_mailbot_has_recorded_cannot_be_changed_unseen(old_site: Site, change: str, table: str) -> None:
    """Its entries tell too little, so the upgrade seals the rows."""
    old_site.say("db", "upgrade")
    old_site.sql(change.replace(":00", r"\:00"))
    said = old_site.complaint("audit", "verify", code=1)
    assert f"{table} w" in said
    assert "behind the log's back" in said


@pytest.mark.parametrize("old_site", OLDER, indirect=True)
def test_an_older_database_is_refused_with_what_to_do_and_left_alone(old_site: Site) -> None:
    store = connect_store(old_site.database_url)
    before = contents(store)
    for command in (("poll",), ("flags", "list"), ("db", "check")):
        said = old_site.complaint(*command, code=1)
        assert "keep a copy (mailbot db backup FILE), then run mailbot db upgrade; nothing was changed" in said
    assert contents(store) == before
    store.close()


@pytest.mark.parametrize("old_site", [1], indirect=True)
def test_an_upgrade_that_fails_leaves_everything_as_it_was(old_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: Connection, found: int, wanted: int) -> None:
        real(connection, found, wanted)
        raise StoreError("the disk is full")

    real = migrations.migrate
    monkeypatch.setattr(migrations, "migrate", broken)
    store = connect_store(old_site.database_url)
    with store.read() as connection:
        tables = shape(connection)
    before = contents(store)
    assert "the disk is full" in old_site.complaint("db", "upgrade", code=1)
    with store.read() as connection:
        assert shape(connection) == tables
    assert contents(store) == before
    store.close()


@pytest.mark.parametrize("old_site", [1], indirect=True)
def test_nothing_is_upgraded_under_a_mailbot_at_work(old_site: Site) -> None:
    store = connect_store(old_site.database_url)
    with store.exclusive("poll", 0):
        assert "another mailbot is at work here (poll)" in old_site.complaint("db", "upgrade", code=1)
    assert store.schema() == 1
    store.close()


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(site: Site) -> None:
    length = len(site.json("audit", "export"))
    assert site.say("db", "upgrade")[0] == f"the database is up to date (schema {SCHEMA_VERSION})\n"
    assert len(site.json("audit", "export")) == length


def test_a_database_of_a_newer_mailbot_is_neither_used_nor_upgraded(site: Site) -> None:
    site.sql("UPDATE schema_version SET version = 99")
    for command in (("flags", "list"), ("db", "upgrade"), ("db", "check")):
        assert "was written by a newer mailbot (schema 99" in site.complaint(*command, code=1)


def test_an_upgrade_makes_the_tables_of_an_empty_database(site: Site, database_url: str, tmp_path: Path) -> None:
    if not site.postgres_url:
        database_url = f"sqlite:///{tmp_path}/new.db"
    site.config.write_text(site.config.read_text().replace(site.database_url, database_url))
    said = site.say("db", "upgrade")[0]
    assert said == f"the database was empty: its tables are made (schema {SCHEMA_VERSION})\n"
    assert site.json("flags", "list") == []


@pytest.mark.parametrize("old_site", OLDER, indirect=True)
def test_letters_of_the_past_are_found_by_their_member(old_site: Site) -> None:
    old_site.say("db", "upgrade")
    found = old_site.sql("SELECT decision, resolution, member_code FROM letters WHERE reference IS NOT NULL")
    assert {row.member_code for row in found} >= {"FRA", "IRL"}
    for row in found:
        decided = json.loads(row.resolution or "{}").get("member")
        read = json.loads(row.decision)["member"]
        assert row.member_code == (decided or (read and read["code"]))


@pytest.mark.parametrize("old_site", OLDER, indirect=True)
def test_letters_of_the_past_are_counted(old_site: Site) -> None:
    old_site.say("db", "upgrade")
    letters = old_site.sql("SELECT outcome, reasons, decided_at FROM letters")
    counted = old_site.sql("SELECT day, name, number FROM daily_counts WHERE kind = 'outcome'")
    asked = [letter for letter in letters if "awaiting_confirmation" in letter.reasons]
    expected = Counter(letter.outcome for letter in letters if letter not in asked) + Counter(asked=len(asked))
    assert expected
    assert sum((Counter({row.name: row.number}) for row in counted), Counter()) == expected
    assert {str(row.day) for row in counted} == {str(letter.decided_at)[:10] for letter in letters}
