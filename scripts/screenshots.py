"""Takes the screenshots in docs/images from a real site with the fixtures' letters in it: `make screenshots`.

It needs Chromium, as the browser tests do.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mailbot.web.roles import Role  # noqa: E402
from tests.showcase import (  # noqa: E402
    CHROMIUM,
    CHROMIUM_OPTIONS,
    FIXTURES,
    LETTERS,
    Showcase,
    fixture_letters,
    reference_of,
    showcase,
)

IMAGES = ROOT / "docs" / "images"
WIDE, PHONE = (1280, 860), (390, 844)


@dataclass(frozen=True)
class Picture:
    """One screenshot: its file, the page (`{name}` is the reference of that fixture), and how it is looked at."""

    name: str
    path: str
    dark: bool = False
    size: tuple[int, int] = WIDE


PICTURES = (
    Picture("queue", "/queue"),
    Picture("queue-phone", "/queue", size=PHONE),
    Picture("letter", "/letters/{en-025-subject-against-body}?decide=opt_in"),
    Picture("letter-dark", "/letters/{en-033-hidden-text}", dark=True),
    Picture("letter-arabic", "/letters/{ar-022-qat-template}?decide=ask"),
    Picture("letter-phone", "/letters/{en-028-future-start}", size=PHONE),
    Picture("dashboard", "/"),
    Picture("members", "/members/IRL"),
    Picture("flags", "/flags"),
    Picture("activity", "/activity"),
)


def everything() -> list[bytes]:
    """Most of the fixtures' letters first, those that are shown last: the newest wait."""
    others = sorted({path.stem for path in (FIXTURES / "emails").glob("*.eml")} - set(LETTERS))
    return fixture_letters([*others[::2], *LETTERS])


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        showcase(Path(folder), everything(), days=24) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        for picture in PICTURES:
            page = _opened(browser, site, picture)
            page.screenshot(path=IMAGES / f"{picture.name}.png")
            page.context.close()
        page = _opened(browser, site, Picture("decision", "/letters/{en-025-subject-against-body}?decide=opt_in"))
        page.get_by_label("Reason").fill("Confirmed by telephone: the text is right, the subject is not.")
        page.get_by_role("button", name="Show what will happen").click()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=IMAGES / "decision.png")
        browser.close()


def _opened(browser: Browser, site: Showcase, picture: Picture) -> Page:
    width, height = picture.size
    context = browser.new_context(
        base_url=site.address, viewport={"width": width, "height": height},
        color_scheme="dark" if picture.dark else "light",
    )  # fmt: skip
    context.add_cookies([{"name": "mailbot", "value": site.session("Ana Lopez", Role.ADMIN), "url": site.address}])
    page = context.new_page()
    page.goto(picture.path.format_map(_References(site)))
    page.wait_for_load_state("networkidle")
    return page


class _References(dict[str, str]):
    """The references of the fixtures' letters by their names."""

    def __init__(self, site: Showcase) -> None:
        super().__init__()
        self._site = site

    def __missing__(self, name: str) -> str:
        return reference_of(self._site.app, name)


if __name__ == "__main__":
    main()
