"""What a letter brings along must not play tricks on a terminal or in a spreadsheet."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.cli.output import print_json, print_table, printable
from mailbot.judging import header_block, message_id_of


@given(st.text())
def test_printable_text_is_one_line_without_control_characters(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert not any(character < " " or character in "\x7f\x9b\u202e\u2066" for character in shown)


def test_a_lone_surrogate_is_still_valid_json(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    print_json({"subject": "a\udc80b", "name": "Zoë 日"})
    line = capfdbinary.readouterr().out
    assert json.loads(line.decode("utf-8")) == {"subject": "a\udc80b", "name": "Zoë 日"}
    assert "Zoë 日".encode() in line


def test_tables_align_wide_characters(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    print_table(("name", "x"), [("日本", 1), ("Ire\x1b[31m", None)])
    assert capfdbinary.readouterr().out.decode().splitlines() == ["name     x", "日本     1", "Ire[31m"]


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"Message-ID: <a@b>\r\n\r\n", "<a@b>"),
        (b"message-id :\r\n <a@b>\n\nbody", "<a@b>"),
        (b"Subject: x\r\n\r\nMessage-ID: <in@body>\r\n", None),
        (b"Message-ID: nothing\r\n\r\n", None),
        (b"X-Message-ID: <a@b>\r\n\r\n", None),
    ],
)
def test_message_ids_are_found_in_the_headers_only(raw: bytes, found: str | None) -> None:
    assert message_id_of(raw) == found


def test_the_header_block_ends_at_the_blank_line_or_the_limit() -> None:
    assert header_block(b"A: b\r\n\r\nbody") == b"A: b\r\n\r\n"
    assert header_block(b"A: b\n\nbody") == b"A: b\n\n"
    assert len(header_block(b"x" * 3_000_000)) == 1_048_576


def test_tables_show_moments_to_the_second(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    print_table(("at",), [("2026-11-22T07:25:47.967202+00:00",), ("2026-11-22T07:25:47+00:00",), ("no T moment",)])
    shown = capfdbinary.readouterr().out.decode().splitlines()
    assert shown[1:] == ["2026-11-22 07:25:47Z", "2026-11-22 07:25:47Z", "no T moment"]
