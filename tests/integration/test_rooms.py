"""What the console's rooms read: the right rows in the right order, page by page, on either database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, insert

from mailbot import audit
from mailbot.desk import activity, figures, members, outgoing
from mailbot.desk.activity import Wanted
from mailbot.desk.paging import Page
from mailbot.flag_lookup import flags_known, flags_now
from mailbot.flag_report import flag_list
from mailbot.flags import Cause, FlagChange, FlagState, StudyPeriod, flag_at, flag_now
from mailbot.members import FocalPoint, Member
from mailbot.register import Register
from mailbot.store.contact_rows import contact_row, note_contact
from mailbot.store.count_rows import count_wait
from mailbot.store.engine import Store, open_store
from mailbot.store.flag_rows import add_flag_change, add_study_period, all_changes, known_periods
from mailbot.store.outbox_rows import add_mail, update_mail
from mailbot.store.tables import letters
from mailbot.terms import Duration

from .conftest import Site, free_port, opt_in_letter

pytestmark = pytest.mark.each_database

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
T = TypeVar("T")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


def all_pages(page: Callable[[str | None], Page[T]]) -> list[T]:
    """The rows of all pages, one after the other."""
    cursor, found = None, []
    while True:
        got = page(cursor)
        found += got.rows
        if got.next is None:
            return found
        assert got.rows
        cursor = got.next


def change(member: str, at: datetime, state: FlagState = FlagState.OPTED_IN, **more: Any) -> FlagChange:
    bound = state is FlagState.OPTED_IN
    return replace(
        FlagChange(
            member, f"Administration of {member}", at, state, at, Duration.STUDY_PERIOD if bound else None,
            "2025-2028" if bound else None, Cause.LETTER, at, f"2026-{at:%j%H}",
        ),
        **more,
    )  # fmt: skip


# --- flags ----------------------------------------------------------------------------------------------------------


def test_the_flags_of_any_moment_are_what_all_changes_come_to(store: Store) -> None:
    """However the clock went: a change that was recorded later counts, even where its moment is earlier."""
    chance = random.Random(118)
    period = StudyPeriod("2025-2028", "WTSA-28", NOW + timedelta(days=20))
    with store.begin() as connection:
        add_study_period(connection, period, NOW - timedelta(days=400))
        for _ in range(200):
            at = NOW + timedelta(hours=chance.randrange(-900, 900))
            add_flag_change(connection, change(f"M{chance.randrange(12):02}", at, chance.choice(list(FlagState))))
    with store.read() as connection:
        periods, changes = known_periods(connection), all_changes(connection)
        for hours in (-2000, -700, -1, 0, 1, 300, 600, 2000):
            moment = NOW + timedelta(hours=hours)
            expected = {code: flag_at(found, periods, moment) for code, found in changes.items()}
            listed = {row["member"]: (row["state"], row["reference"]) for row in flag_list(connection, NOW, moment)}
            assert listed == {code: (flag.state, flag.reference) for code, flag in expected.items() if flag}
            codes = ["M03", "M05", "never"]
            some = flags_known(connection, moment, codes)
            assert some == {code: expected[code] for code in codes if expected.get(code)}
        standing = {code: flag_now(found[-1], periods, NOW) for code, found in changes.items()}
        assert flags_now(connection, NOW) == standing


def test_a_history_is_read_page_by_page_newest_first(store: Store) -> None:
    with store.begin() as connection:
        for number in range(7):
            add_flag_change(connection, change("KE", NOW + timedelta(days=number)))
            add_flag_change(connection, change("IE", NOW + timedelta(days=number)))
    with store.read() as connection:
        found = all_pages(lambda cursor: members.history(connection, "KE", cursor, rows=3))
    assert [one.at for one in found] == [NOW + timedelta(days=number) for number in range(6, -1, -1)]
    assert {one.member for one in found} == {"KE"}


# --- members --------------------------------------------------------------------------------------------------------


@pytest.fixture
def register() -> Register:
    known = (
        Member("CIV", "Côte d'Ivoire", "member_state", "CI", ("Ivory Coast", "ساحل العاج")),
        Member("KEN", "Kenya", "member_state", "KE"),
        Member("UNI", "University of Kenya", "academia", "KE"),
    )
    points = (FocalPoint("KEN", "T", "designated", "Amina Wanjirũ", "a.wanjiru@ca.go.ke.example"),)
    return Register.of(known, points)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["CIV", "KEN", "UNI"]),
        ("cote ivo", ["CIV"]),
        ("IVORY", ["CIV"]),
        ("ساحل", ["CIV"]),
        ("kenya", ["KEN", "UNI"]),
        ("ken univ", ["UNI"]),
        ("wanjiru", ["KEN"]),
        ("a.wanjiru@ca.go", ["KEN"]),
        ("%", ["CIV", "KEN", "UNI"]),
        ("nobody", []),
    ],
)
def test_members_are_found_by_any_of_their_words(register: Register, typed: str, found: list[str]) -> None:
    assert [member.code for member in register.matching(typed)] == found


def test_the_list_of_members_shows_each_flag(store: Store, register: Register) -> None:
    with store.begin() as connection:
        add_flag_change(connection, change("KEN", NOW))
    with store.read() as connection:
        found = all_pages(lambda cursor: members.find_members(connection, register, "", NOW, cursor, rows=2))
    flags = {one.member.code: one.flag and one.flag.state for one in found}
    assert flags == {"CIV": None, "KEN": FlagState.OPTED_IN, "UNI": None}


def test_a_member_that_left_the_registry_keeps_its_page(store: Store, register: Register) -> None:
    with store.begin() as connection:
        add_flag_change(connection, change("OLD", NOW))
    with store.read() as connection:
        sheet = members.member_sheet(connection, register, "OLD", NOW)
        assert members.member_sheet(connection, register, "NONE", NOW) is None
    assert sheet is not None
    assert (sheet.member, sheet.name) == (None, "Administration of OLD")
    assert sheet.flag is not None


def test_a_members_page_has_its_newest_letters(store: Store, register: Register) -> None:
    with store.begin() as connection:
        for number in range(members.LETTERS + 5):
            add_letter(connection, number, member_code="KEN")
        add_letter(connection, 99, member_code="CIV")
    with store.read() as connection:
        sheet = members.member_sheet(connection, register, "KEN", NOW)
    assert sheet is not None
    assert [row.reference for row in sheet.letters] == [f"2026-{n:05d}" for n in range(members.LETTERS + 4, 4, -1)]
    assert sheet.more_letters


def add_letter(connection: Connection, number: int, **values: Any) -> None:
    at = NOW + timedelta(minutes=number)
    connection.execute(
        insert(letters).values(
            {
                "mailbox": "maildir:///in", "uidvalidity": 1, "uid": number, "sha256": str(number),
                "content_sha256": str(number), "size": 9, "received": at, "decided_at": at, "outcome": "review",
                "reasons": [], "reference": f"2026-{number:05d}", "review": "open", **values,
            }
        )
    )  # fmt: skip


# --- mails ----------------------------------------------------------------------------------------------------------


def test_mails_that_nobody_got_come_first(store: Store) -> None:
    states = ["sent", "failed", "due", "sent", "withheld", "closed", "bounced", "sent", "failed"]
    with store.begin() as connection:
        for number, status in enumerate(states, 1):
            add_mail(
                connection, letter=None, kind="confirmation", message_id=f"<{number}@x>", reference="2026-00001",
                recipients=["a@b.example"], raw=b"", now=NOW,
            )  # fmt: skip
            update_mail(connection, number, status=status)
    with store.read() as connection:
        for rows in (1, 2, 3, 4, 5, 50):
            pages = all_pages(lambda cursor, rows=rows: outgoing.mails(connection, "", cursor, rows))  # type: ignore[misc]
            assert [row.id for row in pages] == [9, 7, 5, 2, 8, 6, 4, 3, 1]
        sent = all_pages(lambda cursor: outgoing.mails(connection, "sent", cursor, 2))
        counts = outgoing.mail_counts(connection)
    assert [row.id for row in sent] == [8, 4, 1]
    assert counts == {"failed": 2, "bounced": 1, "withheld": 1, "due": 1}


@pytest.mark.parametrize("cursor", ["", "x", "!", "!x", "9" * 30, "²"])
def test_a_made_up_cursor_begins_anew(store: Store, cursor: str) -> None:
    with store.read() as connection:
        assert outgoing.mails(connection, "", cursor).rows == ()
        assert activity.entries(connection, Wanted(), cursor).rows == ()
        assert members.history(connection, "KE", cursor).rows == ()


# --- activity -------------------------------------------------------------------------------------------------------

ACTORS, ACTIONS = ("mailbot", "Ana", "Zoë"), ("letter:decided", "mail:sent", "review:resolved")


@pytest.fixture
def log(store: Store) -> Store:
    """A log of 60 entries, one an hour, whose clock was set back half a day in the middle."""
    with store.begin() as connection:
        for number in range(60):
            at = NOW + timedelta(hours=number if number < 30 else number - 12)
            audit.append(
                connection, at=at, action=ACTIONS[number % 3], subject=f"2026-{number % 5:05d}",
                actor=ACTORS[number % 2], data={"number": number},
            )  # fmt: skip
    return store


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(actor="Ana"),
        Wanted(action="mail:sent"),
        Wanted(subject="2026-00003"),
        Wanted(actor="mailbot", action="letter:decided", subject="2026-00000"),
        Wanted(since=NOW + timedelta(hours=20)),
        Wanted(until=NOW + timedelta(hours=25)),
        Wanted(since=NOW + timedelta(hours=20), until=NOW + timedelta(hours=25)),
        Wanted(actor="Ana", since=NOW + timedelta(hours=5), until=NOW + timedelta(hours=40)),
        Wanted(since=NOW + timedelta(days=30)),
        Wanted(until=NOW - timedelta(days=30)),
    ],
)
def test_the_log_is_filtered_exactly_newest_first(log: Store, wanted: Wanted) -> None:
    def fits(entry: audit.Entry) -> bool:
        at = datetime.fromisoformat(entry["at"])
        return (
            wanted.actor in ("", entry["actor"])
            and wanted.action in ("", entry["action"])
            and wanted.subject in ("", entry["subject"])
            and (wanted.since is None or wanted.since <= at)
            and (wanted.until is None or at < wanted.until)
        )

    with log.read() as connection:
        everything = all_pages(lambda cursor: activity.entries(connection, Wanted(), cursor, rows=100))
        found = all_pages(lambda cursor: activity.entries(connection, wanted, cursor, rows=7))
    assert len(everything) == 60
    assert found == [entry for entry in everything if fits(entry)]


def test_who_and_what_there_is_to_choose_from(log: Store) -> None:
    with log.read() as connection:
        assert activity.actors(connection) == ["Ana", "mailbot"]
        assert activity.actions(connection) == sorted(ACTIONS)


# --- figures --------------------------------------------------------------------------------------------------------


def test_a_day_is_counted_as_it_went(site: Site) -> None:
    """Two clear letters, one of a stranger, one that nothing proves, one that is no request: by the real program."""
    site.drop(opt_in_letter(1), "1.eml")
    site.drop(opt_in_letter(2), "2.eml")
    site.drop(opt_in_letter(3, sender="who@elsewhere.example"), "3.eml")
    site.drop(opt_in_letter(4, authentication=None), "4.eml")
    site.drop(b"From: a@b.example\r\nTo: tsbdir@itu.int\r\nSubject: Lunch\r\n\r\nLunch on Thursday?\r\n", "5.eml")
    site.say("poll")
    reference = site.json("review", "list")[0]["id"]
    site.say("review", "resolve", reference, "--as", "reject", "--by", "Ana", "--reason", "a stranger")
    store = open_store(site.database_url)
    try:
        with store.read() as connection:
            found = figures.figures(connection, datetime.now(UTC).date(), days=3)
            queue = figures.waiting(connection)
            health = figures.health(
                connection, {"Mailbox": f"maildir://{site.folder}/in"}, f"maildir://{site.folder}/out"
            )
    finally:
        store.close()
    counted = [(day.decided, day.review, day.asked, day.ignored) for day in found.days]
    assert [sum(column) for column in zip(*counted, strict=True)] == [2, 1, 1, 1]  # midnight may have passed
    assert len(counted) == 3
    assert found.requests == 4
    assert found.share == 0.5
    assert dict(found.languages) == {"en": 4}
    assert dict(found.reasons)["sender_unknown"] == 1
    assert sum(number for _, number in found.waits) == 1
    assert queue.letters == 1
    assert queue.oldest is not None
    assert health.polls["Mailbox"] is not None
    assert health.polls["Mailbox"].succeeded_at is not None
    assert health.delivery is not None
    assert health.delivery.trouble is None


def test_a_mailbox_out_of_reach_is_known_by_the_real_program(site: Site) -> None:
    port = free_port()
    site.configure(mailbox=f"imap://bot@127.0.0.1:{port}", mailbox_keys="starttls = false")
    site.environ["MAILBOT_MAILBOX_PASSWORD"] = "secret"
    _, complaint = site.say("poll", code=1)
    with closing(open_store(site.database_url)) as store, store.read() as connection:
        found = figures.health(connection, {"Mailbox": f"imap://bot@127.0.0.1:{port}"}, "").polls["Mailbox"]
    assert found is not None
    assert found.trouble
    assert found.trouble in complaint
    assert found.succeeded_at is None


def test_waits_fall_into_their_classes(store: Store) -> None:
    waits = (timedelta(), timedelta(hours=1), timedelta(hours=2), timedelta(days=2), timedelta(days=400))
    with store.begin() as connection:
        for wait in waits:
            count_wait(connection, NOW - wait, NOW)
    with store.read() as connection:
        found = figures.figures(connection, NOW.date())
    assert found.waits == (("1h", 2), ("4h", 1), ("1d", 0), ("3d", 1), ("7d", 0), ("more", 1))
    assert found.typical_wait == "4h"


def test_no_figures_of_days_without_letters(store: Store) -> None:
    with store.read() as connection:
        found = figures.figures(connection, date(2026, 3, 1), days=2)
    assert [day.day for day in found.days] == [date(2026, 2, 28), date(2026, 3, 1)]
    assert (found.share, found.typical_wait, found.requests) == (None, None, 0)


def test_trouble_is_known_until_the_next_success(store: Store) -> None:
    with store.begin() as connection:
        note_contact(connection, "poll", "imap://x", NOW)
        note_contact(connection, "poll", "imap://x", NOW + timedelta(hours=1), "no answer")
    with store.read() as connection:
        row = contact_row(connection, "poll", "imap://x")
        assert contact_row(connection, "poll", "imap://y") is None
    assert row is not None
    assert (row.succeeded_at, row.failed_at, row.trouble) == (NOW, NOW + timedelta(hours=1), "no answer")
    with store.begin() as connection:
        note_contact(connection, "poll", "imap://x", NOW + timedelta(hours=2))
        row = contact_row(connection, "poll", "imap://x")
    assert row is not None
    assert (row.succeeded_at, row.failed_at, row.trouble) == (NOW + timedelta(hours=2), None, None)
