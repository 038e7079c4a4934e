"""One cycle over the mailbox, and the traps that others fell into (design.md), each by name."""

from __future__ import annotations

import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot import decide
from mailbot.app import opened
from mailbot.deciding import Tally
from mailbot.maildir import UID_LIST, MaildirMailbox
from mailbot.polling import FETCH_ATTEMPTS

from .conftest import PASSWORD, UNRELATED, Dovecot, Site, opt_in_letter, running_dovecot

pytestmark = pytest.mark.each_database

SUBSTITUTE = (
    b"From: Microsoft Exchange Server\r\n"
    b"Subject: Retrieval using the IMAP4 protocol failed for the following message: 7\r\n\r\n"
    b"The server couldn't retrieve the following message: Automatic approval for Ireland\r\n"
)


@pytest.fixture
def imap_site(site: Site, dovecot: Dovecot, request: pytest.FixtureRequest) -> Site:
    user = "poll" + "".join(filter(str.isalnum, request.node.name)).lower()[-60:]
    site.environ = {"MAILBOT_MAILBOX_PASSWORD": PASSWORD, "USER_OF_TEST": user}
    site.configure(
        mailbox=f"imap://{user}@127.0.0.1:{dovecot.port}/INBOX",
        mailbox_keys=f'ca_file = "{dovecot.authority.ca_file}"',
    )
    return site


def decided(site: Site) -> list[str]:
    entries = site.json("audit", "export")
    return [entry["data"]["action"] for entry in entries if entry["action"] == "letter:decided"]


def test_a_letter_that_a_person_has_already_opened_is_still_handled(imap_site: Site, dovecot: Dovecot) -> None:
    """FreeScout's trap: fetching by UNSEEN misses what somebody has read."""
    user = imap_site.environ["USER_OF_TEST"]
    dovecot.append(user, opt_in_letter())
    with dovecot.session(user) as client:
        client.select("INBOX")
        client.fetch("1", "(BODY[])")
    assert imap_site.json("poll")[0]["applied"] == 1


@pytest.mark.parametrize("filing", [True, False], ids=["filed", "left"])
def test_after_a_uidvalidity_change_nothing_is_lost_and_nothing_handled_twice(
    filing: bool, imap_site: Site, dovecot: Dovecot
) -> None:
    """paperless' trap: UIDs that begin anew silently dropped mail."""
    user = imap_site.environ["USER_OF_TEST"]
    imap_site.config.write_text(
        imap_site.config.read_text().replace("[outgoing]", f"filing = {str(filing).lower()}\n[outgoing]")
    )
    dovecot.append(user, UNRELATED)
    dovecot.append(user, opt_in_letter(1))
    imap_site.json("poll")
    dovecot.renumber(user)
    dovecot.append(user, opt_in_letter(2, "nadia.keller@gov.gb.example", "United Kingdom"))
    assert imap_site.json("poll")[0]["fetched"] == 1
    assert imap_site.json("poll")[0]["fetched"] == 0
    assert sorted(decided(imap_site)) == ["apply", "apply", "ignore"]


def test_letters_without_message_id_are_recognised_after_a_renumbering(site: Site) -> None:
    site.drop(b"From: a@b.example\r\nSubject: Lunch\r\n\r\nLunch?\r\n", "one")
    site.json("poll")
    (site.folder / "in" / UID_LIST).unlink()
    assert site.json("poll")[0]["fetched"] == 0


def test_two_polls_at_once_decide_each_letter_once(site: Site) -> None:
    """paperless' trap: a poll overlapping the last one made duplicates."""
    for number in range(5):
        site.drop(opt_in_letter(number), f"letter{number}")
    polls = [subprocess.Popen(site.command("poll", "--json"), cwd=site.folder) for _ in range(3)]
    assert [poll.wait(60) for poll in polls] == [0, 0, 0]
    assert sorted(decided(site)) == ["apply", "no_change", "no_change", "no_change", "no_change"]
    assert len(site.sent()) == 5


