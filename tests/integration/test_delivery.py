"""The outbox against real SMTP servers: TLS and login, refusals of every kind, and nothing sent twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from mailbot.delivery import Dispatch, Patience, deliver
from mailbot.places import MaildirPlace, SmtpPlace
from mailbot.store.engine import Store, StoreError, open_store
from mailbot.store.outbox_rows import add_mail, mail_rows, update_mail
from mailbot.store.tables import outbox
from mailbot.transport import MaildirTransport, SmtpTransport, TransportError

from .conftest import PASSWORD, Authority, Site, SmtpServer, free_port, opt_in_letter

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RAW = b"From: tsbdir@itu.int\r\nTo: a@b.example\r\nSubject: Answer\r\nMessage-ID: <1@itu.int>\r\n\r\nText\r\n.dot\r\n"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


def put(store: Store, *recipients: str, number: int = 1) -> None:
    with store.begin() as connection:
        add_mail(
            connection, letter=None, kind="confirmation", message_id=f"<{number}@itu.int>", reference="2026-00001",
            recipients=recipients, raw=RAW, now=NOW,
        )  # fmt: skip


def smtp_to(server: SmtpServer, authority: Authority, *, tls: bool = False, user: str | None = None) -> SmtpTransport:
    place = SmtpPlace("localhost" if tls or user else "127.0.0.1", server.port, user, tls)
    return SmtpTransport(place, SecretStr(PASSWORD) if user else None, "tsbdir@itu.int", ca_file=authority.ca_file)


def send(store: Store, transport: SmtpTransport | MaildirTransport, after: float = 0) -> Dispatch:
    """Deliver `after` seconds from NOW."""
    return deliver(store, transport, lambda: NOW + timedelta(seconds=after), Patience(10, 60, timedelta(hours=1)))


def states(store: Store) -> list[tuple[str, list[str], dict[str, str]]]:
    with store.read() as connection:
        return [(row.status, row.recipients, row.refused) for row in mail_rows(connection)]


@pytest.mark.each_database
def test_a_mail_arrives_byte_for_byte(store: Store, smtp: SmtpServer, authority: Authority) -> None:
    put(store, "a@b.example")
    dispatch = send(store, smtp_to(smtp, authority))
    assert (dispatch.sent, dispatch.failed) == (1, 0)
    assert smtp.mails[0].raw == RAW
    assert smtp.mails[0].sender == "tsbdir@itu.int"


@pytest.mark.each_database
def test_starttls_and_login(store: Store, start_smtp: Callable[..., SmtpServer], authority: Authority) -> None:
    """django-helpdesk's trap: the STARTTLS path nobody had ever run."""
    server = start_smtp("starttls")
    put(store, "a@b.example")
    assert send(store, smtp_to(server, authority, user="bot")).sent == 1
    assert (server.mails[0].over_tls, server.mails[0].user) == (True, "bot")


@pytest.mark.each_database
def test_smtps(store: Store, start_smtp: Callable[..., SmtpServer], authority: Authority) -> None:
    server = start_smtp("smtps")
    put(store, "a@b.example")
    assert send(store, smtp_to(server, authority, tls=True)).sent == 1


@pytest.mark.each_database
def test_an_untrusted_certificate_keeps_the_mail(
    store: Store, start_smtp: Callable[..., SmtpServer], authority: Authority
) -> None:
    server = start_smtp("starttls")
    put(store, "a@b.example")
    place = SmtpPlace("localhost", server.port, None, tls=False)
    dispatch = send(store, SmtpTransport(place, None, "tsbdir@itu.int"))
    assert dispatch.trouble is not None
    assert "certificate" in str(dispatch.trouble)
    assert states(store) == [("due", ["a@b.example"], {})]


@pytest.mark.each_database
def test_a_wrong_password_keeps_the_mail_and_says_where_to_set_it(
    store: Store, start_smtp: Callable[..., SmtpServer], authority: Authority
) -> None:
    server = start_smtp("starttls")
    put(store, "a@b.example")
    place = SmtpPlace("localhost", server.port, "bot", tls=False)
    dispatch = send(store, SmtpTransport(place, SecretStr("wrong"), "tsbdir@itu.int", ca_file=authority.ca_file))
    assert "refuses the login of bot: check MAILBOT_OUTGOING_PASSWORD" in str(dispatch.trouble)
    assert states(store)[0][0] == "due"


