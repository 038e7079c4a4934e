"""The queue and the letter as a browser without scripts meets them: what is shown to whom, and what the forms do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape

import pytest
from starlette.testclient import TestClient

from mailbot.app import App, opened
from mailbot.desk import claims
from mailbot.polling import Tally
from mailbot.retention import purge
from mailbot.store import outbox_rows, shelf_rows
from mailbot.web.roles import Role

from ..console import signed_in
from ..letters import raw_letter
from .conftest import Site, opt_in_letter

HTML = '<p>We wish to <b>opt in</b></p><script>alert(1)</script><img src="https://evil.example/x.png" alt="pixel">'


@pytest.fixture
def app(site: Site) -> Iterator[App]:
    with opened(site.config) as app:
        for number in (1, 2, 3):
            site.drop(opt_in_letter(number).replace(b'I wish to "opt in" to', b"please tell us of"), f"{number}.eml")
        site.drop(
            raw_letter(
                "We wish to opt in if others do.", html=HTML, sender="Karim Lindt <karim.lindt@gov.ie.example>",
                subject="Ireland <i>118</i>",
                attachments={"../../etc/über <b>.html": b"<h1>hello</h1> opt in", "note.txt": b"Ireland opts in."},
            ),
            "4.eml",
        )  # fmt: skip
        app.poll(lambda _outcome: None, tally=Tally())
        yield app


@pytest.fixture
def ada(app: App) -> TestClient:
    return signed_in(app, Role.REVIEWER, "Ada")


def hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that goes to `action`."""
    (form,) = re.findall(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.S)
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in fields}


def test_a_letter_is_decided_by_plain_forms(site: Site, app: App, ada: TestClient) -> None:
    queue = ada.get("/queue").text
    assert "Wish unclear" in queue
    assert 'href="/letters/2026-00001"' in queue
    letter = ada.get("/letters/2026-00001").text
    assert '<mark id="mark-' in letter
    form = {"decision": "opt_in", "member": "IRL", "reason": "They rang <b>me</b>"}
    shown = ada.post("/letters/2026-00001/preview", data=form)
    assert shown.status_code == 200
    assert "Automatic approval: opted in" in shown.text
    assert "They rang &lt;b&gt;me&lt;/b&gt;" in shown.text
    assert site.json("flags", "list") == []
    done = ada.post(
        "/letters/2026-00001/decide", data=hidden(shown.text, "/letters/2026-00001/decide") | {"then": "next"}
    )
    assert (done.status_code, done.headers["Location"]) == (303, "/letters/2026-00002")
    following = ada.get("/letters/2026-00002").text
    assert "2026-00001: opted in. Here is the next letter." in following
    assert "Here is the next letter." not in ada.get("/letters/2026-00002").text  # it is said once
    assert [flag["state"] for flag in site.json("flags", "list")] == ["opted_in"]
    assert any("opted in" in str(mail["Subject"]) or mail["To"] for mail in site.sent())
    again = ada.post("/letters/2026-00001/preview", data=form)
    assert again.status_code == 422
    assert "was decided meanwhile: opt_in by Ada" in again.text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "choose what to do with the letter"),
        ({"decision": "burn", "reason": "x"}, "choose what to do with the letter"),
        ({"decision": "opt_in", "member": "IRL"}, "a decision needs the name of who made it and a reason"),
        ({"decision": "opt_in", "member": "other", "reason": "x"}, "choose the member that the letter is about"),
        ({"decision": "opt_in", "member": "other", "member_other": "Atlantis", "reason": "x"}, "Atlantis is no member"),
        ({"decision": "opt_in", "member": "XXX", "reason": "x"}, "XXX is no member of the registry"),
        ({"decision": "ask", "text": " "}, "write what you want to ask"),
    ],
)
def test_a_form_that_says_too_little_comes_back_with_the_reason_and_what_was_entered(
    ada: TestClient, form: dict[str, str], said: str
) -> None:
    answer = ada.post("/letters/2026-00001/preview", data=form | {"reason": form.get("reason", "")})
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert 'role="alert"' in answer.text


