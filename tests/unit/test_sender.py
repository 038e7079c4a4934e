"""Rule 8: the address in From, alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.sender import read_from


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        ("ana@gov.ke.example", "ana@gov.ke.example", ""),
        ("Ana <Ana@GOV.KE.example>", "ana@gov.ke.example", "Ana"),
        ('"Juma, Ana" <ana@x.example>', "ana@x.example", "Juma, Ana"),
        ("Ana (of Kenya) <ana@x.example>", "ana@x.example", "Ana"),
        ('"boss@gov.example" <spy@free.example>', "spy@free.example", "boss@gov.example"),
        ("A <a@bücher.example>", "a@xn--bcher-kva.example", "A"),
    ],
)
def test_one_address_is_taken_whatever_is_shown(value: str, address: str, name: str) -> None:
    found = read_from([value])
    assert (found.address, found.name) == (address, name)


@pytest.mark.parametrize(
    "values",
    [
        [],
        ["a@x.example", "a@x.example"],
        ["a@x.example, b@x.example"],
        ["Friends: a@x.example;"],
        ["Henrik Yilmaz, RURA"],
        ["boss@gov.example <spy@free.example>"],
        ["a <a@x.example> <b@x.example>"],
        ["a <a@x.example"],
        ['"a@x.example'],
        ["<>"],
        ["x" * 5000 + "@x.example"],
    ],
)
def test_anything_else_is_malformed(values: list[str]) -> None:
    assert read_from(values).address is None


@given(st.lists(st.text(max_size=100), max_size=3))
def test_hostile_headers_never_raise(values: list[str]) -> None:
    read_from(values)
