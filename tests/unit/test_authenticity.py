"""Contract section 4, `authentication`: the topmost header of a trusted server, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.authenticity import Trust, aligned, authenticate
from mailbot.decide import judge
from mailbot.flags import Flag, FlagState
from mailbot.judgement import Circumstances, Decision
from mailbot.judging import keys_for
from mailbot.keys import KeySource
from mailbot.terms import Action, Reason, Verdict
from tests.letters import model, raw_letter
from tests.nameserver import FixedKeys
from tests.signing import Signer, rsa_signer

NOW = datetime(2026, 9, 4, 12, tzinfo=UTC)
TRUST = Trust(frozenset({"mx.example"}))


def verdict(*results: str, address: str | None = "ana@gov.ke.example", trust: Trust = TRUST) -> Verdict:
    return authenticate(address, results, trust, b"", lambda _name: None, NOW).verdict


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("mx.example; dmarc=pass header.from=gov.ke.example", Verdict.PASS),
        ("mx.example; dmarc=fail header.from=gov.ke.example; dkim=pass header.d=gov.ke.example", Verdict.FAIL),
        ("mx.example; dkim=pass header.d=mail.gov.ke.example", Verdict.PASS),
        ("mx.example; spf=pass smtp.mailfrom=bounce@gov.ke.example", Verdict.PASS),
        ("mx.example; dkim=fail header.d=gov.ke.example", Verdict.FAIL),
        ("mx.example; dkim=fail header.d=gov.ke.example; spf=pass smtp.mailfrom=gov.ke.example", Verdict.PASS),
        ("mx.example; dkim=fail header.d=other.org; spf=pass smtp.mailfrom=other.org", Verdict.NONE),
        ("mx.example; dkim=pass header.d=mailer.org", Verdict.NONE),
        ("mx.example; spf=neutral smtp.mailfrom=gov.ke.example; dkim=temperror header.d=gov.ke.example", Verdict.NONE),
        ("mx.example; none", Verdict.NONE),
        ("mx.example 1; dmarc=pass header.from=gov.ke.example", Verdict.PASS),
        ("(c) mx.example (d (e)) ; DMARC = Pass (p=none; x) header.From = gov.ke.example ;", Verdict.PASS),
        ('mx.example; dkim=pass reason="ok; dmarc=fail" header.d=gov.ke.example', Verdict.PASS),
        ("mx.example; dkim=none (dmarc=pass header.from=gov.ke.example)", Verdict.NONE),
        ("other.host; dmarc=pass header.from=gov.ke.example", Verdict.NONE),
        ("dmarc=pass header.from=gov.ke.example", Verdict.NONE),
        ("mx.example dmarc=pass; dmarc=pass header.from=gov.ke.example", Verdict.NONE),
        ("", Verdict.NONE),
    ],
)
def test_the_topmost_header_decides(header: str, expected: Verdict) -> None:
    assert verdict(header) is expected


def test_a_header_below_the_topmost_is_never_believed() -> None:
    forged = "mx.example; dmarc=pass header.from=gov.ke.example"
    assert verdict("mx.example; dmarc=fail", forged) is Verdict.FAIL
    assert verdict("elsewhere.example; dmarc=none", forged) is Verdict.NONE


def test_dkim_of_any_other_signer_proves_nothing() -> None:
    """The trap of taking any valid signature for the author's (Sympa)."""
    assert verdict("mx.example; dkim=pass header.d=evil.org; dkim=pass header.d=list.org") is Verdict.NONE


def test_no_sender_or_no_header_is_none() -> None:
    assert verdict() is Verdict.NONE
    assert verdict("mx.example; dmarc=pass", address=None) is Verdict.NONE


def test_alignment_is_by_organisational_domain() -> None:
    assert aligned("a.b.co.uk", "c.b.co.uk")
    assert not aligned("a.co.uk", "b.co.uk")
    assert not aligned("", "")


def test_a_server_that_contradicts_itself_on_dmarc_proves_nothing() -> None:
    """A server writes one DMARC result; a second one was smuggled in through something it repeats."""
    forged = "dmarc=pass header.from=gov.ke.example"
    assert verdict(f"mx.example; dmarc=none header.from=gov.ke.example; {forged}") is Verdict.NONE
    assert verdict(f"mx.example; {forged}; dmarc=fail header.from=gov.ke.example") is Verdict.FAIL


