"""The letter's own words with the decisive phrases marked in place, and a short note where words do not count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from mailbot.documents import Document, Kind
from mailbot.letter import Letter
from mailbot.page import Line, Piece, Tone
from mailbot.quoting import mark
from mailbot.terms import Evidence
from mailbot.zones import OWN_WORDS, Text, Zone

_LABELS = {"intent": "wish"}
_WHAT = {
    Zone.FOOTER: "of a footer",
    Zone.QUOTED: "of quoted mail",
    Zone.FORWARDED: "of forwarded mail",
    Zone.HIDDEN: "of hidden text",
    Zone.STRUCK: "struck out",
    Zone.SAMPLE: "of the circular's own text",
}
_GUTTER = "  | "  # stands before every line of a letter: none can pass for a line of the page
_LONGEST_PIECE = 2000  # characters of unmarked words in one line
_MOST_PIECES = 120  # pieces of one line
_MOST_ROWS = 300  # lines of one text that are shown although they are decisive
_REVEALED = 300  # characters of other people's words where the decision turns on them


@dataclass(frozen=True, slots=True)
class Readable:
    """The texts of a letter for a person to read; `unread` says of each part that could not be read why."""

    subject: Text
    body: Text
    others: tuple[Text, ...] = ()
    embedded: tuple[Text, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A decisive stretch of a text, by its offsets, and what it speaks for."""

    start: int
    end: int
    label: str


@dataclass(slots=True)
class _Row:
    """One line of the letter being put together."""

    pieces: list[Piece] = field(default_factory=list)
    decisive: bool = False

    @property
    def blank(self) -> bool:
        return not any(piece.text.strip() for piece in self.pieces)


def readable_texts(letter: Letter, documents: Sequence[Document]) -> Readable:
    """The texts a decision was made on; `documents` are the letter's attachments, as far as they were read."""
    attached = tuple(
        mark(Text.all_in(f"attachment:{d.name}", d.text, Zone.OWN), letterhead_allowed=True)
        for d in documents
        if d.text
    )
    unread = tuple(
        f"attachment {d.name}: {d.problem or 'not read'}" for d in documents if not d.text and d.kind is not Kind.OTHER
    )
    other = (letter.alternative,) if letter.alternative is not None else ()
    return Readable(Text.all_in("subject", letter.subject), letter.body, (*other, *attached), letter.embedded, unread)


def place_of(part: str) -> str:
    """A part of a letter as a sentence names it: `attachment:letter.pdf` is the attachment letter.pdf."""
    return part.replace(":", " ", 1)


def nothing_readable(why: str) -> Readable:
    """The texts of a letter that could not be read at all."""
    return Readable(Text.all_in("subject", ""), Text.all_in("body", ""), unread=(why,))


def excerpt(
    texts: Readable, evidence: Sequence[Evidence], *, most: int, reveal: frozenset[Zone] = frozenset()
) -> Iterator[Line]:
    """The letter's own words; of lines that are not decisive at most `most`.

    Words in the zones of `reveal`, where the decision turns on them, are quoted within their note.
    """
    decisive = {e.part for e in evidence}
    yield Line.of("The letter's own words", Tone.HEADING)
    if texts.subject.part in decisive:
        yield from _shown(texts.subject, evidence, most, reveal)
        yield Line.of(f"in the {texts.body.part}:", Tone.NOTE, indent="  ")
    yield from _shown(texts.body, evidence, most, reveal)
    for text in texts.others:
        if text.part in decisive:
            yield from _shown(text, evidence, most, reveal)
        elif text.part != "alternative":
            yield _aside(f"{place_of(text.part)}: {_lines_of(text.content)}, none of them decisive")
    for text in texts.embedded:
        yield _aside(note_of(Zone.FORWARDED, text.content, reveal))
    for why in texts.unread:
        yield _aside(f"{why}: this part was not read")


def _shown(text: Text, evidence: Sequence[Evidence], most: int, reveal: frozenset[Zone]) -> Iterator[Line]:
    if text.part != "body":
        yield Line.of(f"in the {place_of(text.part)}:", Tone.NOTE, indent="  ")
    rows = _selected(_tidied(_rows(text, marks_in(text, evidence), reveal)), most)
    if not rows:
        yield _aside("no words")
    for row in rows:
        yield Line(_shortened(row.pieces), _GUTTER, _GUTTER)


def _aside(text: str) -> Line:
    return Line.of(f"… {text} …", Tone.NOTE, indent=_GUTTER)


def note_of(zone: Zone, text: str, reveal: frozenset[Zone] = frozenset()) -> str:
    """What is said of a stretch that does not count; words in the zones of `reveal` are quoted."""
    amount = _lines_of(text) if "\n" in text.strip() else _counted(len(text.split()), "word")
    said = f": “{' '.join(text.split())[:_REVEALED]}”" if zone in reveal else ""
    return f"{amount} {_WHAT.get(zone, 'that are not the sender’s')} not counted{said}"


