"""The console's rooms in a real browser: usable with it and without its scripts, and by everybody."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mailbot.app import App, opened
from mailbot.web.roles import Role
from mailbot.web.site import create_site
from tests.console import COOKIE, signed_in
from tests.integration.conftest import FIXTURES, Site, opt_in_letter

ROOMS = (
    "/", "/members", "/members/IRL", "/flags", "/mail", "/mail/1", "/activity", "/activity/1", "/try",
    "/wording", "/wording?language=ar",
)  # fmt: skip
LETTER = FIXTURES / "emails" / "en-028-future-start.eml"

Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A mailbot after a poll of two letters: an opt-in, and one of a stranger that waits for a person."""
    site = Site(tmp_path_factory.mktemp("rooms"))
    site.configure()
    site.say("registry", "import", str(FIXTURES / "registry"))
    site.drop(opt_in_letter(1), "1.eml")
    site.drop(opt_in_letter(2, sender="who@elsewhere.example"), "2.eml")
    site.say("poll")
    with opened(site.config) as app:
        yield app


@pytest.fixture(scope="module")
def address(polled: App) -> Iterator[str]:
    """Where the console of that mailbot is served."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_site(polled), log_config=None, lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def opens(chromium: Browser, polled: App, address: str) -> Iterator[Opens]:
    """Open a page as an administrator; whatever the browser complains about fails the test."""
    secret = signed_in(polled, Role.ADMIN).cookies[COOKIE]
    complaints: list[str] = []
    with ExitStack() as stack:

        def open_page(path: str, **looks: Any) -> Page:
            context = chromium.new_context(**looks)
            stack.callback(context.close)
            context.add_cookies([{"name": COOKIE, "value": secret, "url": address}])
            page = context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            answer = page.goto(address + path)
            assert answer is not None
            assert answer.ok
            return page

        yield open_page
    assert complaints == []


def accessible(page: Page) -> None:
    """axe finds nothing."""
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(
    "looks", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}]
)
def test_every_room_is_accessible(opens: Opens, looks: dict[str, object]) -> None:
    for path in ROOMS:
        page = opens(path, **looks)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path


def test_members_are_found_while_one_types(opens: Opens) -> None:
    page = opens("/members")
    page.keyboard.press("/")
    page.keyboard.type("karim.lindt")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/members\?q=karim.lindt$"))
    page.get_by_role("link", name="Ireland").click()
    expect(page.get_by_role("heading", name="History of the flag")).to_be_visible()
    expect(page.locator("ol.timeline > li")).to_have_count(1)


def test_a_list_is_walked_with_the_keyboard(opens: Opens) -> None:
    page = opens("/mail")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="As it reads")).to_be_visible()


def test_an_entrys_data_and_the_verification_show_in_place(opens: Opens) -> None:
    page = opens("/activity?action=flag:changed")
    page.locator("[data-open]").first.click()
    expect(page.locator("pre.source")).to_contain_text('"study_period": "2025-2028"')
    page.get_by_role("button", name="Verify the log").click()
    expect(page.get_by_text("The audit log is whole, up to entry")).to_be_visible()
    expect(page).to_have_url(re.compile("/activity[?]action=flag"))
    accessible(page)


def test_a_letter_is_dropped_and_explained(opens: Opens) -> None:
    page = opens("/try")
    content = LETTER.read_text()
    dropped = page.evaluate_handle(
        """content => {
            const data = new DataTransfer();
            data.items.add(new File([content], "dropped.eml", {type: "message/rfc822"}));
            return data;
        }""",
        content,
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": dropped})
    page.get_by_role("button", name="See what mailbot would do").click()
    expect(page.get_by_role("heading", name="This letter goes to a person, because")).to_be_visible()
    expect(page.get_by_text("dropped.eml")).to_be_visible()
    expect(page.locator("mark").filter(has_text="opt in to automatic approval")).to_be_visible()
    accessible(page)


def test_the_chart_says_its_numbers_in_a_table_too(opens: Opens) -> None:
    page = opens("/")
    expect(page.get_by_role("img", name=re.compile("Letters a day"))).to_be_visible()
    page.get_by_text("The numbers as a table").click()
    expect(page.locator("table.compact tbody tr")).to_have_count(30)


def test_the_rooms_work_without_scripts(opens: Opens, tmp_path: Path) -> None:
    page = opens("/members", java_script_enabled=False)
    page.get_by_role("searchbox").fill("karim.lindt")
    page.get_by_role("button", name="Search").click()
    assert page.locator("tbody tr").count() == 1
    page.goto(page.url.split("/members")[0] + "/activity?action=flag:changed")
    page.locator("[data-open]").first.click()
    assert page.get_by_role("heading", name=re.compile("^Entry")).is_visible()
    page.go_back()
    page.get_by_role("button", name="Verify the log").click()
    assert page.get_by_text("The audit log is whole, up to entry").is_visible()
    page.goto(page.url.split("/activity")[0] + "/try")
    page.locator("#text").fill(LETTER.read_text())
    page.get_by_role("button", name="See what mailbot would do").click()
    assert page.locator("mark").count() > 0


def test_the_flags_are_downloaded(opens: Opens) -> None:
    page = opens("/flags")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    assert re.fullmatch(r"flags-[\d-]+\.csv", waiting.value.suggested_filename)
    assert "IRL,Ireland,opted_in" in Path(waiting.value.path()).read_text("utf-8-sig")
