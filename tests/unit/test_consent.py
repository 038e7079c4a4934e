"""What counts as a yes to mailbot's question: a closed list, and nothing beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.consent import says_yes
from mailbot.quoting import mark
from mailbot.zones import Text


def agrees(words: str) -> bool:
    return says_yes(mark(Text.all_in("body", words)), ("Ana Juma", "Kenya"))


@pytest.mark.parametrize(
    "words",
    [
        "YES", "Yes.", "yes!", "Yes, I confirm.", "I confirm that I wrote this letter.", "Confirmed, thank you.",
        "Oui", "Oui, je confirme.\nMerci.", "SÍ", "Si", "Sí, lo confirmo.", "ДА", "Да, подтверждаю.", "是",
        "是的，我确认。",
        "نعم", "نعم، أؤكد ذلك.", "Dear Sir or Madam,\n\nYes.\n\nBest regards,\nAna Juma\nMinistry of Communications",
        "Yes\nAna Juma\nDirector, Spectrum Policy\nKenya", "Yes\n-- \nNo reply before noon", "您好！\n确认。\n谢谢！",
        "Yes\n\nOn 4 Sep 2026, TSB <tsbdir@itu.int> wrote:\n> If you did not write it, please tell us.",
        "Yes MB-2026-00031-ABCDE-FGHIJ-\nKLMNO-PQRST",
    ],
)  # fmt: skip
def test_a_plain_yes_in_any_language_counts(words: str) -> None:
    assert agrees(words)


@pytest.mark.parametrize(
    "words",
    [
        "", "MB-2026-00031-ABCDE-FGHIJ-KLMNO-PQRST", "No", "No. I did not write this.", "Yes? Who are you?", "Yes, but",
        "Yes, but please opt us out instead.", "Yes and no", "Not yes", "Yesterday", "I confirm that I am away",
        "I confirm receipt of your message and will answer on 1 October.", "I am out of the office until Monday.",
        "Thank you for your message.", "Yes, when our Minister agrees", "Yes\n\nPlease disregard it.",
        "Yes.\nAna Juma\nP.S. We never wrote that.", "Yes.\nRegards\nAna\nExcept for Geneva", "Oui, mais pas encore",
        "Sí, pero no ahora", "Да, но не сейчас", "不是", "是，但暂不", "لا", "نعم ولكن لا", "Je suis absent",
        "Sent from my phone",
        "> yes", "<yes>no</yes>", "Yes. " + "word " * 1000,
    ],
)  # fmt: skip
def test_anything_else_is_for_a_person(words: str) -> None:
    assert not agrees(words)


def test_a_yes_that_is_quoted_or_signed_is_not_said() -> None:
    assert not agrees("> I confirm\n\n-- \nYes")


@given(st.text(max_size=400))
def test_no_words_turn_a_no_into_a_yes(words: str) -> None:
    assert not agrees(f"No, I did not write this.\n{words}")
    assert not agrees(f"{words.replace('>', '')}\nAbwesenheitsnotiz\nYes")
