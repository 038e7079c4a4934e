"""The code of a question: it survives what mail programs do to it, and nothing else is taken for it."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.question import Question, code_of, codes_in, is_code_of, reference_in, without_codes
from mailbot.terms import Duration, Intent

NOW = datetime(2026, 9, 4, 12, tzinfo=UTC)
KEY = b"k" * 32
QUESTION = Question(
    reference="2026-00031",
    address="ana.juma@gov.ke.example",
    member="KEN",
    intent=Intent.OPT_IN,
    duration=Duration.STUDY_PERIOD,
    language="en",
    written=NOW,
    letter_sha256="ab" * 32,
    expires=NOW + timedelta(days=7),
)
CODE = code_of(QUESTION, KEY)


def test_a_code_names_the_letter_and_holds_a_hundred_bits() -> None:
    assert re.fullmatch(r"MB-2026-00031(-[A-Z2-7]{5}){4}", CODE)
    assert reference_in(CODE) == "2026-00031"
    assert is_code_of(QUESTION, KEY, CODE)


@pytest.mark.parametrize(
    "change",
    [
        {"reference": "2026-00032"},
        {"address": "ben.odera@gov.ke.example"},
        {"member": "NGA"},
        {"intent": Intent.OPT_OUT},
        {"duration": None},
        {"written": NOW + timedelta(seconds=1)},
        {"letter_sha256": "cd" * 32},
        {"expires": NOW + timedelta(days=8)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_code_is_bound_to_all_that_it_confirms(change: dict[str, object]) -> None:
    assert not is_code_of(replace(QUESTION, **change), KEY, CODE)  # type: ignore[arg-type]


def test_a_code_is_the_same_in_whatever_zone_its_moments_are_told() -> None:
    zone = timezone(timedelta(hours=3))
    told = replace(QUESTION, written=NOW.astimezone(zone), expires=QUESTION.expires.astimezone(zone))
    assert is_code_of(told, KEY, CODE)


def test_a_code_of_another_key_is_forged() -> None:
    assert not is_code_of(QUESTION, b"l" * 32, CODE)


@pytest.mark.parametrize(
    "text",
    [
        f"Re: AW: 回复： Please confirm your letter [{CODE}]",
        f"Yes\n\n> Code: {CODE[:20]}\n> {CODE[20:]}\n",
        f"> > | {CODE[:7]}\r\n> > | {CODE[7:]}",
        f"  Code: *{CODE}*.",
        CODE.lower(),
        CODE.replace("-", "\u2011"),
        "\u2068" + CODE.replace("-", "\u200b-") + "\u2069",
        "".join(chr(ord(c) + 0xFEE0) for c in CODE),
        f"{CODE}Thank you",
    ],
)
def test_a_code_is_found_wrapped_quoted_prefixed_and_retyped(text: str) -> None:
    assert codes_in([text]) == (CODE,)


@given(st.lists(st.tuples(st.integers(0, len(CODE)), st.sampled_from(["\n", "\r\n> ", " ", "\n>> ", "\u00ad"]))))
def test_a_code_is_found_wherever_a_client_breaks_it(breaks: list[tuple[int, str]]) -> None:
    text = CODE
    for place, between in sorted(breaks, reverse=True):
        text = text[:place] + between + text[place:]
    assert codes_in([f"Code: {text} "]) == (CODE,)
    assert "MB" not in without_codes(f"yes {CODE}")


@pytest.mark.parametrize("text", ["", "MB-2026-00031", CODE[:-1], CODE.replace("2026", "26"), "2026-00031"])
def test_a_part_of_a_code_is_none(text: str) -> None:
    assert codes_in([text]) == ()


def test_a_flood_of_codes_is_looked_at_in_bounded_number_and_time() -> None:
    flood = " ".join(code_of(replace(QUESTION, reference=f"2026-{n:05d}"), KEY) for n in range(6000))
    began = time.monotonic()
    assert len(codes_in([flood, flood])) == 20
    for hostile in ("MB-2026-00031-" * 20_000, "MB " + " " * 250_000, "MB-2026-00031 " + "A - " * 60_000):
        codes_in([hostile])
        without_codes(hostile)
    assert time.monotonic() - began < 5
