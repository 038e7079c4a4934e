"""Bytes to text: the declared charset where it fits, a repaired one where it does not, and noise told from text."""

from __future__ import annotations

import unicodedata

# What senders say, and the superset they mean.
_MEANT = {
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "hz-gb-2312": "hz",
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "iso-8859-1": "cp1252", "latin-1": "cp1252",
    "latin1": "cp1252", "us-ascii": "ascii", "ansi_x3.4-1968": "ascii", "iso-8859-8-i": "iso-8859-8", "utf8": "utf-8",
    "unicode-1-1-utf-7": "utf-7", "iso-8859-6-i": "iso-8859-6", "iso-8859-9": "cp1254", "windows-874": "cp874",
}  # fmt: skip
_GUESSES = ["utf_8", "cp1251", "koi8_r", "gb18030", "big5", "cp1256", "cp1252"]
_SINGLE_BYTE = frozenset({"cp1251", "koi8_r", "cp1256", "cp1252", "cp1254"})


def decode(data: bytes, declared: str | None) -> str | None:
    """The text of `data`; None where nothing sensible can be read.

    The declared charset is believed while it decodes without a fault and gives text; after that UTF-8 is tried, then
    what charset-normalizer finds among the legacy charsets of the six languages.
    """
    for charset in (_known(declared), "utf-8"):
        text = _strictly(data, charset)
        if text is not None and not is_noise(text):
            return text
    guessed = _guess(data)
    return guessed if guessed is not None and not is_noise(guessed) else None


def _known(declared: str | None) -> str:
    name = (declared or "utf-8").strip().strip("\"'").lower()
    return _MEANT.get(name, name)


def _strictly(data: bytes, charset: str) -> str | None:
    try:
        return data.decode(charset)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes  # loads slowly, and most letters do not need it

    best = from_bytes(data[:200_000], cp_isolation=_GUESSES, threshold=0.25).best()
    if best is None:
        return _damaged_utf8(data)
    return _strictly(data, best.encoding)


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 with a few broken bytes (a truncated or patched letter) is still text; the broken ones stay visible."""
    text = data.decode("utf-8", "replace")
    return text if text and text.count("\ufffd") * 50 <= len(text) else None


def is_noise(text: str) -> bool:
    """Whether `text` is bytes rather than words: too many control, private or unassigned characters."""
    sample = text[:20_000]
    if not sample.strip():
        return False
    strange = sum(
        character == "\ufffd"
        or (unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs") and character not in "\t\n\r\f\x1b")
        for character in sample
    )
    return strange * 20 > len(sample) or _is_jumble(sample)


def _is_jumble(sample: str) -> bool:
    """Whether words change their script or jump between signs and letters as no written language does."""
    words = sample.split()
    if not words:
        return False
    letters = sum(character.isalpha() or character.isspace() for character in sample)
    return (
        len(sample) > 40
        and letters * 2 < len(sample)
        and not any(word.isascii() and word.isalpha() for word in words[:200])
    )
