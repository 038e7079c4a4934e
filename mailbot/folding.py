"""Comparable text: fold away case, accents, widths and invisible characters, and cut what is left into tokens.

Everything downstream compares folded tokens and reports offsets of the original text, so evidence always shows the
letter's own characters. Text with spaces is cut into words, Chinese into single characters, punctuation stands alone.
Apostrophes separate words ("l'accord" is two), so phrases and letters are cut alike whatever their quotes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_ARABIC = str.maketrans(
    {"ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "ـ": None, "ٱ": "ا", "ؤ": "و", "ئ": "ي", "أ": "ا", "إ": "ا", "آ": "ا"}
)
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th", "’": "'", "‘": "'", "ʼ": "'",
     "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "‐": "-",
     "‑": "-", "−": "-", "―": "-", "。": ".", "、": ",", "،": ",", "「": '"', "」": '"', "『": '"', "』": '"'}
)  # fmt: skip

# Letters of one script that pass for another's in print (Unicode TS #39 calls the result a skeleton).
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝкмнтвгпАВЕКМНОРСТХαεοριτυκνχ",
    "aeopcyxijshdqwkmhtbrnABEKMHOPCTXaeopituknx",
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, Chinese character or punctuation mark; `start` and `end` are offsets in the original text."""

    text: str
    start: int
    end: int
    raw: str

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()

    @property
    def is_number(self) -> bool:
        return self.text.isdigit()


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    """What one character compares as; empty for characters nobody sees."""
    if unicodedata.category(character) in ("Cf", "Mn", "Me", "Cc") and character not in "\t\n\r":
        return ""
    compatible = unicodedata.normalize("NFKC", character).translate(_LETTERS).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", compatible) if not unicodedata.combining(c))
    plain = bare.translate(_ARABIC).translate(_LETTERS)
    return str(_simplifier().convert(plain)) if plain and _is_han(plain[0]) else plain


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    from opencc import OpenCC  # its tables take a moment to load and only Chinese letters need them

    return OpenCC("t2s")


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"


def tokenize(text: str) -> list[Token]:
    """The tokens of `text` in reading order; linear in its length."""
    tokens: list[Token] = []
    word: list[str] = []
    start = end = 0

    def flush() -> None:
        if word:
            tokens.append(Token("".join(word), start, end, text[start:end]))
            word.clear()

    for position, character in enumerate(text):
        folded = _fold_character(character)
        if not folded:
            continue
        if _is_han(folded[0]):
            flush()
            tokens.append(Token(folded, position, position + 1, character))
        elif folded.isalnum():
            if not word:
                start = position
            elif word[-1][-1].isdigit() != folded[0].isdigit():
                flush()
                start = position
            word.append(folded)
            end = position + 1
        else:
            flush()
            if not folded.isspace() and folded != "'":
                tokens.append(Token(folded, position, position + 1, character))
    flush()
    return tokens


def folded(text: str) -> str:
    """`text` as its folded tokens joined by single spaces; equal for texts that differ only in what folding drops."""
    return " ".join(token.text for token in tokenize(text))


def skeleton(word: str) -> str:
    """The word a reader would take `word` for, with look-alike letters of other scripts read as Latin ones."""
    return word.translate(_LOOKALIKES)


_SCRIPTS = re.compile(r"([a-z])|([\u0400-\u04ff])|([\u0370-\u03ff])", re.I)


def mixes_scripts(word: str) -> bool:
    """Whether Latin, Cyrillic or Greek letters stand together inside one word."""
    return len({match.lastindex for match in _SCRIPTS.finditer(word)}) > 1


_BIDI_OVERRIDES = frozenset("\u202d\u202e")


def turned_round(text: str) -> bool:
    """Whether direction overrides make the text look other than it is stored (contract rule 3)."""
    return any(character in _BIDI_OVERRIDES for character in text)
