"""Confirm by reply on real servers, storms of automatic replies, the limits of what is sent, and what comes back."""

from __future__ import annotations

import email
import re
import time
from datetime import UTC, datetime, timedelta
from email.message import Message

import pytest

from mailbot.app import App
from mailbot.deciding import Tally
from mailbot.ingest import Arrival
from mailbot.pipeline import Body, judge, record
from mailbot.settings import load_settings
from mailbot.store.engine import open_store
from mailbot.terms import Action
from mailbot.world import circumstances_of

from .conftest import PASSWORD, Dovecot, Site, SmtpServer, opt_in_letter

pytestmark = pytest.mark.each_database

KARIM = "karim.lindt@gov.ie.example"


def plain(message: Message) -> str:
    part = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def answer(
    question: Message,
    words: str = "Yes, I confirm.",
    *,
    number: int = 1,
    sender: str = KARIM,
    headers: str = "",
) -> bytes:
    """What a mail program makes of a reply to the question: prefix, thread, and the whole of it quoted and wrapped."""
    wrapped = "\n".join(re.sub(r"(MB-.{20})", r"\1\n", line) for line in plain(question).splitlines())
    quoted = "\r\n".join(f"> {line}" for line in wrapped.splitlines())
    return (
        f"{headers}From: Karim Lindt <{sender}>\r\nTo: tsbdir@itu.int\r\nSubject: AW: {question['Subject']}\r\n"
        f"Date: {email.utils.format_datetime(datetime.now(UTC))}\r\nMessage-ID: <reply-{number}@gov.ie.example>\r\n"
        f"In-Reply-To: {question['Message-ID']}\r\nReferences: {question['Message-ID']}\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"{words}\r\n\r\nKarim Lindt\r\n\r\nOn 22 Nov 2026, TSB <tsbdir@itu.int> wrote:\r\n{quoted}\r\n"
    ).encode()


@pytest.fixture
def asked(site: Site) -> Message:
    """A site that has asked Karim whether an unproven opt-in is his; the question."""
    site.drop(opt_in_letter(authentication=None))
    assert site.json("poll")[0]["review"] == 1
    (question,) = site.sent()
    return question


def actions(site: Site) -> list[str]:
    return [entry["action"] for entry in site.json("audit", "export")]


def test_a_letter_without_proof_is_asked_about_confirmed_by_reply_and_applied(
    site: Site, dovecot: Dovecot, smtp: SmtpServer
) -> None:
    """The whole path: letter, question, reply, flag, confirmation; every step in the audit log."""
    site.environ = {"MAILBOT_MAILBOX_PASSWORD": PASSWORD}
    site.configure(
        mailbox=f"imap://confirming@127.0.0.1:{dovecot.port}/INBOX",
        outgoing=f"smtp://127.0.0.1:{smtp.port}",
        mailbox_keys=f'ca_file = "{dovecot.authority.ca_file}"',
    )
    dovecot.append("confirming", opt_in_letter(authentication=None))
    (counts,) = site.json("poll")
    assert (counts["review"], counts["applied"], counts["sent"]) == (1, 0, 1)
    (item,) = site.json("review", "list")
    assert item["reasons"] == ["authentication_missing", "awaiting_confirmation"]
    assert site.json("flags", "list") == []
    (asking,) = smtp.mails
    assert asking.recipients == (KARIM,)
    assert asking.message["Auto-Submitted"] == "auto-replied"

    dovecot.append("confirming", answer(asking.message))
    (counts,) = site.json("poll")
    assert (counts["review"], counts["applied"], counts["sent"]) == (0, 1, 1)
    (flag,) = site.json("flags", "list")
    assert (flag["member"], flag["state"], flag["reference"]) == ("IRL", "opted_in", "2026-00001")
    (change,) = site.json("flags", "history", "IRL")
    assert (change["cause"], change["message_id"]) == ("letter", "<letter-1@gov.ie.example>")
    assert change["reason"] == "confirmed by the sender in 2026-00002"
    confirmation = smtp.mails[1]
    assert confirmation.recipients == (KARIM,)
    assert confirmation.message["In-Reply-To"] == "<reply-1@gov.ie.example>"
    assert "<letter-1@gov.ie.example>" in confirmation.message["References"]
    assert "MB-" not in str(confirmation.message["Subject"])
    assert site.json("review", "list") == []
    assert actions(site)[-10:] == [
        "letter:received", "letter:decided", "mail:queued", "mail:sent",
        "letter:received", "letter:decided", "question:closed", "flag:changed", "mail:queued", "mail:sent",
    ]  # fmt: skip
    assert site.run("audit", "verify").stdout.startswith("the audit log is whole")


