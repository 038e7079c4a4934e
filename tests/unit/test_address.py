"""One way to write an address (contract rule 8): case and IDNA are forgiven, nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.address import normalise_address


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Ana.Lopez@GOV.example", "ana.lopez@gov.example"),
        (" ana@gov.example ", "ana@gov.example"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana@BÜCHER.example", "ana@xn--bcher-kva.example"),
        ("ana@XN--BCHER-KVA.example", "ana@xn--bcher-kva.example"),
        ("почта@почта.example", "почта@xn--80a1acny.example"),
        ("ana+itu@gov.example", "ana+itu@gov.example"),
        ("a.na@gov.example", "a.na@gov.example"),
    ],
)
def test_case_and_idna_are_forgiven(written: str, normal: str) -> None:
    assert normalise_address(written) == normal


@pytest.mark.parametrize(
    "written",
    ["", "ana", "ana@", "@gov.example", "ana@gov..example", "ana@gov.example.", "ana b@gov.example", "a@b@c.example",
     "Ana <ana@gov.example>", "ana@gov.example,b@c.example", "ana@-gov.example", "ana@gov.example\nBcc: x@y.z",
     "ana@\u202egov.example", "a" * 65 + "@gov.example", "ana@" + "a." * 130 + "example"],
)  # fmt: skip
def test_what_is_not_one_bare_address_is_none(written: str) -> None:
    assert normalise_address(written) is None


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing_and_never_raises(text: str) -> None:
    once = normalise_address(text)
    assert once is None or normalise_address(once) == once
