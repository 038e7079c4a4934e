"""The main job on real servers: a letter in, the flag set, the confirmation out, the letter filed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from email.header import decode_header, make_header

import pytest

from .conftest import PASSWORD, UNRELATED, Dovecot, Site, SmtpServer, opt_in_letter

USER = "director"


@pytest.fixture
def imap_site(site: Site, dovecot: Dovecot, smtp: SmtpServer, request: pytest.FixtureRequest) -> Site:
    """A site whose mailbox is a fresh account on Dovecot (by STARTTLS), and whose mail goes out by SMTP."""
    user = "user" + "".join(filter(str.isalnum, request.node.name)).lower()[-60:]
    site.environ = {"MAILBOT_MAILBOX_PASSWORD": PASSWORD, "USER_OF_TEST": user}
    site.configure(
        mailbox=f"imap://{user}@127.0.0.1:{dovecot.port}/INBOX",
        outgoing=f"smtp://127.0.0.1:{smtp.port}",
        mailbox_keys=f'ca_file = "{dovecot.authority.ca_file}"',
    )
    return site


@pytest.mark.each_database
def test_a_letter_sets_the_flag_and_is_confirmed_in_its_thread_and_filed(
    imap_site: Site, dovecot: Dovecot, smtp: SmtpServer
) -> None:
    """Contract sections 1 and 6: the whole main path."""
    user = imap_site.environ["USER_OF_TEST"]
    dovecot.append(user, UNRELATED)
    dovecot.append(user, opt_in_letter())

    counts = imap_site.json("poll")

    assert counts == [{"fetched": 2, "applied": 1, "no_change": 0, "review": 0, "ignored": 1, "sent": 1, "failed": 0}]
    (flag,) = imap_site.json("flags", "list")
    assert (flag["member"], flag["state"], flag["duration"]) == ("IRL", "opted_in", "study_period")
    assert flag["until"] == "2028-11-01T00:00:00+00:00"
    (mail,) = smtp.mails
    assert mail.recipients == ("karim.lindt@gov.ie.example",)
    confirmation = mail.message
    assert confirmation["In-Reply-To"] == "<letter-1@gov.ie.example>"
    assert "<letter-1@gov.ie.example>" in confirmation["References"]
    assert confirmation["Auto-Submitted"] == "auto-replied"
    assert str(make_header(decode_header(confirmation["Subject"]))) == "Re: Automatic approval for Ireland"
    assert dovecot.subjects(user, "mailbot.done") == ["Automatic approval for Ireland"]
    ((lunch, flags),) = dovecot.letters(user)
    assert lunch["Subject"] == "Lunch on Thursday"
    assert "\\Seen" not in flags
    assert imap_site.run("audit", "verify").stdout.startswith("the audit log is whole")


def test_what_was_handled_is_not_handled_again_by_the_next_poll(
    imap_site: Site, dovecot: Dovecot, smtp: SmtpServer
) -> None:
    user = imap_site.environ["USER_OF_TEST"]
    dovecot.append(user, UNRELATED)
    dovecot.append(user, opt_in_letter())
    imap_site.json("poll")

    assert imap_site.json("poll")[0]["fetched"] == 0  # though `UID n:*` still answers with the last letter
    assert len(smtp.mails) == 1


@pytest.mark.each_database
def test_an_opt_out_after_the_opt_in_reverses_it(imap_site: Site, dovecot: Dovecot) -> None:
    user = imap_site.environ["USER_OF_TEST"]
    dovecot.append(user, opt_in_letter(1))
    imap_site.json("poll")
    later = opt_in_letter(2, wish="opt out").replace(b"Thu, 20 Nov 2025 09:00", b"Fri, 21 Nov 2025 09:00")
    dovecot.append(user, later)
    imap_site.json("poll")

    (flag,) = imap_site.json("flags", "list")
    assert (flag["state"], flag["until"], flag["reference"]) == ("opted_out", None, "2026-00002")
    history = imap_site.json("flags", "history", "IRL")
    assert [change["state"] for change in history] == ["opted_in", "opted_out"]
    assert history[1]["message_id"] == "<letter-2@gov.ie.example>"


KILLER = """\
import os, signal, sys
import {module} as module

owner = module{owner}
original = owner.{name}

def killing(*arguments, **named):
    if {before}:
        os.kill(os.getpid(), signal.SIGKILL)
    result = original(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)
    return result

owner.{name} = killing
sys.argv = ["mailbot", *sys.argv[1:]]
from mailbot.__main__ import main
main()
"""

STEPS = {
    "fetching": ("mailbot.ingest", ".ImapMailbox", "fetch"),
    "recording the flag": ("mailbot.consequences", "", "change_flag"),
    "queueing the mail": ("mailbot.consequences", "", "queue"),
    "the transaction": ("mailbot.deciding", ".Decider", "_transact"),
    "filing": ("mailbot.ingest", ".ImapMailbox", "file"),
    "noting the filing": ("mailbot.store.letter_rows", "", "mark_filed"),
    "connecting to send": ("mailbot.transport", ".SmtpTransport", "_connect"),
    "noting the delivery": ("mailbot.delivery", "", "_record"),
    "writing the audit file": ("mailbot.published_log", "", "catch_up"),
    "writing the head": ("mailbot.published_log", "", "write_head"),
}


ON_POSTGRESQL = ("recording the flag", "the transaction", "noting the filing", "noting the delivery")
KILLED_ON = [("sqlite", step) for step in STEPS] + [("postgresql", step) for step in ON_POSTGRESQL]


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize(("database", "step"), KILLED_ON, indirect=["database"])
def test_killed_at_any_step_the_letter_is_decided_once_and_its_mail_is_sent(
    step: str, before: bool, imap_site: Site, dovecot: Dovecot, smtp: SmtpServer
) -> None:
    """Contract section 6: whatever is killed, whenever, each letter is decided exactly once and no mail is lost."""
    user = imap_site.environ["USER_OF_TEST"]
    dovecot.append(user, UNRELATED)
    dovecot.append(user, opt_in_letter())
    module, owner, name = STEPS[step]
    script = textwrap.dedent(KILLER).format(module=module, owner=owner, name=name, before=before)
    killed = subprocess.run(
        [sys.executable, "-c", script, "--config", str(imap_site.config), "poll"],
        env=imap_site.process_environ(),
        cwd=imap_site.folder,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    at_death = len(smtp.mails)

    imap_site.json("poll")

    assert [flag["member"] for flag in imap_site.json("flags", "list")] == ["IRL"]
    assert len(imap_site.json("flags", "history", "IRL")) == 1
    entries = imap_site.json("audit", "export")
    decided = [entry for entry in entries if entry["action"] == "letter:decided"]
    assert sorted(entry["data"]["action"] for entry in decided) == ["apply", "ignore"]
    # sent and not yet noted is sent again, under the same Message-ID; anything else goes out once
    again = step == "noting the delivery"  # killed before the commit, even where the step itself was done
    assert len(smtp.mails) == (at_death + 1 if again else 1)
    assert len({mail.message["Message-ID"] for mail in smtp.mails}) == 1
    assert dovecot.subjects(user, "mailbot.done") == ["Automatic approval for Ireland"]
    assert dovecot.subjects(user) == ["Lunch on Thursday"]
    assert imap_site.run("audit", "verify").stdout.startswith("the audit log is whole")
    assert os.path.getsize(imap_site.folder / "mailbot.audit.jsonl") > 0
