"""Prints a page: cleans every piece, wraps it to the terminal's width, and colours it only where that is wanted."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from mailbot.cli.output import columns_of, print_text, printable
from mailbot.page import Line, Tone

_NARROWEST, _USUAL, _WIDEST = 60, 88, 100
_CODES = {
    Tone.HEADING: "1",
    Tone.BRACKET: "1;33",
    Tone.MARKED: "1",
    Tone.NOTE: "2",
    Tone.GOOD: "32",
    Tone.BAD: "31",
}
_LOOKS_LIKE_A_MARK = re.compile(r"\[(?=\[)|\](?=\])")

_Cell = tuple[str, Tone]


def print_page(lines: Iterable[Line]) -> None:
    """Print to standard output, as wide as its terminal (within 60 to 100 columns)."""
    columns = min(max(shutil.get_terminal_size((_USUAL, 24)).columns, _NARROWEST), _WIDEST)
    for row in rendered(lines, columns, colour=wants_colour()):
        print_text(row)


def wants_colour() -> bool:
    """Only on a terminal that knows colours, and never where NO_COLOR is set (no-color.org)."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def rendered(lines: Iterable[Line], columns: int, *, colour: bool) -> Iterator[str]:
    """The rows of a page, none wider than `columns`."""
    for line in lines:
        prefix = line.indent
        first = columns - columns_of(line.indent)
        for row in _wrapped(_cells(line), first, columns - columns_of(line.hang)):
            yield (prefix + _painted(row, colour)).rstrip()
            prefix = line.hang


def _cells(line: Line) -> list[_Cell]:
    """The characters that may be shown. Whatever a letter brings along, only mailbot sets double brackets."""
    cells: list[_Cell] = []
    for piece in line.pieces:
        text = printable(piece.text)
        if piece.tone is not Tone.BRACKET:
            text = _LOOKS_LIKE_A_MARK.sub(lambda bracket: f"{bracket[0]} ", text)
        cells.extend((character, piece.tone) for character in text)
    return cells


def _wrapped(cells: Sequence[_Cell], room: int, later: int) -> Iterator[list[_Cell]]:
    """Rows of at most `room` columns, those below the first of `later`.

    They are broken between words, or anywhere in scripts and words that have no blanks.
    """
    row: list[_Cell] = []
    used = 0
    for word in _words(cells):
        size = sum(columns_of(character) for character, _ in word)
        if used + size > room and row:
            yield row
            row, used, room = [], 0, later
            if word[0][0].isspace():
                continue
        for cell in word:
            if used + columns_of(cell[0]) > room:
                yield row
                row, used, room = [], 0, later
            row.append(cell)
            used += columns_of(cell[0])
    yield row


def _words(cells: Sequence[_Cell]) -> Iterator[list[_Cell]]:
    """Runs of blanks, words, and single wide characters, after each of which a line may break."""
    word: list[_Cell] = []
    for cell in cells:
        wide = columns_of(cell[0]) == 2
        joined = bool(word) and (cell[0].isspace() == word[-1][0].isspace()) and not wide
        if word and (not joined or columns_of(word[-1][0]) == 2) and columns_of(cell[0]) > 0:
            yield word
            word = []
        word.append(cell)
    if word:
        yield word


def _painted(row: Sequence[_Cell], colour: bool) -> str:
    if not colour:
        return "".join(character for character, _ in row)
    painted = []
    for tone, run in groupby(row, key=lambda cell: cell[1]):
        text = "".join(character for character, _ in run)
        painted.append(f"\x1b[{_CODES[tone]}m{text}\x1b[0m" if tone in _CODES and text.strip() else text)
    return "".join(painted)