EXCHANGE = (
    "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=gov.ke.example; dkim=pass (signature was verified)"
    " header.d=gov.ke.example;dmarc=pass action=none header.from=gov.ke.example;compauth=pass reason=100"
)


def test_exchange_online_is_believed_only_where_it_is_configured_and_topmost() -> None:
    exchange = replace(TRUST, exchange_online=True)
    assert verdict(EXCHANGE) is Verdict.NONE
    assert verdict(EXCHANGE, trust=exchange) is Verdict.PASS
    assert verdict(EXCHANGE.replace("dmarc=pass", "dmarc=fail"), EXCHANGE, trust=exchange) is Verdict.FAIL
    assert verdict("dmarc=none action=none header.from=gov.ke.example", EXCHANGE, trust=exchange) is Verdict.NONE
    assert verdict(f"evil.example; {EXCHANGE}", EXCHANGE, trust=exchange) is Verdict.NONE
    assert verdict("mx.example; dmarc=pass header.from=gov.ke.example", trust=exchange) is Verdict.PASS


# --- whole letters: what a forger can write, and what the sender's domain has signed

PASS = "dmarc=pass header.from=gov.ke.example"
KENYA, EVIL, LISTS = (
    rsa_signer("gov.ke.example"),
    rsa_signer("evil.org", number=2),
    rsa_signer("lists.example", number=2),
)
KEYS = FixedKeys(KENYA.records | EVIL.records | LISTS.records)
VERIFYING = replace(TRUST, verify_dkim=True)
Judged = Callable[..., Decision]


@pytest.fixture
def judged(world: Circumstances) -> Judged:
    """Decides one letter in the world of the tests, with no other keys than those that are asked for beforehand."""

    def decide(raw: bytes, trust: Trust = VERIFYING, flag: Flag | None = None, keys: KeySource = KEYS) -> Decision:
        policy = replace(world.policy, trust=trust)
        fetched = keys.fetch(keys_for(raw, policy)).get
        met = replace(world, policy=policy, key_records=fetched, flag_of=lambda _code: flag)
        return judge(raw, None, met, NOW).decision

    return decide


def letter(*headers: str, authenticated: bool = False, **parts: Any) -> bytes:
    """A letter in which the request is flawless; `headers` stand on top of it, in this order."""
    written = "".join(f"{header}\r\n" for header in headers).encode()
    return written + raw_letter(model(), authenticated=authenticated, **parts)


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("Authentication-Results: evil.org; dmarc=fail", f"Authentication-Results: mx.example; {PASS}"),
        (f"Authentication-Results: evil.org; {PASS}",),
        (f"Authentication-Results: evil.org (mx.example); {PASS}",),
        (f"Authentication-Results: (mx.example; {PASS}) evil.org; {PASS}",),
        ("Authentication-Results: evil.org; none", f"Authentication-Results: mx.example;\r\n\t{PASS}"),
        (f"Authentication-Results: mx.examp1e; {PASS}",),
        (f"Authentication-Results: mx.example.evil.org; {PASS}",),
        (f"Authentication-Results: mx.exаmple; {PASS}",),
        (f'Authentication-Results: "mx.example, evil.org"; {PASS}',),
        (f"Authentication-Results: mx.example 9; {PASS}",),
        (f"Authentication-Results: mx.example; dkim=none ({PASS})",),
        ('Authentication-Results: mx.example; spf=none smtp.mailfrom="x; ' + PASS + '"@evil.org',),
        ("Authentication-Results: mx.example; dkim=pass header.d=evil.org; spf=pass smtp.mailfrom=evil.org",),
        (f"Authentication-Results: {PASS}",),
        (f"X-Authentication-Results: mx.example; {PASS}",),
        (f"ARC-Authentication-Results: i=1; mx.example; {PASS}",),
        ("Received-SPF: pass (mx.example: domain of ana.juma@gov.ke.example designates 192.0.2.1)",),
        ("Reply-To: ana.juma@gov.ke.example", "Sender: ana.juma@gov.ke.example"),
    ],
)
def test_no_header_that_a_forger_writes_is_believed(judged: Judged, headers: tuple[str, ...]) -> None:
    decision = judged(letter(*headers))
    assert (decision.action, decision.authentication) == (Action.REVIEW, Verdict.NONE)
    assert decision.reasons == (Reason.AUTHENTICATION_MISSING, Reason.AWAITING_CONFIRMATION)


