"""What every mailbox promises (`ingest.Mailbox`), held by IMAP on a real Dovecot and by Maildir alike."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from pydantic import SecretStr

from mailbot.errors import MailbotError
from mailbot.ingest import FilingError, Identity, ImapMailbox, Mailbox, MailboxError
from mailbot.maildir import UID_LIST, MaildirMailbox
from mailbot.places import ImapPlace
from mailbot.throttling import ThrottledError

from .conftest import EXCHANGE, PASSWORD, Authority, Dovecot, free_port, running_dovecot

DONE = "mailbot/done"


class Kit(Protocol):
    """A mailbox under test, and the hands of the people who use it too."""

    mailbox: Mailbox

    def put(self, raw: bytes, received: datetime | None = None) -> None: ...
    def take_away(self, subject: str) -> None: ...
    def unread(self) -> list[str]: ...
    def filed(self) -> list[str]: ...
    def renumber(self) -> None: ...


@dataclass
class ImapKit:
    server: Dovecot
    user: str
    mailbox: Mailbox

    def put(self, raw: bytes, received: datetime | None = None) -> None:
        self.server.append(self.user, raw, received)

    def take_away(self, subject: str) -> None:
        with self.server.session(self.user) as client:
            client.select("INBOX")
            for number in client.search(None, "SUBJECT", f'"{subject}"')[1][0].split():
                client.store(number, "+FLAGS", r"\Deleted")
            client.expunge()

    def unread(self) -> list[str]:
        return [str(m["Subject"]) for m, flags in self.server.letters(self.user) if "\\Seen" not in flags]

    def filed(self) -> list[str]:
        return self.server.subjects(self.user, "mailbot.done")

    def renumber(self) -> None:
        self.server.renumber(self.user)


@dataclass
class MaildirKit:
    folder: Path
    mailbox: Mailbox
    count: int = 0

    def put(self, raw: bytes, received: datetime | None = None) -> None:
        self.count += 1
        path = self.folder / "new" / f"letter {self.count}.eml"
        path.write_bytes(raw)
        if received:
            os.utime(path, (received.timestamp(), received.timestamp()))

    def take_away(self, subject: str) -> None:
        for path in self.folder.glob("*/*"):
            if path.is_file() and f"Subject: {subject}".encode() in path.read_bytes():
                path.unlink()

    def unread(self) -> list[str]:
        return [_subject(path) for path in sorted((self.folder / "new").iterdir())]

    def filed(self) -> list[str]:
        return [_subject(path) for path in sorted((self.folder / ".mailbot.done" / "new").glob("*"))]

    def renumber(self) -> None:
        (self.folder / UID_LIST).unlink()
        time.sleep(0.002)  # the numbering is named by the millisecond


def _subject(path: Path) -> str:
    return path.read_bytes().partition(b"Subject: ")[2].partition(b"\r\n")[0].decode()


def letter(subject: str, body: str = "Text.") -> bytes:
    return f"From: a@b.example\r\nSubject: {subject}\r\nMessage-ID: <{subject}@b.example>\r\n\r\n{body}\r\n".encode()


def imap(server: Dovecot, user: str, password: str = PASSWORD, timeout_seconds: float = 20) -> ImapMailbox:
    place = ImapPlace("127.0.0.1", server.port, user, "INBOX", tls=False)
    return ImapMailbox(place, SecretStr(password), ca_file=server.authority.ca_file, timeout_seconds=timeout_seconds)


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    return "box" + "".join(filter(str.isalnum, request.node.name)).lower()[-60:]


@pytest.fixture(params=["imap", "maildir"])
def kit(request: pytest.FixtureRequest, dovecot: Dovecot, tmp_path: Path, user: str) -> Iterator[Kit]:
    made: Kit
    if request.param == "imap":
        made = ImapKit(dovecot, user, imap(dovecot, user))
    else:
        (tmp_path / "new").mkdir()
        made = MaildirKit(tmp_path, MaildirMailbox(tmp_path))
    yield made
    made.mailbox.close()


def test_letters_are_fetched_byte_for_byte_and_stay_unread(kit: Kit) -> None:
    """Fetching is not reading: people rely on what is unread."""
    raw = letter("one", "Umlaut \u00fc") + b"8-bit \xff\xfe\r\n"
    kit.put(raw)
    opened = kit.mailbox.open()
    (uid,) = kit.mailbox.uids(1)
    assert kit.mailbox.fetch(uid) == raw
    assert opened.uid_next == uid + 1
    assert kit.unread() == ["one"]


def test_nothing_new_is_nothing_though_the_server_answers_with_the_last_letter(kit: Kit) -> None:
    """`UID n:*` always matches the last letter (RFC 9051 section 9, seq-range)."""
    kit.put(letter("one"))
    opened = kit.mailbox.open()
    assert kit.mailbox.uids(opened.uid_next) == []


def test_size_date_and_message_id_are_known_before_the_body(kit: Kit) -> None:
    raw = letter("one")
    received = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    kit.put(raw, received)
    kit.mailbox.open()
    (uid,) = kit.mailbox.uids(1)
    arrival = kit.mailbox.describe([uid])[uid]
    assert (arrival.size, arrival.received, arrival.arrival_id) == (len(raw), received, "<one@b.example>")


def test_of_a_huge_letter_only_the_headers_are_fetched(kit: Kit) -> None:
    kit.put(letter("huge", "x" * 100_000))
    kit.mailbox.open()
    (uid,) = kit.mailbox.uids(1)
    header = kit.mailbox.fetch_header(uid)
    assert header is not None
    assert header.endswith(b"<huge@b.example>\r\n\r\n")


def test_letters_before_the_start_are_left_out_without_being_fetched(kit: Kit) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    kit.put(letter("old"), now - timedelta(days=400))
    kit.put(letter("new"), now - timedelta(hours=1))
    kit.mailbox.open()
    found = kit.mailbox.describe(kit.mailbox.uids(1, None, now - timedelta(days=7)))
    assert [arrival.arrival_id for arrival in found.values()] == ["<new@b.example>"]


def test_a_filed_letter_lies_unread_in_the_folder_that_was_created_for_it(kit: Kit) -> None:
    kit.put(letter("one"))
    kit.put(letter("two"))
    kit.mailbox.open()
    first, _ = kit.mailbox.uids(1)
    arrival = kit.mailbox.describe([first])[first]
    kit.mailbox.file([arrival.identity], DONE)
    assert (kit.filed(), kit.unread()) == (["one"], ["two"])


def test_letters_are_filed_together_and_those_that_are_gone_keep_no_other_back(kit: Kit) -> None:
    for name in ("one", "two", "three"):
        kit.put(letter(name))
    kit.mailbox.open()
    found = kit.mailbox.describe(kit.mailbox.uids(1))
    kit.take_away("two")
    kit.mailbox.file([arrival.identity for arrival in found.values()], DONE)
    assert (sorted(kit.filed()), kit.unread()) == (["one", "three"], [])


def test_a_letter_taken_away_before_fetching_or_filing_is_ordinary(kit: Kit) -> None:
    kit.put(letter("one"))
    kit.mailbox.open()
    (uid,) = kit.mailbox.uids(1)
    arrival = kit.mailbox.describe([uid])[uid]
    kit.take_away("one")
    assert kit.mailbox.fetch(uid) is None
    assert kit.mailbox.describe([uid]) == {}
    kit.mailbox.file([arrival.identity], DONE)
    assert kit.filed() == []


def test_another_letter_under_the_same_number_is_not_filed(kit: Kit) -> None:
    """The letter is looked at again before it is moved: what was decided is what is filed."""
    kit.put(letter("one"))
    kit.mailbox.open()
    (uid,) = kit.mailbox.uids(1)
    kit.mailbox.file([Identity(uid, "<other@b.example>", 7)], DONE)
    assert kit.unread() == ["one"]


def test_a_renumbered_mailbox_shows_another_uidvalidity(kit: Kit) -> None:
    kit.put(letter("one"))
    before = kit.mailbox.open()
    kit.mailbox.close()
    kit.renumber()
    assert kit.mailbox.open().uidvalidity != before.uidvalidity


def test_uids_stay_when_a_person_reads_a_letter_of_the_maildir(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "a").write_bytes(letter("one"))
    mailbox = MaildirMailbox(tmp_path)
    mailbox.open()
    (uid,) = mailbox.uids(1)
    (tmp_path / "new" / "a").rename(tmp_path / "cur" / "a:2,S")
    assert mailbox.fetch(uid) == letter("one")  # moved in the middle of a poll
    mailbox.open()
    assert mailbox.uids(1) == [uid]
    assert MaildirMailbox(tmp_path).open().uid_next == uid + 1


def test_a_damaged_uid_list_means_another_numbering(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "a").write_bytes(letter("one"))
    before = MaildirMailbox(tmp_path, lambda: 1000.0).open()
    (tmp_path / UID_LIST).write_text("{")
    assert MaildirMailbox(tmp_path, lambda: 2000.0).open().uidvalidity != before.uidvalidity


def test_a_hundred_thousand_old_letters_open_without_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The start position needs nothing but the directory."""
    (tmp_path / "cur").mkdir()
    for number in range(100_000):
        os.mknod(tmp_path / "cur" / f"old{number}:2,S")
    monkeypatch.setattr("mailbot.maildir.message_id_of", lambda head: pytest.fail("a letter was read"))
    mailbox = MaildirMailbox(tmp_path, lambda: time.time() + 60)
    opened = mailbox.open()
    assert opened.uid_next == 100_001
    assert mailbox.uids(opened.uid_next) == []


