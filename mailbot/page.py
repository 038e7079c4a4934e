"""A page of text before it is printed: lines made of pieces, each with the tone it is said in.

Nothing here is cleaned, wrapped or coloured: whoever prints the page does that, for all of it and in one place
(`mailbot.cli.page`), so that no text of a letter gets past it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Tone(Enum):
    """How a piece is meant; only a terminal shows more than its text."""

    PLAIN = auto()
    HEADING = auto()
    BRACKET = auto()  # the marks mailbot puts around decisive words; no other tone may look like one
    MARKED = auto()
    NOTE = auto()
    GOOD = auto()
    BAD = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in one tone."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Line:
    """One line; where it must be wrapped, what follows its first row is set behind `hang` instead of `indent`."""

    pieces: tuple[Piece, ...] = ()
    indent: str = ""
    hang: str = ""

    @classmethod
    def of(cls, text: str, tone: Tone = Tone.PLAIN, *, indent: str = "", hang: str | None = None) -> Line:
        """A line of a single piece."""
        return cls((Piece(text, tone),), indent, indent if hang is None else hang)


BLANK = Line()
DIVIDER = (BLANK, Line.of("─" * 60, Tone.NOTE), BLANK)
