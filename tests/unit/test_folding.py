"""Folding: what compares equal, and where it stood."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailbot.folding import folded, mixes_scripts, skeleton, tokenize, turned_round


def test_case_accents_widths_and_invisible_characters_do_not_matter() -> None:
    assert folded("L’ÉQUIPE") == folded("l'equipe")
    assert folded("ｏｐｔ") == folded("o\u200bp\u00adt") == "opt"
    assert folded("ёлка") == folded("елка")


def test_arabic_letters_are_unified_and_marks_dropped() -> None:
    assert folded("المُوَافَقَة") == folded("الموافقه")
    assert folded("إلى") == folded("الي")


def test_traditional_chinese_reads_as_simplified() -> None:
    assert folded("自動批准註冊") == folded("自动批准注册")


def test_digits_and_letters_part() -> None:
    assert [token.text for token in tokenize("SG17")] == ["sg", "17"]


def test_look_alike_letters_are_seen_but_not_taken_for_what_they_resemble() -> None:
    fake = "oрt"  # the second letter is Cyrillic
    assert mixes_scripts(fake)
    assert folded(fake) != "opt"
    assert skeleton(fake) == "opt"


def test_direction_overrides_are_noticed() -> None:
    assert turned_round("opt \u202eni")
    assert not turned_round("عربي\u200f")


@given(st.text(max_size=200))
def test_tokens_stand_where_they_say(text: str) -> None:
    """Every token is a stretch of the original, in order and without overlap."""
    end = 0
    for token in tokenize(text):
        assert end <= token.start < token.end <= len(text)
        assert text[token.start : token.end] == token.raw
        end = token.end


@given(st.text(alphabet="aÀé Zßж Йё,.;-ةأى ال自動１ｏ\u200b\u00ad'’«", max_size=200))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
