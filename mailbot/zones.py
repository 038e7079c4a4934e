"""Text whose every character knows whose it is: the sender's own, quoted, forwarded, hidden, struck out …"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice


class Zone(IntEnum):
    """Where a character of a letter stands; only OWN and SIGNATURE are the sender's visible, newest words."""

    OWN = 0
    SIGNATURE = 1
    FOOTER = 2
    QUOTED = 3
    FORWARDED = 4
    HIDDEN = 5
    STRUCK = 6
    SAMPLE = 7  # the circular or its unfilled model, pasted or attached: somebody else's words


OWN_WORDS = frozenset({Zone.OWN, Zone.SIGNATURE})
OTHERS_WORDS = frozenset({Zone.QUOTED, Zone.FORWARDED})


@dataclass(frozen=True, slots=True)
class Text:
    """One readable part of a letter: its `content` and, for each character, the zone it lies in."""

    part: str
    content: str
    marks: bytes

    @classmethod
    def all_in(cls, part: str, content: str, zone: Zone = Zone.OWN) -> Text:
        return cls(part, content, bytes([zone]) * len(content))

    @classmethod
    def joined(cls, part: str, texts: Iterable[Text], separator: str = "\n\n") -> Text:
        """The texts one after the other, as a reader meets them."""
        pieces = [text for text in texts if text.content]
        gap = bytes(len(separator))
        return cls(part, separator.join(t.content for t in pieces), gap.join(t.marks for t in pieces))

    def marked(self, spans: Iterable[tuple[int, int, Zone]]) -> Text:
        """This text with its own characters inside `spans` moved to other zones; marks already set stay."""
        marks = bytearray(self.marks)
        for start, end, zone in spans:
            for position in range(start, min(end, len(marks))):
                if marks[position] in (Zone.OWN, Zone.SIGNATURE):
                    marks[position] = zone
        return Text(self.part, self.content, bytes(marks))

    def only(self, zones: frozenset[Zone]) -> str:
        """The characters in `zones`, everything else blanked, so that offsets stay those of `content`."""
        return "".join(
            character if mark in zones or character == "\n" else "\x00"
            for character, mark in zip(self.content, self.marks, strict=True)
        )

    def beginning(self, zones: frozenset[Zone], limit: int) -> Text:
        """This text up to where `limit` characters of `zones` have been read; itself where there are no more."""
        if len(self.content) <= limit:
            return self
        counted = (place for place, mark in enumerate(self.marks) if mark in zones)
        end = next(islice(counted, limit, None), None)
        return self if end is None else Text(self.part, self.content[:end], self.marks[:end])

    def lines(self) -> Iterator[tuple[int, str]]:
        """Every line with the offset of its first character."""
        start = 0
        for line in self.content.split("\n"):
            yield start, line
            start += len(line) + 1