@pytest.mark.each_database
def test_plain_text_to_another_machine_is_refused(
    store: Store, smtp: SmtpServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailbot.transport.is_loopback", lambda host: False)
    put(store, "a@b.example")
    assert "does not offer STARTTLS" in str(send(store, smtp_to(smtp, authority)).trouble)
    assert smtp.mails == []


@pytest.mark.each_database
def test_an_unreachable_server_costs_no_mail_its_turn(store: Store) -> None:
    """Nothing was learnt about the mail: it goes out as soon as the server is back."""
    put(store, "a@b.example")
    put(store, "c@d.example", number=2)
    place = SmtpPlace("127.0.0.1", free_port(), None, tls=False)
    dispatch = send(store, SmtpTransport(place, None, "tsbdir@itu.int"))
    assert (dispatch.sent, dispatch.failed) == (0, 2)
    assert "check outgoing.url" in str(dispatch.trouble)
    assert [state[0] for state in states(store)] == ["due", "due"]


@pytest.mark.each_database
def test_a_put_off_recipient_is_tried_again_with_growing_waits(
    store: Store, smtp: SmtpServer, authority: Authority
) -> None:
    put(store, "a@b.example")
    smtp.postbox.answers["a@b.example"] = "451 4.7.1 greylisted"
    assert send(store, smtp_to(smtp, authority)).failed == 1
    assert send(store, smtp_to(smtp, authority), after=9).failed == 0  # not its turn: 10 seconds
    assert send(store, smtp_to(smtp, authority), after=10).failed == 1
    assert send(store, smtp_to(smtp, authority), after=29).failed == 0  # not its turn: 20 more seconds
    smtp.postbox.answers.clear()
    assert send(store, smtp_to(smtp, authority), after=30).sent == 1
    assert len(smtp.mails) == 1


@pytest.mark.each_database
def test_a_mail_put_off_for_too_long_is_given_up(store: Store, smtp: SmtpServer, authority: Authority) -> None:
    put(store, "a@b.example")
    smtp.postbox.answers["a@b.example"] = "451 4.7.1 greylisted"
    send(store, smtp_to(smtp, authority), after=3600)
    assert states(store) == [("failed", [], {"a@b.example": "451 4.7.1 greylisted"})]


@pytest.mark.each_database
def test_refused_data_fails_the_mail_and_deferred_data_does_not(
    store: Store, smtp: SmtpServer, authority: Authority
) -> None:
    put(store, "a@b.example")
    put(store, "c@d.example", number=2)
    smtp.postbox.data_answers = ["554 5.7.1 spam", "452 4.3.1 full"]
    dispatch = send(store, smtp_to(smtp, authority))
    assert (dispatch.sent, dispatch.failed) == (0, 2)
    assert [state[0] for state in states(store)] == ["failed", "due"]


@pytest.mark.each_database
def test_of_several_recipients_only_the_unserved_are_tried_again(
    store: Store, smtp: SmtpServer, authority: Authority
) -> None:
    """The dictionary of partial refusals that `sendmail` returns is easily overlooked."""
    put(store, "good@b.example", "later@b.example", "gone@b.example")
    smtp.postbox.answers = {"later@b.example": "450 4.2.1 busy", "gone@b.example": "550 5.1.1 unknown"}
    send(store, smtp_to(smtp, authority))
    assert states(store) == [("due", ["later@b.example"], {"gone@b.example": "550 5.1.1 unknown"})]
    smtp.postbox.answers.clear()
    send(store, smtp_to(smtp, authority), after=60)
    assert [mail.recipients for mail in smtp.mails] == [("good@b.example",), ("later@b.example",)]
    assert states(store) == [("failed", [], {"gone@b.example": "550 5.1.1 unknown"})]


@pytest.mark.each_database
def test_a_repeated_delivery_into_a_maildir_makes_one_file(store: Store, tmp_path: Path) -> None:
    transport = MaildirTransport(MaildirPlace(tmp_path / "out").path)
    for status in ("due", "due"):
        if not states(store):
            put(store, "a@b.example")
        with store.begin() as connection:
            connection.execute(update(outbox).values(status=status, recipients=["a@b.example"]))
        assert send(store, transport).sent == 1
    (path,) = (tmp_path / "out" / "new").iterdir()
    path.rename(tmp_path / "out" / "cur" / f"{path.name}:2,S")  # a person has read it
    with store.begin() as connection:
        connection.execute(update(outbox).values(status="due", recipients=["a@b.example"]))
    send(store, transport)
    assert list((tmp_path / "out" / "new").iterdir()) == []


@pytest.mark.each_database
def test_a_maildir_that_cannot_be_written_keeps_the_mail(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file in the way")
    put(store, "a@b.example")
    trouble = send(store, MaildirTransport(tmp_path / "out")).trouble
    assert isinstance(trouble, TransportError)
    assert states(store)[0][0] == "due"


def test_a_refused_confirmation_waits_in_the_review_queue_until_a_person_closes_it(
    site: Site, smtp: SmtpServer
) -> None:
    """Contract: permanent failures end in the review queue; the flag is set all the same."""
    site.configure(outgoing=f"smtp://127.0.0.1:{smtp.port}")
    smtp.postbox.answers["karim.lindt@gov.ie.example"] = "550 5.1.1 no such user"
    site.drop(opt_in_letter())
    (counts,) = site.json("poll")
    assert (counts["applied"], counts["sent"], counts["failed"]) == (1, 0, 1)
    (item,) = site.json("review", "list")
    assert (item["reasons"], item["member"], item["reference"]) == (["mail_failed"], "IRL", "2026-00001")
    assert "550 5.1.1 no such user" in item["subject"]
    assert "close it with --as reject" in site.complaint(
        "review", "resolve", item["id"], "--as", "opt_in", "--by", "Ana", "--reason", "x", code=1
    )
    site.say("review", "resolve", item["id"], "--as", "reject", "--by", "Ana", "--reason", "told by phone")
    assert site.json("review", "list") == []


def test_a_failed_mail_can_be_sent_again(site: Site, smtp: SmtpServer) -> None:
    site.configure(outgoing=f"smtp://127.0.0.1:{smtp.port}")
    smtp.postbox.answers["karim.lindt@gov.ie.example"] = "550 5.1.1 no such user"
    site.drop(opt_in_letter())
    site.json("poll")
    smtp.postbox.answers.clear()
    site.say("mail", "retry", "mail-1")
    assert site.json("poll")[0]["sent"] == 1
    assert site.json("mail", "list")[0]["status"] == "sent"
    assert "has not failed" in site.complaint("mail", "retry", "1", code=1)


def test_no_password_is_kept_anywhere(site: Site, start_smtp: Callable[..., SmtpServer], authority: Authority) -> None:
    server = start_smtp("starttls")
    secret_file = site.folder / "password"
    secret_file.write_text(PASSWORD + "\n")
    site.configure(
        outgoing=f"smtp://bot@localhost:{server.port}",
        outgoing_keys=f'ca_file = "{authority.ca_file}"\npassword_file = "{secret_file}"',
    )
    site.drop(opt_in_letter())
    assert site.json("poll")[0]["sent"] == 1
    with sqlite3.connect(site.database) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert PASSWORD not in dump.replace("secret_file", "")  # a setting's name


def test_nothing_leaves_while_the_try_cannot_be_noted(tmp_path: Path, smtp: SmtpServer, authority: Authority) -> None:
    """The mail would go out again with every poll, for as long as another program holds the database."""
    store = open_store(f"sqlite:///{tmp_path}/mailbot.db", busy_seconds=0.1)
    put(store, "a@b.example")
    with closing(sqlite3.connect(tmp_path / "mailbot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            send(store, smtp_to(smtp, authority))
    assert smtp.mails == []
    assert send(store, smtp_to(smtp, authority)).sent == 1


def test_a_success_that_cannot_be_noted_is_repeated_once_at_once_and_then_after_growing_waits(
    store: Store, smtp: SmtpServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "a@b.example")

    def disk_full(*arguments: object) -> None:
        raise StoreError("the database cannot be used: database or disk is full")

    taken = []
    with monkeypatch.context() as patch:
        patch.setattr("mailbot.delivery._record", disk_full)
        for after in (0, 0, 0, 11, 11, 30, 32):
            with suppress(StoreError):
                send(store, smtp_to(smtp, authority), after)
            taken.append(len(smtp.mails))
    assert taken == [1, 2, 2, 3, 3, 3, 4]
    assert len({mail.message["Message-ID"] for mail in smtp.mails}) == 1


def test_a_turn_set_by_a_clock_that_ran_ahead_is_now(store: Store, smtp: SmtpServer, authority: Authority) -> None:
    put(store, "a@b.example")
    smtp.postbox.answers["a@b.example"] = "450 busy"
    month = 30 * 24 * 3600
    assert send(store, smtp_to(smtp, authority)).failed == 1
    with store.begin() as connection:
        update_mail(connection, 1, next_attempt=NOW + timedelta(seconds=month))
    smtp.postbox.answers.clear()
    assert send(store, smtp_to(smtp, authority)).sent == 1
