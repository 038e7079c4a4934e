"""The console's rooms in a real browser: usable with it and without its scripts, and by everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from mailbot.web.roles import Role

from ..showcase import FIXTURES, Showcase
from .conftest import PHONE, WIDE, Opener

ROOMS = (
    "/", "/members", "/members/IRL", "/flags", "/mail", "/mail/1", "/activity", "/activity/1", "/try",
    "/wording", "/wording?language=ar", "/account",
)  # fmt: skip
LETTER = FIXTURES / "emails" / "en-028-future-start.eml"

Opens = Callable[..., Page]


@pytest.fixture
def opens(shown: Showcase, visit: Opener) -> Opens:
    """Open a page as an administrator."""

    def open_page(path: str, **options: Any) -> Page:
        page = visit(shown, "Ada Example", Role.ADMIN, **options)
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok
        return page

    return open_page


def accessible(page: Page) -> None:
    """axe finds nothing."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=options).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize(("width", "theme"), [("wide", "light"), ("phone", "dark")])
def test_every_room_is_accessible(opens: Opens, width: str, theme: str) -> None:
    for path in ROOMS:
        page = opens(path, color_scheme=theme, viewport=WIDE if width == "wide" else PHONE)
        for details in page.locator("details:not([open]) > summary").all()[:3]:
            details.click()
        accessible(page)


@pytest.mark.parametrize("path", ROOMS)
def test_no_room_is_wider_than_a_phone(opens: Opens, path: str) -> None:
    page = opens(path, viewport={"width": 320, "height": 640})
    for details in page.locator("details:not([open]) > summary").all()[:3]:
        details.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


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


def test_the_rooms_work_without_scripts(opens: Opens) -> None:
    page = opens("/members", java_script_enabled=False)
    page.get_by_role("searchbox").fill("karim.lindt")
    page.get_by_role("button", name="Search").click()
    assert page.locator("tbody tr").count() == 1
    page.goto("/activity?action=flag:changed")
    page.locator("[data-open]").first.click()
    assert page.get_by_role("heading", name=re.compile("^Entry")).is_visible()
    page.go_back()
    page.get_by_role("button", name="Verify the log").click()
    assert page.get_by_text("The audit log is whole, up to entry").is_visible()
    page.goto("/try")
    page.locator("#text").fill(LETTER.read_text())
    page.get_by_role("button", name="See what mailbot would do").click()
    assert page.locator("mark").count() > 0


def test_the_flags_are_downloaded(opens: Opens) -> None:
    page = opens("/flags")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    assert re.fullmatch(r"flags-[\d-]+\.csv", waiting.value.suggested_filename)
    assert "KEN,Kenya,opted_in" in Path(waiting.value.path()).read_text("utf-8-sig")