def test_exchange_s_few_capabilities_are_enough(authority: Authority, user: str) -> None:
    """Exchange Online: no keywords, no SORT, no CONDSTORE."""
    with running_dovecot(authority, f"imap_capability = {EXCHANGE}") as server:
        _file_one_of_two(server, user)


def test_without_move_the_letter_is_copied_and_only_it_is_expunged(authority: Authority, user: str) -> None:
    """A bare EXPUNGE would also remove what a person has marked as deleted, and may want back."""
    with running_dovecot(authority, "imap_capability = IMAP4rev1 UIDPLUS NAMESPACE") as server:
        _file_one_of_two(server, user, marked_by_a_person=True)
        assert server.subjects(user) == ["two"]


def test_without_uidplus_the_letter_is_marked_but_nothing_is_expunged(authority: Authority, user: str) -> None:
    with running_dovecot(authority, "imap_capability = IMAP4rev1") as server:
        _file_one_of_two(server, user, marked_by_a_person=True)
        assert server.subjects(user) == ["one", "two"]


def _file_one_of_two(server: Dovecot, user: str, marked_by_a_person: bool = False) -> None:
    server.append(user, letter("one"))
    server.append(user, letter("two"))
    if marked_by_a_person:
        with server.session(user) as client:
            client.select("INBOX")
            client.store("2", "+FLAGS", r"\Deleted")
    mailbox = imap(server, user)
    place = ImapPlace("127.0.0.1", server.port, user, "INBOX", tls=False)
    assert mailbox.name == f"imap://{place.user}@127.0.0.1:{server.port}/INBOX"
    mailbox.open()
    first = mailbox.uids(1)[0]
    arrival = mailbox.describe([first])[first]
    mailbox.file([arrival.identity], DONE)
    mailbox.close()
    assert server.subjects(user, "mailbot.done") == ["one"]


