"""The Authentication-Results header (RFC 8601): folded, commented, quoted, versioned, and forged."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.results import Result, read_anonymous_results, read_arc_results, read_results

PASS = Result("dmarc", "pass", "gov.ke.example")
NOTHING = (None, ())


def read(value: str) -> tuple[str | None, tuple[Result, ...]]:
    results = read_results(value)
    return results.server, results.found


@pytest.mark.parametrize(
    "value",
    [
        "mx.example; dmarc=pass header.from=gov.ke.example",
        "MX.Example; DMARC=PASS HEADER.FROM=Gov.KE.Example",
        "mx.example 1; dmarc=pass header.from=gov.ke.example;",
        '"mx.example"; dmarc="pass" header.from="gov.ke.example"',
        "(by) mx.example (it (self)) 1 (one);dmarc(3)=(4)pass(5)header.from(6)=(7)gov.ke.example(8);",
        'mx.example; dmarc/1 = pass\treason="a; dmarc=fail (b)"  header.from\n = gov.ke.example',
        "mx.example; ; dmarc=pass (p=none; \\) dis=none) header.from=gov.ke.example ;;",
        "mx.example; x-new=pass policy.word=a; dmarc=pass policy.published=none header.from=gov.ke.example",
    ],
)
def test_every_spelling_of_the_grammar_is_read(value: str) -> None:
    assert read(value) == ("mx.example", (PASS,))


@pytest.mark.parametrize(
    "value",
    [
        "",
        ";",
        "mx.example 2; dmarc=pass header.from=gov.ke.example",
        "mx.example one; dmarc=pass header.from=gov.ke.example",
        "mx.example evil.example; dmarc=pass header.from=gov.ke.example",
        "dmarc=pass header.from=gov.ke.example",
        "mx.example dmarc=pass header.from=gov.ke.example",
        "mx.example; (dmarc=pass header.from=gov.ke.example",
        'mx.example; spf=pass reason="dmarc; dmarc=pass header.from=gov.ke.example',
        "mx.exаmple; dmarc=pass header.from=gov.ke.example",
        "mx.example; " + "x" * 20_000,
    ],
)
def test_what_breaks_the_grammar_is_nobodys_word(value: str) -> None:
    assert read(value) == NOTHING


@pytest.mark.parametrize(
    ("value", "server"),
    [
        ("evil.example (mx.example); dmarc=pass header.from=gov.ke.example", "evil.example"),
        ("mx.example.evil.example; dmarc=pass header.from=gov.ke.example", "mx.example.evil.example"),
        ("mx-example; dmarc=pass header.from=gov.ke.example", "mx-example"),
        ("mx.example.; dmarc=pass header.from=gov.ke.example", "mx.example."),
        ('"mx.example "; dmarc=pass header.from=gov.ke.example', "mx.example "),
    ],
)
def test_a_look_alike_is_another_host(value: str, server: str) -> None:
    assert read(value) == (server, (PASS,))


@pytest.mark.parametrize(
    "statement",
    [
        "spf=pass smtp.mailfrom=x@gov.ke.example y@evil.example",
        "spf=pass (sender x) smtp.mailfrom=x@gov.ke.example y",
        "dmarc/2=pass header.from=gov.ke.example",
        "pass header.from=gov.ke.example",
        "none",
        "=pass",
    ],
)
def test_a_statement_the_grammar_does_not_know_gives_no_result(statement: str) -> None:
    """A server that repeats the sender's local part without its quotes writes such words."""
    assert read(f"mx.example; {statement}") == ("mx.example", ())


def test_the_domain_is_that_of_the_property_the_method_proves() -> None:
    found = read_results(
        'mx.example; spf=pass smtp.mailfrom="x@gov.ke.example"@evil.example smtp.helo=gov.ke.example;'
        " dkim=pass header.i=@gov.ke.example header.d=evil.example; dkim=pass header.i=@mail.gov.ke.example;"
        " spf=none smtp.helo=gov.ke.example; dmarc=none"
    ).found
    assert [one.domain for one in found] == [
        "evil.example",
        "evil.example",
        "mail.gov.ke.example",
        "gov.ke.example",
        "",
    ]


def test_the_first_of_two_equal_properties_counts() -> None:
    assert read("mx.example; dkim=pass header.d=evil.example header.d=gov.ke.example")[1][0].domain == "evil.example"


def test_exchange_online_names_no_host() -> None:
    value = (
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=gov.ke.example; dkim=pass (signature was verified)"
        " header.d=gov.ke.example;dmarc=pass action=none header.from=gov.ke.example;compauth=pass reason=100"
    )
    assert read(value) == NOTHING
    assert [one.method for one in read_anonymous_results(value).found] == ["spf", "dkim", "dmarc"]
    assert read_anonymous_results(f"evil.example; {value}").found == ()


def test_arc_results_stand_behind_their_instance() -> None:
    assert read_arc_results(" i = 2 ; mx.example; dmarc=pass header.from=gov.ke.example").found == (PASS,)
    assert read_arc_results("mx.example; dmarc=pass header.from=gov.ke.example").found == ()
    assert read_arc_results("i=2").found == ()


@pytest.mark.parametrize("piece", ["(", '"', "\\", '"\\', " =", "\xa0", "; =", "a=b ", "()", '""'])
def test_a_flood_is_read_in_no_time(piece: str) -> None:
    start = time.process_time()
    read_results("mx.example; " + piece * (19_000 // len(piece)))
    assert time.process_time() - start < 0.5


@given(st.text(st.sampled_from('mx.example;=/()"\\ \tdmarcpassheader.from1'), max_size=120))
def test_nothing_breaks_the_reading_and_a_comment_never_speaks(text: str) -> None:
    read_results(text)
    within = text.replace("\\", "").replace("(", "").replace(")", "")
    assert read(f"mx.example; dmarc=none ({within}) header.from=gov.ke.example")[1] == (
        Result("dmarc", "none", "gov.ke.example"),
    )
