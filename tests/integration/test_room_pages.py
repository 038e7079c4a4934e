"""The console's rooms as a browser gets them: what they show, what their forms do, and who may do it."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from mailbot import audit
from mailbot.app import App, opened
from mailbot.store.audit_rows import audit_rows
from mailbot.store.contact_rows import DELIVER, POLL, note_contact
from mailbot.store.outbox_rows import add_mail, mail_row, mail_rows, update_mail
from mailbot.store.sending_rows import breaker_row, open_breaker
from mailbot.web.roles import Role
from tests.console import signed_in

from .conftest import Site, opt_in_letter

PAGES = ("/", "/members", "/flags", "/mail", "/activity", "/try", "/wording")
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


@pytest.fixture
def empty(site: Site) -> Iterator[App]:
    """A mailbot that has read no letter yet."""
    with opened(site.config) as app:
        yield app


@pytest.fixture(scope="module")
def polled(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a poll of two letters leaves: an opt-in, and one of a stranger whose words are hostile."""
    made = Site(tmp_path_factory.mktemp("polled"))
    made.configure()
    shutil.copy(imported / "mailbot.db", made.folder)
    made.drop(opt_in_letter(1), "1.eml")
    stranger = opt_in_letter(2, sender="who@elsewhere.example").decode()
    stranger = stranger.replace("From: Focal Point", f'From: "{HOSTILE.replace(chr(34), "")}"')
    made.drop(re.sub("Subject: .*", f"Subject: {HOSTILE}", stranger).replace("Dear", HOSTILE).encode(), "2.eml")
    made.say("poll")
    return made.folder


@pytest.fixture
def app(site: Site, polled: Path) -> Iterator[App]:
    """A mailbot of one's own after that poll."""
    for file in polled.glob("mailbot.*"):
        if file.suffix != ".toml":
            shutil.copy(file, site.folder)
    with opened(site.config) as app:
        yield app


