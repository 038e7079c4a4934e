"""The whole review path in a browser, by keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from mailbot.flag_report import flag_list
from mailbot.review_items import review_queue

from ..showcase import Showcase
from .conftest import Opener


def waiting(site: Showcase) -> list[str]:
    with site.app.store.read() as connection:
        return [item["id"] for item in review_queue(connection)]


def focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.name")
    return found


def test_letters_are_decided_one_after_the_other_without_a_mouse(own: Showcase, visit: Opener) -> None:
    first, second, third, fourth = waiting(own)
    page = visit(own)
    page.goto("/queue")
    for key in "jjk":
        page.keyboard.press(key)
    assert focused(page) == f"/letters/{first}"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/letters/{first}")
    # opting out: the key only chooses, and leads to the reason
    page.keyboard.press("o")
    assert focused(page) == "reason"
    assert waiting(own) == [first, second, third, fourth]
    page.keyboard.type("they rang: opt out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^Opt out"))).to_be_visible()
    expect(page.get_by_text("This mail is sent").first).to_be_visible()
    assert waiting(own) == [first, second, third, fourth]
    page.keyboard.press("Enter")  # the button that confirms has the focus
    page.wait_for_url(f"**/letters/{second}")
    expect(page.get_by_role("status")).to_contain_text(f"{first}: opted out.")
    assert waiting(own) == [second, third, fourth]
    # not a request
    page.keyboard.press("x")
    page.keyboard.type("a mistake")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Not a request?")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/letters/{third}")
    # opting in
    page.keyboard.press("i")
    page.keyboard.type("from now on, they said")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^Opt in for"))).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/letters/{fourth}")
    # asking: the text is in the letter's language, and the letter stays
    page.keyboard.press("a")
    assert focused(page) == "text"
    expect(page.locator("#ask-text")).to_have_value(re.compile("نشكركم على رسالتكم"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ask the sender?")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    expect(page.get_by_text("Sender asked")).to_be_visible()
    assert waiting(own) == [fourth]
    with own.app.store.read() as connection:
        flags = flag_list(connection, own.app.clock())
    assert [flag["state"] for flag in flags] == ["opted_in"]  # the other never was, so it stands as opted out


def test_marked_letters_are_rejected_together_by_keyboard(own: Showcase, visit: Opener) -> None:
    first, second, *rest = waiting(own)
    page = visit(own)
    page.goto("/queue")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("Shift+X")
    expect(page.get_by_role("heading", name="Reject 2 letters?")).to_be_visible()
    assert focused(page) == "reason"
    page.keyboard.type("noise")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("2 rejected.")
    assert waiting(own) == rest
    assert first != second


def test_the_keys_are_listed_and_can_be_switched_off(shown: Showcase, visit: Opener) -> None:
    page = visit(shown)
    page.goto("/queue")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.get_by_label("Use these keys in this browser").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("tr.here")).to_have_count(0)
    page.reload()
    page.keyboard.press("j")
    expect(page.locator("tr.here")).to_have_count(0)
    page.keyboard.press("?")
    page.get_by_label("Use these keys in this browser").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("tr.here")).to_have_count(1)


def test_a_key_typed_in_a_field_is_a_letter_of_that_field(own: Showcase, visit: Opener) -> None:
    page = visit(own)
    page.goto(f"/letters/{waiting(own)[0]}")
    page.keyboard.press("i")
    page.keyboard.type("oxia?c")
    assert page.locator("#reason-text").input_value() == "oxia?c"
    expect(page.locator("input[name=decision][value=opt_in]")).to_be_checked()


def test_two_people_see_each_other(own: Showcase, visit: Opener) -> None:
    item = waiting(own)[0]
    ada, bo = visit(own), visit(own, "Bo Chen")
    ada.goto(f"/letters/{item}")
    ada.wait_for_load_state("networkidle")
    bo.goto(f"/letters/{item}")
    expect(bo.get_by_text("Ada Example is looking")).to_be_visible()
    ada.keyboard.press("c")
    expect(ada.get_by_text("Claimed by you")).to_be_visible()
    bo.goto("/queue")
    expect(bo.get_by_text("Claimed by Ada Example")).to_be_visible()
    bo.goto(f"/letters/{item}")
    expect(bo.get_by_role("button", name="Show what will happen")).to_be_disabled()
    ada.keyboard.press("c")
    expect(ada.get_by_role("button", name="Claim")).to_be_visible()


def test_everything_needed_works_without_scripts(own: Showcase, visit: Opener) -> None:
    first, second, *_ = waiting(own)
    page = visit(own, java_script_enabled=False)
    page.goto("/queue")
    page.get_by_role("link").filter(has_text=re.compile("118")).first.click()
    page.get_by_role("radio", name=re.compile("^Not a request")).check()
    page.get_by_label("Reason").fill("noise")
    page.get_by_role("button", name="Show what will happen").click()
    page.get_by_role("button", name="Confirm and go on to the next").click()
    assert page.url.endswith(second)
    assert first not in waiting(own)


def test_times_are_told_in_the_viewer_s_time_zone(shown: Showcase, visit: Opener) -> None:
    page = visit(shown, timezone_id="Asia/Tokyo")
    page.goto("/queue")
    told = page.locator("tbody time").first
    expect(told).to_have_attribute("title", re.compile(r"GMT\+9$"))
    expect(told).to_have_text(re.compile("ago|just now"))
