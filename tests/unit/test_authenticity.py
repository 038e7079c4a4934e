"""Contract section 4, `authentication`: the topmost header of a trusted server, and nothing else."""

from __future__ import annotations

import pytest

from mailbot.authenticity import aligned, authenticate
from mailbot.terms import Verdict

TRUSTED = frozenset({"mx.example"})


def verdict(*results: str, address: str | None = "ana@gov.ke.example") -> Verdict:
    return authenticate(address, results, TRUSTED).verdict


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
