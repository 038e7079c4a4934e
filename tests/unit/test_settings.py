"""The configuration: places, secrets, and the example that explains every key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from mailbot.errors import ConfigurationError
from mailbot.places import (
    ImapPlace,
    MaildirPlace,
    NameServer,
    SmtpPlace,
    check_database_url,
    is_loopback,
    parse_mailbox,
    parse_name_server,
    parse_outgoing,
)
from mailbot.secret import secret
from mailbot.settings import Settings, load_settings

CONFIG = Path(__file__).parent.parent.parent / "config"
EXAMPLE = CONFIG / "mailbot.example.toml"
KEY = re.compile(r"^(# )?([a-z_]+) = ", re.MULTILINE)


def all_keys(model: type[BaseModel], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, info in model.model_fields.items():
        nested = info.annotation
        if isinstance(nested, type) and issubclass(nested, BaseModel):
            found |= all_keys(nested, f"{prefix}{name}.")
        else:
            found.add(prefix + name)
    return found


# a section of which there may be several, each with a name of its own
NAMED_SECTION = re.compile(r"#   \[([a-z_]+)\.[a-z_]+\]$")


def named_keys(text: str) -> set[str]:
    found = set()
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif match := NAMED_SECTION.match(line):
            found.add(match[1])
        elif match := KEY.match(line):
            found.add(f"{section}.{match[2]}")
    return found


def test_the_example_names_every_key_and_no_other() -> None:
    assert named_keys(EXAMPLE.read_text()) == all_keys(Settings)


def test_the_example_is_valid_as_it_stands_and_with_every_key_set(tmp_path: Path) -> None:
    load_settings(EXAMPLE, {})
    every = tmp_path / "every.toml"
    every.write_text(re.sub(r"^#(?: |   )(\[?[a-z_.]+\]?(?: = |$))", r"\1", EXAMPLE.read_text(), flags=re.MULTILINE))
    assert set(tomllib.loads(every.read_text())) == set(Settings.model_fields)
    load_settings(every, {})


def test_the_example_gives_the_defaults() -> None:
    shown = load_settings(EXAMPLE, {})
    for name, info in Settings.model_fields.items():
        if not info.is_required() and name != "wording":
            assert getattr(shown, name) == info.get_default(), name
    for section in ("database", "mailbox", "outgoing", "authentication"):
        model = getattr(shown, section)
        for name, info in type(model).model_fields.items():
            assert info.is_required() or getattr(model, name) == info.get_default(), (section, name)


def test_the_embedded_default_is_valid_and_stays_under_var() -> None:
    settings = load_settings(CONFIG / "mailbot.toml", {})
    assert settings.mailbox.place == MaildirPlace(Path("var/Maildir"))
    assert settings.outgoing.place == MaildirPlace(Path("var/Sent"))
    assert settings.mailbox.start == "all"


def test_the_environment_names_the_configuration() -> None:
    assert load_settings(None, {"MAILBOT_CONFIG": str(EXAMPLE)}).mailbox.address == "tsbdir@itu.int"


def test_the_study_period_ends_at_the_end_of_its_last_day() -> None:
    settings = load_settings(EXAMPLE, {})
    assert settings.study_period.ends == date(2028, 10, 31)
    assert settings.study_period.value.ends == datetime(2028, 11, 1, tzinfo=UTC)


def test_hosts_are_compared_without_case(tmp_path: Path) -> None:
    config = tmp_path / "mailbot.toml"
    config.write_text(EXAMPLE.read_text().replace('["mx.itu.int"]', '["MX.ITU.int"]'))
    assert load_settings(config, {}).authentication.trusted_servers == ("mx.itu.int",)


def test_settings_are_frozen() -> None:
    settings = load_settings(EXAMPLE, {})
    with pytest.raises(ValueError, match="frozen"):
        settings.mailbox.address = "other@itu.int"


def test_the_wording_beside_the_configuration_wins_over_the_packaged_one(tmp_path: Path) -> None:
    config = tmp_path / "mailbot.toml"
    config.write_text(EXAMPLE.read_text())
    assert load_settings(config, {}).wording.folder == CONFIG / "wording"
    (tmp_path / "wording").mkdir()
    assert load_settings(config, {}).wording.folder == tmp_path / "wording"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("maildir:///var/mail", MaildirPlace(Path("/var/mail"))),
        ("maildir://var/Maildir", MaildirPlace(Path("var/Maildir"))),
        ("imaps://bot@mail.example", ImapPlace("mail.example", 993, "bot", "INBOX", tls=True)),
        ("imap://bot@[::1]:1143/Shared/TSB", ImapPlace("::1", 1143, "bot", "Shared/TSB", tls=False)),
        ("imaps://tsb%40itu.int@mail.example/INBOX", ImapPlace("mail.example", 993, "tsb@itu.int", "INBOX", tls=True)),
        ("imaps://tsb@itu.int@mail.example/INBOX", ImapPlace("mail.example", 993, "tsb@itu.int", "INBOX", tls=True)),
    ],
)
def test_mailbox_urls(url: str, place: object) -> None:
    assert parse_mailbox(url) == place


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("smtp://mail.example", SmtpPlace("mail.example", 587, None, tls=False)),
        ("smtps://bot@mail.example", SmtpPlace("mail.example", 465, "bot", tls=True)),
        ("maildir://out", MaildirPlace(Path("out"))),
    ],
)
def test_outgoing_urls(url: str, place: object) -> None:
    assert parse_outgoing(url) == place


@pytest.mark.parametrize(
    "url",
    ["", "maildir://", "imaps://mail.example", "imaps://bot@", "imaps://bot:pw@mail.example", "pop3://a@b",
     "imap://bot@mail.example:99999", "imaps://bot@mail.example/INBOX?x=y", "/var/mail"],
)  # fmt: skip
def test_bad_mailbox_urls_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_mailbox(url)


@pytest.mark.parametrize("url", ["smtp://", "smtp://mail.example/path", "smtp://a:b@mail.example", "http://x"])
def test_bad_outgoing_urls_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_outgoing(url)


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.53", NameServer("192.0.2.53", 53)),
        ("127.0.0.1:5353", NameServer("127.0.0.1", 5353)),
        ("2001:db8::53", NameServer("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", NameServer("2001:db8::53", 5353)),
    ],
)
def test_name_servers(text: str, server: NameServer) -> None:
    assert parse_name_server(text) == server


@pytest.mark.parametrize(
    "text", ["", "dns.example", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:99999", "[::1]", "::1:x"]
)
def test_bad_name_servers_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_name_server(text)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "mysql://x", "postgresql://a:b@host/db"])
def test_bad_database_urls_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_database_url(url)


def test_loopback_is_this_machine_only() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.3.2.1", "::1")))
    assert not any(map(is_loopback, ("localhost.example", "10.0.0.1", "mail.example")))


def told(name: str, file: Path | None, environ: dict[str, str]) -> str | None:
    found = secret(name, file, environ)
    return found.get_secret_value() if found else None


def test_a_secret_comes_from_the_environment_its_file_the_credential_and_the_configured_file(tmp_path: Path) -> None:
    named, configured = tmp_path / "named", tmp_path / "configured"
    named.write_text("from named file\n")
    configured.write_text("from configured file\r\n")
    (tmp_path / "mailbot-mailbox-password").write_text("from systemd\n")
    environ = {
        "MAILBOT_MAILBOX_PASSWORD": "direct",
        "MAILBOT_MAILBOX_PASSWORD_FILE": str(named),
        "CREDENTIALS_DIRECTORY": str(tmp_path),
    }
    assert told("MAILBOX", configured, environ) == "direct"
    del environ["MAILBOT_MAILBOX_PASSWORD"]
    assert told("MAILBOX", configured, environ) == "from named file"
    del environ["MAILBOT_MAILBOX_PASSWORD_FILE"]
    assert told("MAILBOX", configured, environ) == "from systemd"
    assert told("OUTGOING", configured, environ) == "from configured file"
    assert told("MAILBOX", None, {}) is None


def test_a_secret_does_not_show_in_what_is_printed_of_it() -> None:
    found = secret("MAILBOX", None, {"MAILBOT_MAILBOX_PASSWORD": "hunter2"})
    assert "hunter2" not in f"{found} {found!r}"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"hunter2\nA2 DELETE INBOX\n", "several lines"),
        (b"hunter2\xff", "is not UTF-8"),
    ],
)
def test_a_secret_file_of_no_use_is_one_clear_line_that_does_not_quote_it(
    tmp_path: Path, content: bytes | None, complaint: str
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=complaint) as caught:
        secret("MAILBOX", file, {})
    assert str(caught.value).startswith(f"{file}: ")
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
def test_a_secret_file_that_others_may_read_gets_a_warning(tmp_path: Path, mode: int, warned: bool) -> None:
    file = tmp_path / "password"
    file.write_text("hunter2\n")
    file.chmod(mode)
    with capture_logs() as lines:
        secret("MAILBOX", file, {})
    assert bool(lines) is warned
    if warned:
        assert lines[0] == {
            "event": "password file open to others", "log_level": "warning",
            "file": str(file), "mode": f"{mode:04o}", "do": "chmod 600",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("parse", "url"),
    [
        (parse_mailbox, "imaps://bot:hunter2@mail.example/INBOX"),
        (parse_mailbox, "pop3://bot:hunter2@mail.example"),
        (parse_mailbox, "bot:hunter2@mail.example"),
        (parse_outgoing, "http://bot:hunter2@mail.example"),
        (check_database_url, "postgresql://bot:hunter2@host/db"),
        (check_database_url, "postgresql://bot@host/db?password=hunter2"),
        (check_database_url, "bot:hunter2@host/db"),
    ],
)
def test_a_password_in_a_url_is_never_repeated(parse: Callable[[str], object], url: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse(url)
    assert "hunter2" not in str(caught.value)