def test_one_bad_letter_does_not_end_the_run(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """django-helpdesk's trap: one bad mail killed the run. Here it goes to a person with what went wrong."""
    real = decide.judge

    def judge(raw: bytes, *rest: object) -> decide.Judgement:
        if b"<letter-2@" in raw:
            raise ZeroDivisionError("no such letter was foreseen")
        return real(raw, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(decide, "judge", judge)
    for number in (1, 2, 3):
        site.drop(opt_in_letter(number), f"letter{number}")
    (counts,) = site.json("poll")
    assert (counts["fetched"], counts["applied"], counts["no_change"], counts["review"]) == (3, 1, 1, 1)
    (item,) = site.json("review", "list")
    assert (item["reasons"], item["message_id"]) == (["malformed_message"], "<letter-2@gov.ie.example>")
    details = site.json("review", "show", item["id"])[0]
    assert "ZeroDivisionError: no such letter was foreseen" in details["evidence"][0]["text"]
    raw = subprocess.run(site.command("review", "show", item["id"], "--raw"), capture_output=True, check=True)
    assert raw.stdout == opt_in_letter(2)


def test_a_substitute_for_a_letter_is_fetched_again_and_never_decided_on(
    imap_site: Site, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exchange Online's trap: a mail about the mail it could not hand out."""
    user = imap_site.environ["USER_OF_TEST"]
    dovecot.append(user, opt_in_letter())
    dovecot.append(user, UNRELATED)
    with monkeypatch.context() as patch:
        from mailbot.ingest import ImapMailbox

        real = ImapMailbox.fetch
        patch.setattr(ImapMailbox, "fetch", lambda self, uid: SUBSTITUTE if uid == 1 else real(self, uid))
        (counts,) = imap_site.json("poll")
        assert (counts["fetched"], counts["ignored"]) == (1, 1)  # the letter behind it does not wait
    assert imap_site.json("poll")[0]["applied"] == 1


def test_a_letter_that_never_comes_is_given_to_a_person(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MaildirMailbox, "fetch", lambda self, uid: SUBSTITUTE)
    site.drop(opt_in_letter())
    reviewed = [site.json("poll")[0]["review"] for _ in range(FETCH_ATTEMPTS + 1)]
    assert reviewed == [0] * (FETCH_ATTEMPTS - 1) + [1, 0]


def test_a_letter_over_the_size_limit_is_not_fetched_but_goes_to_review(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Contract rule 10: its body is not downloaded."""
    site.configure(more="[limits]\nmax_message_bytes = 2000")
    monkeypatch.setattr(MaildirMailbox, "fetch", lambda self, uid: pytest.fail("the body was fetched"))
    site.drop(opt_in_letter() + b"x" * 2000)
    assert site.json("poll")[0]["review"] == 1
    assert "too_large" in site.json("review", "list")[0]["reasons"]


def test_a_letter_taken_away_by_a_person_before_filing_is_ordinary(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    path = site.drop(opt_in_letter())
    real = MaildirMailbox.file

    def file(self: MaildirMailbox, *rest: object) -> object:
        path.unlink(missing_ok=True)
        return real(self, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(MaildirMailbox, "file", file)
    assert site.json("poll")[0]["applied"] == 1
    assert site.say("poll")[1] == ""


def test_a_folder_that_cannot_be_made_leaves_the_letter_and_says_so(site: Site) -> None:
    (site.folder / "in" / ".mailbot.done").write_text("a file in the way")
    path = site.drop(opt_in_letter())
    out, err = site.say("poll")
    assert "applied 1" in out
    assert "cannot be filed" in err
    assert path.exists()
    (site.folder / "in" / ".mailbot.done").unlink()
    site.say("poll")
    assert not path.exists()


def test_filing_can_be_switched_off(site: Site) -> None:
    site.configure(mailbox_keys="filing = false")
    path = site.drop(opt_in_letter())
    site.json("poll")
    assert path.exists()
    assert site.json("poll")[0]["fetched"] == 0


def test_start_now_leaves_what_was_there_and_handles_what_comes(site: Site) -> None:
    site.configure(mailbox_keys='start = "now"')
    site.drop(opt_in_letter(1), "old")
    assert site.json("poll")[0]["fetched"] == 0
    site.drop(opt_in_letter(2), "new")
    assert site.json("poll")[0]["applied"] == 1


def test_a_letter_with_reply_to_is_answered_to_its_from_alone(site: Site) -> None:
    """RT's and FreeScout's trap: Reply-To taken for who wrote."""
    site.drop(
        b"Reply-To: thief@evil.example\r\n" + opt_in_letter().replace(b"From:", b"Sender: x@evil.example\r\nFrom:")
    )
    site.json("poll")
    assert [mail["To"] for mail in site.sent()] == ['"Karim Lindt" <karim.lindt@gov.ie.example>']


def test_a_forged_letter_causes_no_mail(site: Site) -> None:
    """Contract section 6: nobody is answered for what another wrote in his name."""
    site.drop(opt_in_letter(authentication="dmarc=fail"))
    assert site.json("poll")[0]["review"] == 1
    assert site.sent() == []


def test_a_null_return_path_is_never_answered(site: Site) -> None:
    """Rule 1: whatever else the letter is."""
    site.drop(b"Return-Path: <>\r\n" + opt_in_letter())
    (counts,) = site.json("poll")
    assert (counts["fetched"], counts["sent"]) == (1, 0)
    assert site.sent() == []


def test_a_sender_gets_one_receipt_a_day(site: Site) -> None:
    for number in (1, 2, 3):
        site.drop(opt_in_letter(number, member="Atlantis"), f"letter{number}")
    (counts,) = site.json("poll")
    assert (counts["review"], counts["sent"]) == (3, 1)


def test_every_other_focal_point_gets_a_copy(site: Site) -> None:
    """Contract section 6: nobody's flag changes unnoticed; who no longer serves hears nothing."""
    site.drop(opt_in_letter(1, "nadia.keller@gov.gb.example", "United Kingdom"))
    site.json("poll")
    addressed = sorted(mail["To"].rpartition("<")[2].rstrip(">") for mail in site.sent())
    assert addressed == ["nadia.keller@gov.gb.example", "oskar.diop@gov.gb.example"]


def test_mailbots_own_mail_coming_back_is_ignored(site: Site) -> None:
    """Bounce storms (FreeScout, Zammad): what mailbot wrote is known by its Message-ID."""
    site.drop(opt_in_letter())
    site.json("poll")
    (path,) = (site.folder / "out" / "new").iterdir()
    site.drop(path.read_bytes().replace(b"Auto-Submitted: auto-replied\r\n", b""), "back")
    assert site.json("poll")[0]["ignored"] == 1
    assert len(site.sent()) == 1


def test_the_same_letter_twice_is_answered_once(site: Site) -> None:
    """Contract rule 2."""
    site.drop(opt_in_letter(), "one")
    site.drop(opt_in_letter(), "two")
    (counts,) = site.json("poll")
    assert (counts["applied"], counts["ignored"], counts["sent"]) == (1, 1, 1)


def test_every_letter_of_a_large_backlog_is_read_in_batches(site: Site) -> None:
    for number in range(120):
        site.drop(UNRELATED.replace(b"<lunch", f"<lunch{number}".encode()), f"lunch{number}")
    started = time.monotonic()
    assert site.json("poll")[0]["ignored"] == 120
    assert time.monotonic() - started < 60


def test_a_server_that_comes_back_is_read_from_where_it_was_left(site: Site, dovecot: Dovecot, tmp_path: Path) -> None:
    with running_dovecot(dovecot.authority) as server:
        site.environ = {"MAILBOT_MAILBOX_PASSWORD": PASSWORD}
        keys = f'ca_file = "{dovecot.authority.ca_file}"'
        site.configure(mailbox=f"imap://bot@127.0.0.1:{server.port}/INBOX", mailbox_keys=keys)
        server.append("bot", opt_in_letter(1))
        site.json("poll")
    assert "cannot be reached" in site.complaint("poll", "--json", code=1)
    assert decided(site) == ["apply"]


def test_a_backlog_without_letters_is_searched_only_once(imap_site: Site, dovecot: Dovecot) -> None:
    """A server takes seconds to search a million old letters by date: no second poll may ask it to."""
    user = imap_site.environ["USER_OF_TEST"]
    for _ in range(3):
        dovecot.append(user, UNRELATED, received=datetime.now(UTC) - timedelta(days=700))
    assert imap_site.json("poll")[0]["fetched"] == 0
    assert imap_site.sql("SELECT last_uid, backlog_until FROM mailbox_positions") == [(3, 4)]
    dovecot.append(user, opt_in_letter())
    assert imap_site.json("poll")[0]["applied"] == 1


def test_a_backlog_that_was_not_read_to_its_end_stays_open(site: Site) -> None:
    """A stop within the last batch: the letters behind it are read by the next poll."""
    for number in range(3):
        site.drop(opt_in_letter(number), f"{number}.eml")
    stops: list[bool] = []
    with opened(site.config) as app:
        tally = Tally()
        app.poll(lambda _: stops.append(True), lambda: bool(stops), tally=tally)
        assert tally.fetched == 1
        app.poll(lambda _: None, tally=tally)
    assert tally.fetched == 3
