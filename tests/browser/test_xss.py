"""A hundred ways to run a script from a letter or a form, shown on every page: none runs, nothing is fetched.

Each payload stands in the subject, the sender's name, the HTML, the plain text, a file's name and a file's text; and in
the parameters of addresses. Whoever adds a page adds its address to PAGES.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page
from sqlalchemy import select

from mailbot.reviewing import Resolution, resolve
from mailbot.store import outbox_rows, shelf_rows
from mailbot.store.tables import flag_changes, letters, outbox
from mailbot.terms import Intent
from mailbot.web.roles import Role

from ..letters import raw_letter
from ..showcase import FIXTURES, Showcase, showcase
from .conftest import Opener, settle

MARK = "window.__xss=1"
PAYLOADS = tuple(
    line.replace("MARK", MARK)
    for line in (FIXTURES / "xss.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("# ")
)
TOGETHER = 10  # payloads of one letter, so that the pages stay few

PAGES = (
    "/",
    "/queue",
    "/queue?sort=newest",
    "/queue?kind=mails",
    "/queue?kind=shelf",
    "/members",
    "/members/IRL",
    "/flags",
    "/mail",
    "/mail/1",
    "/activity",
    "/activity/9",
    "/people",
    "/activity?action=review:resolved",
    "/wording",
    "/try",
    "/account",
)
ASKED = (
    "/queue?reason={}", "/queue?member={}", "/queue?age={}", "/members?q={}", "/mail?status={}", "/activity?actor={}",
    "/activity?subject={}", "/wording?q={}",
)  # fmt: skip


def hostile_letters() -> Iterator[bytes]:
    """One letter a payload for subject and name; the rest of it carries ten at a time."""
    for number, payload in enumerate(PAYLOADS):
        others = "\n\n".join((PAYLOADS * 2)[number : number + TOGETHER])
        name = payload.replace("\\", "\\\\").replace('"', '\\"')
        yield raw_letter(
            f"Ireland wishes to opt in if others do.\n\n{payload}\n\n{others}",
            subject=f"{payload} Ireland: Circular 118",
            sender="x@placeholder.example",
            html=f"<p>Ireland wishes to opt in if others do.</p>\n{payload}\n{others}",
            attachments={f"{payload[:150]}.txt": f"Ireland opts in. {payload}".encode(), "page.html": payload.encode()},
            headers={
                "From": f'"{name}" <karim.lindt@gov.ie.example>',
                "Authentication-Results": "mx.example; dmarc=pass header.from=gov.ie.example",
            },
            message_id=f"<{number}@evil.example>",
        )  # fmt: skip


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    """A site whose every letter is an attack, and where people have given hostile reasons too."""
    with showcase(tmp_path_factory.mktemp("hostile"), hostile_letters()) as site:
        now = site.app.clock()
        with site.app.store.begin() as connection:
            open_ = select(letters.c.reference).where(letters.c.review == "open").order_by(letters.c.id).limit(3)
            for number, reference in enumerate(connection.execute(open_).scalars().all()):
                resolution = Resolution(Intent.OPT_IN, "IRL", PAYLOADS[number], PAYLOADS[-number - 1])
                resolve(connection, site.app.world(connection), reference, resolution, now)
            for number, mail in enumerate(connection.execute(select(outbox.c.id).limit(10)).scalars().all()):
                trouble = {"a@b.example": PAYLOADS[number]}
                outbox_rows.update_mail(connection, mail, status="failed", refused=trouble, last_error=PAYLOADS[number])
            for number, payload in enumerate(PAYLOADS[:10]):
                row = shelf_rows.add_failure(
                    connection, "box", 1, number, arrival_id=payload, size=1, received=now, error=payload, raw=b"x",
                    at=now,
                )  # fmt: skip
                shelf_rows.update_shelved(connection, row.id, state="shelved")
            assert connection.execute(select(flag_changes.c.id)).first() is not None
        yield site


@pytest.fixture
def window(hostile: Showcase, visit: Opener) -> Iterator[Page]:
    """A browser window in which no dialog may open; `visit` looks for outside requests and refused scripts."""
    page = visit(hostile, "Ada Example", Role.ADMIN)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    yield page
    assert dialogs == []


def harmless(page: Page, path: str) -> None:
    """Open a page and look at it."""
    page.goto(path)
    look(page, path)


def look(page: Page, path: str) -> None:
    """See that on the page, and in all that is folded away in it, no payload became anything but text."""
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    settle(page)
    for frame in page.frames:
        assert frame.evaluate("window.__xss") is None, path
    assert page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on')))"
        ".map(e => e.outerHTML)"
    ) == [], path  # fmt: skip
    scripts = page.evaluate("[...document.scripts].map(script => script.getAttribute('src') || 'inline')")
    assert all(source.startswith("/static/") for source in scripts), path
    links = page.evaluate("[...document.querySelectorAll('[href]')].map(e => e.getAttribute('href'))")
    assert not [link for link in links if link.lower().lstrip().startswith(("javascript:", "data:", "vbscript:"))], path


def test_there_are_payloads_enough() -> None:
    assert len(set(PAYLOADS)) >= 50


@pytest.mark.parametrize("path", PAGES)
def test_no_list_runs_a_payload(window: Page, path: str) -> None:
    for _ in range(4):
        harmless(window, path)
        following = window.locator("nav.pager a[rel=next]")
        if not following.count():
            break
        path = following.get_attribute("href") or ""


@pytest.mark.timeout(300)
def test_no_letter_runs_a_payload_in_its_page_its_frame_its_attachments_or_its_decision(
    hostile: Showcase, window: Page
) -> None:
    with hostile.app.store.read() as connection:
        references = list(
            connection.execute(select(letters.c.reference).where(letters.c.reference.is_not(None))).scalars()
        )
    assert len(references) >= len(PAYLOADS) * 0.9
    for reference in references[::TOGETHER]:
        harmless(window, f"/letters/{reference}/attachments")
        harmless(window, f"/letters/{reference}/html")
    for reference in references[::3]:  # their subjects and names have all been in the lists
        harmless(window, f"/letters/{reference}")


def test_no_payload_in_a_form_runs_when_it_comes_back(hostile: Showcase, window: Page) -> None:
    with hostile.app.store.read() as connection:
        open_ = select(letters.c.reference).where(letters.c.review == "open", letters.c.sender.is_not(None))
        reference = connection.execute(open_.order_by(letters.c.id.desc()).limit(1)).scalar_one()
    for payload in PAYLOADS[::7]:
        window.goto(f"/letters/{reference}?decide=opt_in")
        window.get_by_label("Another", exact=True).check()
        window.get_by_label("Code or full name").fill(payload)
        window.get_by_label("Reason").fill(payload)
        window.get_by_role("button", name="Show what will happen").click()
        assert window.evaluate("window.__xss") is None
        window.goto(f"/letters/{reference}?decide=ask")
        window.locator("#ask-text").fill(payload)
        window.get_by_role("button", name="Show what will happen").click()
        window.get_by_role("heading", name="Ask the sender?").wait_for()
        assert window.evaluate("window.__xss") is None


def test_no_payload_in_a_letter_that_is_tried_runs(window: Page) -> None:
    for raw in list(hostile_letters())[::TOGETHER]:
        window.goto("/try")
        letter = FilePayload(name="letter.eml", mimeType="message/rfc822", buffer=raw)
        window.get_by_label("A message as a file").set_input_files(letter)
        window.get_by_role("button", name="See what mailbot would do").click()
        window.get_by_role("heading", name="Try another").wait_for()
        look(window, "/try")


@pytest.mark.parametrize("path", ASKED)
def test_no_payload_in_an_address_runs(window: Page, path: str) -> None:
    from urllib.parse import quote

    for payload in PAYLOADS[::10]:
        harmless(window, path.format(quote(payload)))


def test_the_corpus_does_run_where_nothing_stops_it(chromium: Browser, tmp_path: Path) -> None:
    """The payloads and the look for them are worth something: on a page that does not escape they are seen."""
    ran = 0
    page = chromium.new_page()
    for payload in PAYLOADS[:60]:
        file = tmp_path / "page.html"
        file.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{payload}</body>", "utf-8")
        page.goto(file.as_uri())
        ran += page.evaluate("window.__xss") == 1
    page.close()
    assert ran >= 20
