"""The gate in a real browser: setting up, signing in and out, people; and that other sites get nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, Route, expect

from mailbot.app import App, opened
from mailbot.web.people import add_person, first_link, people
from mailbot.web.roles import Role
from mailbot.web.server import link_to, serving

from ..oidc_provider import CLIENT, SECRET, Provider, running_provider
from ..showcase import CHROMIUM, CHROMIUM_OPTIONS, CONFIG, Showcase, free_port
from .conftest import PHONE, WIDE

PASSWORD = "correct horse battery"
Window = Callable[..., Page]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        running.person = {"sub": "4711", "name": "Grete Muster", "groups": ["reviewers"]}
        yield running


@pytest.fixture
def site(tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Showcase]:
    """A site without letters, where people may also sign in with the organisation's account."""
    monkeypatch.setenv("MAILBOT_OIDC_SECRET", SECRET)
    oidc = f'[web.oidc]\nissuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\nroles = {{ reviewers = "reviewer" }}\n'
    config = tmp_path / "mailbot.toml"
    config.write_text(CONFIG.format(folder=tmp_path, port=free_port()) + oidc)
    with opened(config) as app, serving(app):
        yield Showcase(app)


@pytest.fixture
def window(chromium: Browser, site: Showcase) -> Iterator[Window]:
    """Opens windows of a browser of its own, of nobody or of somebody who is signed in."""
    contexts = []

    def opened_window(role: Role | None = None, **options: object) -> Page:
        context = chromium.new_context(base_url=site.address, **({"viewport": WIDE} | options))
        contexts.append(context)
        if role is not None:
            cookie = site.session(f"The {role.value}", role)
            context.add_cookies([{"name": "mailbot", "value": cookie, "url": site.address, "sameSite": "Lax"}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield opened_window
    for context in contexts:
        context.close()


def link(app: App, name: str | None = None) -> str:
    with app.store.begin() as connection:
        if name is None:
            secret = first_link(connection, app.clock())
        else:
            secret = add_person(connection, name, Role.REVIEWER, "the test", app.clock())
    assert secret is not None
    return link_to(app.settings.web, secret)


def names(app: App) -> list[str]:
    with app.store.read() as connection:
        return [person.name for person in people(connection, app.clock())]


def test_the_first_administrator_sets_up_signs_out_and_in_by_keyboard_alone(site: Showcase, window: Window) -> None:
    page = window()
    page.goto(link(site.app))
    for typed in ("Anna Ünal", PASSWORD, PASSWORD):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.address}/")
    expect(page.get_by_text("Anna Ünal")).to_be_visible()
    page.get_by_role("button", name="Sign out").press("Enter")
    page.wait_for_url("**/sign-in")
    page.goto("/queue?sort=newest")
    page.wait_for_url("**/sign-in?next=**")
    page.get_by_label("Name").focus()
    page.keyboard.type("anna ünal")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The name or the password is wrong")
    page.keyboard.type(PASSWORD)  # the focus is where one goes on
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue?sort=newest")


def test_an_administrator_adds_somebody_who_chooses_a_password(site: Showcase, window: Window) -> None:
    page = window(Role.ADMIN)
    page.goto("/people")
    page.get_by_label("Name, as").fill("Bo <img src=x onerror=alert(1)>")
    page.get_by_label("Role", exact=True).select_option("reviewer")
    page.get_by_role("button", name="Add and make a link").click()
    address = page.get_by_label("The link").input_value()
    theirs = window()
    theirs.goto(address)
    theirs.get_by_label("Password").fill(PASSWORD)
    theirs.get_by_label("The same once more").fill(PASSWORD)
    theirs.get_by_role("button", name="Save and sign in").click()
    theirs.wait_for_url(f"{site.address}/")
    page.goto("/people")
    page.get_by_role("button", name="Disable Bo").click()
    expect(page.get_by_role("status")).to_contain_text("is disabled and signed out")
    theirs.goto("/queue")
    theirs.wait_for_url("**/sign-in?next=**")


def test_somebody_signs_in_with_the_organisation_s_account(site: Showcase, window: Window) -> None:
    page = window()
    page.goto("/members")
    page.get_by_role("link", name="Sign in with your organisation").click()
    page.wait_for_url("**/members")
    expect(page.get_by_text("Grete Muster")).to_be_visible()
    assert "Grete Muster" in names(site.app)


def elsewhere(page: Page, origin: str, html: str) -> None:
    """A page of another site, in the browser of somebody who is signed in."""

    def answer(route: Route) -> None:
        route.fulfill(body=html, content_type="text/html")

    page.route(f"{origin}/*", answer)
    page.goto(f"{origin}/")


# the second is another site by its origin alone: browsers send cookies that are SameSite along
@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1"])
def test_another_site_s_form_and_script_do_nothing(site: Showcase, window: Window, origin: str) -> None:
    page = window(Role.ADMIN)
    form = f"""<form method="post" action="{site.address}/people"><input name="name" value="Mallory">
        <input name="role" value="admin"><input name="csrf" value=""><button>Win a prize</button></form>"""
    elsewhere(page, origin, form)
    with page.expect_navigation():
        page.get_by_role("button").click()
    assert "Mallory" not in names(site.app)
    elsewhere(page, origin, "<p>nothing to see</p>")
    read = page.evaluate(
        "address => fetch(address, {credentials: 'include'}).then(it => it.text(), () => 'refused')",
        f"{site.address}/people",
    )
    assert read == "refused"
    sent = page.evaluate(
        """address => fetch(address, {method: 'POST', mode: 'no-cors', credentials: 'include',
            headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: 'name=Mallory&role=admin'})
            .then(it => it.type, () => 'refused')""",
        f"{site.address}/people",
    )
    assert sent == "refused"
    assert "Mallory" not in names(site.app)


def test_no_other_site_can_show_the_console_in_a_frame(site: Showcase, window: Window) -> None:
    page = window(Role.ADMIN)
    elsewhere(page, "http://127.0.0.1:1", f'<iframe src="{site.address}/people"></iframe>')
    frame = page.frames[1]
    frame.wait_for_load_state()
    assert "The admin" not in frame.content()
    assert frame.url.startswith("chrome-error:")


def test_another_name_for_this_machine_gets_nothing(site: Showcase, playwright: Playwright) -> None:
    """DNS rebinding: the name of another site comes to mean this machine, so its pages are of the same origin."""
    rebound = [*CHROMIUM_OPTIONS, "--host-resolver-rules=MAP evil.example 127.0.0.1"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=rebound)
    page = browser.new_page()
    response = page.goto(site.address.replace("127.0.0.1", "evil.example") + "/sign-in")
    assert response is not None
    assert (response.status, "Password" in page.content()) == (400, False)
    browser.close()


@pytest.mark.parametrize(("width", "theme"), [("wide", "light"), ("phone", "dark")])
def test_axe_finds_nothing(site: Showcase, window: Window, width: str, theme: str) -> None:
    look = {"viewport": WIDE if width == "wide" else PHONE, "color_scheme": theme}
    nobody, admin = window(**look), window(Role.ADMIN, **look)
    addresses = [(nobody, link(site.app, "Berta")), (nobody, "/sign-in"), (admin, "/people"), (admin, "/nothing")]
    for page, address in addresses:
        page.goto(address)
        found = Axe().run(page)
        assert found.violations_count == 0, (address, found.generate_report())
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