def text_of(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def entries(app: App) -> list[audit.Entry]:
    with app.store.read() as connection:
        return [audit.entry_of(row) for row in audit_rows(connection)]


@pytest.mark.each_database
@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_before_any_letter(empty: App, path: str) -> None:
    answer = signed_in(empty, Role.AUDITOR).get(path)
    assert answer.status_code == 200
    assert "style=" not in answer.text  # the CSP refuses it
    assert "<h1>" in answer.text


@pytest.mark.parametrize("path", [*PAGES, "/members/IRL", "/mail/1", "/activity/1", "/activity?subject=2026-00002"])
def test_no_page_lets_a_letters_words_be_markup(app: App, path: str) -> None:
    answer = signed_in(app, Role.ADMIN).get(path)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text


@pytest.mark.parametrize("path", ["/members/NONE", "/mail/999", "/mail/x", "/activity/9999", "/wording?language=xx"])
def test_what_is_not_there_is_said_in_one_line(app: App, path: str) -> None:
    answer = signed_in(app, Role.ADMIN).get(path)
    assert answer.status_code in (400, 404)
    assert "Traceback" not in answer.text


@pytest.mark.each_database
@pytest.mark.parametrize("typed", ["%00", "%ED%A0%80", "9" * 5000])
def test_whatever_is_typed_into_an_address_is_only_looked_for(empty: App, typed: str) -> None:
    """PostgreSQL refuses a NUL, and no text in UTF-8 holds half a character."""
    auditor = signed_in(empty, Role.AUDITOR)
    for path in (
        "/members?q=", "/members?after=", "/members/", "/members/IRL?before=", "/flags?at=", "/flags/flags.",
        "/mail?status=", "/mail?before=", "/mail/", "/activity?actor=", "/activity?action=", "/activity?subject=",
        "/activity?before=", "/activity/", "/wording?q=", "/wording?language=",
    ):  # fmt: skip
        assert auditor.get(path + typed).status_code < 500, path


# --- members --------------------------------------------------------------------------------------------------------


def test_members_are_found_as_one_types(app: App) -> None:
    viewer = signed_in(app, Role.VIEWER)
    whole = viewer.get("/members?q=karim.lindt").text
    part = viewer.get("/members?q=karim.lindt", headers={"HX-Request": "true"}).text
    assert 'href="/members/IRL"' in part
    assert part.strip() in whole
    assert "<html" in whole
    assert "<html" not in part
    assert "No member is found" in viewer.get("/members?q=nothing+like+it").text


def test_all_members_are_there_page_by_page(app: App) -> None:
    viewer, path, codes = signed_in(app, Role.VIEWER), "/members", []
    while path:
        page = viewer.get(path).text
        codes += re.findall(r'data-open class="main" href="/members/([^"]+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    with app.store.read() as connection:
        assert codes == sorted(app.register(connection).members)


def test_a_member_tells_its_flag_and_how_it_came_to_it(app: App) -> None:
    said = text_of(signed_in(app, Role.VIEWER).get("/members/IRL").text)
    assert "Opted in" in said
    assert "As a letter wished, for the study period 2025-2028. Letter 2026-00001" in said
    assert "karim.lindt@gov.ie.example" in said


def test_a_flag_set_by_a_person_names_the_person(app: App, site: Site) -> None:
    site.say(
        "review",
        "resolve",
        "2026-00002",
        "--as",
        "opt_in",
        "--member",
        "FRA",
        "--by",
        "Ana",
        "--reason",
        "they called",
    )
    said = text_of(signed_in(app, Role.VIEWER).get("/members/FRA").text)
    assert "As a person decided, for the study period 2025-2028." in said
    assert "Letter 2026-00002 , decided by Ana . they called" in said


# --- flags ----------------------------------------------------------------------------------------------------------


def test_the_flags_come_as_a_table_and_as_files(app: App) -> None:
    viewer = signed_in(app, Role.VIEWER)
    assert "Ireland" in viewer.get("/flags").text
    answers = {kind: viewer.get(f"/flags/flags.{kind}") for kind in ("csv", "json", "xlsx")}
    for kind, answer in answers.items():
        assert answer.status_code == 200
        assert re.fullmatch(rf'attachment; filename="flags-[\d-]+\.{kind}"', answer.headers["content-disposition"])
        assert answer.headers["x-content-type-options"] == "nosniff"
    (row,) = csv.DictReader(io.StringIO(answers["csv"].content.decode("utf-8-sig")))
    assert (row["member"], row["state"]) == ("IRL", "opted_in")
    assert answers["json"].json()[0] == {**row, "until": answers["json"].json()[0]["until"]}
    sheet = load_workbook(io.BytesIO(answers["xlsx"].content)).active
    assert sheet is not None
    assert sheet["A2"].value == "IRL"
    assert viewer.get("/flags/flags.exe").status_code == 404


def test_the_flags_can_be_seen_as_of_a_moment(app: App) -> None:
    viewer = signed_in(app, Role.VIEWER)
    assert "No member had a flag" in viewer.get("/flags?at=2026-01-01T10:00").text
    assert viewer.get("/flags/flags.json?at=2026-01-01").json() == []


@pytest.mark.parametrize("at", ["yesterday", HOSTILE, "0001-01-01", "9999-12-31T23:59", "2026-13-01", "\u0662"])
def test_what_is_no_moment_is_refused_in_one_line(app: App, at: str) -> None:
    viewer = signed_in(app, Role.AUDITOR)
    for path in ("/flags", "/flags/flags.csv"):
        answer = viewer.get(path, params={"at": at})
        assert answer.status_code == 400
        assert "is no moment" in answer.text
        assert "<script>alert" not in answer.text
    assert viewer.get("/activity", params={"since": at}).status_code == 400


# --- mail -----------------------------------------------------------------------------------------------------------


def a_mail(app: App, status: str, raw: bytes = b"Subject: Hello\r\n\r\nGood news.\r\n") -> int:
    """The number of a mail in that state."""
    with app.store.begin() as connection:
        number = len(entries(app)) + 100
        add_mail(
            connection, letter=1, kind="confirmation", message_id=f"<{number}@x>", reference="2026-00001",
            recipients=[], raw=raw, now=app.clock(),
        )  # fmt: skip
        added = mail_rows(connection)[-1].id
        update_mail(connection, added, status=status, refused={"a@b.example": "550 no such user"}, last_error="550 no")
    return int(added)


def state_of(app: App, mail: int) -> str:
    with app.store.read() as connection:
        row = mail_row(connection, mail)
    assert row is not None
    return str(row.status)


def test_a_failed_mail_is_sent_again_under_the_persons_name(app: App) -> None:
    number = a_mail(app, "failed")
    reviewer = signed_in(app, Role.REVIEWER, "Ana")
    assert "550 no such user" in reviewer.get(f"/mail/{number}").text
    answer = reviewer.post(f"/mail/{number}/retry")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/mail/{number}")
    assert state_of(app, number) == "due"
    assert [entry["actor"] for entry in entries(app) if entry["action"] == "mail:retried"] == ["Ana"]


def test_a_withheld_mail_is_released_by_an_administrator_only(app: App) -> None:
    number = a_mail(app, "withheld")
    reviewer, admin = signed_in(app, Role.REVIEWER), signed_in(app, Role.ADMIN)
    assert "Release this mail" not in reviewer.get(f"/mail/{number}").text
    assert reviewer.post(f"/mail/{number}/release").status_code == 403
    assert "Release this mail" in admin.get(f"/mail/{number}").text
    assert admin.post(f"/mail/{number}/release").status_code == 303
    assert state_of(app, number) == "due"


def test_a_mail_is_closed_with_a_reason(app: App) -> None:
    number = a_mail(app, "bounced")
    reviewer = signed_in(app, Role.REVIEWER, "Ana")
    assert reviewer.post(f"/mail/{number}/close", data={"reason": " "}).status_code == 400
    assert state_of(app, number) == "bounced"
    assert reviewer.post(f"/mail/{number}/close", data={"reason": "they have left"}).status_code == 303
    assert state_of(app, number) == "closed"
    assert entries(app)[-1]["data"]["reason"] == "they have left"


def test_what_cannot_be_done_is_said(app: App) -> None:
    number = a_mail(app, "sent")
    answer = signed_in(app, Role.REVIEWER).post(f"/mail/{number}/retry")
    assert answer.status_code == 400
    assert "it is sent: nothing to do" in answer.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
@pytest.mark.parametrize("action", ["retry", "release", "close"])
def test_who_only_reads_is_shown_no_button_and_refused(app: App, role: Role, action: str) -> None:
    number = a_mail(app, "withheld" if action == "release" else "failed")
    client = signed_in(app, role)
    assert f'action="/mail/{number}/' not in client.get(f"/mail/{number}").text
    assert client.post(f"/mail/{number}/{action}", data={"reason": "x"}).status_code == 403
    assert client.post("/mail/resume").status_code == 403


def test_an_administrator_lets_mail_flow_again(app: App) -> None:
    with app.store.begin() as connection:
        open_breaker(connection, "too much mail", app.clock())
    reviewer, admin = signed_in(app, Role.REVIEWER), signed_in(app, Role.ADMIN, "Bo")
    assert "All sending is stopped" in reviewer.get("/mail").text
    assert "stopped: too much mail" in reviewer.get("/").text
    assert "/mail/resume" not in reviewer.get("/mail").text
    assert reviewer.post("/mail/resume").status_code == 403
    assert admin.post("/mail/resume").status_code == 303
    with app.store.read() as connection:
        assert breaker_row(connection) is None
    assert entries(app)[-1]["actor"] == "Bo"


def test_a_mail_reads_as_text_whatever_it_holds(app: App) -> None:
    raw = f"Subject: {HOSTILE}\r\nContent-Type: text/html\r\n\r\n{HOSTILE}".encode()
    number = a_mail(app, "failed", raw)
    page = signed_in(app, Role.VIEWER).get(f"/mail/{number}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_outbox_is_filtered_by_state(app: App) -> None:
    number = a_mail(app, "failed")
    viewer = signed_in(app, Role.VIEWER)
    assert f'href="/mail/{number}"' in viewer.get("/mail?status=failed").text
    assert f'href="/mail/{number}"' not in viewer.get("/mail?status=sent").text
    assert viewer.get("/mail?status=%3Cscript%3E").status_code == 200


# --- activity -------------------------------------------------------------------------------------------------------


def test_the_log_tells_what_happened_and_can_be_narrowed(app: App) -> None:
    auditor = signed_in(app, Role.AUDITOR)
    said = text_of(auditor.get("/activity").text)
    assert "The flag of Ireland (IRL) was never set, so opted out; it became opted in" in said
    narrowed = auditor.get("/activity?action=flag:changed").text
    assert re.findall(r'data-open href="/activity/(\d+)"', narrowed) == [
        str(entry["seq"]) for entry in entries(app) if entry["action"] == "flag:changed"
    ]
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert "The letter arrived" in auditor.get(f"/activity?since={today}&until={today}").text
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"
    assert "Nothing of that kind happened" in auditor.get(f"/activity?since={tomorrow}").text


def test_a_viewer_does_not_see_who_did_what(app: App) -> None:
    viewer = signed_in(app, Role.VIEWER)
    assert viewer.get("/activity").status_code == 403
    assert viewer.post("/activity/verify").status_code == 403


def test_an_entry_has_its_data_on_demand(app: App) -> None:
    auditor = signed_in(app, Role.AUDITOR)
    changed = next(entry for entry in entries(app) if entry["action"] == "flag:changed")
    page = auditor.get(f"/activity/{changed['seq']}").text
    part = auditor.get(f"/activity/{changed['seq']}", headers={"HX-Request": "true"}).text
    assert changed["hash"] in page
    assert "<html" not in part
    shown = re.search(r"<pre[^>]*>(.*?)</pre>", part, re.S)
    assert shown is not None
    assert json.loads(html.unescape(shown[1])) == changed["data"]


def test_the_log_is_verified_on_request(app: App, site: Site) -> None:
    auditor = signed_in(app, Role.AUDITOR)
    assert "The audit log is whole, up to entry" in auditor.post("/activity/verify").text
    number = next(entry["seq"] for entry in entries(app) if entry["action"] == "letter:decided")
    site.sql("UPDATE audit_entries SET actor = 'somebody' WHERE seq = :seq", seq=number)
    found = text_of(auditor.post("/activity/verify").text)
    assert f"entry {number} was altered: its hash does not fit what it says" in found


def test_an_altered_entry_is_still_shown(app: App, site: Site) -> None:
    """What somebody has made of the log must not keep an auditor from reading it."""
    site.sql("UPDATE audit_entries SET data = '[]', at = 'never', action = 'flag:changed'")
    auditor = signed_in(app, Role.AUDITOR)
    assert auditor.get("/activity").status_code == 200
    assert auditor.get("/activity/1").status_code == 200


# --- trying ---------------------------------------------------------------------------------------------------------


def everything(site: Site) -> list[list[object]]:
    """All that trying a letter could change; not the sign-in's own rows."""
    return [site.sql(f"SELECT * FROM {table} ORDER BY 1") for table in ("letters", "flag_changes", "outbox", "shelf")]


def test_a_letter_is_tried_and_changes_nothing(app: App, site: Site) -> None:
    viewer = signed_in(app, Role.VIEWER)
    before, logged = everything(site), len(entries(app))
    letter = opt_in_letter(7, wish="opt out")
    for sent in ({"files": {"file": ("a.eml", letter)}}, {"data": {"text": letter.decode()}}):
        page = viewer.post("/try", **sent).text  # type: ignore[arg-type]
        assert "This letter would set Ireland&#39;s flag to opted out, from now on." in page
        assert "<mark>" in page
    assert everything(site) == before
    assert len(entries(app)) == logged


def test_a_doubtful_letter_says_why_and_what_it_would_take(app: App) -> None:
    letter = opt_in_letter(8, sender="who@elsewhere.example")
    said = text_of(signed_in(app, Role.VIEWER).post("/try", files={"file": ("a.eml", letter)}).text)
    assert "This letter goes to a person, because Unknown sender" in said
    assert "What would have made the difference" in said
    assert "who@elsewhere.example is not in the registry" in said


@pytest.mark.parametrize("raw", [b"\0" * 50, b"\xff\xfe nothing", HOSTILE.encode(), b"Subject: " + b"x" * 100_000])
def test_any_bytes_can_be_tried(app: App, raw: bytes) -> None:
    answer = signed_in(app, Role.VIEWER).post("/try", files={"file": (HOSTILE, raw)})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_a_message_over_the_limit_is_decided_by_its_headers(site: Site) -> None:
    site.configure(more="[limits]\nmax_message_bytes = 65536")
    with opened(site.config) as app:
        answer = signed_in(app).post("/try", files={"file": ("a.eml", opt_in_letter() + b"x" * 70_000)})
        too_much = signed_in(app).post("/try", files={"file": ("a.eml", b"x" * 2_000_000)})
    assert answer.status_code == 200
    assert "Too large" in answer.text
    assert too_much.status_code == 413


def test_nothing_pasted_is_said(app: App) -> None:
    answer = signed_in(app).post("/try", data={"text": "  "})
    assert answer.status_code == 422
    assert "Paste a letter or choose a file first." in answer.text


# --- wording and dashboard --------------------------------------------------------------------------------------------


def test_the_phrases_of_each_language_can_be_read_and_searched(app: App) -> None:
    viewer = signed_in(app, Role.VIEWER)
    for language in ("ar", "en", "es", "fr", "ru", "zh"):
        assert f'lang="{language}"' in viewer.get(f"/wording?language={language}").text
    part = viewer.get("/wording?q=newsletter", headers={"HX-Request": "true"}).text
    assert "newsletter" in part
    assert "auto-approval" not in part
    assert "No phrase has that in it" in viewer.get("/wording?q=xyzzy").text


def test_the_dashboard_counts_and_draws(app: App) -> None:
    with app.store.begin() as connection:
        note_contact(connection, POLL, app.settings.mailbox.url, app.clock())
        note_contact(connection, DELIVER, app.settings.outgoing.url, app.clock())
    page = signed_in(app, Role.VIEWER).get("/").text
    said = text_of(page)
    assert "1 wait for a person" in said
    assert "50% decided without a person" in said
    assert "English 2 100%" in said
    assert "Unknown sender 1 50%" in said
    assert "Mailbox last read" in said
    assert "Outgoing mail last sent" in said
    assert re.search(r"<svg[^>]*role=\"img\"[^>]*>\s*<title", page)
    assert page.count('<rect class="bar-') >= 2


def test_trouble_with_the_mailbox_shows_on_the_dashboard(app: App) -> None:
    with app.store.begin() as connection:
        note_contact(connection, POLL, app.settings.mailbox.url, app.clock() + timedelta(seconds=1), HOSTILE)
    page = signed_in(app, Role.VIEWER).get("/").text
    assert "cannot be read: &lt;script&gt;" in page


def test_who_is_not_signed_in_sees_nothing(app: App) -> None:
    client: TestClient = signed_in(app)
    client.cookies.clear()
    for path in (*PAGES, "/members/IRL", "/mail/1", "/activity/1", "/flags/flags.csv"):
        answer = client.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")
