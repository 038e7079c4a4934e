"""Real Chromium on a real site on the loopback interface, with the fixtures' letters decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright

from mailbot.web.roles import Role

from ..showcase import CHROMIUM, CHROMIUM_OPTIONS, Showcase, fixture_letters, showcase

WIDE = {"width": 1360, "height": 900}
PHONE = {"width": 390, "height": 844}

Opener = Callable[..., Page]


def settle(page: Page) -> None:
    """Let a page come to rest: what its elements do when they load or fail to, and what its script then asks for."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(60)  # not a timer of the page's own: a sandboxed page has none


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    """A site that tests only look at."""
    with showcase(tmp_path_factory.mktemp("shown"), fixture_letters()) as site:
        yield site


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Showcase]:
    """A site of the test's own, with four letters that wait."""
    names = ("en-024-template-not-filled", "en-025-subject-against-body", "en-028-future-start", "ar-022-qat-template")
    with showcase(tmp_path, fixture_letters(names)) as site:
        yield site


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Opener]:
    """Opens a browser window of a person who is signed in; whatever goes wrong in it fails the test."""
    contexts = []
    troubles: list[str] = []

    def opened(site: Showcase, name: str = "Ada Example", role: Role = Role.REVIEWER, **options: Any) -> Page:
        context = chromium.new_context(base_url=site.address, **({"viewport": WIDE} | options))
        contexts.append(context)
        context.add_cookies([{"name": "mailbot", "value": site.session(name, role), "url": site.address}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("console", lambda said: troubles.append(said.text) if _is_trouble(said) else None)
        page.on("request", lambda request: troubles.append(request.url) if _is_outside(request.url, site) else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def _is_trouble(said: ConsoleMessage) -> bool:
    """An error, but for a refusal of what was asked for: Chromium reports those as errors."""
    return said.type == "error" and "status of 4" not in said.text


def _is_outside(url: str, site: Showcase) -> bool:
    return not url.startswith((site.address, "data:", "about:", "blob:"))
