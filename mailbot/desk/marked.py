"""A letter's text ready to be shown: the sender's own words with the decisive ones marked, the others apart.

The same marks as `mailbot check` prints (`mailbot.excerpt`), but with every character of the text. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mailbot.excerpt import Mark, marks_in, note_of, runs
from mailbot.terms import Evidence
from mailbot.zones import Text, Zone


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that stand together; `labels` say what they are decisive for, `number` is that of a mark's first."""

    text: str
    labels: tuple[str, ...] = ()
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text: the sender's own words (`note` empty), or words that do not count, with what they are."""

    runs: tuple[Run, ...]
    note: str = ""
    revealed: bool = False


@dataclass(frozen=True, slots=True)
class MarkedText:
    """One text of a letter; `part` is its name in the evidence (`body`, `attachment:letter.pdf`, …)."""

    part: str
    stretches: tuple[Stretch, ...]

    @property
    def marks(self) -> tuple[Run, ...]:
        """The first run of each mark, in reading order."""
        return tuple(run for one in self.stretches for run in one.runs if run.number is not None)

    @property
    def own(self) -> bool:
        """Whether anything in it is the sender's own."""
        return any(not one.note and any(run.text.strip() for run in one.runs) for one in self.stretches)


def marked(
    text: Text, evidence: Sequence[Evidence], *, first: int = 1, reveal: frozenset[Zone] = frozenset()
) -> MarkedText:
    """The text with the evidence in it marked, the marks numbered from `first` on.

    Words in the zones of `reveal`, where the decision turns on them, are shown at once.
    """
    marks = marks_in(text, evidence)
    numbers = {id(mark): first + number for number, mark in enumerate(marks)}
    stretches = []
    for zone, start, end in runs(text):
        content = text.content[start:end]
        if zone is Zone.OWN:
            stretches.append(Stretch(tuple(_cut(text.content, marks, numbers, start, end))))
        else:
            stretches.append(Stretch((Run(content),), note_of(zone, content), zone in reveal))
    return MarkedText(text.part, tuple(stretches))


def _cut(content: str, marks: Sequence[Mark], numbers: dict[int, int], start: int, end: int) -> Iterator[Run]:
    """The characters from `start` to `end` in runs that a mark covers from end to end, or none does."""
    inside = [mark for mark in marks if mark.start < end and mark.end > start]
    places = {place for mark in inside for place in (mark.start, mark.end) if start < place < end}
    cuts = [start, *sorted(places), end]
    for left, right in pairwise(cuts):
        around = [mark for mark in inside if mark.start <= left and mark.end >= right]
        labels = tuple(dict.fromkeys(mark.label for mark in around))
        begun = next((numbers[id(mark)] for mark in around if mark.start == left), None)
        yield Run(content[left:right], labels, begun)
