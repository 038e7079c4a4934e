"""DKIM keys from DNS: a real server on loopback, an answer in time or none, and a cache that forgets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from mailbot.keys import DnsKeys, KeySource
from mailbot.places import NameServer
from tests.integration.conftest import Site, free_port, opt_in_letter
from tests.nameserver import FixedKeys, Zone, running_nameserver
from tests.signing import Signer, rsa_signer

RECORDS = {"s1._domainkey.one.example": "v=DKIM1; p=" + "A" * 600, "s2._domainkey.one.example": 'n="quoted"; p='}
Source = Callable[[Mapping[str, str]], KeySource]


@pytest.fixture
def zone() -> Iterator[Zone]:
    with running_nameserver() as zone:
        yield zone


@pytest.fixture(params=["dns", "fixed"])
def source(request: pytest.FixtureRequest, zone: Zone) -> Source:
    """Makes a source of the given records: the real one, and the fake that stands for it in unit tests."""

    def made(records: Mapping[str, str]) -> KeySource:
        if request.param == "fixed":
            return FixedKeys(records)
        zone.publish({name: text.replace('"', '\\"') for name, text in records.items()})
        return DnsKeys([zone.server], 3)

    return made


def test_a_source_gives_the_records_that_are_there(source: Source) -> None:
    keys = source(RECORDS)
    assert keys.fetch(list(RECORDS)) == RECORDS
    assert keys.fetch(["s1._domainkey.one.example", "missing._domainkey.one.example"]) == {
        "s1._domainkey.one.example": RECORDS["s1._domainkey.one.example"]
    }
    assert keys.fetch([]) == {}


@pytest.mark.parametrize("name", ["", ".", "a..b", "x" * 70 + ".example", "a." * 130 + "example", "é.example", "\\"])
def test_a_source_never_raises_for_a_name(source: Source, name: str) -> None:
    assert source({}).fetch([name]) == {}


def test_several_records_at_one_name_are_no_key(zone: Zone) -> None:
    zone.records["two.example"] = ["v=DKIM1; p=AAAA", "v=DKIM1; p=BBBB"]
    assert DnsKeys([zone.server], 3).fetch(["two.example"]) == {}


@pytest.mark.parametrize("text", ["p=\\000", "p=\\195\\169", "p=" + "A" * 5000, ""])
def test_what_no_key_record_may_hold_is_no_key(zone: Zone, text: str) -> None:
    zone.records["odd.example"] = [text]
    assert DnsKeys([zone.server], 3).fetch(["odd.example"]) == {}


class Clock:
    """A monotonic clock that tests move."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(("ttl", "kept"), [(300, 300), (0, 0), (2_000_000_000, 3600)])
def test_a_key_is_kept_as_long_as_its_owner_says_but_never_long(zone: Zone, ttl: int, kept: int) -> None:
    """A revoked key must not go on counting because its record once asked to be kept for years."""
    clock, name = Clock(), "s1._domainkey.one.example"
    zone.publish(RECORDS)
    zone.ttl = ttl
    keys = DnsKeys([zone.server], 3, clock)
    keys.fetch([name])
    zone.records[name] = ["v=DKIM1; p="]
    clock.now = kept - 1
    if kept:
        assert keys.fetch([name]) == {name: RECORDS[name]}
        assert zone.asked == [name]
    clock.now = kept
    assert keys.fetch([name]) == {name: "v=DKIM1; p="}


def test_that_there_is_no_key_is_not_kept(zone: Zone) -> None:
    keys = DnsKeys([zone.server], 3)
    assert keys.fetch(["new.example"]) == {}
    zone.publish({"new.example": "v=DKIM1; p="})
    assert keys.fetch(["new.example"]) == {"new.example": "v=DKIM1; p="}


def test_a_server_that_fails_or_is_not_there_gives_no_key(zone: Zone) -> None:
    zone.publish(RECORDS)
    zone.failing = True
    assert DnsKeys([zone.server], 3).fetch(list(RECORDS)) == {}
    assert DnsKeys([NameServer("127.0.0.1", free_port())], 0.2).fetch(list(RECORDS)) == {}


def test_all_keys_of_a_letter_together_take_no_longer_than_the_limit(zone: Zone) -> None:
    zone.silent = True
    start = time.monotonic()
    assert DnsKeys([zone.server], 0.3).fetch([f"s{number}.example" for number in range(50)]) == {}
    assert time.monotonic() - start < 1
    assert set(zone.asked) == {"s0.example"}


# --- the whole program: letters without a word of the mail server, signed by the sender's domain

DOMAIN = "gov.ie.example"