def test_a_reply_confirms_once(site: Site, asked: Message) -> None:
    site.drop(answer(asked), "reply-1.eml")
    site.drop(answer(asked, number=2), "reply-2.eml")
    (counts,) = site.json("poll")
    assert (counts["applied"], counts["no_change"]) == (1, 0)
    assert len(site.json("flags", "history", "IRL")) == 1


def test_a_confirmation_from_elsewhere_or_by_a_machine_sets_nothing(site: Site, asked: Message) -> None:
    site.drop(answer(asked, sender="karim@mail.example", number=1), "1.eml")
    site.drop(answer(asked, headers="Auto-Submitted: auto-replied\r\n", number=2), "2.eml")
    site.drop(answer(asked, "I am away until Monday.", number=3), "3.eml")
    site.drop(
        answer(asked, headers="Authentication-Results: mx.test; dmarc=fail header.from=gov.ie.example\r\n", number=4),
        "4.eml",
    )
    (counts,) = site.json("poll")
    assert (counts["applied"], counts["review"], counts["ignored"], counts["sent"]) == (0, 3, 1, 0)
    assert site.json("flags", "list") == []


def test_a_newer_letter_is_not_overwritten_by_a_late_confirmation(site: Site, asked: Message) -> None:
    newer = opt_in_letter(2, wish="opt out").replace(b"20 Nov 2025", b"21 Nov 2025")
    newest = opt_in_letter(3).replace(b"20 Nov 2025", b"22 Nov 2025")
    last = opt_in_letter(4, wish="opt out").replace(b"20 Nov 2025", b"23 Nov 2025")
    for number, raw in enumerate((newer, newest, last)):
        site.drop(raw, f"{number}.eml")
        site.json("poll")
    site.drop(answer(asked), "reply.eml")
    (counts,) = site.json("poll")
    assert (counts["applied"], counts["review"]) == (0, 1)
    assert site.json("flags", "list")[0]["state"] == "opted_out"
    assert [item["reasons"] for item in site.json("review", "list")] == [["authentication_missing"], ["out_of_order"]]


def test_an_expired_question_leaves_the_letter_to_people(site: Site, asked: Message) -> None:
    site.sql("UPDATE questions SET expires = :long_ago", long_ago="2026-01-01 00:00:00.000000")
    site.json("poll")
    (item,) = site.json("review", "list")
    assert item["reasons"] == ["authentication_missing"]
    assert "question:closed" in actions(site)
    site.drop(answer(asked), "reply.eml")
    assert site.json("poll")[0]["review"] == 1
    assert site.json("flags", "list") == []


def test_a_person_who_decides_the_letter_ends_the_question(site: Site, asked: Message) -> None:
    site.say("review", "resolve", "2026-00001", "--as", "reject", "--by", "Ana", "--reason", "withdrawn by phone")
    site.drop(answer(asked), "reply.eml")
    site.json("poll")
    assert site.json("flags", "list") == []


def test_nobody_is_asked_where_the_configuration_says_so(site: Site) -> None:
    site.configure(more="[confirmation]\nask = false")
    site.drop(opt_in_letter(authentication=None))
    site.json("poll")
    assert site.sent() == []
    assert site.json("review", "list")[0]["reasons"] == ["authentication_missing"]
    assert not (site.folder / "mailbot.confirmation.key").exists()


