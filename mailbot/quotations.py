"""Where a writer quotes: the stretches of a text between quotation marks, of whatever script."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLOSING = {
    "«": "»", "»": "«", "‹": "›", "›": "‹", "“": "”", "„": "“”", "‘": "’", "「": "」", "『": "』", "”": "”", "＂": "＂",
    '"': '"',
}  # fmt: skip
_STRAIGHT = frozenset('"＂')  # the same at both ends: an inch, perhaps, where none follows in the paragraph
_MARKS = re.compile(r"\n[ \t\r]*\n|[" + "".join({*_CLOSING, *"".join(_CLOSING.values())}) + "]")


def quotations(content: str) -> Iterator[tuple[int, int]]:
    """Beginning and end of every quotation, its marks included, one behind the other; linear in `content`'s length.

    A quotation ends with the mark that belongs to the one that began it; another of the same kind between is a
    quotation in the quotation. One that is never closed reaches to the end: better taken for a quotation than not.
    """
    mark, begun, depth = "", 0, 0
    for found in _MARKS.finditer(content):
        one = found[0]
        if not mark:
            if one in _CLOSING:
                mark, begun, depth = one, found.start(), 1
        elif one in _CLOSING[mark]:
            depth -= 1
            if depth == 0:
                yield begun, found.end()
                mark = ""
        elif one == mark:
            depth += 1
        elif one.startswith("\n") and mark in _STRAIGHT:
            mark = ""
    if mark and mark not in _STRAIGHT:
        yield begun, len(content)