def test_another_member_may_be_named_by_its_code_or_its_full_name(ada: TestClient) -> None:
    for other in ("fra", "France"):
        form = {"decision": "opt_out", "member": "other", "member_other": other, "reason": "it is theirs"}
        answer = ada.post("/letters/2026-00001/preview", data=form)
        assert "Opt out for <bdi>France</bdi>?" in answer.text
        assert "against the sender&#39;s standing" in answer.text or "against the sender's standing" in answer.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_may_only_read_sees_the_letter_but_no_form_and_can_do_nothing(app: App, role: Role) -> None:
    reader = signed_in(app, role)
    assert 'name="decision"' not in reader.get("/letters/2026-00001").text
    assert 'name="item"' not in reader.get("/queue").text
    for path in (
        "/letters/2026-00001/preview", "/letters/2026-00001/decide", "/queue/reject", "/queue/2026-00001/claim",
        "/queue/2026-00001/release", "/queue/2026-00001/look", "/queue/mail-1/retry", "/queue/shelf-1/hand-over",
    ):  # fmt: skip
        assert reader.post(path, data={}).status_code == 403, path
    reviewer = signed_in(app, Role.REVIEWER)
    for path in ("/queue/mail-1/send", "/queue/2026-00001/take-from"):
        assert reviewer.post(path, data={"whose": "x"}).status_code == 403


def test_a_claimed_letter_can_be_decided_by_nobody_else(app: App, ada: TestClient) -> None:
    bo = signed_in(app, Role.REVIEWER, "Bo")
    shown = bo.post("/letters/2026-00001/preview", data={"decision": "reject", "reason": "noise"})
    assert bo.post("/queue/2026-00001/release").status_code == 303
    assert ada.post("/queue/2026-00001/claim").headers["Location"] == "/letters/2026-00001"
    assert "Claimed by Ada" in bo.get("/queue").text
    assert "Claimed by you" in ada.get("/letters/2026-00001").text
    assert "Ada has claimed this letter" in bo.get("/letters/2026-00001").text
    fields = hidden(shown.text, "/letters/2026-00001/decide")
    assert bo.post("/letters/2026-00001/decide", data=fields).status_code == 303
    assert "Nothing was done: Ada has claimed 2026-00001" in bo.get("/letters/2026-00001").text
    bo.post("/queue/reject", data={"item": ["2026-00001", "2026-00002"], "reason": "noise", "confirmed": "yes"})
    assert "1 rejected; not so 1: Ada has claimed 2026-00001" in bo.get("/queue").text
    admin = signed_in(app, Role.ADMIN)
    admin.post("/queue/2026-00001/take-from", data={"whose": "Ada"})
    bo.post("/letters/2026-00001/decide", data=fields)
    assert "2026-00001: rejected." in bo.get("/queue").text


def test_several_are_rejected_at_once_with_one_reason_after_confirmation(site: Site, ada: TestClient) -> None:
    items = ["2026-00001", "2026-00003"]
    first = ada.post("/queue/reject", data={"item": items})
    assert "Reject 2 letters?" in first.text
    assert len(site.json("review", "list")) == 4
    assert ada.post("/queue/reject", data={"item": items, "confirmed": "yes", "reason": " "}).status_code == 422
    assert len(site.json("review", "list")) == 4
    done = ada.post("/queue/reject", data={"item": items, "confirmed": "yes", "reason": "spam"})
    assert done.headers["Location"] == "/queue"
    assert [item["id"] for item in site.json("review", "list")] == ["2026-00002", "2026-00004"]
    entries = [entry for entry in site.json("audit", "export") if entry["action"] == "review:resolved"]
    assert [(entry["actor"], entry["data"]["reason"]) for entry in entries] == [("Ada", "spam")] * 2
    many = [f"2026-{number:05}" for number in range(60)]
    ada.post("/queue/reject", data={"item": many})
    assert "At most 50" in ada.get("/queue").text