def test_nobody_is_asked_to_opt_in_for_a_study_period_that_is_over(site: Site) -> None:
    site.configure(more='[study_period]\nname = "2022-2024"\nassembly = "WTSA-24"\nends = 2024-10-24')
    site.drop(opt_in_letter(authentication=None))
    site.json("poll")
    assert site.sent() == []
    assert site.json("review", "list")[0]["reasons"] == ["authentication_missing", "qualified_request"]


def test_check_says_that_poll_would_ask_and_changes_nothing(site: Site) -> None:
    site.drop(opt_in_letter(authentication=None))
    (found,) = site.json("check", str(site.folder / "in" / "new" / "letter.eml"))
    assert found["reasons"] == ["authentication_missing", "awaiting_confirmation"]
    assert not (site.folder / "mailbot.confirmation.key").exists()
    assert "is asked by mail whether the letter is theirs" in " ".join(
        site.say("check", str(site.folder / "in" / "new" / "letter.eml"))[0].split()
    )


def test_a_bad_key_is_named_before_any_work(site: Site) -> None:
    site.environ = {"MAILBOT_CONFIRMATION_KEY": "short"}
    assert "give at least 32" in site.complaint("poll", code=2)


def test_replay_leaves_answers_to_questions_out(site: Site, asked: Message) -> None:
    site.drop(answer(asked), "reply.eml")
    site.json("poll")
    (counts,) = site.json("replay")
    assert (counts["letters"], counts["changed"], counts["left_out"]) == (1, 0, 1)


# Storms and limits


@pytest.mark.once
@pytest.mark.timeout(300)
def test_a_storm_of_automatic_replies_sends_nothing_and_ends_in_time(site: Site, asked: Message) -> None:
    """Ten thousand answers of a vacation program with the code in the subject, decided and recorded one by one."""
    head = f"Auto-Submitted: auto-replied\r\nFrom: {KARIM}\r\nTo: tsbdir@itu.int\r\nSubject: Re: {asked['Subject']}\r\n"
    store, received = open_store(site.database_url), datetime.now(UTC)
    app = App(load_settings(site.config), store)
    began = time.monotonic()
    with store.begin() as connection:
        world = app.world(connection)
        for uid in range(100, 10_100):
            raw = f"{head}Message-ID: <away-{uid}@gov.ie.example>\r\n\r\nYes. I am away until Monday.\r\n".encode()
            arrival = Arrival(uid, f"<away-{uid}@gov.ie.example>", len(raw), received)
            judgement = judge(Body(raw), arrival, circumstances_of(connection, world, received), received)
            assert judgement.decision.action is Action.IGNORE
            record(connection, "mailbox", 1, arrival, Body(raw), judgement, world, received)
    store.close()
    assert time.monotonic() - began < 240
    assert len(site.json("mail", "list")) == 1
    assert site.json("flags", "list") == []


def test_a_smaller_storm_through_the_mailbox_sends_nothing(site: Site, asked: Message) -> None:
    storm = answer(asked, headers="Auto-Submitted: auto-replied\r\n")
    for number in range(50):
        site.drop(storm.replace(b"<reply-1@", f"<reply-{number}@".encode()), f"{number}.eml")
    (counts,) = site.json("poll")
    assert (counts["ignored"], counts["sent"], counts["applied"]) == (50, 0, 0)


def flip_flop(site: Site, letters: int) -> None:
    """So many authentic letters of one sender, each asking for the opposite of the last."""
    for number in range(letters):
        raw = opt_in_letter(number, wish="opt out" if number % 2 else "opt in")
        site.drop(raw.replace(b"09:00:00", f"09:{number:02}:00".encode()), f"{number:03}.eml")


