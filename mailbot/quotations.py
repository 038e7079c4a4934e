"""Where a writer quotes: the stretches of a text between quotation marks, of whatever script."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LONGEST = 2_000  # characters: a mark that is never closed quotes nothing
_MARKS = (("«", "»"), ("“", "”"), ("„", "“”"), ("「", "」"), ("『", "』"), ("‹", "›"), ("＂", "＂"), ('"', '"'))
_OPENING = re.compile("[" + "".join(opening for opening, _ in _MARKS) + "]")
_CLOSING = {opening: re.compile(f"[{closing}]") for opening, closing in _MARKS}
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n")


def quotations(content: str) -> Iterator[tuple[int, int]]:
    """Beginning and end of every quotation, its marks included; linear in the length of `content`.

    Straight marks are the same at both ends: there a quotation ends with its paragraph.
    """
    place = 0
    while opened := _OPENING.search(content, place):
        mark, begun = opened[0], opened.end()
        limit = begun + _LONGEST
        if _CLOSING[mark].pattern == f"[{mark}]" and (paragraph := _PARAGRAPH.search(content, begun, limit)):
            limit = paragraph.start()
        closed = _CLOSING[mark].search(content, begun, limit)
        if closed is not None:
            yield opened.start(), closed.end()
        place = closed.end() if closed is not None else begun
