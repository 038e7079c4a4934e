"""Tables for people to open in a spreadsheet, whose cells it must never take for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# what a spreadsheet takes for the beginning of a formula, in East Asian full width too (OWASP, CSV injection)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A CSV file (RFC 4180) in UTF-8, with a byte order mark for Excel."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([inert(row[column]) for column in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def xlsx_bytes(title: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A workbook with one sheet, every cell a text."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.append(list(columns))
    for row in rows:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", inert(row[column])) for column in columns])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def inert(value: object) -> str:
    """The value as text that no spreadsheet takes for a formula: an apostrophe before what looks like one."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
