"""ARC chains: only a chain that validates, sealed last by a trusted forwarder, is worth anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import dkim as dkimpy
import pytest

from mailbot.arc import check_chain, read_chain
from mailbot.canonical import signable
from mailbot.dkim import RefusedError
from tests.letters import model, raw_letter
from tests.signing import rsa_signer

NOW = datetime(2026, 9, 3, 12, tzinfo=UTC)
LISTS, GATE = rsa_signer("lists.example"), rsa_signer("gate.example", number=2)
KEYS = LISTS.records | GATE.records
SEEN = {"Authentication-Results": "lists.example; dmarc=pass header.from=gov.ke.example"}
LETTER = raw_letter(model(), authenticated=False, headers=SEEN)
ONCE = LISTS.seal(LETTER, "lists.example")
TWICE = GATE.seal(
    b"Authentication-Results: gate.example; arc=pass; dmarc=pass header.from=gov.ke.example\r\n" + ONCE, "gate.example"
)


def outcome(raw: bytes, keys: Mapping[str, str] = KEYS) -> str:
    """The newest sealer and what it saw, where the chain validates; else why not."""
    message = signable(raw)
    assert message is not None
    try:
        chain = read_chain(message)
        if chain is None:
            return "no chain"
        check_chain(message, chain, keys.get, NOW)
    except RefusedError as why:
        return str(why)
    return f"{chain.sealer}: {chain.results}"


def test_the_other_implementation_takes_these_chains_too() -> None:
    for raw in (ONCE, TWICE):
        assert dkimpy.arc_verify(raw, dnsfunc=lambda name, **_: KEYS[name.decode().rstrip(".")])[0] == b"pass"


def test_a_chain_of_one_and_of_two_validates_and_the_newest_results_are_read() -> None:
    assert outcome(LETTER) == "no chain"
    assert outcome(ONCE) == "lists.example: i=1; lists.example; dmarc=pass header.from=gov.ke.example"
    assert outcome(TWICE).startswith("gate.example: i=2; gate.example; arc=pass; dmarc=pass")
    assert outcome(TWICE.replace(b"\r\n", b"\n")) == outcome(TWICE)


def test_the_keys_it_takes_are_named_beforehand() -> None:
    message = signable(TWICE)
    assert message is not None
    chain = read_chain(message)
    assert chain is not None
    assert set(chain.record_names) == set(KEYS)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"opt in", b"opt out", "the body was changed"),
        (b"From: Ana", b"From: Ben", "the signed fields were changed"),
        (b"dmarc=pass", b"dmarc=fail", "the signed fields were changed"),
        (b"cv=none", b"cv=pass", "sealer 1 found the chain before it broken"),
        (b"cv=pass", b"cv=fail", "sealer 2 found the chain before it broken"),
        (b"ARC-Seal: i=1", b"ARC-Seal: i=2", "its sets are not numbered"),
        (b"ARC-Seal: i=1", b"ARC-Seal: i=3", "a set of it is incomplete"),
        (b"ARC-Message-Signature: i=1", b"X-Gone: i=1", "a set of it is incomplete"),
        (b"d=gate.example", b"d=lists.example", "the signed fields were changed"),
        (b"ARC-Seal: i=1;", b"ARC-Seal: i=1; h=from;", "a seal must not choose"),
    ],
)
def test_a_chain_that_was_tampered_with_does_not_validate(old: bytes, new: bytes, reason: str) -> None:
    assert old in TWICE
    assert outcome(TWICE.replace(old, new)).startswith(reason)


def test_without_the_keys_nothing_validates() -> None:
    assert outcome(TWICE, GATE.records) == "its key is not in DNS, or DNS did not answer"
    assert outcome(ONCE, {}) == "its key is not in DNS, or DNS did not answer"


def test_a_chain_of_very_many_sets_is_not_looked_at() -> None:
    sets = b"".join(b"ARC-Seal: i=%d; cv=pass\r\n" % number for number in range(99, 0, -1))
    assert outcome(sets + LETTER) == "a set of it is incomplete"
