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
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_MULTI_BYTE = frozenset(
    "utf-7 utf-16 utf-16-le utf-16-be utf-32 gb18030 hz big5 big5hkscs cp950 cp932 cp949 euc-jp iso-2022-jp "
    "iso-2022-kr".split()
)  # declared, these are believed: a short Chinese text may happen to be UTF-8, a Russian one never does
_WESTERN = frozenset("ascii cp1252 iso-8859-15 cp850 macintosh mac-roman cp437".split())
_FOREIGN = 0.35  # of the letters: no Western language has that many outside ASCII


def decode(data: bytes, declared: str | None) -> str | None:
    """The text of `data`; None where nothing sensible can be read.

    A byte order mark is believed first. The declared charset is believed while it decodes without a fault and gives
    text, unless it is a single-byte one (which decode anything) and the bytes are plainly UTF-8 or no Western words;
    after that UTF-8 is tried, then what charset-normalizer finds among the legacy charsets of the six languages.
    """
    for start, marked in _BYTE_ORDER_MARKS:
        if data.startswith(start) and (text := _sensible(data.removeprefix(start), marked)) is not None:
            return text
    known = _known(declared)
    several = known in _MULTI_BYTE or known.startswith("iso-2022")
    doubtful = None
    for charset in (known, "utf-8") if several else ("utf-8", known):
        text = _sensible(data, charset)
        if text is not None and charset in _WESTERN and _is_foreign(text):
            doubtful = text
        elif text is not None:
            return text
    guessed = _guess(data)
    return guessed if guessed is not None and not is_noise(guessed) else doubtful


def _sensible(data: bytes, charset: str) -> str | None:
    text = _strictly(data, charset)
    return None if text is None or is_noise(text) else text


def _is_foreign(text: str) -> bool:
    """Whether a text read in a Western charset has letters of so many kinds that it was written in another."""
    letters = [character for character in text[:20_000] if character.isalpha()]
    return len(letters) >= 12 and sum(letter > "\x7f" for letter in letters) > _FOREIGN * len(letters)


def _known(declared: str | None) -> str:
    name = (declared or "utf-8").strip().strip("\"'").lower()
    return _MEANT.get(name, name)


def _strictly(data: bytes, charset: str) -> str | None:
    try:
        return data.decode(charset)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _guess(data: bytes) -> str | None:
    if (damaged := _damaged_utf8(data)) is not None:
        return damaged
    from charset_normalizer import from_bytes  # loads slowly, and most letters do not need it

    best = from_bytes(data[:200_000], cp_isolation=_GUESSES, threshold=0.25).best()
    return None if best is None else _strictly(data, best.encoding)


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 with a few broken bytes (a truncated or patched letter) is still text; the broken ones stay visible.

    A Western text of some other charset also has few bytes that are not UTF-8, but hardly any that are and not ASCII.
    """
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(character > "\x7f" for character in text) - broken
    few = broken * 50 <= len(text) and whole >= 2 * broken
    return text if text and (few or whole >= 12 * broken) else None


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