def test_a_folder_that_may_not_be_created_is_said_in_one_line(authority: Authority, user: str) -> None:
    acl = "mail_plugins = acl\nprotocol imap {\n mail_plugins = acl imap_acl\n}\nplugin {\n acl = vfile:/%s\n}"
    rights = Path(authority.ca_file.parent / "acl")
    rights.write_text("INBOX owner lrws\n* owner l\n")
    with running_dovecot(authority, acl.replace("/%s", str(rights))) as server:
        server_put = b"x"
        root = server.root / "m" / user / "new"
        root.mkdir(parents=True)
        (root / "a").write_bytes(letter("one") + server_put)
        if os.geteuid() == 0:
            for path in (root.parent, root, root / "a"):
                os.chown(path, _nobody(), -1)
        mailbox = imap(server, user)
        mailbox.open()
        (uid,) = mailbox.uids(1)
        arrival = mailbox.describe([uid])[uid]
        with pytest.raises(FilingError, match=r"cannot be filed in mailbot/done.*set filing = false"):
            mailbox.file([arrival.identity], DONE)
        assert mailbox.fetch(uid) is not None  # the poll goes on
        mailbox.close()


def _nobody() -> int:
    import pwd

    return pwd.getpwnam("nobody").pw_uid


def test_imaps_works_and_its_certificate_is_verified(dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, letter("one"))
    place = ImapPlace("localhost", dovecot.tls_port, user, "INBOX", tls=True)
    trusting = ImapMailbox(place, SecretStr(PASSWORD), ca_file=dovecot.authority.ca_file)
    trusting.open()
    assert len(trusting.uids(1)) == 1
    trusting.close()
    with pytest.raises(MailboxError, match=r"certificate of localhost:\d+ is not trusted .*ca_file"):
        ImapMailbox(place, SecretStr(PASSWORD)).open()


