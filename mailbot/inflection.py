"""The base forms a written word may stand for: Russian cases, Arabic particles, possessives.

Endings are exchanged paradigm by paradigm, so that the genitive of one name is never the base of another: the stem of
Нигер takes the endings of Нигер, that of Нигерия its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mailbot.wording import variants

# base ending -> the endings of its other cases (folded: й is и, ё is е)
_RUSSIAN = {
    "ия": ("ии", "ию", "иеи", "иею"),
    "ая": ("ои", "ую", "ою"),
    "яя": ("еи", "юю"),
    "ыи": ("ого", "ому", "ым", "ом"),
    "ии": ("ого", "ому", "им", "ом", "его", "ему", "ем", "и", "иев", "иям", "иями", "иях", "ию", "ии"),
    "ое": ("ого", "ому", "ым", "ом"),
    "ство": ("ства", "ству", "ством", "стве"),
    "ние": ("ния", "нию", "нием", "нии"),
    "а": ("ы", "и", "е", "у", "ои", "ою"),
    "я": ("и", "е", "ю", "еи"),
    "ь": ("я", "ю", "ем", "е", "и", "ью"),
    "о": ("а", "у", "ом", "е"),
    "и": ("я", "ю", "ем", "е"),
    "ы": ("ов", "ам", "ами", "ах"),
    "": ("а", "у", "ом", "ем", "е"),
}


@lru_cache(maxsize=16384)
def base_forms(word: str) -> tuple[str, ...]:
    """The dictionary forms `word` (folded) may be an inflected form of; empty where it shows no inflection."""
    first = word[0]
    if "\u0400" <= first <= "\u04ff":
        return tuple(dict.fromkeys(_russian(word)))
    if "\u0600" <= first <= "\u06ff":
        return tuple(form for form in (*variants(word), *("ال" + v for v in variants(word))) if form != word)
    if word.endswith("s") and len(word) > 4 and word.isascii():
        return (word[:-1],)
    return ()


def _russian(word: str) -> Iterator[str]:
    for base, endings in _RUSSIAN.items():
        for ending in endings:
            stem = word.removesuffix(ending)
            if word.endswith(ending) and len(stem) >= 3 and _takes(stem, base):
                yield stem + base


def _takes(stem: str, base: str) -> bool:
    """A masculine base without ending ends in a consonant, and no base doubles a vowel."""
    return stem[-1] not in "аеиоуыэюяьъ" if base in ("", "а", "о", "ы", "ь") else True
