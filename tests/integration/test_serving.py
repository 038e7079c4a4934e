"""`mailbot web` and the console within `mailbot run`: real servers, where they listen, and how they stop."""

from __future__ import annotations

import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from mailbot.errors import ConfigurationError
from mailbot.settings import load_settings

from .conftest import Authority, Site, free_port, opt_in_letter, wait_for

PASSWORD = "correct horse battery"


@contextmanager
def running(site: Site, *arguments: str) -> Iterator[Path]:
    """A mailbot that runs until the end of the block and stops cleanly then; the file of all that it says."""
    said = site.folder / "said"
    with said.open("wb") as file:
        process = subprocess.Popen(
            site.command(*arguments), stdout=file, stderr=file, env=site.process_environ(), cwd=site.folder
        )
        try:
            wait_for(lambda: b"the console is at" in said.read_bytes() or process.poll() is not None)
            yield said
            assert process.poll() is None, said.read_text()
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(60)
    assert code == 0, said.read_text()
    assert "Traceback" not in said.read_text()


def configure(site: Site, *lines: str, port: int | None = None, more: str = "") -> str:
    port = port or free_port()
    listen = f'listen = "127.0.0.1:{port}"'
    keys = lines if any(line.startswith("listen") for line in lines) else (listen, *lines)
    site.configure(more="\n".join([more, "[web]", *keys]))
    return f"http://127.0.0.1:{port}"


def link_in(said: Path) -> str:
    wait_for(lambda: b"/set-up/" in said.read_bytes())
    found = re.search(r"https?://\S+/set-up/\S+", said.read_text())
    assert found is not None
    return found[0]


def set_up(client: httpx2.Client, link: str) -> httpx2.Response:
    origin = "/".join(link.split("/")[:3])
    form = {"name": "Anna", "password": PASSWORD, "again": PASSWORD}
    return client.post(link, data=form, headers={"Origin": origin})


def test_the_console_runs_beside_the_mailbox_and_stops_with_it(site: Site) -> None:
    address = configure(site, "enabled = true", more="[schedule]\npoll_seconds = 0.1")
    with running(site, "run") as said, httpx2.Client() as client:
        link = link_in(said)
        assert link.startswith(f"{address}/set-up/")
        assert set_up(client, link).status_code == 303
        page = client.get(f"{address}/people")
        assert (page.status_code, "Anna" in page.text) == (200, True)
        assert "server" not in page.headers
        site.drop(opt_in_letter())
        wait_for(lambda: "event='letter'" in said.read_text() or "applied" in said.read_text())
    lines = said.read_text()
    assert lines.index("mailbot stopped") < lines.index("the console is no longer served")
    assert "Anna" not in lines
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(address)
    published = (site.folder / "mailbot.audit.jsonl").read_text()
    assert '"action":"session:begun","actor":"Anna"' in published
    assert site.say("audit", "verify")[0].startswith("the audit log is whole")


def test_the_console_alone_polls_nothing_and_prints_no_link_once_it_is_set_up(site: Site) -> None:
    address = configure(site)
    site.drop(opt_in_letter())
    with running(site, "web") as said, httpx2.Client() as client:
        set_up(client, link_in(said))
    assert len(list((site.folder / "in" / "new").iterdir())) == 1
    with running(site, "web") as said:
        assert httpx2.get(f"{address}/sign-in").status_code == 200
        assert "set-up" not in said.read_text()


def test_mailbot_run_serves_nothing_unless_it_is_told_to(site: Site) -> None:
    assert load_settings(site.config).web.enabled is False