def test_mails_over_an_addresss_limit_are_withheld_until_a_person_releases_them(site: Site) -> None:
    site.configure(more="[limits]\nmails_per_address_per_day = 2")
    flip_flop(site, 4)
    (counts,) = site.json("poll")
    assert (counts["applied"], counts["sent"]) == (4, 2)
    withheld = [mail for mail in site.json("mail", "list") if mail["status"] == "withheld"]
    assert [mail["last_error"] for mail in withheld] == [f"2 mails have gone to {KARIM} in 24 hours"] * 2
    assert [item["reasons"] for item in site.json("review", "list")] == [["mail_withheld"]] * 2
    entries = [entry for entry in site.json("audit", "export") if entry["action"] == "mail:withheld"]
    assert [entry["data"]["why"] for entry in entries] == [mail["last_error"] for mail in withheld]

    site.say("mail", "release", withheld[0]["id"], "--by", "Ana")
    assert site.json("poll")[0]["sent"] == 1
    site.say("review", "resolve", withheld[1]["id"], "--as", "reject", "--by", "Ana", "--reason", "told by phone")
    assert site.json("review", "list") == []
    assert "is not withheld, it is sent" in site.complaint("mail", "release", withheld[0]["id"], "--by", "Ana", code=1)


def test_a_storm_opens_the_breaker_which_stops_everything_until_a_person_resumes(site: Site) -> None:
    site.configure(more="[limits]\nmails_per_hour = 2")
    flip_flop(site, 4)
    said = site.complaint("poll", code=1)
    assert "all sending is stopped" in said
    assert "2 mails in one hour are a loop or a storm" in said
    assert site.sent() == []
    statuses = [mail["status"] for mail in site.json("mail", "list")]
    assert statuses == ["due", "due", "withheld", "withheld"]
    assert len(site.json("flags", "history", "IRL")) == 4  # what was asked is done all the same
    assert "mail:stopped" in actions(site)
    assert "all sending is stopped since" in site.say("mail", "list")[1]

    site.say("mail", "resume", "--by", "Ana")
    site.say("mail", "release", "--all", "--by", "Ana")
    assert site.json("poll")[0]["sent"] == 4
    assert "sending is not stopped" in site.complaint("mail", "resume", "--by", "Ana", code=1)
    assert {"mail:resumed", "mail:released"} <= set(actions(site))


def test_the_limits_look_back_a_day_and_an_hour(site: Site) -> None:
    site.configure(more="[limits]\nmails_per_address_per_day = 1\nmails_per_hour = 2")
    start = datetime(2026, 11, 22, 12, tzinfo=UTC)
    store = open_store(site.database_url)
    for number, after in enumerate((timedelta(), timedelta(hours=23), timedelta(hours=25))):
        moment = start + after
        raw = opt_in_letter(number, wish="opt out" if number % 2 else "opt in")
        site.drop(raw.replace(b"09:00:00", f"09:{number:02}:00".encode()), f"{number}.eml")
        app = App(load_settings(site.config), store, clock=lambda moment=moment: moment)
        app.poll(lambda _: None, tally=Tally())
    store.close()
    assert [mail["status"] for mail in site.json("mail", "list")] == ["due", "withheld", "due"]


# What comes back


def test_a_bounce_of_our_own_mail_is_matched_and_shown(site: Site) -> None:
    site.drop(opt_in_letter())
    site.json("poll")
    (confirmation,) = site.sent()
    site.drop(
        (
            "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: tsbdir@itu.int\r\n"
            "Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <dsn@mx.example>\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            f"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {KARIM}\r\nAction: failed\r\n"
            "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 mailbox closed\r\n"
            "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
            f"Subject: x\r\nMessage-ID: {confirmation['Message-ID']}\r\n--b--\r\n"
        ).encode(),
        "bounce.eml",
    )
    assert site.json("poll")[0]["ignored"] == 1
    (mail,) = site.json("mail", "list")
    assert (mail["status"], mail["last_error"]) == ("bounced", "smtp; 550 5.1.1 mailbox closed")
    assert mail["refused"] == {KARIM: "smtp; 550 5.1.1 mailbox closed"}
    (item,) = site.json("review", "list")
    assert (item["reasons"], item["sender"]) == (["mail_bounced"], KARIM)
    assert re.search(r"was returned: .*mailbox closed", item["subject"])
    assert "mail:bounced" in actions(site)

    site.say("mail", "retry", mail["id"])
    assert site.json("poll")[0]["sent"] == 1
    assert site.json("review", "list") == []