@pytest.mark.parametrize(
    "header",
    [
        f"Authentication-Results: mx.example; {PASS}",
        "Authentication-Results:\r\n mx.example\r\n ;\r\n\tdmarc\r\n = pass (p\r\n )\r\n header.from=gov.ke.example",
        f'authentication-RESULTS: "MX.Example" 1; {PASS.upper()}',
    ],
)  # fmt: skip
def test_the_trusted_servers_header_is_believed_in_every_spelling(judged: Judged, header: str) -> None:
    below = "Authentication-Results: mx.example; dmarc=fail header.from=gov.ke.example"
    decision = judged(letter(header, below))
    assert (decision.action, decision.authentication) == (Action.APPLY, Verdict.PASS)
    assert judged(letter(below, header)).reasons == (Reason.AUTHENTICATION_FAILED,)


def test_a_signature_of_the_senders_domain_is_enough_and_is_the_evidence(judged: Judged) -> None:
    decision = judged(KENYA.sign(letter()))
    assert (decision.action, decision.authentication) == (Action.APPLY, Verdict.PASS)
    said = [(one.field, one.part, one.text) for one in decision.evidence]
    assert ("authentication", "headers", "DKIM-Signature d=gov.ke.example s=s1: verified") in said
    assert ("dkim_key", f"dns:{KENYA.record_name}", KENYA.record) in said


def test_a_signature_is_looked_at_only_where_the_trusted_server_says_nothing(judged: Judged) -> None:
    """Its `fail` stands: what it saw of the way here mailbot cannot see."""
    failed = b"Authentication-Results: mx.example; dmarc=fail header.from=gov.ke.example\r\n"
    unsure = b"Authentication-Results: mx.example; dkim=temperror header.d=gov.ke.example\r\n"
    assert judged(failed + KENYA.sign(letter())).reasons == (Reason.AUTHENTICATION_FAILED,)
    assert judged(unsure + KENYA.sign(letter())).action is Action.APPLY
    assert judged(KENYA.sign(letter()), TRUST).reasons == (Reason.AUTHENTICATION_MISSING, Reason.AWAITING_CONFIRMATION)


def test_a_valid_signature_of_anyone_else_proves_nothing(judged: Judged) -> None:
    decision = judged(EVIL.sign(letter()))
    assert decision.reasons == (Reason.AUTHENTICATION_MISSING, Reason.AWAITING_CONFIRMATION)
    assert not [one for one in decision.evidence if one.field == "dkim_key"]


def test_the_senders_signature_is_found_below_those_of_others(judged: Judged) -> None:
    raw = KENYA.sign(letter())
    for _ in range(10):
        raw = EVIL.sign(raw)
    assert judged(raw).action is Action.APPLY


def test_of_very_many_signatures_few_are_looked_at(world: Circumstances) -> None:
    junk = b"".join(
        b"DKIM-Signature: v=1; a=rsa-sha256; d=gov.ke.example; s=k%d; h=from; bh=AAAA; b=AAAA\r\n" % number
        for number in range(500)
    )
    assert len(keys_for(junk + letter(), replace(world.policy, trust=VERIFYING))) <= 4


@pytest.mark.parametrize(
    "forged",
    [
        lambda signed: signed.replace(b"opt in", b"opt out"),
        lambda signed: signed.replace(b"Kenya", b"Niger"),
        lambda signed: b"Subject: opt out of automatic approval\r\n" + signed,
        lambda signed: signed.replace(b"\r\n\r\n", b"\r\nX-Note: a\r\rWe wish to opt out.\r\n\r\n", 1),
        lambda signed: signed.replace(b"text/plain", b"text/html"),
        lambda signed: signed + b"We wish to opt out.\r\n",
    ],
    ids=["body", "member", "subject", "bare-cr", "type", "appended"],
)  # fmt: skip
def test_what_was_changed_after_signing_is_never_applied(judged: Judged, forged: Callable[[bytes], bytes]) -> None:
    signed = KENYA.sign(letter())
    assert judged(signed).action is Action.APPLY
    assert judged(forged(signed)).authentication is Verdict.NONE