@pytest.mark.parametrize("command", ["web", "run"])
def test_a_busy_port_is_said_in_one_line(site: Site, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        configure(site, "enabled = true", port=port)
        done = site.run(command, code=1)
    line = f"mailbot: web.listen: 127.0.0.1:{port} is in use by another program: stop that, or choose another port\n"
    assert done.stderr == line


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (['listen = "0.0.0.0:8118"'], "passwords would go in plain text"),
        (['listen = "[::]:8118"'], "passwords would go in plain text"),
        (['listen = "192.0.2.1:8118"', 'url = "https://mailbot.example"'], "passwords would go in plain text"),
        (['listen = "192.0.2.1:443"', 'tls_certificate = "c"', 'tls_key = "k"'], "url is missing"),
        (['listen = "192.0.2.1:80"', 'trusted_proxies = ["192.0.2.9"]', 'url = "http://m.example"'], "url is missing"),
        (['tls_certificate = "c"'], "belong together"),
        (['trusted_proxies = ["*"]'], "no IP address and no network"),
        (['trusted_proxies = ["0.0.0.0/0"]'], "would trust everybody"),
        (['listen = "mailbot.example:80"'], "no address to listen on"),
        (['listen = "127.0.0.1"'], "no address to listen on"),
        (['listen = "127.0.0.1:0"'], "no valid port"),
        (['url = "https://mailbot.example/console"'], "has a path"),
        (['url = "mailbot.example"'], "no address of a site"),
        (["session_hours = 0"], "greater than 0"),
        (['[web.oidc]', 'issuer = "http://login.example"'], "no issuer"),
        (['[web.oidc]', 'issuer = "https://login.example"'], "no client_id"),
        (['[web.oidc]', 'issuer = "https://login.example"', 'client_id = "m"'], "nobody could sign in"),
        (['[web.oidc]', 'roles = { "x" = "king" }'], "web.oidc.roles.x"),
    ],
)  # fmt: skip
def test_an_unsafe_or_wrong_setting_is_refused_in_one_line(site: Site, lines: list[str], why: str) -> None:
    site.configure(more="\n".join(["[web]", *lines]))
    with pytest.raises(ConfigurationError) as caught:
        load_settings(site.config)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_refusal_of_a_public_address_comes_before_anything_is_served(site: Site) -> None:
    configure(site, 'listen = "0.0.0.0:8118"')
    assert "wrong value for web: listen = 0.0.0.0:8118 can be reached from other machines" in site.complaint(
        "web", code=2
    )


def test_over_tls_the_cookie_is_for_this_very_host_alone(site: Site, authority: Authority) -> None:
    port = free_port()
    configure(
        site, f'tls_certificate = "{authority.cert_file}"', f'tls_key = "{authority.key_file}"',
        f'url = "https://localhost:{port}"', port=port,
    )  # fmt: skip
    context = ssl.create_default_context(cafile=authority.ca_file)
    with running(site, "web") as said, httpx2.Client(verify=context) as client:
        response = set_up(client, link_in(said))
        assert response.status_code == 303
        cookie = response.headers["set-cookie"]
        assert cookie.startswith("__Host-mailbot=")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert "max-age" in response.headers["strict-transport-security"]
        assert client.get(f"https://localhost:{port}/people").status_code == 200


def test_files_that_are_no_certificate_are_said_in_one_line(site: Site) -> None:
    nothing = site.folder / "nothing.pem"
    nothing.touch()
    configure(site, f'tls_certificate = "{nothing}"', f'tls_key = "{nothing}"')
    assert "web.tls_certificate, web.tls_key: they cannot be used" in site.run("web", code=2).stderr


def test_behind_a_trusted_proxy_the_site_is_known_by_its_public_name(site: Site) -> None:
    """The proxy speaks TLS and says so; anybody else who says it is not believed."""
    address = configure(site, 'url = "https://mailbot.example"', 'trusted_proxies = ["127.0.0.1"]')
    proxied = {"Host": "mailbot.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    origin = {"Origin": "https://mailbot.example"}
    with running(site, "web") as said, httpx2.Client(base_url=address, headers=proxied) as client:
        link = link_in(said)
        assert link.startswith("https://mailbot.example/set-up/")
        form = {"name": "Anna", "password": PASSWORD, "again": PASSWORD}
        response = client.post(link.removeprefix("https://mailbot.example"), data=form, headers=origin)
        assert response.status_code == 303
        assert response.headers["set-cookie"].startswith("__Host-mailbot=")
        wrong = client.post("/sign-in", data={"name": "Anna", "password": "x"}, headers=origin)
        assert wrong.status_code == 401
        assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
    failed = [one for one in site.json("audit", "export") if one["action"] == "sign_in:failed"]
    assert failed[0]["data"]["address"] == "203.0.113.7"


def test_without_a_trusted_proxy_nobody_s_word_on_his_address_counts(site: Site) -> None:
    address = configure(site)
    with running(site, "web"):
        headers = {"X-Forwarded-For": "203.0.113.7", "Origin": address}
        httpx2.post(f"{address}/sign-in", data={"name": "Anna", "password": "x"}, headers=headers)
    failed = [one for one in site.json("audit", "export") if one["action"] == "sign_in:failed"]
    assert failed[0]["data"]["address"] == "127.0.0.1"


def test_a_package_that_is_missing_is_named(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(site)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert "(uvicorn): pip install 'mailbot[web,oidc]'" in site.complaint("web", code=2)
