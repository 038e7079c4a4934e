"""Passwords show nowhere: not in help, errors, logs, the audit log, the database or a process list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from mailbot.cli import cli

from .conftest import Authority, Dovecot, Site, SmtpServer, opt_in_letter, running_dovecot

RIGHT = "kookaburra-4711"
WRONG = "wallaby-0815"
OWN_PASSWORD = f"""
passdb {{
  driver = static
  args = password={RIGHT}
}}
"""


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[Dovecot]:
    """A Dovecot that also takes a password which stands nowhere else."""
    with running_dovecot(authority, OWN_PASSWORD) as server:
        yield server


def private(site: Site, name: str, text: str) -> Path:
    file = site.folder / name
    file.touch(0o600)
    file.write_text(text + "\n")
    return file


def everything_kept(site: Site) -> bytes:
    return b"".join(file.read_bytes() for file in site.folder.glob("mailbot.*"))


def test_no_password_shows_whether_it_is_right_or_wrong(
    site: Site, server: Dovecot, start_smtp: Callable[..., SmtpServer], authority: Authority
) -> None:
    """The mailbox takes its password, the outgoing server refuses another: neither is said or kept."""
    user = "secretive"
    server.append(user, opt_in_letter())
    outgoing = start_smtp("starttls")
    keys = f'ca_file = "{authority.ca_file}"\npassword_file = '
    site.configure(
        mailbox=f"imap://{user}@127.0.0.1:{server.port}/INBOX",
        mailbox_keys=f'{keys}"{private(site, "right", RIGHT)}"',
        outgoing=f"smtp://bot@localhost:{outgoing.port}",
        outgoing_keys=f'{keys}"{private(site, "wrong", WRONG)}"',
    )
    done = site.run("poll", code=1)
    assert "refuses the login of bot" in done.stderr
    assert "applied 1" in done.stdout
    said = done.stdout + done.stderr
    for command in (("audit", "export"), ("mail", "list"), ("review", "list"), ("--help",)):
        said += "".join(site.say(*command))
    for password in (RIGHT, WRONG):
        assert password not in said
        assert password.encode() not in everything_kept(site)


def test_a_password_the_mailbox_refuses_is_not_repeated(site: Site, server: Dovecot) -> None:
    keys = f'ca_file = "{server.authority.ca_file}"'
    site.configure(mailbox=f"imap://someone@127.0.0.1:{server.port}/INBOX", mailbox_keys=keys)
    site.environ = {"MAILBOT_MAILBOX_PASSWORD": WRONG}
    said = site.complaint("poll", code=1)
    assert "refuses the login of someone" in said
    assert WRONG not in said


@pytest.mark.parametrize("section", ["mailbox", "outgoing"])
def test_a_password_that_no_mail_server_takes_is_named_by_its_key(site: Site, section: str) -> None:
    """The libraries' own errors would quote a character of it."""
    url = {"mailbox": "imaps://bot@mail.example/INBOX", "outgoing": "smtp://bot@mail.example"}[section]
    site.configure(**{section: url})
    site.environ = {f"MAILBOT_{section.upper()}_PASSWORD": "schlüssel"}
    said = site.complaint("poll", code=2)
    assert f"{section}.url: the password of bot is not all ASCII" in said
    assert "ü" not in said


def test_a_systemd_credential_opens_the_mailbox(site: Site, server: Dovecot) -> None:
    user = "credential"
    server.append(user, opt_in_letter())
    private(site, "mailbot-mailbox-password", RIGHT)
    keys = f'ca_file = "{server.authority.ca_file}"'
    site.configure(mailbox=f"imap://{user}@127.0.0.1:{server.port}/INBOX", mailbox_keys=keys)
    site.environ = {"CREDENTIALS_DIRECTORY": str(site.folder)}
    assert site.json("poll")[0]["applied"] == 1


def test_no_command_takes_a_password_on_its_command_line() -> None:
    """Every user of a machine may read the arguments of its processes."""

    def names(command: click.Command) -> Iterator[str]:
        yield from (option for parameter in command.params for option in parameter.opts)
        if isinstance(command, click.Group):
            for below in command.commands.values():
                yield from names(below)

    assert not [name for name in names(cli) if "pass" in name or "secret" in name]
