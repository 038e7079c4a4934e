"""How the pages look to everybody: accessible in either theme and width, nothing cut off, Arabic from right to left."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from mailbot.store import outbox_rows, shelf_rows
from mailbot.web.roles import Role

from ..showcase import Showcase, reference_of
from .conftest import PHONE, WIDE, Opener, settle

# The pages that are looked at; `{arabic}` and the like are letters of the fixtures.
PAGES = (
    "/queue",
    "/queue?reason=sender_unknown&sort=newest",
    "/queue?language=zh",
    "/queue?kind=mails",
    "/queue?kind=shelf",
    "/letters/{arabic}",
    "/letters/{hidden}",
    "/letters/{attached}",
    "/letters/{attached}/attachments",
    "/letters/{decided}",
    "/letters/{hidden}?decide=opt_in",
    "/letters/{hidden}?decide=ask",
)
_ABOUT = {
    "arabic": "ar-022-qat-template",
    "hidden": "en-033-hidden-text",
    "attached": "fr-022-corps-contre-piece",
    "decided": "en-001-kenya-model",
}


@pytest.fixture(scope="session")
def letters(shown: Showcase) -> dict[str, str]:
    """References of the letters that the pages are about."""
    found = {name: reference_of(shown.app, letter) for name, letter in _ABOUT.items()}
    with shown.app.store.begin() as connection:
        mail = outbox_rows.mail_rows(connection)[0]
        outbox_rows.update_mail(connection, mail.id, status="failed", refused={"a@b.example": "550 no such user"})
        row = shelf_rows.add_failure(
            connection, "box", 1, 9, arrival_id="<x@y.example>", size=4_000, received=shown.app.clock(),
            error="KeyError in mailbot/letter.py", raw=b"x", at=shown.app.clock(),
        )  # fmt: skip
        shelf_rows.update_shelved(connection, row.id, state="shelved")
    return found


def open_page(page: Page, path: str, letters: dict[str, str]) -> None:
    page.goto(path.format(**letters))
    settle(page)


@pytest.mark.parametrize(("width", "theme"), [("wide", "light"), ("phone", "dark")])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(
    shown: Showcase, letters: dict[str, str], visit: Opener, path: str, width: str, theme: str
) -> None:
    page = visit(shown, color_scheme=theme, viewport=WIDE if width == "wide" else PHONE)
    open_page(page, path, letters)
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    _expect_accessible(page)


def test_axe_finds_nothing_in_what_is_shown_before_a_decision(
    shown: Showcase, letters: dict[str, str], visit: Opener
) -> None:
    page = visit(shown, "Cleo")
    open_page(page, "/letters/{hidden}?decide=opt_out", letters)
    page.get_by_label("Reason").fill("they rang")
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.get_by_role("heading", name="This mail is sent").first).to_be_visible()
    _expect_accessible(page)
    page.goto("/queue")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Reject what is marked").click()
    expect(page.get_by_label("Reason")).to_be_focused()
    _expect_accessible(page)
    page.keyboard.press("Tab")
    page.goto("/queue")
    page.keyboard.press("?")
    _expect_accessible(page)


def _expect_accessible(page: Page) -> None:
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=options).response["violations"]
    told = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
    assert told == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_phone(shown: Showcase, letters: dict[str, str], visit: Opener, path: str) -> None:
    page = visit(shown, role=Role.ADMIN, viewport={"width": 320, "height": 640})
    open_page(page, path, letters)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_an_arabic_letter_runs_from_right_to_left_and_nothing_beside_it(
    shown: Showcase, letters: dict[str, str], visit: Opener
) -> None:
    page = visit(shown)
    open_page(page, "/letters/{arabic}?decide=ask", letters)
    direction = "element => getComputedStyle(element).direction"
    assert page.locator(".words").first.evaluate(direction) == "rtl"
    assert page.locator("h1 bdi").evaluate(direction) == "rtl"
    assert page.locator("#ask-text").evaluate(direction) == "rtl"
    assert page.locator("main").evaluate(direction) == "ltr"
    assert page.locator("mark").count() >= 2


def test_the_theme_follows_the_system(shown: Showcase, visit: Opener) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    light, dark = visit(shown, color_scheme="light"), visit(shown, color_scheme="dark")
    for page in (light, dark):
        page.goto("/queue")
    assert light.evaluate(colour) != dark.evaluate(colour)


def test_the_keyboard_s_place_is_always_visible(shown: Showcase, visit: Opener) -> None:
    page = visit(shown)
    page.goto("/queue")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    for _ in range(25):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
