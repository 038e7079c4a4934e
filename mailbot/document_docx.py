"""The words of a Word document (ISO/IEC 29500, transitional and strict): see `mailbot.document_xml`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from mailbot.document_xml import EMPTY, TICKED, Container, Style, attribute, child, inherited, joined, local_name

_DOCX_SKIPPED = frozenset(
    "del moveFrom delText instrText delInstrText pPr rPr tblPr tblGrid trPr tcPr sectPr sdtPr sdtEndPr rt".split()
)
_TOGGLES = ("strike", "dstrike", "vanish")
# Symbol fonts draw boxes at places where other fonts have letters; Word notes them from U+F000.
_SYMBOLS = {
    "wingdings": {0xFE: TICKED, 0xFD: TICKED, 0xA8: EMPTY, 0x6F: EMPTY, 0x71: EMPTY, 0x72: EMPTY,
                  0xFC: "✓", 0xFB: "✗"},
    "wingdings 2": {0x52: TICKED, 0x51: TICKED, 0x53: TICKED, 0x54: TICKED, 0xA3: EMPTY, 0x2A: EMPTY,
                    0x50: "✓", 0x4F: "✗"},
}  # fmt: skip


def docx_text(payload: bytes) -> str:
    """Page headers, the body with tables, text boxes and content controls, footnotes and endnotes."""
    container = Container(payload)
    main = _main_part(container)
    folder = posixpath.dirname(main)
    document = container.tree(main)
    if document is None:
        raise ValueError("holds no Word document")
    if any(local_name(node) == "altChunk" for node in document.iter()):
        raise ValueError("holds other documents in the place of text")
    reader = _Docx(_docx_styles(container.tree(f"{folder}/styles.xml")))
    headers = sorted(n for n in container.names if re.fullmatch(re.escape(folder) + r"/header\d*\.xml", n))[:6]
    notes = [f"{folder}/footnotes.xml", f"{folder}/endnotes.xml"]
    above = (reader.text(container.tree(name)) for name in headers)
    below = (reader.text(container.tree(name)) for name in notes)
    # The same header stands for first, odd and even pages.
    return "\n\n".join(piece for piece in (*dict.fromkeys(above), reader.text(document), *below) if piece)


def _main_part(container: Container) -> str:
    """The part that holds the document: desktop Word calls it `word/document.xml`, others as they please."""
    relations = container.tree("_rels/.rels")
    for relation in relations if relations is not None else ():
        if (attribute(relation, "Type") or "").endswith("/officeDocument"):
            return (attribute(relation, "Target") or "").lstrip("/")
    return "word/document.xml"


def _docx_styles(root: Element | None) -> dict[str, Style]:
    """The styles by their identifiers; the default paragraph style also under the empty one."""
    styles: dict[str, Style] = {}
    for node in root if root is not None else ():
        if local_name(node) == "style":
            based_on = child(node, "basedOn")
            style = Style(attribute(based_on, "val") if based_on is not None else None, _toggles(child(node, "rPr")))
            styles[attribute(node, "styleId") or "?"] = style
            if attribute(node, "type") == "paragraph" and _is_on(attribute(node, "default"), "0"):
                styles[""] = style
    return styles


def _toggles(properties: Element | None) -> dict[str, bool]:
    nodes = ((name, child(properties, name)) for name in _TOGGLES)
    return {name: _is_on(attribute(node, "val"), "1") for name, node in nodes if node is not None}


def _is_on(value: str | None, default: str) -> bool:
    return (value or default) not in ("0", "false", "off", "none")


@dataclass
class _Docx:
    styles: Mapping[str, Style]
    _boxes: list[Element] = field(default_factory=list)
    _paragraph_style: str = ""

    def text(self, root: Element | None) -> str:
        return joined(self._blocks(root)) if root is not None else ""

    def _blocks(self, parent: Element) -> Iterator[str]:
        """The paragraphs and table rows inside an element."""
        for node in _chosen(parent):
            match local_name(node):
                case "p":
                    yield from self._paragraph(node)
                case "tr":
                    if child(node, "trPr", "del") is None:
                        yield "\t".join(self.text(cell) for cell in node if local_name(cell) in ("tc", "sdt"))
                case "sdt" if (box := _checkbox(node)) is not None:
                    yield box
                case "r" | "t":
                    yield self._inline(parent)  # a content control in a cell may hold bare runs
                    return
                case name if name and name not in _DOCX_SKIPPED:
                    yield from self._blocks(node)

    def _paragraph(self, node: Element) -> Iterator[str]:
        outer_boxes, self._boxes = self._boxes, []
        outer_style = self._paragraph_style
        style = child(node, "pPr", "pStyle")
        self._paragraph_style = (attribute(style, "val") if style is not None else None) or ""
        yield self._inline(node)
        boxes, self._boxes, self._paragraph_style = self._boxes, outer_boxes, outer_style
        for box in boxes:
            yield from self._blocks(box)

    def _inline(self, parent: Element) -> str:
        return "".join(piece for node in _chosen(parent) for piece in self._pieces(node))

    def _pieces(self, node: Element) -> Iterator[str]:
        match local_name(node):
            case "t":
                yield node.text or ""
            case "tab" | "ptab":
                yield "\t"
            case "br" | "cr":
                yield "\n"
            case "noBreakHyphen":
                yield "-"
            case "sym":
                yield _symbol(node)
            case "fldChar":
                yield _form_box(node)
            case "txbxContent":
                self._boxes.append(node)
            case "sdt" if (box := _checkbox(node)) is not None:
                yield box
            case "r" if self._is_concealed(node):
                pass
            case name if name and name not in _DOCX_SKIPPED:
                yield self._inline(node)

    def _is_concealed(self, run: Element) -> bool:
        """Whether a run is struck out or hidden: by itself, or by its style against that of its paragraph."""
        properties = child(run, "rPr")
        direct = _toggles(properties)
        style = child(properties, "rStyle")
        named = attribute(style, "val") if style is not None else None
        for setting in _TOGGLES:
            # ISO/IEC 29500-1, 17.7.3: where both styles set a toggle, they cancel out.
            styled = bool(inherited(self.styles, self._paragraph_style, setting)) != bool(
                inherited(self.styles, named, setting)
            )
            if direct.get(setting, styled):
                return True
        return False


def _chosen(parent: Element) -> Iterator[Element]:
    """The children of an element, of alternative contents only the first: the others repeat it for older programs."""
    for node in parent:
        if local_name(node) == "AlternateContent":
            choice = child(node, "Choice")
            choice = choice if choice is not None else child(node, "Fallback")
            if choice is not None:
                yield from _chosen(choice)
        else:
            yield node


def _checkbox(control: Element) -> str | None:
    """The state of a check box content control (Word 2010 and later); None for other controls."""
    box = child(control, "sdtPr", "checkbox")
    if box is None:
        return None
    checked = child(box, "checked")
    return TICKED if checked is not None and _is_on(attribute(checked, "val"), "1") else EMPTY


def _form_box(node: Element) -> str:
    """The state of a legacy form's check box; empty for other fields."""
    box = child(node, "ffData", "checkBox")
    if box is None:
        return ""
    for name in ("checked", "default"):
        state = child(box, name)
        if state is not None:
            return TICKED if _is_on(attribute(state, "val"), "1") else EMPTY
    return EMPTY


def _symbol(node: Element) -> str:
    try:
        number = int(attribute(node, "char") or "", 16) & 0xFF
    except ValueError:
        return " "
    return _SYMBOLS.get((attribute(node, "font") or "").lower(), {}).get(number, " ")