@pytest.fixture
def signer() -> Signer:
    return rsa_signer(DOMAIN)


def letter(signer: Signer, **changes: str) -> bytes:
    return signer.sign(opt_in_letter(authentication=None, **changes))


def configure(site: Site, zone: Zone, more: str = "verify_dkim = true") -> None:
    server = f"{zone.server.address}:{zone.server.port}"
    site.configure(more=f'{more}\ndns_servers = ["{server}"]\ndns_timeout_seconds = 0.3')


def test_a_letter_signed_by_the_senders_domain_is_applied(site: Site, zone: Zone, signer: Signer) -> None:
    zone.publish(signer.records)
    configure(site, zone)
    site.drop(letter(signer))
    assert site.json("poll")[0]["applied"] == 1
    assert site.json("flags", "list")[0]["state"] == "opted_in"
    assert len(zone.asked) == 1


def test_dns_is_asked_only_where_it_is_configured_and_needed(site: Site, zone: Zone, signer: Signer) -> None:
    """`check` is offline unless told otherwise, and a trusted server's word needs no second opinion."""
    zone.publish(signer.records)
    unproven, proven = site.folder / "unproven.eml", site.folder / "proven.eml"
    unproven.write_bytes(letter(signer))
    proven.write_bytes(signer.sign(opt_in_letter()))
    configure(site, zone, "verify_dkim = false")
    assert [found["authentication"] for found in site.json("check", str(unproven), str(proven))] == ["none", "pass"]
    assert zone.asked == []
    configure(site, zone)
    assert [found["authentication"] for found in site.json("check", str(unproven), str(proven))] == ["pass", "pass"]
    assert zone.asked == [signer.record_name]
    assert f"DKIM-Signature d={DOMAIN} s=s1: verified" in " ".join(site.say("check", str(unproven))[0].split())


@pytest.mark.parametrize("trouble", ["silent", "failing"])
def test_a_letter_is_not_lost_when_dns_is_out_of_reach(site: Site, zone: Zone, signer: Signer, trouble: str) -> None:
    zone.publish(signer.records)
    setattr(zone, trouble, True)
    configure(site, zone)
    site.drop(letter(signer))
    start = time.monotonic()
    assert site.json("poll")[0]["review"] == 1
    assert time.monotonic() - start < 10
    (waiting,) = site.json("review", "list")
    assert waiting["reasons"] == ["authentication_missing", "awaiting_confirmation"]
    assert "DNS did not answer" in str(site.json("review", "show", waiting["id"]))


def test_a_decision_is_repeated_with_the_key_of_its_day(site: Site, zone: Zone, signer: Signer) -> None:
    """Domains withdraw their keys after a while; what was decided on one can still be followed."""
    zone.publish(signer.records)
    configure(site, zone)
    site.drop(letter(signer))
    site.say("poll")
    zone.records.clear()
    (counts,) = site.json("replay")
    assert (counts["letters"], counts["changed"]) == (1, 0)


def test_an_old_signed_letter_sent_again_changes_nothing(site: Site, zone: Zone, signer: Signer) -> None:
    """Whoever gets hold of a letter can send it again, signature and all; then the member has long opted out."""
    zone.publish(signer.records)
    configure(site, zone)
    old = letter(signer)
    site.drop(old, "1.eml")
    site.say("poll")
    newer = opt_in_letter(2, authentication=None, wish="opt out").replace(b"20 Nov 2025 09", b"21 Nov 2025 09")
    site.drop(signer.sign(newer), "2.eml")
    site.say("poll")
    site.drop(b"Received: from mallory by mx.test; Sat, 22 Nov 2025 09:00:00 +0000\r\n" + old, "3.eml")
    assert site.json("poll")[0]["ignored"] == 1
    site.drop(old.replace(b"<letter-1@", b"<letter-3@"), "4.eml")
    assert site.json("poll")[0]["review"] == 1
    assert site.json("flags", "list")[0]["state"] == "opted_out"
    (waiting,) = site.json("review", "list")
    assert waiting["reasons"] == ["authentication_missing", "out_of_order"]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('dns_servers = ["dns.example"]', "authentication.dns_servers"),
        ('dns_servers = ["127.0.0.1:0"]', "authentication.dns_servers"),
        ("dns_timeout_seconds = 0", "authentication.dns_timeout_seconds"),
        ('verify_dkim = "yes"', "authentication.verify_dkim"),
    ],
)
def test_a_mistake_in_the_configuration_names_its_key(site: Site, line: str, key: str) -> None:
    site.configure(more=line)
    assert key in site.complaint("check", str(Path(__file__)), code=2)
