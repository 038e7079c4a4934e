"""How the commands print: JSON lines in UTF-8 whatever the locale, aligned tables, and text that cannot play tricks."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence

_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?\+00:00$")


def print_json(value: object) -> None:
    """One JSON object on one line, UTF-8, not ASCII-escaped (but for lone surrogates, which UTF-8 cannot say)."""
    line = json.dumps(value, ensure_ascii=False, default=str) + "\n"
    print_bytes(line.encode("utf-8", "backslashreplace"))


def print_text(text: str) -> None:
    """One line of text for a person."""
    print_bytes(f"{text}\n".encode("utf-8", "replace"))


def print_bytes(data: bytes) -> None:
    """Bytes as they are, in order with everything printed before."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def complain(text: str) -> None:
    """One line on standard error."""
    sys.stderr.buffer.write(f"{printable(text)}\n".encode("utf-8", "replace"))
    sys.stderr.buffer.flush()


def printable(text: object) -> str:
    """`text` on one line, without control characters and direction overrides a letter may have brought along."""
    if text is None:
        return ""
    breaks = "\r\n\t\v\f\x85\u2028\u2029"
    kept = (" " if character in breaks else character for character in str(text))
    return "".join(character for character in kept if unicodedata.category(character) not in ("Cc", "Cf", "Cs"))


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns aligned by what they look like on a terminal; moments to the second, as 2026-11-22 07:25:47Z."""
    cells = [list(header), *([_MOMENT.sub(r"\1 \2Z", printable(cell)) for cell in row] for row in rows)]
    widths = [max(columns_of(row[column]) for row in cells) for column in range(len(header))]
    for row in cells:
        line = "  ".join(cell + " " * (width - columns_of(cell)) for cell, width in zip(row, widths, strict=True))
        print_text(line.rstrip())


def columns_of(text: str) -> int:
    """Terminal columns: East Asian wide characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
