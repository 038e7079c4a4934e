"""The words of an OpenDocument text (ISO/IEC 26300): see `mailbot.document_xml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from mailbot.document_xml import EMPTY, TICKED, Container, Style, attribute, child, inherited, joined, local_name

_ODT_SKIPPED = frozenset(
    "tracked-changes annotation annotation-end note-citation ruby-text title desc script forms automatic-styles".split()
)


def odt_text(payload: bytes) -> str:
    """Page headers, the body's paragraphs and tables, frames and notes."""
    container = Container(payload)
    content, common = container.tree("content.xml"), container.tree("styles.xml")
    body = child(content, "body") if content is not None else None
    if body is None:
        raise ValueError("holds no OpenDocument text")
    styles: dict[str, Style] = {}
    for root in (common, content):
        for node in root.iter() if root is not None else ():
            if local_name(node) == "style":
                parent = attribute(node, "parent-style-name")
                styles[attribute(node, "name") or "?"] = Style(parent, _odt_settings(child(node, "text-properties")))
    reader = _Odt(styles)
    headers = [node for node in common.iter() if local_name(node) == "header"][:3] if common is not None else []
    return "\n\n".join(piece for piece in (*dict.fromkeys(map(reader.text, headers)), reader.text(body)) if piece)


def _odt_settings(properties: Element | None) -> dict[str, bool]:
    settings: dict[str, bool] = {}
    for name, value in properties.attrib.items() if properties is not None else ():
        local = str(name).rpartition("}")[2]
        if local in ("text-line-through-style", "text-line-through-type"):
            settings["strike"] = settings.get("strike", False) or value != "none"
        elif local == "display":
            settings["vanish"] = value == "none"
    return settings


@dataclass
class _Odt:
    styles: Mapping[str, Style]
    _boxes: list[Element] = field(default_factory=list)

    def text(self, root: Element) -> str:
        return joined(self._blocks(root))

    def _blocks(self, parent: Element) -> Iterator[str]:
        for node in parent:
            match local_name(node):
                case "p" | "h":
                    yield from self._paragraph(node)
                case "table-row":
                    yield "\t".join(self.text(cell) for cell in node if local_name(cell) == "table-cell")
                case "section" if attribute(node, "display") == "none":
                    pass
                case name if name and name not in _ODT_SKIPPED:
                    yield from self._blocks(node)

    def _paragraph(self, node: Element) -> Iterator[str]:
        outer, self._boxes = self._boxes, []
        yield self._inline(node, {})
        boxes, self._boxes = self._boxes, outer
        for box in boxes:
            yield from self._blocks(box)

    def _inline(self, node: Element, around: Mapping[str, bool]) -> str:
        """The text of an element whose surroundings are struck out or hidden as `around` says."""
        style = attribute(node, "style-name")
        settings = dict(around)
        for setting in ("strike", "vanish"):
            own = inherited(self.styles, style, setting)
            if own is not None:
                settings[setting] = own
        shown = not any(settings.values())
        pieces = [_spaced(node.text) if shown else ""]
        for inner in node:
            pieces.append(self._piece(inner, settings, shown))
            pieces.append(_spaced(inner.tail) if shown else "")
        return "".join(pieces)

    def _piece(self, node: Element, around: Mapping[str, bool], shown: bool) -> str:
        match local_name(node):
            case "tab":
                return "\t" if shown else ""
            case "line-break":
                return "\n"
            case "s":
                return " "
            case "text-box" | "note-body":
                self._boxes.append(node)
                return ""
            case "hidden-text" if attribute(node, "is-hidden") != "false":
                return ""
            case "content-control" if attribute(node, "checkbox") == "true":
                return (TICKED if attribute(node, "checked") == "true" else EMPTY) if shown else ""
            case name if name and name not in _ODT_SKIPPED:
                return self._inline(node, around)
        return ""


def _spaced(text: str | None) -> str:
    """Text with its white space collapsed, as OpenDocument reads it."""
    return re.sub(r"\s+", " ", text or "")
