"""Bad input (issue 2): each gets exactly one line that says what to do, exit code 1 or 2, and loses nothing."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot.store.tables import SCHEMA_VERSION

from .conftest import FIXTURES, PASSWORD, Authority, Dovecot, Site, SmtpServer, free_port, opt_in_letter


def change(site: Site, old: str, new: str) -> None:
    text = site.config.read_text()
    assert old in text
    site.config.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[authentication]", "[authentication]\nrequierd = true", "unknown key authentication.requierd: remove it"),
        ("[database]", "[databases]\nx = 1\n[database]", "unknown key databases: remove it"),
        ("[outgoing]", "[schedule]\npoll_seconds = 'often'\n[outgoing]", "wrong value for schedule.poll_seconds"),
        ("[outgoing]", "filing = 'yes'\n[outgoing]", "wrong value for mailbox.filing: Input should be a valid boolean"),
        ('["mx.test"]', '"mx.test"', "wrong value for authentication.trusted_servers"),
        ('address = "tsbdir@itu.int"', "", "the key mailbox.address is missing: add it"),
        (
            "tsbdir@itu.int",
            "tsbdir at itu",
            "wrong value for mailbox.address: 'tsbdir at itu' is not an e-mail address",
        ),
        ("sqlite:///", "mysql://", "wrong value for database.url: this is no database mailbot knows"),
        ('"maildir:', '"pop3:', "wrong value for mailbox.url:.* is no mailbox URL"),
        ("[outgoing]", "start = 'yesterday'\n[outgoing]", "wrong value for mailbox.start: 'yesterday' is no start"),
        ("[database]", "[database", "this is not valid TOML"),
        ("[outgoing]", "[limits]\nmax_message_bytes = -1\n[outgoing]", "wrong value for limits.max_message_bytes"),
    ],
)
def test_a_mistake_in_the_configuration_is_named_with_its_key(site: Site, old: str, new: str, said: str) -> None:
    """Contract section 3: exit 2, naming the key."""
    change(site, old, new)
    assert re.search(f"^mailbot: {re.escape(str(site.config))}: {said}", site.complaint("poll", code=2))


def test_a_missing_configuration_is_named(site: Site) -> None:
    site.config.unlink()
    assert "there is no such configuration file" in site.complaint("flags", "list", code=2)


def test_a_password_in_a_url_is_refused_and_not_repeated(site: Site) -> None:
    site.configure(mailbox="imaps://bot:hunter2@mail.example/INBOX")
    said = site.complaint("poll", code=2)
    assert "MAILBOT_MAILBOX_PASSWORD" in said
    assert "hunter2" not in said


def test_a_missing_password_is_asked_for(site: Site) -> None:
    site.configure(mailbox="imaps://bot@mail.example/INBOX")
    assert "set MAILBOT_MAILBOX_PASSWORD or mailbox.password_file" in site.complaint("poll", code=2)


def test_run_ends_at_once_where_it_could_never_work(site: Site) -> None:
    site.configure(outgoing="smtp://bot@mail.example")
    assert "set MAILBOT_OUTGOING_PASSWORD or outgoing.password_file" in site.run("run", code=2).stderr


def test_an_unreadable_password_file_is_named(site: Site) -> None:
    site.configure(mailbox="imaps://bot@mail.example/INBOX", mailbox_keys='password_file = "/nowhere/password"')
    assert "/nowhere/password: the password file cannot be read" in site.complaint("poll", code=2)


def test_an_unreachable_mailbox_is_named(site: Site) -> None:
    site.environ = {"MAILBOT_MAILBOX_PASSWORD": PASSWORD}
    site.configure(mailbox=f"imap://bot@127.0.0.1:{free_port()}/INBOX")
    assert "cannot be reached" in site.complaint("poll", code=1)


def test_a_wrong_mailbox_password_is_named_and_the_letters_wait(site: Site, dovecot: Dovecot) -> None:
    dovecot.append("wrongpassword", opt_in_letter())
    keys = f'ca_file = "{dovecot.authority.ca_file}"'
    site.configure(mailbox=f"imap://wrongpassword@127.0.0.1:{dovecot.port}/INBOX", mailbox_keys=keys)
    site.environ = {"MAILBOT_MAILBOX_PASSWORD": "wrong"}
    assert "refuses the login of wrongpassword" in site.complaint("poll", code=1)
    site.environ = {"MAILBOT_MAILBOX_PASSWORD": PASSWORD}
    assert site.json("poll")[0]["applied"] == 1


def test_a_missing_maildir_is_not_created_but_named(site: Site) -> None:
    """A misspelt path would otherwise be an empty mailbox for ever."""
    site.configure(mailbox=f"maildir://{site.folder}/inn")
    assert "there is no such Maildir" in site.complaint("poll", code=1)
    assert not (site.folder / "inn").exists()


def test_an_unreachable_outgoing_server_costs_no_decision_and_no_mail(
    site: Site, start_smtp: Callable[..., SmtpServer]
) -> None:
    port = free_port()
    site.configure(outgoing=f"smtp://127.0.0.1:{port}")
    site.drop(opt_in_letter())
    out, err = site.say("poll", "--json", code=1)
    assert '"applied": 1' in out
    assert '"failed": 1' in out
    assert len(err.splitlines()) == 1
    assert "check outgoing.url and the network; the mail is kept" in err
    server = start_smtp(port=port)
    assert site.json("poll")[0]["sent"] == 1
    assert len(server.mails) == 1


def test_a_wrong_outgoing_password_is_named(
    site: Site, start_smtp: Callable[..., SmtpServer], authority: Authority
) -> None:
    server = start_smtp("starttls")
    site.environ = {"MAILBOT_OUTGOING_PASSWORD": "wrong"}
    site.configure(outgoing=f"smtp://bot@localhost:{server.port}", outgoing_keys=f'ca_file = "{authority.ca_file}"')
    site.drop(opt_in_letter())
    _, err = site.say("poll", "--json", code=1)
    assert len(err.splitlines()) == 1
    assert "refuses the login of bot" in err


def test_every_bad_row_of_a_registry_is_reported_and_nothing_is_changed(site: Site, tmp_path: Path) -> None:
    """Contract section 2: every bad row by file, line and column; the import is all or nothing."""
    before = site.json("registry", "import", str(FIXTURES / "registry"), "--dry-run")
    folder = tmp_path / "registry"
    shutil.copytree(FIXTURES / "registry", folder)
    with (folder / "members.csv").open("a") as members:
        members.write("XX1,,member_state,FRA,\nXX2,Two,club,FRA,\n")
    with (folder / "focal_points.csv").open("a") as points:
        points.write("NOBODY,T,designated,A,a@b.example,en,,\n")
    _, err = site.say("registry", "import", str(folder), code=1)
    lines = err.splitlines()
    count = (folder / "members.csv").read_text().count("\n")
    assert lines[1] == f"members.csv line {count - 1}, column name: is empty"
    assert f"members.csv line {count}, column category: 'club' is not one of" in lines[2]
    assert re.match(r"focal_points.csv line \d+, column member_code: 'NOBODY' is no code of members", lines[0])
    assert "nothing was imported" in lines[3]
    assert site.json("registry", "import", str(FIXTURES / "registry"), "--dry-run") == before


def test_one_bad_row_is_one_line(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    shutil.copytree(FIXTURES / "registry", folder)
    with (folder / "focal_points.csv").open("a") as points:
        points.write("IRL,T,designated,A,not-an-address,en,,\n")
    said = site.complaint("registry", "import", str(folder), code=1)
    assert "column email: 'not-an-address' is not an e-mail address; nothing was imported" in said


def test_a_registry_that_is_not_there_is_named(site: Site) -> None:
    assert "there is no such folder or workbook" in site.complaint("registry", "import", "/nowhere", code=1)


def test_a_database_from_a_newer_version_is_refused_and_left_alone(site: Site) -> None:
    connection = sqlite3.connect(site.database)
    connection.execute("UPDATE schema_version SET version = 99")
    connection.commit()
    connection.close()
    before = site.database.read_bytes()
    said = site.complaint("poll", code=1)
    assert f"was written by a newer mailbot (schema 99, this one knows {SCHEMA_VERSION}): install that version" in said
    assert site.database.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(site: Site) -> None:
    for file in site.folder.glob("mailbot.db*"):
        file.unlink()
    site.database.write_text("Dear Director, this is a letter and not a database at all." * 20)
    before = site.database.read_bytes()
    assert "file is not a database" in site.complaint("flags", "list", code=1)
    assert site.database.read_bytes() == before


def test_a_database_that_cannot_be_created_is_named(site: Site) -> None:
    change(site, str(site.database), f"{site.config}/mailbot.db")
    assert "the database's folder cannot be created" in site.complaint("flags", "list", code=1)


def test_an_unknown_member_is_named(site: Site) -> None:
    assert "XYZ is no member of the registry" in site.complaint("flags", "history", "XYZ", code=1)


def test_an_unknown_review_is_named(site: Site) -> None:
    said = site.complaint("review", "resolve", "7", "--as", "reject", "--by", "Ana", "--reason", "x", code=1)
    assert "there is no letter 7 in review" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check"], "Missing argument"),
        (["flags", "list", "--at", "noon"], "'noon' is no moment"),
        (["review", "resolve", "7", "--as", "maybe", "--by", "A", "--reason", "x"], "'maybe' is not one of"),
        (["nonsense"], "No such command 'nonsense'"),
        (["flags", "export", "flags.doc"], "name it .csv, .json or .xlsx"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(site: Site, arguments: list[str], said: str) -> None:
    assert said in site.complaint(*arguments, code=2)


@pytest.mark.parametrize("arguments", [("flags", "history", "\udcff"), ("forget", "\udcff@gov.ie.example")])
def test_an_argument_that_is_no_text_is_one_line(arguments: tuple[str, ...], site: Site) -> None:
    done = site.run(*arguments, code=2)
    assert done.stderr == "mailbot: an argument is not UTF-8 text: type it anew\n"