def test_starttls_verifies_the_certificate_too(dovecot: Dovecot, user: str) -> None:
    place = ImapPlace("localhost", dovecot.port, user, "INBOX", tls=False)
    with pytest.raises(MailboxError, match=r"certificate of .* is not trusted"):
        ImapMailbox(place, SecretStr(PASSWORD)).open()


def test_starttls_that_is_demanded_but_not_offered_ends_before_the_login(authority: Authority, user: str) -> None:
    with running_dovecot(authority, "ssl = no") as server:
        place = ImapPlace("127.0.0.1", server.port, user, "INBOX", tls=False)
        with pytest.raises(MailboxError, match="does not offer STARTTLS"):
            ImapMailbox(place, SecretStr(PASSWORD), starttls=True).open()
        loopback = ImapMailbox(place, SecretStr(PASSWORD))
        loopback.open()  # nobody listens on the way to one's own machine
        loopback.close()


def test_a_plaintext_login_to_another_machine_is_refused(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_dovecot(authority, "ssl = no") as server:
        monkeypatch.setattr("mailbot.ingest.is_loopback", lambda host: False)
        place = ImapPlace("127.0.0.1", server.port, "bot", "INBOX", tls=False)
        with pytest.raises(MailboxError, match="password in plain text"):
            ImapMailbox(place, SecretStr(PASSWORD)).open()
        assert "Login: user=<bot>" not in (server.root / "log").read_text()


def test_a_frozen_server_is_given_up_after_the_timeout(authority: Authority, user: str) -> None:
    with running_dovecot(authority) as server:
        server.append(user, letter("one"))
        mailbox = imap(server, user, timeout_seconds=0.5)
        mailbox.open()
        frozen = server.serving()
        for process in frozen:
            os.kill(process, signal.SIGSTOP)
        try:
            with pytest.raises(MailboxError, match="did not answer in time"):
                mailbox.fetch(1)
        finally:
            for process in frozen:
                os.kill(process, signal.SIGCONT)
        mailbox.close()


@pytest.mark.parametrize(
    ("said", "kind", "meaning"),
    [
        (b"NO User is authenticated but not connected.", MailboxError, "full access"),
        (b"BAD User is authenticated but not connected.", MailboxError, "full access"),
        (b"NO Request is throttled. Suggested Backoff Time: 299961 milliseconds", ThrottledError, "300 seconds"),
        (b"NO [NONEXISTENT] Unknown Mailbox", MailboxError, "cannot read INBOX .*Unknown Mailbox"),
        (b"", MailboxError, "cannot be reached|cannot read"),  # the connection is cut
    ],
)
def test_what_exchange_says_is_put_into_words_that_help(said: bytes, kind: type[MailbotError], meaning: str) -> None:
    with scripted_server(said) as port:
        mailbox = ImapMailbox(ImapPlace("127.0.0.1", port, "bot", "INBOX", tls=False), SecretStr(PASSWORD))
        with pytest.raises(kind, match=meaning) as caught:
            mailbox.open()
    assert "\n" not in str(caught.value)


class scripted_server:  # noqa: N801 - reads as the context manager it is
    """A server that accepts the login and answers EXAMINE with one line: what no Dovecot can be made to say."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def __enter__(self) -> int:
        import socket

        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        port: int = self._listener.getsockname()[1]
        return port

    def __exit__(self, *exc: object) -> None:
        self._thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection, connection.makefile("rwb") as stream:

            def say(line: bytes) -> None:
                stream.write(line + b"\r\n")
                stream.flush()

            say(b"* OK ready")
            while line := stream.readline():
                tag, command = line.split()[:2]
                if command.upper() == b"EXAMINE":
                    if not self._answer:
                        return
                    say(tag + b" " + self._answer)
                elif command.upper() == b"CAPABILITY":
                    say(b"* CAPABILITY IMAP4rev1")
                    say(tag + b" OK done")
                else:
                    say(tag + b" OK done")


def test_an_unreachable_server_is_named_with_what_to_check() -> None:
    port = free_port()
    with pytest.raises(MailboxError, match=rf"127.0.0.1:{port} cannot be reached .*check \[mailbox\] url"):
        ImapMailbox(ImapPlace("127.0.0.1", port, "bot", "INBOX", tls=False), SecretStr(PASSWORD)).open()


def test_a_wrong_password_is_named_with_where_to_set_it(dovecot: Dovecot, user: str) -> None:
    with pytest.raises(MailboxError, match=rf"refuses the login of {user} .*MAILBOT_MAILBOX_PASSWORD"):
        imap(dovecot, user, password="wrong").open()