def _lines_of(text: str) -> str:
    return _counted(sum(bool(line.strip()) for line in text.split("\n")), "line")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def marks_in(text: Text, evidence: Sequence[Evidence]) -> list[Mark]:
    """The decisive stretches, outermost first, none crossing another; one that is no longer there is left out."""
    labels: dict[tuple[int, int], list[str]] = {}
    for item in evidence:
        if item.part == text.part and 0 <= item.start < item.end <= len(text.content):
            span = _within_own(text, item.start, item.end)
            if span and _letters(text.content[item.start : item.end]) == _letters(item.text):
                labels.setdefault(span, []).append(_LABELS.get(item.field, item.field.replace("_", " ")))
    marks: list[Mark] = []
    around: list[Mark] = []
    for (start, end), names in sorted(labels.items(), key=lambda entry: (entry[0][0], -entry[0][1])):
        while around and around[-1].end <= start:
            around.pop()
        inside = Mark(start, min(end, around[-1].end) if around else end, ", ".join(dict.fromkeys(names)))
        around.append(inside)
        marks.append(inside)
    return marks


def _letters(text: str) -> str:
    """What counts when evidence, whose words may have been joined anew, is compared with the text."""
    return "".join(character for character in text if character.isalnum())


def _within_own(text: Text, start: int, end: int) -> tuple[int, int] | None:
    """A stretch without what lies outside the sender's own words at its two ends."""
    own = [place for place in range(start, end) if text.marks[place] in OWN_WORDS and not text.content[place].isspace()]
    return (own[0], own[-1] + 1) if own else None


def runs(text: Text) -> Iterator[tuple[Zone, int, int]]:
    """The stretches of one zone each (OWN stands for all own words); blanks belong to what stands before them."""
    zones: list[int] = []
    current = int(Zone.OWN)
    for character, zone in zip(text.content, text.marks, strict=True):
        if not character.isspace():
            current = int(Zone.OWN) if zone in OWN_WORDS else zone
        zones.append(current)
    start = 0
    for zone, run in groupby(zones):
        end = start + sum(1 for _ in run)
        yield Zone(zone), start, end
        start = end


def _rows(text: Text, marks: Sequence[Mark], reveal: frozenset[Zone]) -> list[_Row]:
    """The text line by line, marks and notes in place."""
    rows = [_Row()]
    starts: dict[int, list[Mark]] = {}
    ends: dict[int, int] = {}
    for one in marks:
        starts.setdefault(one.start, []).append(one)
        ends[one.end] = ends.get(one.end, 0) + 1
    depth = 0
    for zone, start, end in runs(text):
        stretch = text.content[start:end]
        if zone is not Zone.OWN:
            _put_note(rows, zone, stretch, reveal)
            continue
        cuts = sorted({start, end, *(cut for cut in (*starts, *ends) if start < cut < end)})
        for number, cut in enumerate(cuts):
            for _ in range(ends.get(cut, 0) if cut > start else 0):
                rows[-1].pieces.append(Piece("]]", Tone.BRACKET))
                depth -= 1
            if cut == end:
                break
            for opened in starts.get(cut, ()):
                rows[-1].pieces.append(Piece(f"[[{opened.label}: ", Tone.BRACKET))
                depth += 1
            _put_words(rows, text.content[cut : cuts[number + 1]], depth)
    return rows


def _put_words(rows: list[_Row], words: str, depth: int) -> None:
    for number, line in enumerate(words.split("\n")):
        if number:
            rows.append(_Row())
        if line:
            rows[-1].pieces.append(Piece(line, Tone.MARKED if depth else Tone.PLAIN))
        rows[-1].decisive |= depth > 0


def _put_note(rows: list[_Row], zone: Zone, stretch: str, reveal: frozenset[Zone]) -> None:
    note = Piece(f"… {note_of(zone, stretch, reveal)} …", Tone.NOTE)
    apart = "\n" in stretch
    if apart and rows[-1].pieces:
        rows.append(_Row())
    rows[-1].pieces.append(note)
    rows[-1].decisive |= zone in reveal
    if apart:
        rows.append(_Row())
    elif stretch[-1:].isspace():
        rows[-1].pieces.append(Piece(" "))


def _tidied(rows: Sequence[_Row]) -> list[_Row]:
    """Without blank lines at the ends and in a row."""
    kept: list[_Row] = []
    for row in rows:
        if not row.blank or (kept and not kept[-1].blank):
            kept.append(row)
    while kept and kept[-1].blank:
        kept.pop()
    return kept


def _selected(rows: Sequence[_Row], most: int) -> list[_Row]:
    """The first `most` lines and the decisive ones with their neighbours; a note stands for the rest."""
    near = {number + step for number, row in enumerate(rows) if row.decisive for step in (-1, 0, 1)}
    shown: list[_Row] = []
    skipped = 0
    for number, row in enumerate(rows):
        if number < most or (number in near and len(shown) < _MOST_ROWS):
            shown.extend(_gap(skipped))
            shown.append(row)
            skipped = 0
        else:
            skipped += 1
    return [*shown, *_gap(skipped)]


def _gap(skipped: int) -> Iterator[_Row]:
    if skipped:
        yield _Row([Piece(f"… {_counted(skipped, 'line')} not shown here …", Tone.NOTE)])


def _shortened(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """A line of bounded length, whatever the letter holds."""
    half = _LONGEST_PIECE // 2
    kept = [
        Piece(f"{p.text[:half]} … {p.text[-half:]}", p.tone) if len(p.text) > _LONGEST_PIECE else p
        for p in pieces[:_MOST_PIECES]
    ]
    return (*kept, Piece(" …", Tone.NOTE)) if len(pieces) > _MOST_PIECES else tuple(kept)