def test_the_letter_s_html_is_cleaned_and_sandboxed_in_a_frame_of_its_own(ada: TestClient) -> None:
    letter = ada.get("/letters/2026-00004").text
    assert 'sandbox=""' in letter
    assert "<script>alert" not in letter
    frame = ada.get("/letters/2026-00004/html")
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("; sandbox")
    assert "script" not in frame.text
    assert "evil.example" not in frame.text
    assert "<b>opt in</b>" in frame.text
    assert "picture: <bdi>pixel</bdi>" in frame.text
    assert ada.get("/letters/2026-00001/html").status_code == 404


def test_attachments_are_bytes_to_save_under_names_that_do_no_harm(ada: TestClient) -> None:
    found = ada.get("/letters/2026-00004/attachments/1")
    assert found.content == b"<h1>hello</h1> opt in"
    assert found.headers["Content-Type"] == "application/octet-stream"
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    disposition = found.headers["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    assert disposition.endswith(".html.bin")
    assert not re.search(r"[<>/\\]", disposition.partition(";")[2].replace("''", ""))
    assert ada.get("/letters/2026-00004/attachments/3").status_code == 404
    raw = ada.get("/letters/2026-00004/raw")
    assert raw.headers["Content-Disposition"].startswith('attachment; filename="2026-00004.eml"')
    assert b"Message-ID: <one@gov.ke.example>" in raw.content
    texts = ada.get("/letters/2026-00004/attachments").text
    assert "Ireland" in texts
    assert "<h1>hello" not in texts


def test_an_erased_letter_says_so(site: Site, app: App, ada: TestClient) -> None:
    app.deliver()  # a letter whose mails are on their way is not erased
    ada.post("/queue/reject", data={"item": ["2026-00001"], "confirmed": "yes", "reason": "spam"})
    later = app.clock().replace(year=2040)
    assert purge(app.store, 1, later) == 1
    letter = ada.get("/letters/2026-00001")
    assert "were erased" in letter.text
    assert "karim.lindt@gov.ie.example" not in letter.text.partition("What happened")[0]
    for path in ("raw", "html", "attachments", "attachments/1"):
        assert ada.get(f"/letters/2026-00001/{path}").status_code == 410


def test_mails_nobody_got_are_sent_again_closed_or_let_go(site: Site, app: App, ada: TestClient) -> None:
    with app.store.begin() as connection:
        (one, *_) = [mail.id for mail in outbox_rows.mail_rows(connection)]
        outbox_rows.update_mail(connection, one, status="failed", recipients=[], refused={"a@b.example": "550 <no>"})
    shown = ada.get("/queue?kind=mails").text
    assert "Mail not delivered" in shown
    assert "a@b.example" in shown
    assert ada.post(f"/queue/mail-{one}/retry").headers["Location"] == "/queue?kind=mails"
    assert f"mail-{one} is tried again." in ada.get("/queue?kind=mails").text
    with app.store.begin() as connection:
        assert outbox_rows.mail_row(connection, one).status == "sent"  # type: ignore[union-attr]
        outbox_rows.update_mail(connection, one, status="withheld", last_error="too many", recipients=["a@b.example"])
    assert "an administrator can let it go" in ada.get("/queue?kind=mails").text
    admin = signed_in(app, Role.ADMIN)
    assert admin.post(f"/queue/mail-{one}/send").status_code == 303
    with app.store.begin() as connection:
        assert outbox_rows.mail_row(connection, one).status == "sent"  # type: ignore[union-attr]
        outbox_rows.update_mail(connection, one, status="bounced")
    page = ada.post("/queue/reject", data={"item": [f"mail-{one}"]}).text
    assert "Close 1 mail?" in page
    ada.post("/queue/reject", data={"item": [f"mail-{one}"], "confirmed": "yes", "reason": "they know"})
    assert "Every mail has reached its reader" in ada.get("/queue?kind=mails").text
    assert who_did(site, "mail:retried") == ["Ada"]


def who_did(site: Site, action: str) -> list[str]:
    return [entry["actor"] for entry in site.json("audit", "export") if entry["action"] == action]


def test_shelved_letters_are_tried_again_handed_over_saved_or_dropped(site: Site, app: App, ada: TestClient) -> None:
    with app.store.begin() as connection:
        for uid in (1, 2, 3):
            row = shelf_rows.add_failure(
                connection, "box", 1, uid, arrival_id=f"<{uid}@x>", size=3, received=app.clock(), error="KeyError in x",
                raw=b"abc", at=app.clock(),
            )  # fmt: skip
            shelf_rows.update_shelved(connection, row.id, state="shelved")
    shown = ada.get("/queue?kind=shelf").text
    assert "KeyError in x" in shown
    assert ada.get("/queue/shelf-1/raw").content == b"abc"
    assert ada.get("/queue/shelf-1/raw").headers["Content-Type"] == "application/octet-stream"
    ada.post("/queue/shelf-1/retry")
    ada.post("/queue/shelf-2/hand-over")
    ada.post("/queue/reject", data={"item": ["shelf-3"], "confirmed": "yes", "reason": "junk"})
    with app.store.begin() as connection:
        states = [shelf_rows.shelf_row(connection, number).state for number in (1, 2, 3)]  # type: ignore[union-attr]
    assert states == ["trying", "handing_over", "closed"]
    assert who_did(site, "letter:retried") == ["Ada", "Ada"]
    assert ada.get("/queue/shelf-9/raw").status_code == 404


def test_nothing_acts_on_get_and_nonsense_is_no_fault(ada: TestClient) -> None:
    for path in ("preview", "decide"):
        assert ada.get(f"/letters/2026-00001/{path}").status_code == 405
    for path in ("claim", "release", "look", "retry", "send", "hand-over", "take-from"):
        assert ada.get(f"/queue/2026-00001/{path}").status_code == 405
    assert ada.get("/letters/2026-99999").status_code == 404
    assert ada.get("/letters/%00").status_code == 404
    assert ada.get("/queue?age=1y").status_code == 303
    assert ada.get("/queue?kind=x&after=1~2").status_code == 303
    assert ada.get("/queue?after=9999-12-31T23:59:59%2B00:00~999999").status_code == 200
    assert ada.get("/queue?reason=%00&member=%F0%9F%98%80&language=%27").status_code == 200
    for item in ("mail-99999", "shelf-1", "mail-x", "2026-99999"):
        assert ada.post(f"/queue/{item}/retry").status_code == 303
    bad = {"decision": "reject", "reason": "x", "seen": "0", "at": "yesterday"}
    assert ada.post("/letters/2026-00001/decide", data=bad).status_code == 422
    bad["at"] = "2026-01-01T00:00:00"
    assert ada.post("/letters/2026-00001/decide", data=bad).status_code == 422
    bad["at"] = datetime.now().astimezone().isoformat()
    assert ada.post("/letters/2026-00001/decide", data=bad).status_code == 303
    assert "has changed since you saw it" in ada.get("/letters/2026-00001").text


def test_who_looks_at_a_letter_is_seen_by_others(app: App, ada: TestClient) -> None:
    bo = signed_in(app, Role.REVIEWER, "Bo")
    assert "looking" not in ada.post("/queue/2026-00001/look").text
    assert "Ada is looking" in bo.post("/queue/2026-00001/look").text
    assert "Ada is looking" in bo.get("/queue").text
    with app.store.begin() as connection:
        assert claims.in_hand(connection, ["2026-00001"], app.clock())["2026-00001"].by is None


def test_the_queue_of_a_member_is_found_by_its_code_or_its_name(ada: TestClient) -> None:
    for member in ("IRL", "irl", "Ireland"):
        assert "2026-00001" in ada.get("/queue", params={"member": member}).text
    assert "Nothing here matches" in ada.get("/queue", params={"member": "Irel"}).text


def test_htmx_gets_the_list_alone(ada: TestClient) -> None:
    part = ada.get("/queue", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "2026-00001" in part