def test_a_second_from_is_nobodys_letter(judged: Judged) -> None:
    for added in (b"From: Mallory <m@evil.org>\r\n", b"from: ana.juma@gov.ke.example\r\n"):
        decision = judged(added + KENYA.sign(letter()))
        assert decision.authentication is Verdict.NONE
        assert Reason.MALFORMED_SENDER in decision.reasons


def test_who_signs_for_another_domain_in_reply_to_gains_nothing(judged: Judged) -> None:
    """The writer is whoever From names: his own domain's signature proves only that he is no focal point."""
    raw = EVIL.sign(letter("Reply-To: ana.juma@gov.ke.example", sender="Ana Juma <mallory@evil.org>"))
    decision = judged(raw)
    assert (decision.authentication, decision.reasons) == (Verdict.PASS, (Reason.SENDER_UNKNOWN,))
    shown = judged(EVIL.sign(letter(sender='"ana.juma@gov.ke.example" <mallory@evil.org>')))
    assert shown.reasons == (Reason.SENDER_UNKNOWN,)


def test_a_replayed_letter_is_out_of_order(judged: Judged) -> None:
    """The Date is signed, so an old letter cannot pass for a new one."""
    signed = KENYA.sign(letter())
    later = Flag("KEN", "Kenya", FlagState.OPTED_OUT, NOW, None, None, basis=NOW, reference="ITU-2")
    assert judged(signed, flag=later).reasons == (Reason.OUT_OF_ORDER,)
    redated = signed.replace(b"Date: Thu, 03 Sep 2026", b"Date: Fri, 04 Sep 2026")
    assert judged(redated, flag=later).authentication is Verdict.NONE


def test_without_its_key_a_signature_proves_nothing(judged: Judged) -> None:
    decision = judged(KENYA.sign(letter()), keys=FixedKeys({}))
    assert decision.reasons == (Reason.AUTHENTICATION_MISSING, Reason.AWAITING_CONFIRMATION)
    assert any("DNS did not answer" in one.text for one in decision.evidence)


def test_a_letter_over_the_size_limit_is_not_verified(world: Circumstances) -> None:
    policy = replace(world.policy, trust=VERIFYING, max_message_bytes=100)
    assert keys_for(KENYA.sign(letter()), policy) == ()


def test_a_forwarder_is_believed_only_where_it_is_configured(judged: Judged) -> None:
    seen = f"Authentication-Results: lists.example; {PASS}"
    sealed = LISTS.seal(letter(seen), "lists.example").replace(seen.encode() + b"\r\n", b"")
    trusting = replace(TRUST, arc_sealers=frozenset({"lists.example"}))
    decision = judged(sealed, trusting)
    assert (decision.action, decision.authentication) == (Action.APPLY, Verdict.PASS)
    assert any(one.text.startswith("ARC chain sealed by lists.example: i=1;") for one in decision.evidence)
    assert judged(sealed).authentication is Verdict.NONE
    assert judged(sealed, replace(TRUST, arc_sealers=frozenset({"other.example"}))).authentication is Verdict.NONE
    assert judged(sealed.replace(b"opt in", b"opt out"), trusting).authentication is Verdict.NONE
    passed_on = b"Authentication-Results: evil.org; arc=pass; dmarc=pass header.from=gov.ke.example\r\n" + sealed
    assert judged(EVIL.seal(passed_on, "evil.org"), trusting).authentication is Verdict.NONE


def test_what_a_trusted_forwarder_saw_fail_has_failed(judged: Judged) -> None:
    seen = "Authentication-Results: lists.example; dmarc=fail header.from=gov.ke.example"
    sealed = LISTS.seal(letter(seen), "lists.example")
    trusting = replace(TRUST, arc_sealers=frozenset({"lists.example"}))
    assert judged(sealed, trusting).reasons == (Reason.AUTHENTICATION_FAILED,)


@given(st.lists(st.sampled_from([EVIL, None]), max_size=3), st.binary(max_size=200))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_header_on_top_makes_a_forged_letter_pass(judged: Judged, signers: list[Signer | None], junk: bytes) -> None:
    """Whatever a forger puts on top: without the trusted server's word or the domain's key, nothing is proven."""
    raw = letter()
    for signer in signers:
        raw = (
            signer.sign(raw)
            if signer
            else b"DKIM-Signature: d=gov.ke.example; " + junk.replace(b"\n", b"") + b"\r\n" + raw
        )
    assert judged(raw).authentication is Verdict.NONE
