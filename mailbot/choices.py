"""Ticked and unticked boxes: which alternative of a form a letter takes (contract rule 3).

A box may stand before its alternative or behind it; a line that begins with a box has them before, one that ends with a
box behind. Where neither can be told, or no box is ticked, the choice is open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.zones import OWN_WORDS, Text, Zone

_BOX = re.compile(
    r"(?P<ticked>[☒☑✓✔✗✘🗹🗷]|[\[(][ \u00a0]?[xXхХ×✓✔][ \u00a0]?[\])])|"
    r"(?P<empty>[☐□▢❏❑]|\[[ \u00a0_]{0,3}\]|\([ \u00a0]{1,3}\))"
)


@dataclass(frozen=True, slots=True)
class Choices:
    """A text whose unticked alternatives are struck; `open_spans` are those where nothing was chosen."""

    text: Text
    taken_spans: tuple[tuple[int, int], ...] = ()
    open_spans: tuple[tuple[int, int], ...] = ()


def take_choices(text: Text) -> Choices:
    """Read the boxes of a text; a text without boxes comes back as it is."""
    alternatives = [
        alternative
        for start, line in text.lines()
        if text.marks[start : start + 1] and text.marks[start] in OWN_WORDS
        for alternative in _alternatives(start, line)
    ]
    if not alternatives:
        return Choices(text)
    taken = tuple((start, end) for start, end, ticked in alternatives if ticked)
    left = tuple((start, end) for start, end, ticked in alternatives if ticked is False)
    unknown = tuple((start, end) for start, end, ticked in alternatives if ticked is None)
    if not taken or unknown:
        return Choices(text, open_spans=tuple(sorted((*left, *unknown, *taken))))
    return Choices(text.marked((start, end, Zone.STRUCK) for start, end in left), taken_spans=taken)


def _alternatives(offset: int, line: str) -> Iterator[tuple[int, int, bool | None]]:
    """The stretches of a line that belong to a box each, and whether it is ticked (None: cannot be told)."""
    boxes = list(_BOX.finditer(line))
    if not boxes:
        return
    begins = not line[: boxes[0].start()].strip()
    ends = not line[boxes[-1].end() :].strip()
    for number, box in enumerate(boxes):
        ticked: bool | None = box["ticked"] is not None
        if begins and not (ends and len(line.strip()) <= len(box[0])):
            start, end = box.start(), boxes[number + 1].start() if number + 1 < len(boxes) else len(line)
        elif ends and not begins:
            start, end = boxes[number - 1].end() if number else 0, box.end()
        else:
            start, end, ticked = 0, len(line), None
        yield offset + start, offset + end, ticked
